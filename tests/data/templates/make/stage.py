"""Where a program is started, driven and stopped, and its log kept.

Everything is written below one folder; whatever was started is stopped when the stage is left.
"""
import contextlib
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import time

READY_SECONDS = 15
STOP_SECONDS = 10
COMMAND_SECONDS = 60
ANSWER_BYTES = 65536


class Stage:
    def __init__(self, kind):
        self.kind = kind
        self.folder = pathlib.Path("/var/tmp/templates") / kind
        self.dice = random.Random(kind)
        self.started = []
        self.endings = []  # commands that stop what has put itself into the background

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        for folder in (self.folder, self.folder.parent):
            folder.chmod(0o755)
        return self

    def __exit__(self, *_):
        for command in self.endings:
            run(*command)
        for process in reversed(self.started):
            self.stop(process)

    def write(self, name, text, mode=0o644):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return str(path)

    def start(self, *command, port=None, log=None, **more):
        """A program in the foreground; its output goes to the file `log` of the stage."""
        out = open(self.folder / log, "ab") if log else subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out,
                                   stderr=out, start_new_session=True, **more)
        self.started.append(process)
        if port:
            wait_for(port)
        return process

    def stop(self, process, how=signal.SIGTERM):
        for number in (how, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        if process in self.started:
            self.started.remove(process)

    def syslog(self, *selectors):
        """rsyslogd takes /dev/log; what the programs say goes to the stage's file `log`."""
        wanted = ";".join(selectors) or "*.*"
        path = self.write("rsyslog.conf", f"""
module(load="imuxsock" SysSock.RateLimit.Interval="0")
$ActionFileDefaultTemplate RSYSLOG_TraditionalFileFormat
{wanted} {self.folder}/log
""")
        self.start("rsyslogd", "-n", "-f", path, "-i", str(self.folder / "rsyslogd.pid"))
        until(lambda: os.path.exists("/dev/log"))


def run(*command, text=None, seconds=COMMAND_SECONDS, **more):
    """What a command printed; that it fails is often the purpose."""
    try:
        return subprocess.run(command, input=text, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=seconds, text=True,
                              check=False, **more).stdout
    except subprocess.TimeoutExpired:
        return ""


def until(condition, seconds=READY_SECONDS):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def listening(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def wait_for(port):
    if not until(lambda: listening(port)):
        raise RuntimeError(f"nothing listens on port {port}")


def talk(port, *parts, seconds=2.0, pause=0.02, reset=False):
    """Sends the parts one after the other, and gives what was answered until `seconds` of silence.

    With `reset` the connection is broken off at once instead."""
    answer = b""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 3) as line:
        line.settimeout(seconds)
        for part in parts:
            line.sendall(part if isinstance(part, bytes) else part.encode())
            time.sleep(pause)
        if reset:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            return answer
        with contextlib.suppress(OSError):
            while chunk := line.recv(ANSWER_BYTES):
                answer += chunk
    return answer


def converse(port, *lines, seconds=0.3):
    """A dialogue of lines: after each one the answer is waited for."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 3) as line:
        line.settimeout(seconds)
        for text in ("", *lines):
            line.sendall(text.encode() if isinstance(text, str) else text)
            with contextlib.suppress(OSError):
                line.recv(ANSWER_BYTES)
