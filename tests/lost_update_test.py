"""The bank of examples/lost-update: how often it loses a deposit, unaided and under constraints."""
import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
import daemons
from daemons import ROOT, Daemons, free_port, listening, main

EXAMPLE = ROOT / "examples/lost-update"
READ = b"SELECT balance"  # as a deposit's read stands on the wire
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


class Barrier:
    """Holds whoever arrives until `wanted` are there, at most so long."""

    def __init__(self, wanted=2, seconds_max=0.05):
        self.wanted, self.seconds_max = wanted, seconds_max
        self.changed = threading.Condition()
        self.arrived = self.opened = 0

    def pass_through(self):
        with self.changed:
            self.arrived += 1
            before = self.opened
            if self.arrived == self.wanted:
                self.arrived, self.opened = 0, before + 1
                self.changed.notify_all()
            elif not self.changed.wait_for(lambda: self.opened > before, self.seconds_max):
                self.arrived -= 1


def pump(source, sink, each):
    """Until one of them is gone; then the other is, too."""
    with contextlib.suppress(OSError):
        while chunk := source.recv(65536):
            each(chunk)
            sink.sendall(chunk)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def relay(upstream, delay=0, barrier=None):
    """A server in front of the database. Its replies come `delay` seconds late; the first of those
    to a read of a balance waits at the barrier. Statements are short: each comes in one piece."""
    def connect(client):
        reading = threading.Event()

        def asked(chunk):
            if READ in chunk:
                reading.set()

        def answered(_):
            time.sleep(delay)
            if barrier and reading.is_set():
                reading.clear()
                barrier.pass_through()
        with client, socket.create_connection(("127.0.0.1", upstream)) as database:
            for end in (client, database):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            asking = threading.Thread(target=pump, args=(client, database, asked), daemon=True)
            asking.start()
            pump(database, client, answered)
            asking.join()

    def serve():
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=connect, args=server.accept()[:1], daemon=True).start()
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, daemon=True).start()
    return server


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

    def behind(self, **options):
        """The port of a relay."""
        server = relay(self.database, **options)
        self.addCleanup(server.close)
        return server.getsockname()[1]

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
        port = self.service(self.behind(delay=0.005))
        self.assertGreaterEqual(self.measured("5 ms later", port)[0], LATENCY_MIN)

    def test_when_reads_wait_for_each_other_it_always_does(self):
        port = self.service(self.behind(barrier=Barrier()))
        rate, each = self.measured("barrier", port)
        self.assertGreaterEqual(rate, BARRIER_MIN)
        self.assertLessEqual(each, TRIAL_MS_MAX)

    def test_the_fixed_one_never_does(self):
        """Under the conditions in which the other always does."""
        database = self.behind(barrier=Barrier())
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
