"""sshd, rsyslog and the journal of systemd: logins that are refused, a service that fails."""
import getpass
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
from daemons import BAD_SECONDS, GOOD_SECONDS, Daemons, free_port, listening, main, now

LOGIN_SECONDS = 7  # four logins a second: fewer than 25 of each are no evidence of a change
SSHD = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication yes
"""
# sshd speaks to /dev/log alone, which belongs to the machine: its words go to a socket of ours.
SSHD_LOGS = ("exec {sshd} -D -e -f {config} 2> >(sed -u 's/\\r$//' | "
             "logger -i -t sshd -p auth.info -u {socket})")

SSH = ["-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
       "-o", "IdentitiesOnly=yes", "-o", "NumberOfPasswordPrompts=1", "-o", "LogLevel=ERROR"]
LOST = "order {} lost: no connection to the database"


class Sshd(Daemons):
    heard = None  # by the first test: the log, and when the key was taken away

    def log_in(self, port):
        password = self.write("password", "#!/bin/sh\necho wrong\n")
        password.chmod(0o755)
        command = [self.program("ssh"), *SSH, "-i", self.folder / "key", "-p", str(port),
                   f"{getpass.getuser()}@127.0.0.1", "true"]
        secrets = os.environ | {"SSH_ASKPASS": str(password), "SSH_ASKPASS_REQUIRE": "force"}

        def log_in(_):
            subprocess.run(command, timeout=10, check=False, capture_output=True, env=secrets,
                           stdin=subprocess.DEVNULL, start_new_session=True)
        return log_in

    def hear(self):
        """Logins by a key that is taken away: its owner is refused from then on."""
        if not Sshd.heard:
            sshd, port = self.program("sshd"), free_port()
            if os.geteuid() == 0:
                pathlib.Path("/run/sshd").mkdir(exist_ok=True)  # it insists
            log_socket, log = self.rsyslogd()
            for key in ("host", "key"):
                subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                                self.folder / key], check=True, timeout=30)
            keys = self.folder / "authorized_keys"
            keys.write_text((self.folder / "key.pub").read_text())
            config = self.write("sshd_config", SSHD.format(port=port, folder=self.folder))
            self.start("bash", "-c", SSHD_LOGS.format(sshd=sshd, config=config, socket=log_socket),
                       ready=lambda: listening(port))
            log_in = self.log_in(port)
            good = self.drive_until_the_second(LOGIN_SECONDS, log_in)
            broke = now()
            keys.write_text("")
            bad = self.drive(LOGIN_SECONDS, log_in)
            self.logged(log, "Failed password", bad)
            self.assertEqual(log.read_text().count("Accepted publickey"), good)
            Sshd.heard = log.read_text(), broke
        text, broke = Sshd.heard
        return self.write("auth.log", text), broke

    def test_refused_logins(self):
        log, broke = self.hear()
        self.assertEqual(self.formats(log), ["syslog"])
        answer = self.investigate(log, "--bad", 'message ~ "^Failed password"')
        self.found(answer, broke)
        bad = log.read_text().count("Failed password")
        self.assertEqual(answer["rate"]["after"]["bad"], bad)
        failed = self.template(answer, "Failed password")
        self.assertEqual((failed["status"], failed["after"]), ("new", bad))

    # sshd's file has no levels: "Failed password", which began, speaks of failure.
    def test_refused_logins_without_being_told(self):
        log, broke = self.hear()
        self.found(self.investigate(log), broke)


class Rsyslog(Daemons):
    TCP = ('module(load="imtcp")', 'input(type="imtcp" address="127.0.0.1" port="{}")')
    # By the program that speaks: all of it as Debian writes it, and the priority too.
    FILES = {"shop.log": 'if $programname == "shop" then action(type="omfile" file="{}")',
             "till.log": 'if $programname == "till" then action(type="omfile" file="{}")',
             "protocol.log": 'if $programname == "shop" then action(type="omfile" file="{}" '
                             'template="RSYSLOG_SyslogProtocol23Format")'}
    heard = None  # by the first test: files, good and bad lines of each, the instant between

    def says(self, level, text, *ways):
        """Calls of logger, in turn each of these ways."""
        def say(number):
            subprocess.run([self.program("logger"), *ways[number % len(ways)], "-i",
                            "-p", f"user.{level}", text.format(number)], check=True, timeout=10)
        return say

    def hear(self):
        """Two programs, one over the socket, one from afar with the old header over TCP."""
        if not Rsyslog.heard:
            port = free_port()
            files = {name: self.folder / name for name in self.FILES}
            log_socket, log = self.rsyslogd(*(rule.format(port) for rule in self.TCP), *(
                rule.format(files[name]) for name, rule in self.FILES.items()))
            ways = (["-u", log_socket, "-t", "shop"],
                    ["-n", "127.0.0.1", "-T", "-P", str(port), "--rfc3164", "-t", "till"])
            good = self.drive_until_the_second(GOOD_SECONDS,
                                               self.says("info", "order {} stored", *ways))
            broke = now()
            bad = self.drive(BAD_SECONDS, self.says("err", "error: " + LOST, *ways))
            self.logged(log, "order", good + bad)
            self.logged(files["protocol.log"], "order", -(-good // 2) + -(-bad // 2))
            self.logged(files["till.log"], "order", good // 2 + bad // 2)
            Rsyslog.heard = ({file.name: file.read_text() for file in (log, *files.values())},
                             broke)
        texts, broke = Rsyslog.heard
        return {name: self.write(name, text) for name, text in texts.items()}, broke

    def check(self, log, broke):
        self.assertEqual(self.formats(log), ["syslog"])
        bad = log.read_text().count("lost")
        answer = self.investigate(log)
        self.found(answer, broke)
        self.assertEqual(answer["rate"]["after"]["bad"], bad)
        failed = self.template(answer, "lost")
        self.assertEqual((failed["status"], failed["before"], failed["after"]), ("new", 0, bad))
        return answer

    def test_a_service_that_fails(self):
        logs, broke = self.hear()
        for name in ("shop.log", "protocol.log"):
            with self.subTest(name):
                self.check(logs[name], broke)

    def test_the_priority_tells_good_from_bad(self):
        logs, broke = self.hear()
        text = logs["protocol.log"].read_text()
        answer = self.check(logs["protocol.log"], broke)
        self.assertEqual(answer["outcome"]["bad"], "level >= error")
        self.counted(answer, text.count("stored"), text.count("lost"))

    # The old header has whole seconds: each second's lines stand at its beginning, which is no
    # incident that comes back every second.
    def test_whole_seconds_do_not_recur(self):
        logs, broke = self.hear()
        self.check(logs["till.log"], broke)

    def test_whole_seconds_among_finer_times_do_not_recur(self):
        logs, broke = self.hear()
        self.check(logs["syslog.log"], broke)

    # What came as RFC 5424 has no colon behind its tag: "shop[812] order 1 stored".
    def test_a_tag_without_a_colon(self):
        port = free_port()
        _, log = self.rsyslogd(*(rule.format(port) for rule in self.TCP))
        say = self.says("info", "order {} stored",
                        ["-n", "127.0.0.1", "-T", "-P", str(port), "--rfc5424", "-t", "shop"])
        for number in range(10):
            say(number)
        self.logged(log, "stored", 10)
        self.assertEqual(self.formats(log), ["syslog"])


class Journal(Daemons):
    JOURNALD = ("mount -t tmpfs tmpfs /run && "
                "mkdir -p /run/systemd/journald.conf.d /run/log/journal && "
                "printf '[Journal]\\nReadKMsg=no\\nRateLimitIntervalSec=0\\n' "
                ">/run/systemd/journald.conf.d/test.conf && exec {}")

    def check(self, answer, good, bad, broke):
        self.found(answer, broke)
        self.assertEqual(answer["outcome"]["bad"], "level >= error")
        self.counted(answer, good, bad)
        self.assertEqual(self.template(answer, "lost")["status"], "new")

    def exported(self, *where):
        """The same entries in the two formats of journalctl."""
        for output in ("export", "json"):
            log = self.folder / f"journal.{output}"
            with log.open("wb") as stream:
                subprocess.run([self.program("journalctl"), *where, "-q", "-o", output],
                               stdout=stream, check=True, timeout=30)
            yield log

    def test_a_service_that_fails(self):
        """systemd-journald with a /run of its own, so that the machine's is left alone."""
        journald = self.program("systemd-journald")
        if subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/run"], check=False,
                          capture_output=True).returncode:
            self.skipTest("no mounts here (needs root and CAP_SYS_ADMIN) for a journald of our own")
        name = self.write("journald.sh", self.JOURNALD.format(journald))
        process = self.start("unshare", "-m", "sh", name, ready=lambda: True)
        run = pathlib.Path("/proc", str(process.pid), "root", "run")
        socket = run / "systemd/journal/dev-log"
        self.until(socket.exists, journald, process)

        def says(level, text):
            def say(number):
                subprocess.run([self.program("logger"), "-u", socket, "-i", "-t", "shop", "-p",
                                f"user.{level}", text.format(number)], check=True, timeout=10)
            return say
        good = self.drive_until_the_second(GOOD_SECONDS, says("info", "order {} stored"))
        broke = now()
        bad = self.drive(BAD_SECONDS, says("err", LOST))
        for log in self.exported("-D", run / "log/journal", "-t", "shop"):
            with self.subTest(log.name):
                self.logged(log, "SYSLOG_IDENTIFIER", good + bad)
                self.assertEqual(self.formats(log), ["journal"])
                self.check(self.investigate(log), good, bad, broke)

    def test_a_journal_of_another_machine(self):
        """As systemd-journal-remote receives it; the times are ours to choose, so no waiting."""
        remote, journal = self.program("systemd-journal-remote"), self.folder / "remote.journal"
        good, bad, start = 80, 40, now()
        entries = []
        first = int(start.timestamp()) - 600
        for number in range(good + bad):
            level, text = (6, "order {} stored") if number < good else (3, LOST)
            entries.append("\n".join([
                f"__REALTIME_TIMESTAMP={(first + number) * 1_000_000}",
                f"__MONOTONIC_TIMESTAMP={(1000 + number) * 1_000_000}",
                "_BOOT_ID=9f0c2a6e4d7b4a1e8c3f5b7d9e1f3a5c", "_HOSTNAME=web-1",
                f"PRIORITY={level}", "SYSLOG_IDENTIFIER=shop", "_PID=812",
                "_SYSTEMD_UNIT=shop.service", f"MESSAGE={text.format(number)}", "", ""]))
        subprocess.run([remote, "--output", journal, "-"], input="".join(entries).encode(),
                       check=True, timeout=30, capture_output=True)
        broke = start.fromtimestamp(first + good, start.tzinfo)
        for log in self.exported("--file", journal):
            with self.subTest(log.name):
                self.assertEqual(self.formats(log), ["journal"])
                self.check(self.investigate(log), good, bad, broke)


if __name__ == "__main__":
    main()
