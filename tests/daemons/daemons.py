"""Starts real programs, makes them fail, and asks culprit what their logs say."""
import argparse
import atexit
import contextlib
import datetime
import http.server
import json
import math
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOOD_SECONDS = 3  # most of these logs have whole seconds: a few of them on either side
BAD_SECONDS = 3
READY_SECONDS = 15
STOP_SECONDS = 5
# A log of whole seconds dates a line up to one second early; a program takes a moment to fail.
SLACK = datetime.timedelta(seconds=1.2)

parser = argparse.ArgumentParser()
parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
running = []  # process groups


def stop(process, how=signal.SIGTERM):
    """The process and all that it started, at the latest after STOP_SECONDS."""
    for number in (how, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    with contextlib.suppress(ValueError):
        running.remove(process)


@atexit.register
def stop_all():
    for process in list(running):
        stop(process, signal.SIGKILL)


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def listening(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


class Shop(http.server.BaseHTTPRequestHandler):
    """What stands behind the proxies: it answers everything, until it is stopped."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


class Daemons(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="culprit-daemons-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.folder.chmod(0o755)  # for programs that drop to another user
        self.errors = self.folder / "stderr.txt"

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def program(self, name):
        found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin:/lib/systemd")
        if not found:
            self.skipTest(f"{name} is not installed (./dev test all installs it)")
        return found

    def start(self, *argv, ready, **options):
        """Runs until the end of the test, and no longer even if the test is killed."""
        with self.errors.open("ab") as errors:
            process = subprocess.Popen(  # pylint: disable=consider-using-with
                ["setpriv", "--pdeathsig", "TERM", *map(str, argv)], stdin=subprocess.DEVNULL,
                **({"stdout": errors, "stderr": errors} | options), start_new_session=True,
                env=os.environ | {"TZ": "UTC", "LC_ALL": "C.UTF-8"})
        running.append(process)
        self.addCleanup(stop, process)
        self.until(ready, argv[0], process)
        return process

    def until(self, happened, what, process=None):
        end = time.monotonic() + READY_SECONDS
        while not happened():
            if time.monotonic() > end or (process and process.poll() is not None):
                self.fail(f"{what} did not come up: {self.errors.read_text()[-2000:]}")
            time.sleep(0.05)

    def shop(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Shop)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()

        def close():
            server.shutdown()
            server.server_close()
        self.addCleanup(close)
        return server.server_address[1], close

    def rsyslogd(self, *rules):
        """A syslog server with its own socket; its log is written as `rules` say."""
        socket_path = self.folder / "log.socket"
        log = self.folder / "syslog.log"
        config = self.write("rsyslog.conf", "\n".join([
            f'global(workDirectory="{self.folder}")',
            'module(load="imuxsock" SysSock.Use="off")',
            f'input(type="imuxsock" Socket="{socket_path}" RateLimit.Interval="0")', *rules,
            f'if $syslogfacility-text != "syslog" then action(type="omfile" file="{log}")', ""]))
        self.start(self.program("rsyslogd"), "-n", "-f", config, "-i", self.folder / "rsyslog.pid",
                   ready=socket_path.exists)
        return socket_path, log

    def drive(self, seconds, call, pause=0.05):
        """How many calls were made."""
        calls = 0
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            call(calls)
            calls += 1
            time.sleep(pause)
        return calls

    def drive_until_the_second(self, seconds, call, pause=0.05):
        """Good traffic that ends with a second of the clock, so that no second holds both."""
        end = math.ceil(time.time() + seconds) - 2 * pause
        calls = self.drive(end - time.time(), call, pause)
        time.sleep(max(0, math.ceil(end) - time.time()))
        return calls

    def logged(self, log, text, times):
        """Programs write their logs in their own time."""
        self.until(lambda: log.exists() and log.read_text(errors="replace").count(text) >= times,
                   f"{text!r} in {log.name}")

    def culprit(self, command, *arguments):
        done = subprocess.run([BUILD / "culprit", command, *arguments, "--json"], timeout=30,
                              capture_output=True, text=True, check=False, cwd=self.folder)
        self.assertLess(done.returncode, 2, done.stderr)
        return done.returncode, json.loads(done.stdout)

    def keep(self, *arguments):
        if not KEEP:
            return
        kept = pathlib.Path(KEEP, ".".join(self.id().split(".")[-2:]))
        kept.mkdir(parents=True, exist_ok=True)
        for log in arguments:
            if pathlib.Path(log).is_file():
                shutil.copy(log, kept)

    def formats(self, *logs):
        self.keep(*logs)
        return [source["format"] for source in self.culprit("inputs", *logs)[1]["sources"]]

    def investigate(self, *arguments):
        code, answer = self.culprit("investigate", *arguments, "--no-case")
        answer["exit"] = code
        self.keep(*arguments)
        return answer

    def found(self, answer, broke):
        """An incident was found, and began when it was made."""
        told = {key: answer[key] for key in ("exit", "input", "outcome", "when", "rate",
                                             "templates")}
        self.assertEqual(answer["exit"], 0, told)
        self.assertTrue(answer["when"]["found"], told)
        self.assertEqual(answer["when"]["shape"], "step", told)
        interval = answer["when"]["interval"]
        begin, end = (datetime.datetime.fromisoformat(interval[key]) for key in ("from", "to"))
        self.assertLessEqual(begin - SLACK, broke, told)
        self.assertGreaterEqual(end + SLACK, broke, told)

    def counted(self, answer, good, bad):
        """Each line that was good or bad is judged as that, and no other line is."""
        self.assertEqual(answer["unit"]["total"], good + bad)
        # The rates leave out what lies between the earliest and the likeliest onset: no failure.
        self.assertEqual((answer["rate"]["before"]["bad"], answer["rate"]["after"]["bad"]),
                         (0, bad), answer["rate"])

    def template(self, answer, text):
        """The message with this in it, as the answer tells of it."""
        for template in answer["templates"]:
            if text in template["example"]["line"]:
                return template
        shown = [template["text"] for template in answer["templates"]]
        self.fail(f"no template for {text!r}: {shown}")


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    global BUILD  # pylint: disable=global-statement
    options, rest = parser.parse_known_args()
    BUILD = options.build.resolve()
    unittest.main("__main__", argv=[sys.argv[0], *rest])


BUILD = ROOT / "build"
KEEP = os.environ.get("CULPRIT_DAEMONS_KEEP")  # a folder for logs and answers, to look at
