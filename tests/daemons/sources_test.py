"""`journald:` and `docker:NAME` against what they name: daemons of the test's own."""
import json
import os
import pathlib
import shutil
import subprocess
import unittest

import daemons
import system_test


class JournaldSource(daemons.Daemons):
    """In a mount namespace, where /run/log/journal is another one than the machine's."""

    def inside(self, process, *argv, **options):
        return subprocess.run([self.program("nsenter"), "-t", str(process.pid), "-m", *argv],
                              timeout=60, check=False, capture_output=True, text=True, **options)

    def journald(self):
        journald = self.program("systemd-journald")
        if subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/run"], check=False,
                          capture_output=True).returncode:
            self.skipTest("no mounts here (needs root and CAP_SYS_ADMIN) for a journald of our own")
        name = self.write("journald.sh", system_test.Journal.JOURNALD.format(journald))
        process = self.start("unshare", "-m", "sh", name, ready=lambda: True)
        socket = pathlib.Path("/proc", str(process.pid), "root/run/systemd/journal/dev-log")
        self.until(socket.exists, journald, process)
        return process, socket

    def say(self, socket, level, text):
        subprocess.run([self.program("logger"), "-u", socket, "-i", "-t", "shop", "-p",
                        f"user.{level}", text], check=True, timeout=10)

    def test_the_journal_is_read_where_it_lies(self):
        process, socket = self.journald()
        for number in range(20):
            self.say(socket, "err" if number >= 15 else "info", f"order {number} told")
        logs = self.inside(process, daemons.BUILD / "culprit", "logs", "journald:", "--where",
                           "app = shop", "--json")
        self.assertEqual(logs.returncode, 0, logs.stderr)
        told = [json.loads(line) for line in logs.stdout.splitlines()]
        self.assertEqual(len(told), 20)
        self.assertEqual([one["level"] for one in told], ["info"] * 15 + ["error"] * 5)

    def test_a_unit_without_entries_is_no_error(self):
        process, socket = self.journald()
        self.say(socket, "info", "order 1 stored")
        done = self.inside(process, daemons.BUILD / "culprit", "inputs", "journald:none.service",
                           "--json")
        self.assertEqual(json.loads(done.stdout)["sources"][0]["events"], 0, done.stderr)


class DockerSource(daemons.Daemons):
    """A dockerd of the test's own, with an image made of Debian's busybox: nothing is fetched."""
    LINES = ("for i in $(seq 1 30); do echo '{\"level\":\"info\",\"order\":'$i'}'; done; "
             "echo '{\"level\":\"error\",\"msg\":\"refused\"}' >&2; "
             "printf '{\"level\":\"warn\",\"msg\":\"'; "
             "for i in $(seq 1 4000); do printf 'long '; done; echo '\"}'")

    def setUp(self):
        super().setUp()
        self.socket = self.folder / "docker.sock"
        self.environment = os.environ | {"DOCKER_HOST": f"unix://{self.socket}"}

    def docker(self, *argv, **options):
        return subprocess.run([self.program("docker"), *argv], env=self.environment, timeout=60,
                              capture_output=True, check=True, **options).stdout.decode().strip()

    def dockerd(self):
        dockerd = self.program("dockerd")
        if os.geteuid() != 0:
            self.skipTest("dockerd needs root")
        try:
            self.start(dockerd, "--data-root", self.folder / "root", "--exec-root",
                       self.folder / "run", "--pidfile", self.folder / "pid", "-H",
                       f"unix://{self.socket}", "--iptables=false", "--bridge=none",
                       "--storage-driver=vfs", ready=self.socket.exists)
        except AssertionError as failed:
            self.skipTest(f"dockerd cannot run here: {failed}")

    def image(self):
        root = self.folder / "image"
        (root / "bin").mkdir(parents=True)
        shutil.copy(self.program("busybox"), root / "bin")
        for name in ("sh", "seq"):
            (root / "bin" / name).symlink_to("busybox")
        packed = subprocess.run(["tar", "-C", root, "-c", "."], check=True,
                                capture_output=True).stdout
        return self.docker("import", "-", "shop:1", input=packed)

    def test_a_container_is_read_by_its_name_and_by_its_file(self):
        self.dockerd()
        self.image()
        self.docker("run", "--name", "web", "--network", "none", "shop:1", "/bin/sh", "-c",
                    self.LINES)
        file = self.docker("inspect", "--format", "{{.LogPath}}", "web")
        for source, form in (("docker:web", "cri(ndjson)"), (file, "docker(ndjson)")):
            with self.subTest(source):
                done = subprocess.run(
                    [daemons.BUILD / "culprit", "inputs", source, "--json"], timeout=60,
                    capture_output=True, text=True, check=False, env=self.environment)
                told = json.loads(done.stdout)["sources"][0]
                self.assertEqual((told["format"], told["events"], told["skipped_lines"]),
                                 (form, 32, 0), done.stderr)

    def test_no_such_container(self):
        self.dockerd()
        done = subprocess.run([daemons.BUILD / "culprit", "inputs", "docker:none"], timeout=60,
                              capture_output=True, text=True, check=False, env=self.environment)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("No such container: none", done.stderr)


if __name__ == "__main__":
    daemons.main()
