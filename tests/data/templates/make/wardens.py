"""fail2ban and Supervisor: what they watch misbehaves."""
import os
import signal
import time

from stage import run, until

WATCH = """
[DEFAULT]
backend = polling
bantime = 6
findtime = 20
maxretry = 3
action = mine[name=%(__name__)s]
logtimezone = UTC
bantime.increment = true
[web]
enabled = true
filter = web
logpath = {d}/web.log
ignoreip = 10.0.0.9 localhost
[door]
enabled = true
filter = door
logpath = {d}/door*.log
{extra}
"""


def fail2ban(stage):
    folder, dice = stage.folder, stage.dice
    for name in ("filter.d", "action.d", "jail.d"):
        (folder / name).mkdir()
    stage.write("fail2ban.conf", f"""[Definition]
loglevel = DEBUG
logtarget = {folder}/log
syslogsocket = auto
socket = {folder}/socket
pidfile = {folder}/pid
dbfile = {folder}/base.sqlite3
dbpurgeage = 1d
""")
    stage.write("filter.d/web.conf", "[Definition]\nfailregex = ^ web: denied <HOST> to \\S+$\n"
                "ignoreregex = ^ web: denied \\S+ to /free$\n")
    stage.write("filter.d/door.conf", "[Definition]\nfailregex = ^ door: user \\S+ from <HOST>( failed)+$\n")
    stage.write("action.d/mine.conf", "[Definition]\nactionstart = echo start\nactionstop = false\n"
                "actioncheck =\nactionban = test <ip> != 10.0.0.3\nactionunban = echo <ip> >&2; exit 3\n")

    def client(*words):
        return run("fail2ban-client", "-c", str(folder), "-s", f"{folder}/socket", "-p",
                   f"{folder}/pid", *words, seconds=15)

    def append(name, text):
        with open(folder / name, "a", encoding="utf8") as out:
            out.write(text)

    def fail(count):
        for _ in range(count):
            now = time.strftime("%Y-%m-%d %H:%M:%S")
            address = f"10.0.0.{dice.randrange(1, 12)}"
            append("web.log", f"{now} web: denied {address} to {dice.choice(['/x', '/free', '/y'])}\n")
            append("door1.log", f"{now} door: user {dice.choice(['ann', 'bob'])} from {address} failed\n")
            time.sleep(0.05)

    append("web.log", "")
    append("door1.log", "")
    stage.write("jail.conf", WATCH.format(d=folder, extra=""))
    stage.endings.append(("fail2ban-client", "-s", f"{folder}/socket", "stop"))
    for turn in range(2):
        stage.start("fail2ban-server", "-f", "-c", str(folder), "-s", f"{folder}/socket", "-p",
                    f"{folder}/pid", "start")
        until(lambda: "pong" in client("ping"))
        for _ in range(5):
            fail(30)
            time.sleep(2)
        append("web.log", "1999-01-01 00:00:00 web: denied 10.0.0.1 to /x\nno time at all\n" +
               time.strftime("%Y-%m-%d %H:%M:%S") + " web: denied nohost.invalid to /x\n")
        append("web.log", b"\xff\xfe rubbish \xe9\n".decode("latin1"))
        for words in ("set web banip 10.9.9.9", "set web unbanip 10.9.9.9", "set web unbanip 1.1.1.1",
                      "status web", "set web nosuch 1", "get nosuch", "set web addignoreip 10.0.0.5",
                      "set web maxretry 2", "set web findtime 60", "set web addfailregex (", "set loglevel INFO",
                      "set loglevel DEBUG", "unban --all", "set web addlogpath /nosuch", "banned",
                      "set web attempt 10.0.0.77 x y z", "flushlogs", "set dbpurgeage 2d",
                      "set web bantime 5", "set door idle on", "set door idle off", "stop door"):
            client(*words.split())
        os.rename(folder / "web.log", folder / "web.old")
        time.sleep(2)
        append("web.log", "")
        fail(20)
        for extra in ("[third]\nenabled = true\nfilter = nosuch\nlogpath = /nosuch\n",
                      f"[fourth]\nenabled = true\nfilter = web\nlogpath = {folder}/web.log\nmaxretry = 1\n",
                      "[fifth]\nenabled = true\nfilter = web\nbackend = nosuch\nlogpath = /nosuch\n"):
            stage.write("jail.conf", WATCH.format(d=folder, extra=extra))
            client("reload")
            time.sleep(1)
            fail(6)
        client("restart", "web")
        client("stop")
        stage.write("jail.conf", WATCH.format(d=folder, extra=""))
        time.sleep(1)
    return folder / "log"


SUPERVISOR = """
[supervisord]
logfile={d}/log
loglevel={level}
pidfile={d}/pid
childlogdir={d}
nodaemon=true
user=root
minfds=100
[unix_http_server]
file={d}/socket
[supervisorctl]
serverurl=unix://{d}/socket
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[program:steady]
command=sleep 1000
stdout_logfile={d}/steady.out
[program:crashes]
command=sh -c 'sleep 1.3; exit 3'
startretries=2
[program:missing]
command=/nosuch/program
[program:stubborn]
command=sh -c 'trap "" TERM; echo up; while :; do sleep 0.2; done'
stopwaitsecs=1
[program:soon]
command=sh -c 'exit {code}'
startsecs=1
startretries=1
[program:once]
command=sh -c 'echo done; echo oh >&2; exit 0'
startsecs=0
autorestart=unexpected
[program:killed]
command=sh -c 'sleep 1.5; kill -SEGV $$'
[program:many]
command=sleep 1{code}0
process_name=%(program_name)s_%(process_num)02d
numprocs=3
[program:nouser]
command=sleep 5
directory=/nosuch
[eventlistener:ears]
command=sh -c 'printf "READY\\n"; while read x; do printf "RESULT 2\\nwh"; sleep 1; exit 1; done'
events=PROCESS_STATE
buffer_size=3
{extra}
"""


def supervisor(stage):
    folder = stage.folder
    turns = (("debug", 0, ""), ("info", 2, "[program:new]\ncommand=sleep 3\n"),
             ("debug", 4, "[group:pair]\nprograms=steady,once\n"))
    for level, code, extra in turns:
        path = stage.write("supervisord.conf", SUPERVISOR.format(d=folder, level=level, code=code, extra=extra))
        server = stage.start("supervisord", "-c", path, log="out")
        time.sleep(7)

        def control(*words, path=path):
            run("supervisorctl", "-c", path, *words, seconds=20)

        for words in ("status", "stop steady", "start steady", "restart stubborn", "stop stubborn",
                      "start nosuch", "signal HUP many:*", "tail steady", "stop many:many_01",
                      "start missing", "clear steady", "pid", "stop soon", "remove steady", "maintail",
                      "signal USR1 once", "add nosuch", "reread"):
            control(*words.split())
        stage.write("supervisord.conf", SUPERVISOR.format(d=folder, level=level, code=code + 1, extra=extra +
                    "[program:late]\ncommand=sleep 100\n"))
        control("reread")
        control("update")
        run("pkill", "-P", str(server.pid), "sleep")
        time.sleep(2)
        server.send_signal(signal.SIGUSR2)
        time.sleep(1)
        server.send_signal(signal.SIGHUP)
        time.sleep(4)
        server.send_signal(signal.SIGWINCH)
        stage.stop(server, signal.SIGINT if code else signal.SIGTERM)
    return folder / "log"
