"""ProFTPD, lighttpd, stunnel: files, pages and tunnels, given, refused, broken off."""
import os
import signal
import socket
import time

from nets import keys
from stage import converse, run, talk, until
from web import files, get, upstream

FTP = """
ServerName "shop"
ServerType standalone
DefaultAddress 127.0.0.1
Port 2190
UseIPv6 off
DelayEngine off
PidFile {d}/pid
ScoreboardFile {d}/scoreboard
TransferLog NONE
WtmpLog off
AuthOrder mod_auth_file.c
AuthUserFile {d}/users
RequireValidShell off
MaxInstances 8
MaxLoginAttempts 2
TimeoutLogin 2
TimeoutIdle 3
TimeoutNoTransfer 4
User proftpd
Group nogroup
DebugLevel {level}
<Limit DELE>
  DenyAll
</Limit>
{extra}
"""


def proftpd(stage):
    folder, dice = stage.folder, stage.dice
    (folder / "files").mkdir(mode=0o777)
    os.chmod(folder / "files", 0o777)
    stage.write("files/a.txt", "x" * 100)
    stage.write("files/locked", "x", mode=0o000)
    word = run("openssl", "passwd", "-1", "word").strip()
    stage.write("users", "".join(f"{name}:{word}:33:33::{folder}/{home}:/bin/sh\n" for name, home in (
        ("shop", "files"), ("lost", "nohome"), ("root2", "files"))), mode=0o600)
    for level, extra in (("0", ""), ("2", "UseReverseDNS on\nDefaultRoot ~\nRootLogin off"),
                         ("5", "AllowOverwrite off\nMaxClients 2\nMaxClientsPerHost 5")):
        path = stage.write("ftp.conf", FTP.format(d=folder, level=level, extra=extra))
        server = stage.start("proftpd", "-n", "-c", path, port=2190, log="out")
        for _ in range(14 if level != "5" else 4):
            name = dice.choice(["shop", "lost", "nobody", "root", "root2", "anonymous"])
            converse(2190, f"USER {name}\r\n", f"PASS {dice.choice(['word', 'bad'])}\r\n", "SYST\r\n",
                     "PASV\r\n", f"RETR {dice.choice(['a.txt', 'none', 'locked'])}\r\n", "DELE a.txt\r\n",
                     "STOR new\r\n", "CWD /nosuch\r\n", "SITE CHMOD 777 a.txt\r\n", "MKD dir\r\n",
                     f"{dice.choice(['QUIT', 'PORT 10,0,0,1,0,9', 'NOSUCH x', 'USER shop'])}\r\n")
        for rubbish in (b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01\x02\x00\x01", b"USER " + b"x" * 2000 + b"\r\n"):
            talk(2190, rubbish, seconds=0.5)
            talk(2190, rubbish, reset=True)
        idle = [socket.create_connection(("127.0.0.1", 2190)) for _ in range(12)]
        time.sleep(4)
        for line in idle:
            line.close()
        converse(2190, "USER shop\r\n", "PASS word\r\n", "NOOP\r\n", seconds=4)
        server.send_signal(signal.SIGHUP)
        time.sleep(1)
        stage.write("ftp.conf", FTP.format(d=folder, level=level, extra="NoSuchDirective on"))
        server.send_signal(signal.SIGHUP)
        time.sleep(1)
        stage.stop(server)
    return folder / "out"


LIGHT = """
server.modules = ("mod_access", "mod_auth", "mod_authn_file", "mod_proxy", "mod_cgi", "mod_rewrite",
  "mod_fastcgi", "mod_redirect", "mod_status")
server.document-root = "{d}/www"
server.bind = "127.0.0.1"
server.port = 8290
server.username = "www-data"
server.groupname = "www-data"
server.errorlog = "{d}/log"
server.pid-file = "{d}/pid"
server.max-connections = 20
server.max-read-idle = 2
server.max-write-idle = 3
server.max-request-field-size = 2048
server.max-request-size = 4
index-file.names = ("index.html")
cgi.assign = (".cgi" => "")
debug.log-request-handling = "{debug}"
debug.log-condition-handling = "{debug}"
debug.log-request-header-on-error = "enable"
debug.log-timeouts = "enable"
auth.backend = "htpasswd"
auth.backend.htpasswd.userfile = "{d}/users"
auth.require = ("/private" => ("method" => "basic", "realm" => "shop", "require" => "valid-user"))
$HTTP["url"] =~ "^/up/" {{ proxy.server = ("" => (("host" => "127.0.0.1", "port" => 8291))) }}
$HTTP["url"] =~ "^/dead/" {{ proxy.server = ("" => (("host" => "127.0.0.1", "port" => 8299))) }}
$HTTP["url"] =~ "^/php/" {{ fastcgi.server = ("" => (("host" => "127.0.0.1", "port" => 8291,
  "check-local" => "disable"))) }}
{extra}
"""


def lighttpd(stage):
    folder, dice = stage.folder, stage.dice
    files(stage)
    upstream(stage, 8291)
    os.chmod(folder, 0o777)
    stage.write("users", "ann:" + run("openssl", "passwd", "-1", "word").strip() + "\nbroken line\n")
    for name, text in (("ok", "#!/bin/sh\necho 'Content-Type: text/plain'\necho\necho hi\n"),
                       ("bad", "#!/bin/sh\nexit 3\n"), ("rubbish", "#!/bin/sh\nhead -c 300 /dev/urandom\n"),
                       ("none", "#!/nosuch/interpreter\n")):
        stage.write(f"www/{name}.cgi", text, mode=0o755)
    for debug, extra in (("disable", ""), ("enable", ""), ("disable", "server.nosuch = 1")):
        path = stage.write("light.conf", LIGHT.format(d=folder, debug=debug, extra=extra))
        server = stage.start("lighttpd", "-D", "-f", path, port=8290)
        for _ in range(120 if debug == "disable" else 25):
            page = dice.choice(["index.html", "none", "locked.html", "loop", "shut/x", "private/x.html", "ok.cgi",
                                "bad.cgi", "rubbish.cgi", "none.cgi", "up/ok", "up/rubbish", "up/cut", "up/reset",
                                "up/nothing", "dead/x", "php/rubbish", "php/cut", "../../etc/passwd", "empty/"])
            get(8290, page, *dice.choice(([], ["Authorization: Basic YW5uOmJhZA=="],
                                          ["Authorization: Basic Ym9iOmJhZA=="], ["Authorization: rubbish"],
                                          ["Range: bytes=9-1"], ["Expect: x"])), seconds=0.8)
        for text in (b"rubbish\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02",
                     b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 4000 + b"\r\n\r\n", b"GET /%00 HTTP/1.1\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
                     b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                     b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n" + b"z" * 9000,
                     b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n") * 2:
            talk(8290, text, seconds=0.5)
            talk(8290, text, reset=True)
        idle = [socket.create_connection(("127.0.0.1", 8290)) for _ in range(25)]
        time.sleep(4)
        for line in idle:
            line.close()
        for number in (signal.SIGHUP, signal.SIGUSR1):
            server.send_signal(number)
            time.sleep(1.5)
        stage.stop(server, signal.SIGINT if debug == "enable" else signal.SIGTERM)
    return folder / "log"


STUNNEL = """
foreground = yes
debug = {debug}
output = {d}/log
pid = {d}/pid
cert = {k}/server.crt
key = {k}/server.key
[web]
accept = 127.0.0.1:8390
connect = 127.0.0.1:8391
CAfile = {k}/ca.crt
{extra}
[dead]
accept = 127.0.0.1:8392
connect = 127.0.0.1:8399
[out]
client = yes
accept = 127.0.0.1:8393
connect = 127.0.0.1:8390
{more}
"""


def stunnel(stage):
    folder = stage.folder
    key = keys(stage)
    upstream(stage, 8391)
    turns = (("notice", "", ""), ("info", "verifyChain = yes", f"cert = {key}/client.crt\nkey = {key}/client.key"),
             ("debug", "requireCert = yes\nTIMEOUTidle = 1", ""), ("info", "sslVersionMax = TLSv1.2", "checkHost = x"))
    for debug, extra, more in turns:
        path = stage.write("stunnel.conf", STUNNEL.format(d=folder, k=key, debug=debug, extra=extra, more=more))
        server = stage.start("stunnel", path, log="out")
        until(lambda: os.path.exists(folder / "pid"))
        time.sleep(0.5)
        for turn in range(6 if debug != "debug" else 2):
            for name in ("client", "old", "foreign", "second"):
                run("bash", "-c", f"printf 'GET /{turn} HTTP/1.0\\r\\n\\r\\n' | timeout 3 openssl s_client -connect "
                    f"127.0.0.1:8390 -quiet -cert {key}/{name}.crt -key {key}/{name}.key", seconds=6)
            for more_ in ("-tls1_2", "-cipher NULL", "-tls1_3", "-no_tls1_3 -cipher AES128-SHA"):
                run("bash", "-c", f"echo | timeout 3 openssl s_client -connect 127.0.0.1:8390 {more_}", seconds=6)
            for port in (8390, 8392, 8393):
                talk(port, b"GET /cut HTTP/1.0\r\n\r\n", seconds=0.5)
                talk(port, b"\x16\x03\x01\x02\x00" + os.urandom(30), seconds=0.5)
                talk(port, b"", reset=True)
            run("bash", "-c", "echo | timeout 3 openssl s_client -connect 127.0.0.1:8392", seconds=6)
        for number in (signal.SIGUSR1, signal.SIGHUP):
            server.send_signal(number)
            time.sleep(1)
        stage.stop(server)
    for broken in ("cert = /nosuch", "nosuch = 1", "connect = x", "debug = 99"):
        run("stunnel", stage.write("bad.conf", STUNNEL.format(
            d=folder, k=key, debug="notice", extra=broken, more="")), seconds=3)
    return folder / "log"
