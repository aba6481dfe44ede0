"""The bank of examples/lost-update: how often it loses a deposit, unaided and under constraints."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
import daemons
from daemons import ROOT, Daemons, free_port, listening, main

EXAMPLE = ROOT / "examples/lost-update"
# A deposit's read, as it stands on the wire.
BARRIER = "barrier(match=SELECT balance)"
TRIALS = 300
TRIAL_SECONDS = 15
ROUNDS_FIXED = 10_000
ROUNDS_SECONDS = 240
# Issue 5: what the demonstration promises.
UNAIDED_MAX = 0.20
BARRIER_MIN = 0.99
TRIAL_MS_MAX = 25
# 300 trials give 45 to 50 % on two cores: half of all pairs come within 5.9 ms of each other.
LATENCY_MIN = 0.30


class LostUpdate(Daemons):
    def setUp(self):
        super().setUp()
        if not list(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres")):
            self.skipTest("PostgreSQL is not installed (./dev test all installs it)")
        if subprocess.run(["/usr/bin/python3", "-c", "import psycopg2"], check=False,
                          stderr=subprocess.DEVNULL).returncode:
            self.skipTest("python3-psycopg2 is not installed (./dev test all installs it)")
        self.cluster, told = self.said(EXAMPLE / "cluster", self.folder / "cluster", text="\n")
        self.database = int(told)

    def said(self, *argv, text):
        """The process, and what it wrote when it had written `text`."""
        told = self.folder / (pathlib.Path(argv[0]).name + ".txt")
        told.touch()
        with told.open("w") as stream:
            process = self.start(*argv, stdout=stream, ready=lambda: text in told.read_text())
        return process, told.read_text()

    def service(self, database, *flags):
        """Its port."""
        port = free_port()
        self.said("/usr/bin/env", f"CULPRIT_DB=127.0.0.1:{database}", EXAMPLE / "service",
                  "--port", port, *flags, text="listening")
        return port

    def behind(self, toxic):
        """The port of culprit's proxy before the database."""
        port = free_port()
        self.start(daemons.BUILD / "culprit", "proxy", "--api", "none", "--listen",
                   f"127.0.0.1:{port}", "--upstream", f"127.0.0.1:{self.database}",
                   "--toxic", toxic,
                   ready=lambda: listening(port))
        return port

    def trial(self, port, *flags, seed=1, seconds=TRIAL_SECONDS):
        return subprocess.run(
            [EXAMPLE / "trial", *map(str, flags)], stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False, timeout=seconds, env=os.environ | {
                "LOST_UPDATE_PORT": str(port), "CULPRIT_SEED": str(seed),
                "CULPRIT_BUILD": str(daemons.BUILD)})

    def measured(self, what, port):
        """The share of trials that lost a deposit, and what one takes, in ms."""
        lost, began = 0, time.monotonic()
        for seed in range(TRIALS):
            done = self.trial(port, seed=seed)
            self.assertIn(done.returncode, (0, 1), done.stderr)
            self.assertEqual("a deposit was lost" in done.stdout, done.returncode == 1)
            lost += done.returncode
        each = (time.monotonic() - began) / TRIALS * 1000
        print(f"{what}: {lost} of {TRIALS} lost a deposit, {each:.1f} ms a trial", flush=True)
        return lost / TRIALS, each

    def test_unaided_it_seldom_loses_a_deposit(self):
        rate, _ = self.measured("unaided", self.service(self.database))
        self.assertLessEqual(rate, UNAIDED_MAX)

    def test_behind_a_slow_database_it_does_so_more_often(self):
        port = self.service(self.behind("latency(latency=5)"))
        self.assertGreaterEqual(self.measured("5 ms later", port)[0], LATENCY_MIN)

    def test_when_reads_wait_for_each_other_it_always_does(self):
        port = self.service(self.behind(BARRIER))
        rate, each = self.measured("barrier", port)
        self.assertGreaterEqual(rate, BARRIER_MIN)
        self.assertLessEqual(each, TRIAL_MS_MAX)

    def test_the_fixed_one_never_does(self):
        """Under the conditions in which the other always does."""
        database = self.behind(BARRIER)
        few = ROUNDS_FIXED // 100
        told = {}
        for rounds, *flags in ((few,), (ROUNDS_FIXED, "--fixed")):
            began = time.monotonic()
            told[rounds] = self.trial(self.service(database, *flags), "--jitter", 0, "--rounds",
                                      rounds, seconds=ROUNDS_SECONDS)
            last = told[rounds].stdout.split("\n")[-2]
            print(f"{flags or ''} no jitter, barrier: {last}, {time.monotonic() - began:.1f} s",
                  flush=True)
        self.assertEqual((told[few].returncode, told[few].stdout.count("a deposit was lost")),
                         (1, few))
        self.assertEqual((told[ROUNDS_FIXED].returncode, told[ROUNDS_FIXED].stdout),
                         (0, f"lost in 0 of {ROUNDS_FIXED} rounds\n"))

    def test_repro_finds_it_by_itself(self):
        """Ten factors; the barrier alone is what it takes."""
        port = free_port()
        first = self.start(daemons.BUILD / "culprit", "proxy", "--api", "none", "--listen",
                           f"127.0.0.1:{port}", "--upstream", f"127.0.0.1:{self.database}",
                           ready=lambda: listening(port))
        service = self.service(port)
        daemons.stop(first)  # from here on repro's own proxy stands there
        vary = ["latency(db)=0..5ms", "barrier(db, match=SELECT balance)", "jitter(db)=0..2ms",
                "slicer(db)", "bandwidth(db)=1000..100", "starvation=0..2",
                "tz=UTC,Asia/Kolkata", "env(DEBUG)=0,1", "descriptors=32..1024", "idle"]
        surroundings = os.environ | {"LOST_UPDATE_PORT": str(service),
                                     "CULPRIT_BUILD": str(daemons.BUILD)}
        done = subprocess.run(
            [daemons.BUILD / "culprit", "repro", "--json", "--upstream",
             f"db=127.0.0.1:{port}>127.0.0.1:{self.database}",
             *(word for factor in vary for word in ("--vary", factor)), "--", EXAMPLE / "trial"],
            cwd=self.folder, capture_output=True, text=True, check=False, timeout=120,
            env=surroundings)
        self.assertEqual(done.returncode, 0, done.stderr)
        said = json.loads(done.stdout)
        print(f"repro: {said['trials']} trials, rate {said['rate']:.2f}", flush=True)
        self.assertEqual(said["verdict"], "reproduced")
        self.assertEqual(said["conditions"], {"barrier(db, match=SELECT balance)": "on"})
        self.assertGreaterEqual(said["low"], 0.9)
        self.assertLessEqual(said["trials"], 150)
        # The service still holds connections of the proxy that ended: those trials say nothing.
        for _ in range(4):
            again = subprocess.run([self.folder / "repro.sh"], capture_output=True, text=True,
                                   check=False, timeout=20, env=surroundings)
            if again.returncode != 125:
                break
        self.assertEqual(again.returncode, 1, again.stderr)
        self.assertIn("a deposit was lost", again.stdout)

    def ended(self, cluster, folder, how):
        """By this signal, to the script alone. It stays unreaped: its number is not given anew
        before stop() has used it."""
        os.kill(cluster.pid, how)
        self.until(lambda: not (folder / "data/postmaster.pid").exists(), f"the end by {how.name}")

    def test_a_trial_that_nobody_answers_says_nothing(self):
        self.assertEqual(self.trial(free_port()).returncode, 125)
        port = self.service(self.database)
        self.assertIn(self.trial(port).returncode, (0, 1))
        self.ended(self.cluster, self.folder / "cluster", signal.SIGTERM)
        done = self.trial(port)
        self.assertEqual(done.returncode, 125)
        self.assertIn("HTTP/1.1 503", done.stderr)

    def test_the_cluster_ends_with_its_script(self):
        for how in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
            folder = self.folder / how.name
            cluster, told = self.said(EXAMPLE / "cluster", folder, text="\n")
            self.assertTrue(listening(int(told)))
            self.ended(cluster, folder, how)
            self.assertFalse(listening(int(told)))


if __name__ == "__main__":
    main()
