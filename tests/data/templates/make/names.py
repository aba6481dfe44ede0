"""BIND and Unbound: questions answered, refused, failed; zones that do not load."""
import os
import signal
import socket
import time

from stage import run, talk

NAMED = """
options {{ directory "{d}"; listen-on port 5300 {{ 127.0.0.1; }}; listen-on-v6 {{ none; }};
  pid-file "{d}/pid"; session-keyfile "{d}/session.key"; recursion yes; dnssec-validation auto;
  allow-recursion {{ 127.0.0.1; }}; forwarders {{ 127.0.0.1 port 5399; }}; querylog yes;
  allow-transfer {{ none; }}; rate-limit {{ responses-per-second 50; log-only yes; }}; }};
key "ctl" {{ algorithm hmac-sha256; secret "c2VjcmV0c2VjcmV0"; }};
key "upd" {{ algorithm hmac-sha256; secret "dXBkYXRldXBkYXRl"; }};
controls {{ inet 127.0.0.1 port 9530 allow {{ localhost; }} keys {{ ctl; }}; }};
logging {{ channel all {{ file "{d}/log"; severity info; print-time yes; print-category yes;
  print-severity yes; }}; category default {{ all; }}; category queries {{ all; }};
  category lame-servers {{ all; }}; category query-errors {{ all; }}; category security {{ all; }}; }};
zone "shop.test" {{ type master; file "shop.zone"; allow-transfer {{ key upd; }};
  allow-update {{ key upd; }}; notify explicit; also-notify {{ 127.0.0.1 port 5398; }}; }};
zone "broken.test" {{ type master; file "broken.zone"; }};
zone "missing.test" {{ type master; file "missing.zone"; }};
zone "late.test" {{ type slave; masters {{ 127.0.0.1 port 5397; }}; file "late.db"; }};
zone "closed.test" {{ type master; file "shop.zone2"; allow-query {{ 10.0.0.1; }}; }};
{extra}
"""
ZONE = """$TTL 60
@ SOA ns.shop.test. root.shop.test. ( {serial} 60 10 600 60 )
@ NS ns
ns A 127.0.0.1
www A 10.1.2.3
alias CNAME nowhere
mail MX 10 mx
"""
TYPES = ["A", "AAAA", "MX", "TXT", "NS", "SOA", "ANY", "PTR", "SRV"]


def dig(*words):
    return run("dig", "@127.0.0.1", "-p", "5300", "+time=1", "+tries=1", *words)


def named_questions(stage):
    dice = stage.dice
    for _ in range(70):
        dig(dice.choice(["www", "ns", "alias", "none", "mail", "a.b.c"]) + ".shop.test",
            dice.choice(TYPES), *dice.choice(([], ["+tcp"], ["+dnssec"], ["+noedns"])))
    for _ in range(25):
        dig(dice.choice(["example.com", "debian.org", "x.invalid", "shop.example"]),
            dice.choice(TYPES))
    for words in ("closed.test A", "broken.test A", "missing.test A", "late.test A",
                  "shop.test AXFR", "www.shop.test IXFR=1", "version.bind TXT CH", "x.y CH TXT",
                  "-y hmac-sha256:bad:c2VjcmV0 shop.test A", "late.test AXFR",
                  "-y hmac-sha256:upd:dXBkYXRldXBkYXRl shop.test AXFR",
                  "-y hmac-sha256:upd:d3Jvbmd3cm9uZw== shop.test AXFR",
                  "+opcode=notify shop.test SOA", "+opcode=status shop.test",
                  "+header-only shop.test") * 3:
        dig(*words.split())
    for _ in range(4):
        line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        line.sendto(os.urandom(30), ("127.0.0.1", 5300))
        line.sendto(b"\0\1\1\0\0\1\0\0\0\0\0\0\x40bad", ("127.0.0.1", 5300))
        talk(5300, b"\0\x05hello", seconds=0.3)
    run("bash", "-c", "for i in $(seq 60); do echo www.shop.test A; done > " +
        f"{stage.folder}/many; dig @127.0.0.1 -p 5300 +time=1 +tries=1 -f {stage.folder}/many")


def named_control(stage):
    key = stage.write("rndc.key", 'key "ctl" { algorithm hmac-sha256; secret "c2VjcmV0c2VjcmV0"; };')
    for words in ("status", "reload", "reconfig", "flush", "flushname x", "reload shop.test",
                  "freeze shop.test", "reload shop.test", "thaw shop.test", "sync", "stats",
                  "retransfer late.test", "refresh late.test", "notify shop.test", "querylog off",
                  "querylog on", "trace", "notrace", "nosuch", "dumpdb", "zonestatus x",
                  "addzone new.test '{ type master; file \"shop.zone\"; };'", "validation off",
                  "managed-keys refresh", "serve-stale on", "recursing", "sign shop.test"):
        run("bash", "-c", f"rndc -s 127.0.0.1 -p 9530 -k {key} {words}")
        time.sleep(0.2)
    wrong = stage.write("wrong.key", 'key "ctl" { algorithm hmac-sha256; secret "d3Jvbmc="; };')
    run("rndc", "-s", "127.0.0.1", "-p", "9530", "-k", wrong, "status")
    for text in ("update add new.shop.test 60 A 10.0.0.1\n", "update delete www.shop.test\n",
                 "prereq nxdomain ns.shop.test\nupdate add x.shop.test 60 A 1.2.3.4\n",
                 "update add a.elsewhere.test 60 A 1.2.3.4\n", "update add shop.test 9 NS x\n"):
        for secret in ("upd:dXBkYXRldXBkYXRl", "upd:d3Jvbmc="):
            run("nsupdate", "-y", f"hmac-sha256:{secret}",
                text=f"server 127.0.0.1 5300\nzone shop.test\n{text}send\n")
        run("nsupdate", text=f"server 127.0.0.1 5300\nzone shop.test\n{text}send\n")


def named(stage):
    folder = stage.folder
    stage.write("shop.zone", ZONE.format(serial=1))
    stage.write("shop.zone2", ZONE.format(serial=1))
    stage.write("broken.zone", ZONE.format(serial=1) + "bad line here ( ;\nx A 1.2.3\ny CNAME z\n")
    path = stage.write("named.conf", NAMED.format(d=folder, extra=""))
    for turn in range(2):
        server = stage.start("named", "-f", "-c", path, port=5300)
        named_questions(stage)
        if turn == 0:
            named_control(stage)
        stage.write("shop.zone", ZONE.format(serial=0))
        server.send_signal(signal.SIGHUP)
        time.sleep(1)
        stage.write("broken.zone", ZONE.format(serial=2) + "y CNAME z\ny A 1.2.3.4\nx MX 1 1.2.3.4\n")
        stage.write("named.conf", NAMED.format(d=folder, extra='zone "x" { type nosuch; };\n'))
        server.send_signal(signal.SIGHUP)
        time.sleep(1)
        run("named", "-f", "-c", path, seconds=3)
        stage.write("named.conf", NAMED.format(d=folder, extra='zone "out.test" { type master;'
                    ' file "out.zone"; };\n'))
        stage.write("out.zone", ZONE.format(serial=2) + "other.example. A 1.2.3.4\nd DNAME e\n")
        server.send_signal(signal.SIGHUP)
        time.sleep(1)
        run("named", "-f", "-c", path, seconds=3)
        stage.stop(server, signal.SIGINT if turn else signal.SIGTERM)
    return folder / "log"


UNBOUND = """
server:
  interface: 127.0.0.1
  port: 5301
  verbosity: {verbosity}
  username: ""
  chroot: ""
  directory: "{d}"
  logfile: "{d}/log"
  pidfile: "{d}/pid"
  use-syslog: no
  log-time-ascii: yes
  log-queries: yes
  log-replies: yes
  log-servfail: yes
  do-not-query-localhost: no
  val-log-level: 2
  module-config: "validator iterator"
  trust-anchor-file: "{d}/anchor"
  access-control: 127.0.0.0/8 allow
  access-control: 127.0.0.3/32 refuse
  local-zone: "blocked.test" refuse
  local-zone: "static.test" static
  local-data: "a.static.test A 10.0.0.1"
  num-threads: 1
remote-control:
  control-enable: yes
  control-interface: {d}/control
  control-use-cert: no
forward-zone:
  name: "shop.test"
  forward-addr: 127.0.0.1@5300
forward-zone:
  name: "dead.test"
  forward-addr: 127.0.0.1@5399
stub-zone:
  name: "stub.test"
  stub-addr: 127.0.0.1@5300
{extra}
"""


def unbound(stage):
    folder, dice = stage.folder, stage.dice
    stage.write("anchor", ". IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC68345710423"
                "7C7F8EC8D\n")
    stage.write("shop.zone", ZONE.format(serial=1))
    stage.write("shop.zone2", ZONE.format(serial=1))
    stage.write("broken.zone", "x\n")
    stage.start("named", "-f", "-c", stage.write("named.conf", NAMED.format(d=folder, extra="")
                .replace(f"{folder}/log", f"{folder}/namedlog")), port=5300)
    for turn in range(2):
        path = stage.write("unbound.conf", UNBOUND.format(d=folder, extra="", verbosity=3 - turn))
        server = stage.start("unbound", "-d", "-c", path, port=5301)
        for _ in range(14 + 30 * turn):
            run("dig", "@127.0.0.1", "-p", "5301", "+time=1", "+tries=1", dice.choice(
                ["www.shop.test", "x.shop.test", "a.dead.test", "blocked.test", "a.static.test",
                 "stub.test", "auth.test", "x.auth.test", "example.com", "alias.shop.test"]),
                dice.choice(TYPES), *dice.choice(([], ["+tcp"], ["+dnssec"], ["-b", "127.0.0.3"])))
        line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        line.sendto(os.urandom(30), ("127.0.0.1", 5301))
        talk(5301, b"\0\x05hello", seconds=0.3)
        for words in ("status", "reload", "flush shop.test", "stats", "local_zone z.test refuse",
                      "forward_add bad", "nosuch", "dump_cache", "flush_zone dead.test"):
            run("bash", "-c", f"unbound-control -c {path} {words}")
        run("unbound", "-d", "-c", path, seconds=2)
        server.send_signal(signal.SIGHUP)
        time.sleep(1)
        stage.stop(server, signal.SIGINT if turn else signal.SIGTERM)
    return folder / "log"
