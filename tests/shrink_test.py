"""`culprit shrink` with real commands: environments, JSON, lock files, flags, flaky ones."""
import json
import os
import pathlib
import random
import signal
import stat
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
import daemons
from daemons import Daemons, main

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


class Shrink(Daemons):
    def shrink(self, *arguments, expected=0, **options):
        command = [daemons.BUILD / "culprit", "shrink", "--json", "--no-case", *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True,
                              check=False, timeout=100, **options)
        self.assertEqual(done.returncode, expected, done.stderr + done.stdout)
        return json.loads(done.stdout)

    def test_two_variables_of_an_environment(self):
        self.write("good.env", "".join(f"V{i}=1\n" for i in range(40)) + "GONE=1\n")
        self.write("bad.env", "".join(f"V{i}=2\n" for i in range(40)) + "EXTRA='a b'\n")
        said = self.shrink("--from", "good.env", "--to", "bad.env", "--", "sh", "-c",
                           '[ "$V9" = 2 ] && [ "$EXTRA" = "a b" ] && exit 1; exit 0')
        self.assertEqual(said["kept"], ["V9=1 -> V9=2", "added EXTRA='a b'"])
        self.assertEqual((said["verdict"], said["kind"], said["differences"]), ("found", "env", 42))
        self.assertLess(said["tests"], 20)
        self.assertFalse(said["flaky"])

    def test_a_variable_that_is_missing(self):
        self.write("good.env", "A=1\nSECRET=x\nB=2\n")
        self.write("bad.env", "A=2\nB=3\n")
        said = self.shrink("--from", "good.env", "--to", "bad.env", "--", "sh", "-c",
                           '[ -n "${SECRET+set}" ]',
                           env={"SECRET": "outside", "PATH": "/usr/bin:/bin"})
        self.assertEqual(said["kept"], ["removed SECRET=x"])

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

    def test_a_command_that_fails_one_time_in_three(self):
        self.write("good.env", "".join(f"V{i}=1\n" for i in range(16)))
        self.write("bad.env", "".join(f"V{i}=2\n" for i in range(16)))
        count = self.write("count", "0")
        # By a counter, so that chance is the same each time.
        row = random.Random(5)
        self.write("row", "\n".join(str(row.randrange(3)) for _ in range(5000)) + "\n")
        said = self.shrink("--from", "good.env", "--to", "bad.env", "--", "sh", "-c",
                           'n=$(($(cat count) + 1)); echo $n > count; [ "$V3" = 2 ] && '
                           '[ "$V11" = 2 ] && [ "$(sed -n ${n}p row)" = 0 ] && exit 1; exit 0')
        self.assertEqual(said["kept"], ["V3=1 -> V3=2", "V11=1 -> V11=2"])
        self.assertTrue(said["flaky"])
        self.assertEqual(int(count.read_text()), said["tests"] + said["checks"])

    def test_workers_share_a_flaky_question(self):
        self.write("good.env", "A=1\nB=1\nC=1\n")
        self.write("bad.env", "A=2\nB=2\nC=2\n")
        said = self.shrink("--from", "good.env", "--to", "bad.env", "--rates", "0,0.5", "--workers",
                           "3", "--", "sh", "-c", '[ "$B" = 2 ] && '
                           '[ $(( 1$(date +%N) / 1000 % 2 )) = 0 ] && exit 1; exit 0')
        self.assertEqual(said["kept"], ["B=1 -> B=2"])
        self.assertEqual(said["checks"], 0)

    def test_rates_find_nothing_that_never_failed(self):
        self.write("good.env", "A=1\nB=1\n")
        self.write("bad.env", "A=2\nB=2\n")
        for rates, command, ended in (("0.5,0.9", "false", "good_fails"),
                                      ("0,1", "true", "bad_passes")):
            said = self.shrink("--from", "good.env", "--to", "bad.env", "--rates", rates, "--",
                               command, expected=1)
            self.assertEqual((said["ended"], said["kept"]), (ended, []))

    def test_secrets_are_shown_and_not_stored(self):
        pairs = {"env": ("PASSPHRASE='correct horse'\nAPI_TOKEN=a b c\nDB_PW=oldsecret\nN=1\n",
                         "PASSPHRASE='other horse'\nAPI_TOKEN=d e f\nDB_PW=newsecret\nN=2\n"),
                 "json": ('{"db":{"password":"oldsecret"},"n":1}',
                          '{"db":{"password":"newsecret","pw":{"a":"newsecret"}},"n":2}'),
                 "conf": ("password oldsecret;\nset $api_token a b;\nn 1\n",
                          "password newsecret;\nset $api_token d e;\nn 2\n")}
        secrets = ["horse", "a b", "b c", "d e", "e f", "oldsecret", "newsecret"]
        kept = {"env": ["PASSPHRASE: *** -> ***", "API_TOKEN: *** -> ***", "DB_PW: *** -> ***",
                        "N=1 -> N=2"],
                "json": ["$.db.password: *** -> ***", "added $.db.pw: ***", "$.n: 1 -> 2"],
                "conf": ["password: *** -> ***", "set $api_token: *** -> ***", "n 1 -> n 2"]}
        for number, (kind, (good, bad)) in enumerate(pairs.items(), 1):
            names = kept[kind]
            self.write("good." + kind, good)
            self.write("bad." + kind, bad)
            command = [daemons.BUILD / "culprit", "shrink", "--from", "good." + kind, "--to",
                       "bad." + kind, "--", "sh", "-c", 'cmp -s "$1" "$2" || exit 0; exit 1', "sh",
                       "{}", self.folder / ("bad." + kind)]
            done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True,
                                  check=True)
            self.assertIn("newsecret", done.stdout)
            stored = ""
            for form in ((), ("--json",)):
                entry = [daemons.BUILD / "culprit", "case", "show", str(number), *form]
                stored += subprocess.run(entry, cwd=self.folder, capture_output=True, text=True,
                                         check=True).stdout
            for secret in secrets:
                self.assertNotIn(secret, stored)
            for name in names:
                self.assertEqual(stored.count(name), 3, stored)

    def test_a_secret_that_the_command_says_is_not_stored(self):
        self.write("good.yaml", "db:\n  password: oldsecret\n  host: a\nk: 1\n")
        self.write("bad.yaml", "db:\n  password: newsecret\n  host: b\nk: 2\n")
        said = subprocess.run([daemons.BUILD / "culprit", "shrink", "--from", "good.yaml", "--to",
                               "bad.yaml", "--", "sh", "-c", 'grep password "$1"; '
                               'grep -q "k: 1" "$1"', "sh", "{}"], cwd=self.folder,
                              capture_output=True, text=True, check=True).stdout
        self.assertIn("SAID     password: ", said.replace("  password", "password"))
        self.assertRegex(said, "(old|new)secret")
        stored = subprocess.run(["grep", "-rlE", "(old|new)secret", ".culprit"], cwd=self.folder,
                                capture_output=True, text=True, check=False).stdout
        self.assertEqual(stored, "")

    def test_a_path_on_which_the_command_is_not_found(self):
        (self.folder / "bin").mkdir()
        self.write("bin/myapp", "#!/bin/sh\n").chmod(0o755)
        self.write("good.env", f"PATH={self.folder}/bin:/usr/bin:/bin\nA=1\n")
        self.write("bad.env", "PATH=/usr/bin:/bin\nA=2\n")
        said = self.shrink("--from", "good.env", "--to", "bad.env", "--", "myapp")
        self.assertEqual((len(said["kept"]), said["reason"]), (1, "exit 127"))

    def test_out_is_none_of_the_inputs(self):
        before = {"good.env": "A=1\n", "bad.env": "A=2\n"}
        for name, text in before.items():
            self.write(name, text)
        (self.folder / "link.env").symlink_to("bad.env")
        for out in ("good.env", "./bad.env", "link.env"):
            done = subprocess.run([daemons.BUILD / "culprit", "shrink", "--no-case", "--from",
                                   "good.env", "--to", "bad.env", "--out", out, "--", "sh", "-c",
                                   "touch ran; [ $A = 1 ]"], cwd=self.folder,
                                  capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn("would write over", done.stderr)
        self.assertEqual({name: (self.folder / name).read_text() for name in before}, before)
        self.assertFalse((self.folder / "ran").exists())

    def test_out_keeps_what_it_is(self):
        self.write("good.env", "A=1\n")
        self.write("bad.env", "A=2\n").chmod(0o640)
        self.write("target", "before").chmod(0o600)
        (self.folder / "link").symlink_to("target")
        os.mkfifo(self.folder / "pipe")
        reader = os.open(self.folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        for out in ("link", "pipe", "fresh"):
            said = self.shrink("--from", "good.env", "--to", "bad.env", "--out", out, "--", "sh",
                               "-c", "[ $A = 1 ]")
            self.assertEqual(said["out"], out)
        self.assertTrue((self.folder / "link").is_symlink())
        self.assertEqual((self.folder / "target").read_text(), "A=2\n")
        self.assertEqual(os.read(reader, 100), b"A=2\n")
        modes = {name: stat.filemode((self.folder / name).lstat().st_mode)
                 for name in ("target", "pipe", "fresh")}
        self.assertEqual(modes, {"target": "-rw-------", "pipe": modes["pipe"],
                                 "fresh": "-rw-r-----"})
        self.assertEqual(modes["pipe"][0], "p")

    def test_out_is_not_where_the_report_goes(self):
        self.write("good.env", "A=1\n")
        self.write("bad.env", "A=2\n")
        for out in ("-", "report"):
            with open(self.folder / "report", "wb") as report:
                done = subprocess.run([daemons.BUILD / "culprit", "shrink", "--no-case", "--from",
                                       "good.env", "--to", "bad.env", "--out", out, "--", "sh",
                                       "-c", "[ $A = 1 ]"], cwd=self.folder, stdout=report,
                                      stderr=subprocess.PIPE, text=True, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"--out {out} is standard output", done.stderr)

    def test_braces_of_the_flags_are_no_place(self):
        self.write("good.flags", "--format a --level 1")
        self.write("bad.flags", "--format {} --level 2")
        for words in (["{}"], []):
            said = self.shrink("--from", "good.flags", "--to", "bad.flags", "--", "sh", "-c",
                               'for w; do [ "$w" = "{""}" ] && exit 1; done; exit 0', "sh", *words)
            self.assertEqual(said["kept"], ["--format a -> --format {}"])

    def test_a_candidate_has_the_mode_of_bad_for_its_owner(self):
        self.write("good.sh", "true\n")
        bad = self.write("bad.sh", "false\n")
        for mode, wanted in ((0o755, "700"), (0o644, "600"), (0o400, "600")):
            bad.chmod(mode)
            self.shrink("--from", "good.sh", "--to", "bad.sh", "--", "sh", "-c",
                        f'[ "$(stat -c %a "$1")" = {wanted} ] || exit 125; sh "$1"', "sh", "{}")

    def test_a_value_that_no_environment_can_hold(self):
        self.write("good.env", "A=1\nBIG=x\n")
        self.write("bad.env", "A=2\nBIG=" + 131_072 * "x" + "\n")
        command = [daemons.BUILD / "culprit", "shrink", "--no-case", "--from", "good.env", "--to",
                   "bad.env", "--", "sh", "-c"]
        done = subprocess.run([*command, '[ "$A" = 1 ]'], cwd=self.folder, capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("BIG of bad.env is too long for an environment: 131077 bytes, at most 131072",
                      done.stderr)
        done = subprocess.run([*command, 'grep -q A=1 "$1"', "sh", "{}"], cwd=self.folder,
                              capture_output=True, text=True, check=False)
        self.assertIn("A=1 -> A=2", done.stdout)

    def test_a_command_that_hangs_at_bad(self):
        self.write("good.env", "A=1\nB=1\n")
        self.write("bad.env", "A=2\nB=2\n")
        hangs = ["--from", "good.env", "--to", "bad.env", "--timeout", "400ms", "--", "sh", "-c",
                 '[ "$B" = 1 ] || sleep 9']
        done = subprocess.run([daemons.BUILD / "culprit", "shrink", "--no-case", *hangs],
                              cwd=self.folder, capture_output=True, text=True, check=False)
        self.assertIn("NEXT     --signature 'timed_out = true'", done.stdout)
        said = self.shrink("--signature", "timed_out = true", *hangs)
        self.assertEqual(said["kept"], ["B=1 -> B=2"])

    def test_more_workers_than_the_machine_has_threads(self):
        self.write("good.env", "A=1\n")
        self.write("bad.env", "A=2\n")
        done = subprocess.run([daemons.BUILD / "culprit", "shrink", "--no-case", "--from",
                               "good.env", "--to", "bad.env", "--workers", "40000", "--", "true"],
                              cwd=self.folder, capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("at most 1000", done.stderr)

    def test_a_hangup_shows_the_smallest_set_so_far(self):
        self.write("good.env", "A=1\n")
        self.write("bad.env", "A=2\n")
        process = subprocess.Popen(  # pylint: disable=consider-using-with
            [daemons.BUILD / "culprit", "shrink", "--json", "--no-case", "--from", "good.env",
             "--to", "bad.env", "--", "sleep", "30"], cwd=self.folder, stdout=subprocess.PIPE,
            text=True)
        self.addCleanup(process.kill)
        time.sleep(0.7)
        process.send_signal(signal.SIGHUP)
        said, _ = process.communicate(timeout=10)
        self.assertEqual(json.loads(said)["ended"], "interrupted")

    def test_an_interrupt_shows_the_smallest_set_so_far(self):
        mark = f"sleep 97{abs(hash(self.id())) % 10_000:04}"
        self.write("good.env", "".join(f"V{i}=1\n" for i in range(64)))
        self.write("bad.env", "".join(f"V{i}=2\n" for i in range(64)))
        process = subprocess.Popen(  # pylint: disable=consider-using-with
            [daemons.BUILD / "culprit", "shrink", "--json", "--no-case", "--from", "good.env",
             "--to", "bad.env", "--", "sh", "-c",
             f'{mark} & sleep 0.15; [ "$V60" = 2 ] && exit 1; exit 0'],
            cwd=self.folder, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        time.sleep(1.2)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 130)
        said = json.loads(said)
        self.assertEqual((said["verdict"], said["ended"]), ("inconclusive", "interrupted"))
        self.assertIn("V60=1 -> V60=2", said["kept"])
        self.assertLess(len(said["kept"]), 64)
        left = subprocess.run(["pgrep", "-f", mark], capture_output=True, text=True, check=False)
        self.assertEqual(left.stdout, "")

    def test_the_users_files_stay_as_they_are(self):
        before = {"good.env": "A=1\n", "bad.env": "A=2\n"}
        for name, text in before.items():
            self.write(name, text)
        self.shrink("--from", "good.env", "--to", "bad.env", "--", "sh", "-c",
                    'echo broken > "$CULPRIT_INPUT"; [ "$A" = 1 ]')
        self.assertEqual({path.name: path.read_text() for path in self.folder.iterdir()}, before)


if __name__ == "__main__":
    main()
