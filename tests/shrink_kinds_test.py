"""`culprit shrink` with what each kind of file differs in, and with inputs that are shrunk."""
import json
import subprocess
import sys

from shrink_case import ShrinkCase
# pylint: disable=wrong-import-order
from daemons import main

# Fails where two packages of a lock file are too new together.
LOCK_TEST = """
import json, sys
packages = json.load(open(sys.argv[1]))["packages"]
def at(name): return packages.get("node_modules/" + name, {}).get("version", "")
assert packages["node_modules/a7"]["integrity"].endswith(packages["node_modules/a7"]["version"])
sys.exit(1 if at("a7") == "2.0.0" and at("a31") == "2.0.0" else 0)
"""


def lock(version):
    packages = {"": {"dependencies": {f"a{i}": version for i in range(40)}}}
    for i in range(40):
        packages[f"node_modules/a{i}"] = {"version": version, "integrity": f"sha{i}-{version}"}
    return json.dumps({"lockfileVersion": 3, "packages": packages}, indent=2)


class Kinds(ShrinkCase):
    def test_json_that_jq_refuses(self):
        items = [{"id": i, "price": i, "tags": ["a", "b"]} for i in range(60)]
        self.write("good.json", json.dumps({"items": items}, indent=1))
        items[37]["price"] = "-1"
        for i in range(0, 60, 3):
            items[i]["tags"].append("c")
        self.write("bad.json", json.dumps({"items": items}, indent=1))
        said = self.shrink("--from", "good.json", "--to", "bad.json", "--out", "small.json", "--",
                           "jq", "-e", "[.items[].price] | add | type == \"number\"", "{}")
        self.assertEqual(said["kept"], ['$.items[37].price: 37 -> "-1"'])
        small = json.loads((self.folder / "small.json").read_text())
        self.assertEqual(small["items"][37]["price"], "-1")
        self.assertEqual(small["items"][0]["tags"], ["a", "b"])

    def test_an_input_is_shrunk_without_a_good_one(self):
        document = {"meta": {"x": 1}, "rows": [{"n": i, "deep": [{"v": i}]} for i in range(50)]}
        self.write("crash.json", json.dumps(document))
        self.write("parser.py", "import json,sys\nd=json.load(open(sys.argv[1]))\n"
                   "sys.exit(any(x['v']==23 for r in d.get('rows',[]) "
                   "for x in r.get('deep',[]) if 'v' in x))\n")
        said = self.shrink("--from", "empty", "--to", "crash.json", "--out", "small.json", "--",
                           sys.executable, "parser.py", "{}")
        self.assertEqual(said["kept"], ["$.rows[23].deep[0].v: 23"])
        self.assertEqual(json.loads((self.folder / "small.json").read_text()),
                         {"rows": [{"deep": [{"v": 23}]}]})

    def test_nothing_at_all_is_a_document_of_the_kind(self):
        for name, text, nothing in (("a.json", ' [1, {"x": 2}]', "[]"),
                                    ("b.json", '{"x": 2}', "{}"),
                                    ("a.yaml", "a: 1\nx: 2\n", "{}"),
                                    ("b.yaml", "- 1\n- x: 2\n", "[]"),
                                    ("a.toml", "a = 1\nx = 2\n", ""),
                                    ("a.ini", "[s]\nx=2\n", "")):
            self.write(name, text)
            self.write("nothing", nothing and nothing + "\n")
            said = self.shrink("--from", "empty", "--to", name, "--", "sh", "-c",
                               'if grep -q 2 "$1"; then exit 1; fi; cmp -s "$1" nothing || '
                               'grep -q "[a1]" "$1"', "sh", "{}")
            self.assertEqual(said["ended"], "searched", name)
            self.assertEqual(said["good"], {"failures": 0, "runs": 2})

    def test_more_than_one_search_takes(self):
        self.write("flat.json", json.dumps(list(range(100_010))))
        said = self.shrink("--from", "empty", "--to", "flat.json", "--", "sh", "-c",
                           '! grep -q 77777 "$1"', "sh", "{}")
        self.assertEqual((said["kept"], said["notes"]), (["$[77777]: 77777"], []))
        self.write("log.txt", "".join(f"{i}\n" for i in range(100_010)))
        said = self.shrink("--from", "empty", "--to", "log.txt", "--", "sh", "-c",
                           '! grep -qx 777 "$1"', "sh", "{}")
        self.assertEqual(said["kept"], ["line 778: 777"])

    def test_what_is_not_broken_up_is_said(self):
        self.write("deep.json", 65 * '{"a":' + '{"x":1,"y":2}' + 65 * "}")
        said = self.shrink("--from", "empty", "--to", "deep.json", "--", "sh", "-c",
                           '! grep -q y "$1"', "sh", "{}")
        self.assertEqual(said["notes"],
                         ["deep.json is compared line by line: deeper than 64 levels"])

    def test_lines_of_an_input(self):
        self.write("input.txt", "".join(f"line {i}\n" for i in range(300)))
        test = 'grep -qx "line 17" "$1" && grep -qx "line 250" "$1" && exit 1; exit 0'
        said = self.shrink("--from", "/dev/null", "--to", "input.txt", "--out", "small.txt", "--",
                           "sh", "-c", test, "sh", "{}")
        self.assertEqual(said["kept"], ["line 18: line 17", "line 251: line 250"])
        self.assertEqual((self.folder / "small.txt").read_text(), "line 17\nline 250\n")

    def test_packages_of_a_lock_file(self):
        (self.folder / "old").mkdir()
        self.write("old/package-lock.json", lock("1.0.0"))
        self.write("package-lock.json", lock("2.0.0"))
        self.write("test.py", LOCK_TEST)
        said = self.shrink("--from", "old/package-lock.json", "--to", "package-lock.json", "--",
                           sys.executable, "test.py", "{}")
        self.assertEqual(said["kind"], "package-lock")
        self.assertEqual(said["kept"], ["a7 1.0.0 -> 2.0.0", "a31 1.0.0 -> 2.0.0"])

    def test_flags_are_words_of_the_command(self):
        self.write("good.flags", "--cache --level 3 --name 'a b'\n")
        self.write("bad.flags", "--level 9 --fast --name 'c d'\n")
        self.write("server.sh", '#!/bin/sh\ncase "$*" in *"--level 9"*) exit 1;; esac\n'
                              'for w; do [ "$w" = "c" ] && exit 125; done; exit 0\n').chmod(0o755)
        said = self.shrink("--from", "good.flags", "--to", "bad.flags", "--", "./server.sh", "{}",
                           "end")
        self.assertEqual(said["kept"], ["--level 3 -> --level 9"])
        self.assertEqual(said["unjudged"], {})
        said = self.shrink("--from", "good.flags", "--to", "bad.flags", "--", "./server.sh")
        self.assertEqual(said["kept"], ["--level 3 -> --level 9"])

    def test_checksums_go_with_go_mod(self):
        for name, version in (("old", "v1.0.0"), ("new", "v1.1.0")):
            (self.folder / name).mkdir()
            required = f"\ta/b {version}\n\tc/d {version}\n"
            self.write(f"{name}/go.mod", f"module m\n\ngo 1.21\n\nrequire (\n{required})\n")
            self.write(f"{name}/go.sum", f"a/b {version} h1:x\nc/d {version} h1:y\n")
        said = self.shrink("--from", "old/go.mod", "--to", "new/go.mod", "--", "sh", "-c",
                           'while read -r m v; do case "$v" in v1*) grep -q "^$m $v h1" '
                           '"${CULPRIT_INPUT%.mod}.sum" || exit 125;; esac; '
                           'done < "$CULPRIT_INPUT"; '
                           '! grep -q "c/d v1.1.0" "$CULPRIT_INPUT"')
        self.assertEqual(said["kept"], ["c/d v1.0.0 -> v1.1.0"])
        self.assertEqual(said["unjudged"], {})

    def test_each_candidate_of_yaml_and_toml_can_be_read(self):
        self.write("read.py", "import sys\ntry:\n"
                   "  if sys.argv[1].endswith('toml'):\n"
                   "    import tomllib; d = tomllib.load(open(sys.argv[1], 'rb'))\n"
                   "  else:\n    import yaml; d = yaml.safe_load(open(sys.argv[1]))\n"
                   "except Exception as e: print(e); sys.exit(125)\n"
                   "sys.exit('make install' in str(d) and 8443 in d['net']['ports'])\n")
        self.write("good.yaml", "jobs:\n- name: a\n  run: |\n    make\n\n    # all\n    make test\n"
                   "net:\n  ports: [80,\n    443]\nnote: one\n  two\nmode: fast\nold:\n  - x\n")
        self.write("bad.yaml", "mode: slow\njobs:\n  - name: a\n    run: |\n      make\n"
                   "      # all\n"
                   "      make install\nnet:\n    ports: [\n      80,\n      8443 # tls\n    ]\n"
                   "note: 'three\n\n  four'\nold:\n  y: >-\n    z\n")
        self.write("good.toml", 'mode = "fast"\nold = 1\n[net]\nports = [80,\n  443]\n[run]\n'
                   'all = """\nmake\n[net]\nmake test"""\n')
        self.write("bad.toml", "mode = 'slow'\n[run]\nall = '''\nmake install\n[net]'''\n[old]\n"
                   "y = 1\n[net]\nports = [\n  80,\n  8443 # ]\n]\n[[jobs]]\nname = 'a'\n")
        yaml = subprocess.run([sys.executable, "-c", "import yaml"], check=False,
                              capture_output=True).returncode == 0
        for kind in ["toml", "yaml"] if yaml else ["toml"]:
            said = self.shrink("--from", "good." + kind, "--to", "bad." + kind, "--",
                               sys.executable, "read.py", "{}")
            self.assertEqual((said["kind"], said["unjudged"]), ("config", {}))
            self.assertEqual(len(said["kept"]), 2, said)
            self.assertIn("8443", said["kept"][0] + said["kept"][1])

    def test_a_request_that_a_header_and_a_parameter_break(self):
        self.write("good.http", "GET /pay?a=1&b=2 HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n")
        self.write("bad.http", "GET /pay?a=9&b=3&c=4 HTTP/1.1\r\nHost: x\r\n"
                               "X-Mode: new\r\nAccept: a\r\n\r\n")
        said = self.shrink("--from", "good.http", "--to", "bad.http", "--", "sh", "-c",
                           'grep -q "b=3" "$0" && grep -qi "x-mode: new" "$0" && exit 1; exit 0',
                           "{}")
        self.assertEqual(said["kept"], ["parameter b=2 -> b=3", "added header X-Mode: new"])

    def test_braces_of_the_flags_are_no_place(self):
        self.write("good.flags", "--format a --level 1")
        self.write("bad.flags", "--format {} --level 2")
        for words in (["{}"], []):
            said = self.shrink("--from", "good.flags", "--to", "bad.flags", "--", "sh", "-c",
                               'for w; do [ "$w" = "{""}" ] && exit 1; done; exit 0', "sh", *words)
            self.assertEqual(said["kept"], ["--format a -> --format {}"])


if __name__ == "__main__":
    main()
