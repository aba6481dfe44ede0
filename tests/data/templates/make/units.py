"""systemd: units that start, fail, hang, restart too often, depend on what fails; timers, reloads.

Runs where systemd is process 1, as on any booted Debian 12 (a container will do).
"""
import pathlib
import time

from stage import run

FOLDER = pathlib.Path("/run/systemd/system")
SERVICES = {
    "good": "ExecStart=/bin/sleep 500",
    "quick": "Type=oneshot\nExecStart=/bin/true",
    "fails": "ExecStart=/bin/false",
    "three": "Type=oneshot\nExecStart=/bin/sh -c 'exit 3'",
    "missing": "ExecStart=/nonexistent/program",
    "crash": "ExecStart=/bin/sh -c 'sleep 0.3; kill -SEGV $$'",
    "killed": "ExecStart=/bin/sh -c 'kill -9 $$'",
    "again": "ExecStart=/bin/sh -c 'exit 1'\nRestart=always\nRestartSec=100ms",
    "slowstart": "Type=notify\nExecStart=/bin/sleep 60\nTimeoutStartSec=2",
    "stubborn": "ExecStart=/bin/sh -c 'trap \"\" TERM; while :; do sleep 1; done'\nTimeoutStopSec=1",
    "stopfails": "ExecStart=/bin/sleep 500\nExecStop=/bin/sh -c 'exit 4'",
    "prefails": "ExecStartPre=/bin/false\nExecStart=/bin/sleep 500",
    "postfails": "ExecStart=/bin/sleep 500\nExecStartPost=/bin/sh -c 'exit 9'",
    "baduser": "User=nosuchuser\nExecStart=/bin/true",
    "badfolder": "WorkingDirectory=/none\nExecStart=/bin/true",
    "badfile": "EnvironmentFile=/none\nExecStart=/bin/true",
    "badconf": "ExecStart=relative/path\nNoSuchKey=1\nRestart=sometimes",
    "pidfile": "Type=forking\nPIDFile=/run/none.pid\nExecStart=/bin/true\nTimeoutStartSec=2",
    "reloads": "ExecStart=/bin/sleep 500\nExecReload=/bin/true",
    "reloadbad": "ExecStart=/bin/sleep 500\nExecReload=/bin/false",
    "watched": "Type=simple\nExecStart=/bin/sleep 500\nWatchdogSec=1\nNotifyAccess=all",
    "limited": "ExecStart=/bin/sleep 500\nRuntimeMaxSec=2",
    "leaves": "ExecStart=/bin/sh -c 'sleep 400 & exit 0'\nKillMode=process",
    "condition": "Type=oneshot\nExecStart=/bin/true",
    "needs": "ExecStart=/bin/sleep 500",
    "worker@": "ExecStart=/bin/sh -c 'sleep 0.%i; exit %i'",
}
HEADS = {"condition": "ConditionPathExists=/none\n", "again": "StartLimitIntervalSec=20\n",
         "needs": "Requires=three.service\nAfter=three.service\n"}
OTHERS = {
    "tick.timer": "[Unit]\nDescription=Tick\n[Timer]\nOnActiveSec=1\nOnUnitActiveSec=1\n"
                  "AccuracySec=100ms\nUnit=quick.service\n",
    "listen.socket": "[Unit]\nDescription=Listener\n[Socket]\nListenStream=127.0.0.1:7070\n"
                     "Service=quick.service\n",
    "taken.socket": "[Unit]\nDescription=Taken\n[Socket]\nListenStream=127.0.0.1:7070\n"
                    "Service=good.service\n",
    "watch.path": "[Unit]\nDescription=Watcher\n[Path]\nPathExists=/run/watched\n"
                  "Unit=quick.service\n",
    "run-nodisk.mount": "[Unit]\nDescription=No disk\n[Mount]\nWhat=/dev/none\nWhere=/run/nodisk\n"
                        "Type=ext4\n",
    "run-small.mount": "[Unit]\nDescription=Small\n[Mount]\nWhat=tmpfs\nWhere=/run/small\n"
                       "Type=tmpfs\n",
    "a.service": "[Unit]\nDescription=A\nAfter=b.service\nRequires=b.service\n[Service]\n"
                 "ExecStart=/bin/sleep 500\n",
    "b.service": "[Unit]\nDescription=B\nAfter=a.service\n[Service]\nExecStart=/bin/sleep 500\n",
    "batch.slice": "[Unit]\nDescription=Batch work\n",
}


def write():
    for name, text in SERVICES.items():
        (FOLDER / f"{name}.service").write_text(
            f"[Unit]\nDescription=The {name.strip('@')} service\n{HEADS.get(name, '')}[Service]\n"
            f"{text}\n")
    for name, text in OTHERS.items():
        (FOLDER / name).write_text(text)
    run("systemctl", "daemon-reload")


def drive(stage):
    for _ in range(3):
        for name in SERVICES:
            unit = name + (f"{stage.dice.randrange(9)}" if name.endswith("@") else "")
            run("systemctl", "start", "--no-block" if name in ("slowstart", "pidfile") else "-q",
                unit)
        for name in ("a.service", "listen.socket", "taken.socket", "watch.path", "tick.timer",
                     "run-nodisk.mount", "run-small.mount"):
            run("systemctl", "start", name, seconds=5)
        pathlib.Path("/run/watched").touch()
        for _ in range(20):
            run("systemctl", "start", f"worker@{stage.dice.randrange(9)}")
        time.sleep(3)
        for name in ("reloads", "reloadbad", "good"):
            run("systemctl", "reload", name)
        pathlib.Path("/run/watched").unlink()
        run("systemctl", "restart", "good", "stopfails")
        run("systemctl", "kill", "-s", "USR1", "good")
        run("systemctl", "freeze", "good", seconds=3)
        run("systemctl", "set-property", "--runtime", "good", "MemoryMax=1M")
        run("systemctl", "mask", "--runtime", "quick.service")
        run("systemctl", "start", "quick.service")
        run("systemctl", "unmask", "--runtime", "quick.service")
        run("systemd-run", "--unit", f"once{_}", "-q", "/bin/sh", "-c", "echo hello; exit 5")
        run("systemd-run", "--slice", "batch", "-q", "/bin/sleep", "1")
        run("systemctl", "daemon-reload")
        for name in ("stubborn", "stopfails", "leaves", "good", "needs", "watched", "tick.timer",
                     "listen.socket", "watch.path", "run-small.mount", "a.service", "b.service"):
            run("systemctl", "stop", name, seconds=9)
        run("systemctl", "reset-failed")
    run("systemctl", "isolate", "--no-block", "nosuch.target")
    run("systemctl", "daemon-reexec")
    time.sleep(2)


def systemd(stage):
    write()
    drive(stage)
    log = stage.folder / "log"
    log.write_text(run("journalctl", "-o", "short-iso", "--no-pager", "-q", "-b", "-t", "systemd",
                       "-t", "systemd-journald", "-t", "systemd-logind", "-t", "systemd-tmpfiles"))
    return log
