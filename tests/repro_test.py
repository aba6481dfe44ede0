"""`culprit repro` with real commands: a load as its trial, a prior, an interrupt."""
import http.server
import json
import pathlib
import signal
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
import daemons
from daemons import Daemons, main

SPEC = """
target = "http://127.0.0.1:{port}"
connections = 1
duration = "100ms"
[[scenario]]
name = "pay"
[[scenario.request]]
path = "/pay"
expect = {{ status = 200 }}
"""


class Crowded(http.server.BaseHTTPRequestHandler):
    """Answers 503 while another request is being answered."""
    protocol_version = "HTTP/1.1"
    wbufsize = 4096
    busy = threading.Lock()

    def do_GET(self):
        free = self.busy.acquire(blocking=False)
        time.sleep(0.002)
        self.send_response_only(200 if free else 503)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if free:
            self.busy.release()

    def log_message(self, *_):
        pass


class Repro(Daemons):
    def repro(self, *arguments, **options):
        return subprocess.run([daemons.BUILD / "culprit", "repro", "--json", *arguments],
                              cwd=self.folder, capture_output=True, text=True, check=False,
                              timeout=100, **options)

    def test_a_load_is_a_trial(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Crowded)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.write("load.toml", SPEC.format(port=server.server_port))
        done = self.repro("--load", "load.toml", "--vary", "concurrency=1,8",
                          "--vary", "tz=UTC,Asia/Kolkata")
        self.assertEqual(done.returncode, 0, done.stderr)
        said = json.loads(done.stdout)
        self.assertEqual(said["conditions"], {"concurrency": "8"})
        self.assertLess(said["baseline"]["rate"], 0.2)
        self.assertGreater(said["rate"], 0.8)

    def test_a_load_that_nobody_answers_says_nothing(self):
        self.write("load.toml", SPEC.format(port=daemons.free_port()))
        done = self.repro("--load", "load.toml", "--trials", "10")
        self.assertEqual(done.returncode, 125, done.stdout)

    def test_what_an_investigation_names_is_varied(self):
        command = ["sh", "-c", '[ "$REGION" != eu-west ]']
        self.write("found.json", json.dumps({"who": [{"where": "region = eu-west",
                                                      "conditions": ["region = eu-west"]}]}))
        done = self.repro("--prior", "found.json", "--", *command)
        self.assertEqual(json.loads(done.stdout)["conditions"], {"env(REGION)": "eu-west"})
        lines = [json.dumps({"ts": f"2025-11-20T13:{minute:02}:{second:02}Z", "region": region,
                             "level": "error" if region != "us" and minute >= 40 else "info"})
                 for minute in range(60) for second in range(60) for region in ("eu-west", "us")]
        self.write("app.log", "\n".join(lines) + "\n")
        subprocess.run([daemons.BUILD / "culprit", "investigate", "app.log"], cwd=self.folder,
                       stdout=subprocess.DEVNULL, check=True, timeout=30)
        done = self.repro("--prior", "case", "--", *command)
        self.assertEqual(json.loads(done.stdout)["conditions"], {"env(REGION)": "eu-west"})
        kept = subprocess.run([daemons.BUILD / "culprit", "case", "show", "--json"],
                              cwd=self.folder, capture_output=True, text=True, check=True,
                              timeout=30)
        self.assertIn("repro", [entry["kind"] for entry in json.loads(kept.stdout)["entries"]])

    def test_an_interrupt_leaves_nothing_and_tells_what_is_known(self):
        mark = f"sleep 98{self.id().__hash__() % 10_000:04}"
        process = subprocess.Popen(  # pylint: disable=consider-using-with
            [daemons.BUILD / "culprit", "repro", "--json", "--workers", "3", "--", "sh", "-c",
             f"{mark} & sleep 0.1; exit 1"],
            cwd=self.folder, stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=10)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(json.loads(said)["ended"], "interrupted")
        self.assertGreater(json.loads(said)["trials"], 3)
        left = subprocess.run(["pgrep", "-f", mark], capture_output=True, text=True, check=False)
        self.assertEqual(left.stdout, "")
        again = self.repro("--resume", "--trials", "60", "--workers", "3", "--", "sh", "-c",
                           f"{mark} & sleep 0.1; exit 1")
        self.assertGreater(json.loads(again.stdout)["trials"], json.loads(said)["trials"])

    def test_two_in_one_folder_do_not_write_over_each_other(self):
        command = ["--trials", "30", "--", "sh", "-c", "sleep 0.1; exit 1"]
        with subprocess.Popen([daemons.BUILD / "culprit", "repro", *command], cwd=self.folder,
                              stdout=subprocess.DEVNULL) as first:
            self.until((self.folder / "repro.journal").exists, "the first", first)
            second = self.repro(*command)
            self.assertEqual(second.returncode, 2)
            self.assertIn("being written by another culprit", second.stderr)
            self.assertEqual(first.wait(60), 0)
        self.assertEqual((self.folder / "repro.journal").read_text().count("\n"), 32)

    def test_a_folder_that_vanishes_costs_the_script_not_the_answer(self):
        full = self.folder / "gone"
        full.mkdir()
        done = self.repro("--out", full, "--trials", "8", "--", "sh", "-c",
                          f"rm -rf {full}; exit 1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("cannot write", done.stderr)
        self.assertIsNone(json.loads(done.stdout)["script"])

    def test_a_command_that_never_ends_and_writes_for_ever_is_ended(self):
        began = time.monotonic()
        done = self.repro("--timeout", "300ms", "--trials", "6",
                          "--signature", "timed_out = true", "--", "sh", "-c", "yes; sleep 1000")
        self.assertLess(time.monotonic() - began, 30)
        self.assertEqual(json.loads(done.stdout)["verdict"], "reproduced")


if __name__ == "__main__":
    main()
