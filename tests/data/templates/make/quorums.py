"""etcd and ZooKeeper: three members that elect, lose and find each other; clients, rubbish."""
import os
import time

from stage import run, talk, wait_for


def etcd(stage):
    folder = stage.folder
    members = ",".join(f"m{n}=http://127.0.0.1:238{n}" for n in range(1, 4))

    def start(number, *more, state="new"):
        return stage.start(
            "etcd", "--name", f"m{number}", "--data-dir", f"{folder}/m{number}",
            "--listen-client-urls", f"http://127.0.0.1:237{number}",
            "--advertise-client-urls", f"http://127.0.0.1:237{number}",
            "--listen-peer-urls", f"http://127.0.0.1:238{number}",
            "--initial-advertise-peer-urls", f"http://127.0.0.1:238{number}",
            "--initial-cluster", members, "--initial-cluster-state", state,
            "--snapshot-count", "60", "--auto-compaction-mode", "revision",
            "--auto-compaction-retention", "20", "--max-request-bytes", "2000",
            "--quota-backend-bytes", "2000000", *more, log="log" if number == 1 else "others")

    def ask(*words, port=2371, **more):
        env = {**os.environ, "ETCDCTL_API": "3"}
        return run("etcdctl", "--endpoints", f"127.0.0.1:{port}", "--command-timeout=2s", *words,
                   env=env, **more)

    servers = {number: start(number) for number in (1, 2, 3)}
    wait_for(2371)
    time.sleep(4)
    for n in range(50):
        ask("put", f"k{n % 9}", "x" * (n * 40))
    for words in ("get k1", "member list", "endpoint status", "alarm list", "compact 5", "defrag",
                  "lease grant 5", "lease revoke 1234", "auth enable", "user add root:root",
                  "user grant-role root root", "role add weak", "user add weak:weak",
                  "auth enable", "--user root:bad get k1", "--user weak:weak get k1",
                  "--user root:root auth disable", "snapshot save " + f"{folder}/snap",
                  "member add m4 --peer-urls=http://127.0.0.1:2384", "get --rev=1 k1", "txn x",
                  "move-leader 1234", "member remove 1234", "del k1", "endpoint health"):
        ask(*words.split())
    for rubbish in (b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01", os.urandom(40)):
        for port in (2371, 2381):
            talk(port, rubbish, seconds=0.3)
    for port, path in ((2371, "version"), (2371, "health"), (2381, "members"), (2381, "raft"),
                       (2371, "v2/keys"), (2381, "raft/probing"), (2381, "raft/stream/message/x")):
        run("curl", "-s", f"http://127.0.0.1:{port}/{path}")
    for number in (2, 3, 2, 3):
        stage.stop(servers[number])
        time.sleep(2)
        for n in range(12):
            ask("put", f"k{n}", "y")
        if number == 3:
            stage.stop(servers[1])
            servers[1] = start(1, state="existing")
            time.sleep(1)
            stage.stop(servers[2])
            ask("put", "k", "lost")
            servers[2] = start(2, state="existing")
        servers[number] = start(number, state="existing")
        time.sleep(3)
    for n in range(130):
        ask("put", f"k{n % 9}", "x" * 1500)
    for words in (["--nosuch"], ["--data-dir", f"{folder}/m2"], ["--initial-cluster", "m1=x"],
                  ["--listen-client-urls", "http://127.0.0.1:2372"], ["--election-timeout", "10"]):
        process = start(1, *words)
        time.sleep(1.5)
        stage.stop(process)
    return folder / "log"


ZOO = """
tickTime=500
initLimit=5
syncLimit=3
dataDir={d}/z{n}
clientPort=218{n}
clientPortAddress=127.0.0.1
snapCount=40
maxClientCnxns=5
admin.enableServer=false
autopurge.purgeInterval=1
autopurge.snapRetainCount=3
4lw.commands.whitelist=*
minSessionTimeout=1000
maxSessionTimeout=4000
server.1=127.0.0.1:2881:3881
server.2=127.0.0.1:2882:3882
server.3=127.0.0.1:2883:3883
{extra}
"""
LOG4J = """
log4j.rootLogger=INFO, FILE
log4j.logger.org.apache.zookeeper.server.quorum=DEBUG
log4j.appender.FILE=org.apache.log4j.FileAppender
log4j.appender.FILE.File={d}/{file}
log4j.appender.FILE.layout=org.apache.log4j.PatternLayout
log4j.appender.FILE.layout.ConversionPattern=%d{{ISO8601}} [myid:%X{{myid}}] - %-5p [%t:%C{{1}}@%L] - %m%n
"""


def zookeeper(stage):
    folder = stage.folder
    jars = "/etc/zookeeper/conf:/usr/share/java/zookeeper.jar:" + run(
        "bash", "-c", "ls /usr/share/java/{log4j-1.2,slf4j-api,slf4j-log4j12,netty*,jline*,"
        "commons-cli,commons-io,metrics-core,snappy-java,zookeeper*}.jar 2>/dev/null | tr '\\n' ':'")

    def java(logger, *words):
        return ["java", "-Xmx128m", f"-Dlog4j.configuration=file:{folder}/{logger}", "-cp", jars, *words]

    def start(number, extra=""):
        stage.write(f"z{number}/myid", str(number))
        path = stage.write(f"zoo{number}.cfg", ZOO.format(d=folder, n=number, extra=extra))
        return stage.start(*java("server.props" if number == 1 else "others.props",
                                 "org.apache.zookeeper.server.quorum.QuorumPeerMain", path), log="out")

    def ask(text, port=2181):
        run(*java("others.props", "org.apache.zookeeper.ZooKeeperMain", "-timeout", "2000",
                  "-server", f"127.0.0.1:{port}"), text=text, seconds=12)

    stage.write("server.props", LOG4J.format(d=folder, file="log"))
    stage.write("others.props", LOG4J.format(d=folder, file="others"))
    servers = {number: start(number) for number in (1, 2, 3)}
    time.sleep(8)
    for n in range(4):
        ask("".join(f"create /k{n}{m} x\nset /k{n}{m} y\n" for m in range(15)) +
            "get /nosuch\ncreate /a/b x\ncreate -e /e x\ndelete /k00\naddauth digest a:b\n"
            "setAcl /k01 auth:a:b:r\nset /k01 z\nreconfig -remove 3\nquit\n", port=2181 + n % 2)
    for word in ("ruok", "stat", "srvr", "conf", "cons", "mntr", "dump", "envi", "wchs", "nope", "isro"):
        talk(2181, word, seconds=0.3)
    for rubbish in (b"\0\0\0\x10" + os.urandom(16), b"\xff\xff\xff\xff", b"\0\0\0\x2c", b"hello world\n", b""):
        talk(2181, rubbish, seconds=0.4)
        talk(2181, rubbish, reset=True)
        talk(3881, rubbish, seconds=0.4)
        talk(2881, rubbish, seconds=0.4)
    run("bash", "-c", "for i in 1 2 3 4 5 6 7 8; do (sleep 3 | nc -w 2 127.0.0.1 2181 || "
        "timeout 2 bash -c 'exec 3<>/dev/tcp/127.0.0.1/2181; sleep 2') & done; wait")
    for number in (3, 2, 1, 3, 2):
        stage.stop(servers[number])
        time.sleep(4)
        if number == 3:
            ask("create /while x\nquit\n")
        servers[number] = start(number)
        time.sleep(6)
    for number in (2, 3):
        stage.stop(servers[number])
    ask("get /k01\nquit\n")
    time.sleep(3)
    stage.stop(servers[1])
    for extra in ("tickTime=x", "nosuch=1", "server.4=nohost", "dataDir=/proc/x", "clientPort=99999"):
        process = start(1, extra)
        time.sleep(3)
        stage.stop(process)
    return folder / "log"
