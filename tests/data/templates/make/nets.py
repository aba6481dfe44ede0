"""dnsmasq, OpenVPN, Squid: questions, tunnels and pages, given and refused."""
import os
import signal
import socket
import time

from names import TYPES
from stage import run, talk
from web import upstream

DNSMASQ = """
port=5320
listen-address=127.0.0.1
bind-interfaces
no-resolv
no-hosts
pid-file={d}/pid
log-queries=extra
log-facility={d}/log
log-async=25
server=127.0.0.1#5321
server=/dead.test/127.0.0.1#5399
server=/local.test/
address=/blocked.test/0.0.0.0
address=/gone.test/
addn-hosts={d}/hosts
cname=alias.shop.test,www.shop.test
txt-record=txt.shop.test,hello
host-record=rec.shop.test,10.0.0.9
dns-forward-max=20
stop-dns-rebind
cache-size={cache}
{extra}
"""


def dnsmasq(stage):
    folder, dice = stage.folder, stage.dice
    stage.write("hosts", "10.1.2.3 www.shop.test\nbad line here\n10.1.2.4 pay.shop.test\n")
    upper = stage.write("upper.conf", "port=5321\nlisten-address=127.0.0.1\nbind-interfaces\n"
                        "no-resolv\nno-hosts\naddress=/example.com/93.184.216.34\n"
                        "address=/rebind.test/10.0.0.1\n" f"pid-file={folder}/upper.pid\n")
    stage.start("dnsmasq", "-k", "-C", upper, port=5321)
    for turn, extra in enumerate(("log-dhcp", "proxy-dnssec\nfilterwin2k", "query-port=0\nbogus-priv")):
        path = stage.write("dnsmasq.conf", DNSMASQ.format(d=folder, cache=150 * turn, extra=extra))
        server = stage.start("dnsmasq", "-k", "-C", path, port=5320)
        for _ in range(120):
            run("dig", "@127.0.0.1", "-p", "5320", "+time=1", "+tries=1", dice.choice(
                ["www.shop.test", "pay.shop.test", "alias.shop.test", "txt.shop.test", "x.dead.test",
                 "example.com", "a.example.com", "rebind.test", "blocked.test", "gone.test",
                 "x.local.test", "rec.shop.test", "nowhere.org", "4.2.1.10.in-addr.arpa"]),
                dice.choice(TYPES), *dice.choice(([], ["+tcp"], ["+dnssec"])))
        line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for _ in range(60):
            line.sendto(os.urandom(2) + b"\1\0\0\1\0\0\0\0\0\0\1x\4dead\4test\0\0\1\0\1", ("127.0.0.1", 5320))
        stage.write("hosts", "10.1.2.3 www.shop.test\n10.1.2.999 no.shop.test\n")
        for number in (signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2):
            server.send_signal(number)
            time.sleep(1)
        if turn == 1:
            os.rename(folder / "hosts", folder / "hosts.away")
            server.send_signal(signal.SIGHUP)
            time.sleep(1)
            os.rename(folder / "hosts.away", folder / "hosts")
        for name in ("bind.chaos", "version.bind"):
            run("dig", "@127.0.0.1", "-p", "5320", "+time=1", "+tries=1", "CH", "TXT", name)
        stage.stop(server)
    return folder / "log"


SAMPLES = "/usr/share/doc/openvpn/examples/sample-keys"
TUNNEL = """
server 10.98.0.0 255.255.255.0
dev tun9
port 1190
proto {proto}
local 127.0.0.1
ca {k}/ca.crt
cert {k}/server.crt
key {k}/server.key
dh {k}/dh2048.pem
data-ciphers AES-256-GCM:AES-128-GCM
management 127.0.0.1 1191
status {d}/status 1
log-append {d}/log
verb {verb}
keepalive 2 8
hand-window 5
reneg-sec 6
connect-freq-initial 9 10
duplicate-cn
{extra}
"""


def keys(stage):
    """A root and what it signs: for a server, clients, one that has expired and one of no use."""
    folder = stage.folder / "keys"
    folder.mkdir()

    def openssl(*words):
        run("openssl", *words, cwd=folder)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt",
            "-subj", "/CN=root", "-days", "30")
    for name, days, use in (("server", 20, "serverAuth"), ("client", 20, "clientAuth"),
                            ("second", 20, "clientAuth"), ("old", -1, "clientAuth")):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr",
                "-subj", f"/O=shop/CN={name}")
        stage.write(f"keys/{name}.ext", f"extendedKeyUsage={use}\nkeyUsage=digitalSignature\n")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-set_serial",
                "7", "-out", f"{name}.crt", "-days", str(days), "-extfile", f"{name}.ext")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "foreign.key", "-out",
            "foreign.crt", "-subj", "/CN=foreign", "-days", "30")
    openssl("dhparam", "-dsaparam", "-out", "dh2048.pem", "2048")
    return folder


def openvpn(stage):
    folder = stage.folder
    key = keys(stage)
    script = stage.write("connect.sh", "#!/bin/sh\n[ \"$common_name\" != second ]\n", mode=0o755)
    stage.write("ccd/client", "push \"route 10.9.0.0 255.255.255.0\"\nnosuch-option\n")

    def client(proto, name, *more, seconds=4, log="clients"):
        words = ["openvpn", "--client", "--dev", "null", "--route-nopull", "--ifconfig-noexec", "--remote", "127.0.0.1", "1190", proto,
                 "--ca", f"{key}/ca.crt", "--cert", f"{key}/{name}.crt", "--key", f"{key}/{name}.key",
                 "--nobind", "--verb", "3", "--connect-retry-max", "1", "--log-append",
                 f"{folder}/{log}", *more]
        run("timeout", "-s", "INT", str(seconds), *words, seconds=seconds + 3)

    turns = (("udp", "3", f"script-security 2\nclient-connect {script}\n"),
             ("tcp-server", "3", f"client-config-dir {folder}/ccd\nccd-exclusive"),
             ("udp", "3", f"tls-crypt {SAMPLES}/ta.key\nmax-clients 1\nremote-cert-tls client"))
    for proto, verb, extra in turns:
        path = stage.write("server.conf", TUNNEL.format(d=folder, k=key, proto=proto, verb=verb, extra=extra))
        server = stage.start("openvpn", "--config", path)
        time.sleep(1)
        kind = "udp" if proto == "udp" else "tcp-client"
        more = ["--tls-crypt", f"{SAMPLES}/ta.key"] if "tls-crypt" in extra else []
        for name in ("client", "second", "old", "foreign", "client"):
            client(kind, name, *more, seconds=4 if name != "client" else 9)
        client(kind, "client", *more, "--cipher", "BF-CBC", "--data-ciphers", "CHACHA20-POLY1305", log="log")
        client(kind, "client", *more, "--tun-mtu", "1400", "--auth", "SHA512", log="log", seconds=9)
        client(kind, "client", "--tls-version-max", "1.2", "--auth-nocache")
        for number in (signal.SIGUSR2, signal.SIGUSR1, signal.SIGHUP):
            server.send_signal(number)
            time.sleep(2)
        line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for text in (b"", b"hello", os.urandom(60), b"\x38" + os.urandom(13), b"\x28" + os.urandom(40)):
            line.sendto(text, ("127.0.0.1", 1190))
            talk(1190, text, seconds=0.4)
        talk(1191, "status\r\n", "kill client\r\n", "nosuch\r\n", "quit\r\n", seconds=1)
        stage.stop(server)
    run("openvpn", "--config", stage.write("bad.conf", TUNNEL.format(
        d=folder, k="/nosuch", proto="udp", verb="3", extra="")), seconds=5)
    client("udp", "client", "--connect-timeout", "2", log="log", seconds=6)
    return folder / "log"


SQUID = """
http_port 127.0.0.1:3190
visible_hostname shop.test
pid_filename {d}/pid
cache_log {d}/log
access_log none
coredump_dir {d}
cache_dir ufs {d}/cache 10 2 4
cache_effective_user proxy
acl bad dstdomain .forbidden.test
acl one src 127.0.0.3
http_access deny bad
http_access deny one
http_access allow localhost
http_access deny all
cache_peer 127.0.0.1 parent 8099 0 no-query name=dead connect-fail-limit=2
cache_peer 127.0.0.1 parent 8098 0 no-query default name=alive
cache_peer_access dead allow all
forward_timeout 3 seconds
connect_timeout 1 seconds
request_header_max_size 2 KB
shutdown_lifetime 1 seconds
debug_options {debug}
icon_directory /usr/share/squid/icons
{extra}
"""


def squid(stage):
    folder, dice = stage.folder, stage.dice
    upstream(stage, 8098)
    os.chmod(folder, 0o777)
    hosts = ("shop.test", "a.forbidden.test", "10.0.0.1", "nohost.invalid", "127.0.0.1:8098")
    turns = (("ALL,1", ""), ("ALL,1 11,2 33,2", "never_direct allow all"),
             ("ALL,1 28,2 15,2 44,2", "acl dup src 10.0.0.1 10.0.0.1 10.0.0.0/8"))
    for debug, extra in turns:
        path = stage.write("squid.conf", SQUID.format(d=folder, debug=debug, extra=extra))
        if debug == "ALL,1":
            run("squid", "-N", "-z", "-f", path)
        server = stage.start("squid", "-N", "-f", path, port=3190)
        for _ in range(45):
            path_ = dice.choice(["news", "up/rubbish", "late", "cut", "nothing", "reset", "badhead", "bighead"])
            talk(3190, f"GET http://{dice.choice(hosts)}/{path_} HTTP/1.1\r\nHost: x\r\n"
                 "Connection: close\r\n\r\n", seconds=1.2)
        for text in ("rubbish\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "CONNECT nohost.invalid:443 HTTP/1.1\r\n\r\n",
                     "GET http://shop.test/ HTTP/1.1\r\nX: " + "y" * 4000 + "\r\n\r\n", b"\x16\x03\x01\x02",
                     "POST http://shop.test/ HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
                     "GET http://shop.test/ HTTP/1.1\r\nbad header\r\n\r\n", "PURGE http://x/ HTTP/1.0\r\n\r\n",
                     "GET cache_object://127.0.0.1/info HTTP/1.0\r\n\r\n", "TRACE http://x/ HTTP/1.1\r\n\r\n",
                     "GET cache_object://127.0.0.1/nosuch HTTP/1.0\r\n\r\n") * 2:
            talk(3190, text, seconds=0.6)
        server.send_signal(signal.SIGHUP)
        time.sleep(2)
        server.send_signal(signal.SIGUSR1)
        time.sleep(1)
        stage.write("squid.conf", SQUID.format(d=folder, debug=debug, extra=extra +
                    "\nacl broken nosuchtype x\n"))
        stage.stop(server)
        run("squid", "-N", "-f", path, seconds=5)
    for extra in ("nosuch_option 1", "cache_dir nosuch /x 1 1 1", "http_port 127.0.0.1:25"):
        run("squid", "-N", "-f", stage.write("squid.conf", SQUID.format(
            d=folder, debug="ALL,1", extra=extra)), seconds=5)
    return folder / "log"
