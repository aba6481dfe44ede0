"""systemd, sshd, cron, rsyslog, dpkg: what every machine writes."""
import os
import pathlib
import signal
import time

from stage import run, talk, until

PEOPLE = ["alice", "bob", "carol", "deploy"]
STRANGERS = ["admin", "oracle", "test", "git", "postgres1", "ftpuser", "ubuntu", "pi", "user"]


def people():
    for name in PEOPLE:
        run("useradd", "-m", "-s", "/bin/bash", name)
        run("chpasswd", text=f"{name}:right-{name}\n")


SSHD = """
Port 2222
ListenAddress 127.0.0.1
HostKey {d}/host
PidFile {d}/sshd.pid
UsePAM yes
LogLevel VERBOSE
MaxStartups 3:50:6
MaxAuthTries 3
LoginGraceTime 4
DenyUsers carol
PermitRootLogin no
AuthorizedKeysFile {d}/keys/%u
Subsystem sftp internal-sftp
ClientAliveInterval 2
ClientAliveCountMax 1
X11Forwarding yes
"""
SSH = ["ssh", "-p", "2222", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
       "-o", "ConnectTimeout=5"]


def ssh(user, password, *more, **options):
    return run("sshpass", "-p", password, *SSH, "-o", "PubkeyAuthentication=no",
               "-o", "NumberOfPasswordPrompts=1", f"{user}@127.0.0.1", *more, **options)


def sshd_logins(stage):
    dice, key = stage.dice, str(stage.folder / "id")
    for _ in range(25):
        ssh(dice.choice(STRANGERS), "x", "true")
    for _ in range(12):
        ssh(dice.choice(PEOPLE + ["root", "carol"]), "wrong", "true")
    for _ in range(20):
        name = dice.choice(["alice", "bob", "deploy"])
        ssh(name, f"right-{name}", "true")
        run(*SSH, "-i", key, "-o", "BatchMode=yes", f"{name}@127.0.0.1", "true")
    for name in ("nobodyhome", "alice", "bob"):
        run("sshpass", "-p", "bad", *SSH, "-o", "NumberOfPasswordPrompts=5",
            "-o", "PubkeyAuthentication=no", f"{name}@127.0.0.1")
    run(*SSH, "-i", key, "-o", "BatchMode=yes", "carol@127.0.0.1", "true")
    run("sftp", "-P", "2222", "-i", key, "-o", "StrictHostKeyChecking=no", "alice@127.0.0.1",
        text="put /etc/hostname\nget /etc/hostname\nls\nget none\n")
    run(*SSH, "-i", key, "-N", "-L", "7777:127.0.0.1:1", "bob@127.0.0.1", seconds=2)
    run(*SSH, "-i", key, "-o", "BatchMode=yes", "-W", "127.0.0.1:1", "bob@127.0.0.1")
    run(*SSH, "-i", key, "-R", "22:127.0.0.1:1", "-o", "BatchMode=yes", "bob@127.0.0.1", "true")


def sshd_rubbish(stage):
    for _ in range(6):
        talk(2222, "GET / HTTP/1.1\r\n\r\n")
        talk(2222, "SSH-1.5-old\r\n")
        talk(2222, "SSH-2.0-x\r\n" + "garbage" * 40)
        talk(2222, b"\x16\x03\x01\x00")
        talk(2222, "SSH-2.0-y\r\n", reset=True)
        talk(2222, "", reset=True)
        talk(2222, "SSH-2.0-scan\r\n", seconds=0.3)
    for option in ("KexAlgorithms=diffie-hellman-group1-sha1", "Ciphers=3des-cbc",
                   "MACs=hmac-md5", "HostKeyAlgorithms=ssh-dss"):
        run(*SSH, "-o", option, "alice@127.0.0.1", "true")
    run("bash", "-c", "for i in $(seq 14); do (exec 3<>/dev/tcp/127.0.0.1/2222; sleep 6) & done;"
        "wait")


def sshd(stage):
    people()
    folder = stage.folder
    os.makedirs("/run/sshd", exist_ok=True)
    for name in ("host", "id", "other"):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name))
    public = (folder / "id.pub").read_text()
    for name in ("alice", "deploy", "carol"):
        stage.write(f"keys/{name}", public)
    stage.write("keys/bob", 'from="10.0.0.1" ' + public + "rubbish line\n" + public)
    stage.write("keys/root", public)
    path = stage.write("sshd_config", SSHD.format(d=folder))
    stage.syslog("auth.*", "authpriv.*")
    for turn in range(2):
        server = stage.start("/usr/sbin/sshd", "-D", "-f", path, port=2222)
        sshd_logins(stage)
        if turn == 0:
            (folder / "keys").chmod(0o777)
            run(*SSH, "-i", str(folder / "id"), "-o", "BatchMode=yes", "alice@127.0.0.1", "true")
            (folder / "keys").chmod(0o755)
            sshd_rubbish(stage)
            server.send_signal(signal.SIGHUP)
            time.sleep(1)
            run("/usr/sbin/sshd", "-f", path)  # the port is taken
            stage.write("sshd_config", SSHD.format(d=folder) + "DenyGroups bob\nAllowGroups x\n")
            server.send_signal(signal.SIGHUP)
            time.sleep(1)
            sshd_logins(stage)
            stage.write("sshd_config", SSHD.format(d=folder))
        stage.stop(server)
    return folder / "log"


CRON_JOBS = ["true", "echo done", "sleep 1", "/usr/local/bin/report --daily", "false", "exit 3",
             "curl -s http://127.0.0.1:1/ping", "find /tmp -name core", "kill -9 $$"]


def crontab(user, text):
    return run("crontab", "-u", user, "-", text=text)


def cron(stage):
    people()
    stage.syslog("cron.*")
    dice = stage.dice
    pathlib.Path("/etc/cron.d/broken").write_text("61 * * * * root true\n")
    pathlib.Path("/etc/cron.d/stranger").write_text("* * * * * nosuchuser true\n")
    pathlib.Path("/etc/cron.d/half").write_text("* * * * * root true")  # no end of line
    pathlib.Path("/etc/cron.d/reports").write_text("".join(
        f"* * * * * {dice.choice(PEOPLE)} {job}\n" for job in CRON_JOBS))
    pathlib.Path("/etc/cron.d/open").write_text("* * * * * root true\n")
    os.chmod("/etc/cron.d/open", 0o666)
    pathlib.Path("/var/spool/cron/crontabs/ghost").write_text("* * * * * true\n")
    for name in PEOPLE[:3]:
        crontab(name, "@reboot true\n" + "".join(
            f"*/{dice.choice((1, 1, 2))} * * * * {job}\n" for job in CRON_JOBS))
    server = stage.start("cron", "-f", "-L", "15")
    run("cron", "-f", seconds=2)
    for minute in range(9):
        time.sleep(20)
        name = dice.choice(PEOPLE)
        crontab(name, f"* * * * * echo {minute}\n" + "* * * * * true\n" * minute)
        run("crontab", "-u", name, "-l")
        run("crontab", "-u", "bob", "-e", env={"EDITOR": "touch", "PATH": "/bin:/usr/bin"})
        crontab(dice.choice(PEOPLE), "99 * * * * nonsense\n")
        if minute == 4:
            run("crontab", "-u", "deploy", "-r")
            os.utime("/etc/cron.d/reports")
            os.chown("/etc/cron.d/open", 1, 1)
            os.chmod("/etc/cron.d/open", 0o644)
        if minute == 6:
            stage.stop(server)
            server = stage.start("cron", "-f", "-L", "15")
        time.sleep(20)
    for name in ("broken", "stranger", "half", "reports", "open"):
        os.unlink(f"/etc/cron.d/{name}")
    stage.stop(server)
    return stage.folder / "log"


RSYSLOG = """
global(workDirectory="{d}" maxMessageSize="2k" processInternalMessages="on")
module(load="imuxsock" SysSock.Name="{d}/socket" SysSock.RateLimit.Interval="2"
       SysSock.RateLimit.Burst="20")
module(load="imtcp" MaxSessions="3")
module(load="imudp")
input(type="imtcp" port="5140" address="127.0.0.1")
input(type="imudp" port="5141" address="127.0.0.1")
$ActionFileDefaultTemplate RSYSLOG_TraditionalFileFormat
syslog.* {d}/log
{extra}
"""
RSYSLOG_BAD = [
    'action(type="omnothing")', 'module(load="nosuch")', "local0.* @@127.0.0.1:5149",
    'local1.* {d}/none/dir/x\nlocal1.* action(type="omfwd" target="127.0.0.1" port="5148"'
    ' protocol="tcp" action.resumeRetryCount="2" action.resumeInterval="1")',
    "$NoSuchDirective on", 'template(name="t" type="string" string="%nosuchprop%")',
    "$IncludeConfig /nonexistent/*.conf\nnofacility.* /dev/null", "local3.nolevel /dev/null",
    'if $msg contains then stop', 'input(type="imtcp" port="5140" nosuch="1")',
    'ruleset(name="r") { }', 'local2.* ?nosuchtemplate', 'local4.* |{d}/nopipe',
    'action(type="omfile" file="{d}/x" queue.type="nosuch")', 'global(nosuch="1")',
    'action(type="omfwd" target="nowhere.invalid" port="514" protocol="udp")\nlocal5.* ~',
    'local6.* :omusrmsg:alice\n$FileOwner nosuchuser\n*.* /dev/null/x',
]


def rsyslog(stage):
    for turn, extra in enumerate(RSYSLOG_BAD * 3):
        text = RSYSLOG.format(d=stage.folder, extra=extra.replace("{d}", str(stage.folder)))
        path = stage.write("rsyslog.conf", text)
        command = ("rsyslogd", "-n", "-f", path, "-i", str(stage.folder / "pid"))
        server = stage.start(*command)
        until(lambda: (stage.folder / "socket").exists(), 3)
        time.sleep(1)
        run("rsyslogd", "-n", "-f", path, "-i", str(stage.folder / "pid"), seconds=2)
        for facility in range(16, 23):
            run("logger", "-u", str(stage.folder / "socket"), "-p", f"local{facility - 16}.info", "x")
        if turn % 4 == 0:
            for sender in ("one", "two"):
                run("bash", "-c", f"for i in $(seq 60); do echo {sender} $i; done |"
                    f" logger -i -p local0.info -t {sender} -u {stage.folder}/socket")
            talk(5140, "no frame at all\n" * 5, "9999 too long", seconds=0.3)
            talk(5140, "<34>" + "x" * 5000 + "\n", seconds=0.3)
            talk(5140, "99999999999 x\n", reset=True)
            run("bash", "-c", "for i in 1 2 3 4 5 6; do (exec 3<>/dev/tcp/127.0.0.1/5140; sleep 1)"
                " & done; wait")
        server.send_signal(signal.SIGHUP)
        time.sleep(3)
        run("logger", "-u", str(stage.folder / "socket"), "-p", "local1.info", "again")
        stage.stop(server)
    return stage.folder / "log"


DPKG_PACKAGES = ["hello", "sl", "cowsay", "figlet", "tree", "jq", "bc", "moreutils", "lrzsz",
                 "nano", "less", "file", "patch", "xz-utils", "unzip", "zip", "rsync", "dosfstools",
                 "fonts-dejavu-core", "fontconfig-config", "man-db", "mandoc", "vim-tiny"]


def dpkg(stage):
    log = pathlib.Path("/var/log/dpkg.log")
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    apt = ["apt-get", "-y", "-q", "--no-install-recommends"]
    start = log.stat().st_size if log.exists() else 0
    for package in DPKG_PACKAGES:
        run(*apt, "install", package, env=environment, seconds=120)
    for package in DPKG_PACKAGES[:12]:
        run(*apt, stage.dice.choice(("remove", "purge", "reinstall")), package, env=environment)
    run(*apt, "install", *DPKG_PACKAGES[:6], env=environment)
    for script in ("preinst", "postinst", "prerm"):
        broken_package(stage, script)
    run("dpkg", "--purge", "--force-all", "broken-preinst", "broken-postinst", "broken-prerm")
    run("dpkg-trigger", "--no-await", "ldconfig")
    run("dpkg", "--triggers-only", "-a")
    kept = stage.folder / "log"
    kept.write_bytes(log.read_bytes()[start:])
    return kept


def broken_package(stage, script):
    name = f"broken-{script}"
    folder = stage.folder / name
    stage.write(f"{name}/etc/{name}.conf", "old=1\n")
    for version in ("1.0", "2.0"):
        stage.write(f"{name}/DEBIAN/control", f"Package: {name}\nVersion: {version}\n"
                    "Architecture: all\nMaintainer: nobody <n@example.test>\nDescription: x\n")
        stage.write(f"{name}/DEBIAN/conffiles", f"/etc/{name}.conf\n")
        stage.write(f"{name}/DEBIAN/{script}", "#!/bin/sh\nexit 1\n", 0o755)
        stage.write(f"{name}/etc/{name}.conf", f"version={version}\n")
        run("dpkg-deb", "--build", str(folder), str(folder) + ".deb")
        pathlib.Path(f"/etc/{name}.conf").write_text("mine\n")
        run("dpkg", "--force-confnew" if version == "1.0" else "--force-confold", "-i",
            str(folder) + ".deb")
        run("dpkg", "--configure", "-a")
        run("dpkg", "--remove", name)
