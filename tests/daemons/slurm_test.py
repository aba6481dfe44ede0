"""`culprit bisect --runner "srun ..."` on a real Slurm of one node, started here on free ports."""
import getpass
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import unittest

import daemons
from daemons import Daemons, free_port, main

CONF = """
ClusterName=culprit
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
SlurmctldPort={controller_port}
SlurmdPort={node_port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
ReturnToService=2
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
KillWait=2
InactiveLimit=5
NodeName={host} NodeAddr=127.0.0.1 CPUs=4 Boards=1 SocketsPerBoard=1 CoresPerSocket=4 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


class Slurm(Daemons):
    def setUp(self):
        super().setUp()
        if os.geteuid() != 0:
            self.skipTest("slurmd runs commands as their users: it needs root")
        munged, controller, node = map(self.program, ("munged", "slurmctld", "slurmd"))
        self.program("srun")
        host = socket.gethostname().split(".")[0]
        for name in ("state", "spool", "munge"):
            (self.folder / name).mkdir(mode=0o700)
        key = self.folder / "munge/key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        munge_socket = self.folder / "munge.socket"
        self.start(munged, "--foreground", "--force", "--num-threads=2", f"--socket={munge_socket}",
                   f"--key-file={key}", f"--pid-file={self.folder}/munge/pid",
                   f"--log-file={self.folder}/munge/log", f"--seed-file={self.folder}/munge/seed",
                   ready=munge_socket.exists)
        conf = self.write("slurm.conf", CONF.format(
            host=host, user=getpass.getuser(), folder=self.folder, controller_port=free_port(),
            node_port=free_port()))
        # Without a control group of its own: containers seldom give one.
        self.write("cgroup.conf", "CgroupPlugin=autodetect\nIgnoreSystemd=yes\n")
        self.env = os.environ | {"SLURM_CONF": str(conf), "TMPDIR": str(self.folder)}
        os.environ["SLURM_CONF"] = str(conf)
        self.addCleanup(os.environ.pop, "SLURM_CONF")
        self.start(controller, "-D", "-f", conf, ready=self.controller_answers)
        self.start(node, "-D", "-f", conf, "-N", host, ready=self.node_is_idle)

    def ask(self, *words):
        return subprocess.run(words, env=self.env, capture_output=True, text=True, check=False,
                              timeout=30).stdout

    def controller_answers(self):
        return "is UP" in self.ask("scontrol", "ping")

    def node_is_idle(self):
        return "idle" in self.ask("sinfo", "-h", "-o", "%t")

    def history(self, count, bad_from):
        repo = self.folder / "repo"
        repo.mkdir()
        script = ("git init -q; for i in $(seq 0 %d); do [ $i -lt %d ] && echo good > s || "
                  "echo bad > s; echo $i > n; git add .; git -c user.name=a -c user.email=a@b.c "
                  "commit -qm c$i; git tag t$i; done" % (count - 1, bad_from))
        subprocess.run(["sh", "-c", script], cwd=repo, check=True)
        shared = self.folder / "shared"
        shared.mkdir()
        return repo, shared

    def test_trials_run_as_jobs_beside_each_other(self):
        repo, shared = self.history(24, 15)
        done = subprocess.run(
            [daemons.BUILD / "culprit", "bisect", "t0", "t23", "--json", "--runner",
             "srun -N1 -n1 -Q --", "--worktrees", shared, "--workers", "2", "--build",
             "cp s built", "--", "sh", "-c", f'echo "$SLURM_JOB_ID" >> {self.folder}/jobs; '
             "grep -q good built || kill -ABRT $$"],
            cwd=repo, env=self.env, capture_output=True, text=True, timeout=150, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        said = json.loads(done.stdout)
        self.assertEqual(said["culprit"]["subject"], "c15")
        self.assertIn("SIGABRT", json.dumps(said["trials"]))
        jobs = (self.folder / "jobs").read_text().split()
        self.assertEqual(len(jobs), len(set(jobs)))
        self.assertEqual(list(shared.iterdir()), [])

    def test_a_cancelled_search_leaves_no_job(self):
        repo, shared = self.history(8, 3)
        with subprocess.Popen(
                [daemons.BUILD / "culprit", "bisect", "t0", "t7", "--json", "--runner",
                 "srun -N1 -n1 -Q --", "--worktrees", shared, "--", "sleep", "600"],
                cwd=repo, env=self.env, stdout=subprocess.PIPE, text=True) as process:
            end = time.monotonic() + 30
            while "R" not in self.ask("squeue", "-h", "-o", "%t") and time.monotonic() < end:
                time.sleep(0.1)
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(json.loads(said)["ended"], "interrupted")
        end = time.monotonic() + 30
        while self.ask("squeue", "-h") and time.monotonic() < end:
            time.sleep(0.2)
        self.assertEqual(self.ask("squeue", "-h"), "")
        self.assertEqual(list(shared.iterdir()), [])

    def test_a_node_that_is_gone_is_no_evidence(self):
        repo, shared = self.history(8, 3)
        self.ask("scontrol", "update", f"NodeName={socket.gethostname().split('.')[0]}",
                 "State=DOWN", "Reason=test")
        done = subprocess.run(
            [daemons.BUILD / "culprit", "bisect", "t0", "t7", "--runner",
             "srun -N1 --immediate=1 --", "--worktrees", shared, "--", "grep", "-q", "good", "s"],
            cwd=repo, env=self.env, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 3, done.stdout + done.stderr)
        self.assertIn("the runner srun did not run it", done.stderr)
        self.assertIn("--resume", done.stderr)


if __name__ == "__main__":
    main()
