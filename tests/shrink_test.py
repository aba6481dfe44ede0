"""`culprit shrink` with real commands: environments, flaky ones, what is kept and written."""
import json
import os
import random
import signal
import stat
import subprocess
import time

from shrink_case import ShrinkCase
# pylint: disable=wrong-import-order
import daemons
from daemons import main


class Shrink(ShrinkCase):
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
                               'grep -q "k: 1" "$1"', "sh", "{}", "--pass=newsecret"],
                              cwd=self.folder,
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
