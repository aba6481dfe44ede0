"""PostgreSQL, Redis, MariaDB, Mosquitto, Slurm: servers that keep something."""
import glob
import os
import shutil
import signal
import time

from stage import listening, run, talk, until

# ---- PostgreSQL

POSTGRES = """
listen_addresses = '127.0.0.1'
port = 5433
unix_socket_directories = '{d}'
max_connections = 20
log_line_prefix = '%m [%p] '
log_error_verbosity = terse
log_min_error_statement = panic
log_min_messages = info
log_connections = on
log_disconnections = on
log_lock_waits = on
log_temp_files = 0
log_checkpoints = on
log_autovacuum_min_duration = 0
log_min_duration_statement = 100
autovacuum_naptime = 2
deadlock_timeout = 100ms
work_mem = 64kB
checkpoint_timeout = 30s
log_replication_commands = on
wal_level = logical
trace_sort = off
"""
STATEMENTS = """
SELECT * FROM missing_{n}
SELECT nope_{n} FROM orders
INSERT INTO orders VALUES (1, 'twice', 3)
INSERT INTO orders VALUES ({n}0000, NULL, 3)
INSERT INTO orders VALUES ('abc', 'x', 1)
INSERT INTO items VALUES (1, 99999{n})
INSERT INTO orders VALUES (99999999999, 'x', 1)
UPDATE orders SET amount = -{n} WHERE id = 1
SELECT 1/0
SELECT * FROM orders WHERE
SELEC {n}
SELECT nofunction_{n}(1)
SELECT 'x'::nosuchtype
SELECT '{n}-99-99'::date
SELECT 'abc{n}'::int
SELECT '{{"a":'::json
SELECT pg_sleep(0.12)
SET statement_timeout = '50ms'; SELECT pg_sleep(1)
SET lock_timeout = '50ms'; SELECT 1
CREATE TABLE orders (id int)
DROP TABLE nothing_{n}
ALTER TABLE orders ADD COLUMN id int
DROP TABLE orders
CREATE ROLE app
SET ROLE nobody_{n}
SELECT 1; ROLLBACK; COMMIT
BEGIN; SELECT 1/0; SELECT 1
SELECT * FROM orders, orders
SELECT id FROM orders GROUP BY amount
SELECT (SELECT id FROM orders)
SELECT 1 UNION SELECT 1, 2
SELECT substring('x', 1, -{n})
SELECT repeat('x', 2000000000)
SET nosuchparameter = {n}
SET work_mem = 'lots'
SET work_mem = '1kB'
VACUUM FULL orders; BEGIN; VACUUM orders
CREATE INDEX i{n} ON orders (nocolumn)
COPY orders FROM '/nonexistent/{n}.csv'
COPY orders FROM STDIN
PREPARE p AS SELECT 1; EXECUTE q{n}
SELECT * FROM generate_series(1, 40000) a ORDER BY a DESC
DO $$ BEGIN RAISE EXCEPTION 'order {n} is late'; END $$
DO $$ BEGIN RAISE WARNING 'stock of item {n} is low'; END $$
DO $$ BEGIN RAISE LOG 'nightly job {n} done'; END $$
CHECKPOINT
SELECT pg_terminate_backend(pg_backend_pid())
SELECT pg_reload_conf()
ANALYZE nothing_{n}
DROP SCHEMA public
SELECT lo_get({n}999)
SELECT nextval('noseq_{n}')
INSERT INTO small VALUES ('much too long {n}')
SELECT '1.2.3.4.{n}'::inet
SELECT regexp_replace('x', '(', '')
LOCK TABLE orders
SELECT pg_create_logical_replication_slot('s', 'noplugin')
CREATE EXTENSION nosuch_{n}
LOAD 'nosuch_{n}'
SELECT current_setting('no.such_{n}')
GRANT ALL ON orders TO nobody_{n}
CREATE DATABASE shop
DROP DATABASE none_{n}
SELECT sqrt(-{n}), ln(0)
SELECT ARRAY[1,2] || 'x'
DECLARE c CURSOR FOR SELECT 1
FETCH NEXT FROM nocursor_{n}
SAVEPOINT a
SELECT to_timestamp('x{n}', 'YYYY')
SELECT chr(0)
SELECT E'\\xff'
""".strip().splitlines()
TABLES = """
CREATE TABLE orders (id int PRIMARY KEY, name text NOT NULL, amount int CHECK (amount > 0));
CREATE TABLE items (id int, order_id int REFERENCES orders);
CREATE TABLE small (code varchar(5));
INSERT INTO orders VALUES (1, 'a', 5), (2, 'b', 6);
INSERT INTO items VALUES (1, 1);
CREATE ROLE app LOGIN PASSWORD 'right'; CREATE DATABASE shop;
"""


def psql(sql, *more, user="postgres", password="x", database="shop", seconds=20):
    return run("psql", "-h", "127.0.0.1", "-p", "5433", "-U", user, database, "-c", sql, *more,
               seconds=seconds, env=dict(os.environ, PGPASSWORD=password))


def background(stage, sql):
    return stage.start("psql", "-h", "127.0.0.1", "-p", "5433", "-U", "postgres", "shop",
                       "-c", sql.split(";")[0], "-c", sql.split(";", 1)[1] if ";" in sql else "")


def postgres_statements(stage):
    weights = [1 / (1 + place) ** 0.7 for place in range(len(STATEMENTS))]
    shuffled = STATEMENTS[:]
    stage.dice.shuffle(shuffled)
    for statement in shuffled + stage.dice.choices(shuffled, weights, k=150):
        sql = statement.format(n=stage.dice.randrange(1, 9))
        psql(sql, user="postgres" if "pg_" in sql or "CREATE" in sql else
             stage.dice.choice(("postgres", "app")), password="right")


def postgres_locks(stage):
    for _ in range(3):
        for pair in ((1, 2), (2, 1)):
            stage.start("psql", "-h", "127.0.0.1", "-p", "5433", "-U", "postgres", "shop", "-c",
                        f"BEGIN; UPDATE orders SET amount = 7 WHERE id = {pair[0]};"
                        f" SELECT pg_sleep(0.5); UPDATE orders SET amount = 8 WHERE id = {pair[1]};"
                        " COMMIT")
        time.sleep(2)
    holder = stage.start("psql", "-h", "127.0.0.1", "-p", "5433", "-U", "postgres", "shop", "-c",
                         "BEGIN; LOCK TABLE orders; SELECT pg_sleep(3); COMMIT")
    time.sleep(0.5)
    psql("SET lock_timeout = '300ms'; SELECT * FROM orders")
    psql("SELECT * FROM orders FOR UPDATE NOWAIT")
    stage.stop(holder, signal.SIGINT)


def postgres_connections(stage):
    for _ in range(5):
        psql("SELECT 1", user="app", password="wrong")
        psql("SELECT 1", user=f"stranger{_}")
        psql("SELECT 1", database=f"nodb{_}", user="app", password="right")
        psql("SELECT 1", user="refused")
        talk(5433, "GET / HTTP/1.1\r\n\r\n", seconds=0.3)
        talk(5433, b"\0\0\0\x08\0\2\0\0", seconds=0.3)
        talk(5433, b"\0\0\0\x10\0\3\0\0user\0", reset=True)
        talk(5433, b"\0\0\0\4", seconds=0.3)
    talk(5433, "", reset=True)
    run("bash", "-c", "for i in $(seq 28); do psql -h 127.0.0.1 -p 5433 -U postgres shop -c"
        " 'select pg_sleep(2)' & done; wait")
    run("psql", "-h", "127.0.0.1", "-p", "5433", "-U", "postgres", "replication=true dbname=shop",
        "-c", "IDENTIFY_SYSTEM", "-c", "START_REPLICATION SLOT nope LOGICAL 0/0")
    run("pg_basebackup", "-h", "127.0.0.1", "-p", "5433", "-U", "postgres", "-D",
        str(stage.folder / "backup"), "-X", "fetch", "-c", "fast")
    run("pgbench", "-h", "127.0.0.1", "-p", "5433", "-U", "postgres", "-i", "-q", "shop")


def postgres_stops(stage, start, server):
    data = stage.folder / "data"
    for change in ("max_connections = 30\n", "nosuch = 1\n", "work_mem = 'x'\n",
                   "port = 9999\n", "broken broken = \n"):
        with open(data / "postgresql.conf", "a", encoding="utf8") as conf:
            conf.write(change)
        server.send_signal(signal.SIGHUP)
        time.sleep(0.4)
        settings(stage)
    start("second")  # the port and the folder are taken
    victim = stage.start("psql", "-h", "127.0.0.1", "-p", "5433", "-U", "postgres", "shop", "-c",
                         "SELECT pg_sleep(30) AS victim")
    time.sleep(0.7)
    worker = run("pgrep", "-f", "postgres: postgres shop").split()
    if worker:
        os.kill(int(worker[0]), signal.SIGKILL)
    until(lambda: "1" in psql("SELECT 1"), 10)
    stage.stop(victim)
    psql("SELECT count(*) FROM orders")
    os.kill(int(run("pgrep", "-f", "postgres: checkpointer").split()[0]), signal.SIGSEGV)
    time.sleep(2)
    stage.stop(server, signal.SIGQUIT)


def settings(stage):
    path = stage.folder / "data" / "postgresql.conf"
    path.write_text(POSTGRES.format(d=stage.folder))
    (stage.folder / "data" / "pg_hba.conf").write_text(
        "host all refused 127.0.0.1/32 reject\nhost all app 127.0.0.1/32 scram-sha-256\n"
        "host all postgres 127.0.0.1/32 trust\nhost replication postgres 127.0.0.1/32 trust\n")


def postgresql(stage):
    tools = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
    data, log = stage.folder / "data", stage.folder / "log"
    shutil.chown(stage.folder, "postgres")
    run("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", f"{tools}/initdb", "-D",
        str(data), "-A", "trust")
    settings(stage)

    def start(name):
        return stage.start("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups",
                           f"{tools}/postgres", "-D", str(data), log="log",
                           port=5433 if name == "first" else None)

    server = start("first")
    for statement in TABLES.strip().split("\n"):
        psql(statement, database="shop" if "CREATE TABLE" in statement else "postgres")
        for part in statement.split(";"):
            psql(part, database="postgres")
    for part in "".join(TABLES.split("CREATE ROLE")[0]).split(";"):
        psql(part)
    postgres_statements(stage)
    postgres_locks(stage)
    postgres_connections(stage)
    postgres_stops(stage, start, server)
    server = start("first")
    postgres_statements(stage)
    open(data / "pg_hba.conf", "a", encoding="utf8").write("host all all nonsense\n")
    server.send_signal(signal.SIGHUP)
    time.sleep(1)
    sleeper = stage.start("psql", "-h", "127.0.0.1", "-p", "5433", "-U", "postgres", "shop", "-c",
                          "SELECT pg_sleep(30)")
    time.sleep(0.5)
    stage.stop(server, signal.SIGINT)
    stage.stop(sleeper)
    (data / "PG_VERSION").rename(data / "PG_VERSION.away")
    start("second")
    time.sleep(1)
    return log


# ---- Redis

REDIS = """
port 6390
bind 127.0.0.1
dir {d}/data
logfile {d}/log
loglevel {level}
save 2 5
maxclients 30
{extra}
"""


def redis_cli(*words, port=6390, **more):
    return run("redis-cli", "-p", str(port), *words, **more)


def redis_traffic(stage):
    dice = stage.dice
    for turn in range(6):
        for _ in range(6):
            redis_cli("set", f"key:{dice.randrange(999)}", "x" * 2000)
        redis_cli(dice.choice(("bgsave", "bgrewriteaof", "save", "ping")))
        time.sleep(1.5 if turn % 2 else 0.5)
    for command in ("config set appendonly yes", "bgrewriteaof", "debug sleep 0.1",
                    "config set maxmemory 1mb", "config set maxmemory-policy allkeys-lru",
                    "client kill type normal", "config rewrite", "acl setuser bob on >x ~* +@all",
                    "acl load", "config set save ''", "debug reload", "debug loadaof", "flushall",
                    "debug log hello", "config resetstat", "script kill", "debug jmap",
                    "debug change-repl-id", "config set appendonly no", "cluster info",
                    "failover", "shutdown abort", "config set loglevel debug"):
        redis_cli(*command.split())
        time.sleep(0.6)
    for _ in range(4):
        talk(6390, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", seconds=0.2)
        talk(6390, "*99999999\r\n", seconds=0.2)
        talk(6390, "*1\r\n$999999999999\r\n", seconds=0.2)
        talk(6390, "*1\r\nx\r\n", seconds=0.2)
        talk(6390, "*3\r\n$3\r\nSET\r\n", reset=True)
        talk(6390, "PSYNC ? -1\r\n", seconds=0.3)
    talk(6390, "x" * 70000, seconds=0.2)
    run("bash", "-c", "for i in $(seq 45); do (exec 3<>/dev/tcp/127.0.0.1/6390; sleep 1) & done;"
        "wait")


def redis_replica(stage):
    os.makedirs(stage.folder / "data2", exist_ok=True)
    other = stage.write("other.conf", REDIS.format(d=stage.folder, level="debug", extra="").replace(
        "6390", "6391").replace("/data", "/data2"))
    for turn in range(3):
        copy = stage.start("redis-server", other, "--replicaof", "127.0.0.1 6390",
                           "--repl-diskless-sync", "yes" if turn else "no", port=6391)
        time.sleep(3)
        redis_cli("set", "a", str(turn))
        redis_cli("client", "kill", "type", "replica")
        time.sleep(1.5)
        redis_cli("replicaof", "127.0.0.1", "1", port=6391)
        time.sleep(1.5)
        redis_cli("replicaof", "no", "one", port=6391)
        stage.stop(copy, (signal.SIGTERM, signal.SIGKILL, signal.SIGINT)[turn])


def redis(stage):
    os.makedirs(stage.folder / "data")
    plain = stage.write("redis.conf", REDIS.format(d=stage.folder, level="verbose", extra=""))
    server = stage.start("redis-server", plain, port=6390)
    redis_traffic(stage)
    redis_replica(stage)
    run("redis-server", plain, seconds=2)  # the port is taken
    shutil.rmtree(stage.folder / "data")
    redis_cli("set", "a", "b")
    for _ in range(8):
        redis_cli("set", f"k{_}", "b")
    redis_cli("bgsave")
    time.sleep(2.5)
    redis_cli("save")
    stage.stop(server)
    stage.stop(server, signal.SIGKILL)
    os.makedirs(stage.folder / "data")
    (stage.folder / "data" / "dump.rdb").write_bytes(b"REDIS0009rubbish" * 9)
    run("redis-server", plain, seconds=2)
    os.unlink(stage.folder / "data" / "dump.rdb")
    for extra in ("cluster-enabled yes", "appendonly yes", "requirepass secret",
                  "aclfile {d}/none.acl", "maxmemory 100"):
        path = stage.write("redis.conf", REDIS.format(
            d=stage.folder, level="debug", extra=extra.format(d=stage.folder)))
        server = stage.start("redis-server", path)
        until(lambda: listening(6390), 2)
        redis_cli("cluster", "addslots", "1", "2", "3")
        redis_cli("cluster", "meet", "127.0.0.1", "6399")
        redis_cli("auth", "wrong")
        for _ in range(3):
            redis_cli("set", f"k{_}", "b")
        time.sleep(5)
        stage.stop(server, signal.SIGINT)
    server = stage.start("redis-server", stage.write("sentinel.conf", f"""
port 26390
bind 127.0.0.1
logfile {stage.folder}/log
loglevel debug
sentinel monitor shop 127.0.0.1 6390 1
sentinel down-after-milliseconds shop 500
sentinel failover-timeout shop 1500
"""), "--sentinel")
    time.sleep(6)
    stage.stop(server)
    return stage.folder / "log"


# ---- Mosquitto

def mosquitto(stage):
    folder = stage.folder
    stage.write("acl", "user bob\ntopic readwrite shop/#\n")
    run("mosquitto_passwd", "-b", "-c", str(folder / "users"), "bob", "right")
    os.chmod(folder / "users", 0o644)
    conf = f"""
listener 1884 127.0.0.1
log_dest file {folder}/log
log_type all
log_timestamp_format %Y-%m-%dT%H:%M:%S
password_file {folder}/users
acl_file {folder}/acl
user root
max_keepalive 60
persistence true
persistence_location {folder}/
autosave_interval 2
max_connections 12
"""
    path = stage.write("mosquitto.conf", conf)
    tools = ("-h", "127.0.0.1", "-p", "1884")
    for turn in range(2):
        server = stage.start("mosquitto", "-c", path, port=1884)
        listener = stage.start("mosquitto_sub", *tools, "-u", "bob", "-P", "right", "-t", "shop/#",
                               "-q", "2", "-i", "till", "-c")
        stage.start("mosquitto_sub", *tools, "-u", "bob", "-P", "right", "-t", "other/+", "-k", "5",
                    "--will-topic", "shop/will", "--will-payload", "gone", "-i", "will")
        for number in range(25):
            run("mosquitto_pub", *tools, "-u", "bob", "-P", "right", "-q",
                str(stage.dice.randrange(3)), "-t", f"shop/{stage.dice.choice('abc')}", "-m",
                f"order {number}", *stage.dice.choice(([], ["-r"], ["-V", "mqttv5"])))
        for user, password, topic in (("bob", "wrong", "shop/a"), ("eve", "x", "shop/a"),
                                      ("bob", "right", "denied/a")) * 3:
            run("mosquitto_pub", *tools, "-u", user, "-P", password, "-t", topic, "-m", "x",
                "-q", "1")
        mosquitto_rubbish(stage, tools)
        server.send_signal(signal.SIGHUP)
        server.send_signal(signal.SIGUSR1)
        stage.stop(listener, signal.SIGKILL)
        run("mosquitto_pub", *tools, "-u", "bob", "-P", "right", "-q", "1", "-t", "shop/q", "-m",
            "kept")
        server.send_signal(signal.SIGUSR2)
        run("mosquitto", "-c", path, seconds=3)
        stage.write("mosquitto.conf", conf + "nosuchoption 1\n")
        server.send_signal(signal.SIGHUP)
        stage.write("mosquitto.conf", conf)
        time.sleep(4)
        stage.stop(server, signal.SIGINT if turn else signal.SIGTERM)
    (folder / "mosquitto.db").write_bytes(b"rubbish" * 9)
    run("mosquitto", "-c", path, seconds=3)
    bridge = stage.write("bridge.conf", conf + "connection hub\naddress 127.0.0.1:1885\n"
                         "topic # both 0\nrestart_timeout 1\n")
    (folder / "mosquitto.db").unlink()
    server = stage.start("mosquitto", "-c", bridge)
    time.sleep(6)
    stage.stop(server)
    return folder / "log"


def mosquitto_rubbish(stage, tools):
    connect = b"\x10\x10\0\4MQTT\4\2\0\x3c\0\4same"
    for _ in range(3):
        talk(1884, "GET / HTTP/1.1\r\n\r\n", seconds=0.3)
        talk(1884, b"\x10\x10\0\4MQTT\x09\2\0\x3c\0\4four", seconds=0.3)
        talk(1884, b"\x10\x10\0\4NOPE\4\2\0\x3c\0\4four", seconds=0.3)
        talk(1884, b"\xc0\0", seconds=0.3)
        talk(1884, connect, seconds=0.3)
        talk(1884, b"\x10\x0c\0\4MQTT\4\0\0\x3c\0\0", seconds=0.3)
        talk(1884, "", reset=True)
    for _ in range(3):
        stage.start("mosquitto_sub", *tools, "-u", "bob", "-P", "right", "-t", "shop/a", "-i",
                    "twin")
        time.sleep(0.3)
    twins = [stage.start("mosquitto_sub", *tools, "-u", "bob", "-P", "right", "-t", f"shop/{i}")
             for i in range(14)]
    run("mosquitto_sub", *tools, "-u", "bob", "-P", "right", "-t", "shop/a", "-U", "shop/a",
        "-W", "1")
    time.sleep(1)
    for one in twins:
        stage.stop(one, signal.SIGKILL if twins.index(one) % 2 else signal.SIGTERM)


# ---- MariaDB

def mysql(socket_path, sql, user="root", password=None, **more):
    words = ["mariadb", "-S", str(socket_path), "-u", user]
    return run(*words, *([f"-p{password}"] if password else []), "-e", sql, **more)


def mariadb(stage):
    folder = stage.folder
    shutil.chown(folder, "mysql")
    options = (f"--no-defaults --datadir={folder}/data --socket={folder}/s --pid-file={folder}/pid"
               " --bind-address=127.0.0.1 --port=3307 --user=mysql --log-warnings=9"
               " --innodb-print-all-deadlocks=off --max-connections=8 --connect-timeout=2"
               " --wait-timeout=2 --binlog-format=statement --log-bin --server-id=1"
               " --log-bin-trust-function-creators=0 --innodb-lock-wait-timeout=1").split()
    run("mariadb-install-db", "--no-defaults", f"--datadir={folder}/data", "--user=mysql",
        "--auth-root-authentication-method=normal")
    path = folder / "s"
    for turn, more in enumerate(([], ["--slow-query-log", "--skip-name-resolve"],
                                 ["--innodb-buffer-pool-size=5M", "--performance-schema"])):
        server = stage.start("mariadbd", *options, *more, log="log", port=3307)
        mariadb_traffic(stage, path, turn)
        stage.start("mariadbd", *options, log="log")  # the folder and the port are taken
        time.sleep(3)
        if turn == 1:
            stage.stop(server, signal.SIGKILL)
        else:
            stage.start("mariadb", "-S", str(path), "-u", "root", "-e", "select sleep(20)")
            time.sleep(0.4)
            stage.stop(server)
    for bad in ("--nosuchoption=1", "--innodb-page-size=3", "--plugin-load-add=nosuch",
                "--lc-messages=xx", "--port=99999999", "--innodb-log-group-home-dir=/none",
                "--event-scheduler=on", "--sql-mode=nosuch", "--init-file=/none/x"):
        server = stage.start("mariadbd", *options, bad, log="log")
        time.sleep(4)
        stage.stop(server)
    kept = folder / "kept"  # a record has a time; what has none is the output of a library
    kept.write_text("".join(line for line in (folder / "log").open() if line.startswith("20")))
    return kept


def mariadb_traffic(stage, path, turn):
    mysql(path, "create database if not exists shop; create table if not exists shop.o"
          " (id int auto_increment primary key, n text) engine=innodb;"
          "create or replace user 'app'@'%' identified by 'right';"
          "grant all on shop.* to 'app'@'%'; create table if not exists shop.m (id int)"
          " engine=myisam; create table if not exists shop.a (id int) engine=aria")
    tcp = ["mariadb", "--protocol=tcp", "-h", "127.0.0.1", "-P", "3307"]
    for _ in range(18):
        user = stage.dice.choice(["app", "eve", "root", "backup", "app"])
        run(*tcp, "-u", user, "-pwrong", "-e", "select 1")
        run(*tcp, "-u", "app", "-pright", stage.dice.choice(["nodb", "shop"]), "-e", "select 1")
    for _ in range(12):
        mysql(path, f"use shop; insert into o (n) select uuid() limit {_ + 1};"
              " update o set n = uuid() limit 1; insert into o (n) values (now()) ; delete from o"
              " limit 1; insert into shop.m select id from shop.o limit 1")
    for _ in range(6):
        talk(3307, "GET / HTTP/1.1\r\n\r\n", seconds=0.2)
        talk(3307, "", reset=True)
        talk(3307, "", seconds=3)
        victim = stage.start(*tcp, "-u", "app", "-pright", "-e", "select sleep(9)")
        time.sleep(0.2)
        stage.stop(victim, signal.SIGKILL)
    stage.start(*tcp, "-u", "app", "-pright", "shop", "-e", "select 1; \\! sleep 4")
    run("bash", "-c", "for i in $(seq 14); do mariadb --protocol=tcp -h 127.0.0.1 -P 3307 -u app"
        " -pright -e 'select sleep(1)' & done; wait")
    mysql(path, "install plugin nope soname 'nope.so'; ")
    mysql(path, "create event shop.e on schedule every 1 second do insert into nothing values (1)")
    mysql(path, "set global event_scheduler=on; select sleep(2)")
    mysql(path, "set global event_scheduler=off; drop event shop.e")
    mysql(path, "change master to master_host='127.0.0.1', master_port=1, master_user='x',"
          " master_connect_retry=1; start slave; select sleep(2); stop slave; reset slave all")
    victim = stage.folder / "data" / "shop" / ("m.MYI" if turn else "a.MAI")
    mysql(path, "flush tables; flush logs; flush hosts; flush privileges")
    victim.write_bytes(b"x" * 100)
    mysql(path, "check table shop.m, shop.a; select * from shop.m; select * from shop.a;")
    mysql(path, "select * from shop.m;")
    mysql(path, "drop table shop.m; ")
    mysql(path, "drop table shop.a; ")


# ---- Slurm

SLURM = """
ClusterName=test
SlurmctldHost=debian(127.0.0.1)
AuthType=auth/munge
SlurmUser=root
SlurmctldPort=6827
SlurmdPort=6828
StateSaveLocation={d}/state
SlurmdSpoolDir={d}/spool
SlurmctldPidFile={d}/ctld.pid
SlurmdPidFile={d}/slurmd.pid
SlurmctldLogFile={d}/log
SlurmdLogFile={d}/log
SlurmctldDebug=debug
SlurmdDebug=debug
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
ReturnToService=1
SlurmdTimeout=12
KillWait=2
MinJobAge=10
InactiveLimit=0
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
NodeName=debian CPUs=2 State=UNKNOWN
NodeName=gone NodeAddr=127.0.0.1 Port=6999 CPUs=2 State=UNKNOWN
PartitionName=main Nodes=debian Default=YES MaxTime=10 State=UP
PartitionName=away Nodes=gone MaxTime=10 State=UP
"""
JOBS = ["#!/bin/sh\ntrue", "#!/bin/sh\nsleep 1", "#!/bin/sh\nexit 3", "#!/bin/sh\nkill -9 $$",
        "#!/bin/sh\nsrun true\nsrun false", "#!/bin/sh\nsleep 100", "#!/nonexistent\n"]


def slurm(stage):
    folder = stage.folder
    os.makedirs("/run/munge", exist_ok=True)
    shutil.chown("/run/munge", "munge", "munge")
    if not os.path.exists("/etc/munge/munge.key"):
        run("mungekey", "-c")
    shutil.chown("/etc/munge/munge.key", "munge", "munge")
    stage.start("setpriv", "--reuid=munge", "--regid=munge", "--clear-groups", "munged", "-F")
    for name in ("state", "spool"):
        os.makedirs(folder / name)
    path = stage.write("slurm.conf", SLURM.format(d=folder))
    os.environ["SLURM_CONF"] = path
    run("slurmd", "-N", "other", "-D", seconds=3)
    for turn in range(2):
        control = stage.start("slurmctld", "-D", "-f", path, *(["-c"] if not turn else []))
        node = stage.start("slurmd", "-D", "-f", path, "-N", "debian")
        until(lambda: "idle" in run("sinfo"), 20)
        slurm_jobs(stage)
        stage.stop(node, signal.SIGKILL if turn else signal.SIGTERM)
        run("sbatch", "-o", "/dev/null", text=JOBS[1])
        time.sleep(14)
        node = stage.start("slurmd", "-D", "-f", path, "-N", "debian")
        time.sleep(3)
        stage.write("slurm.conf", SLURM.format(d=folder) + "NoSuchKey=1\n" if turn else
                    SLURM.format(d=folder).replace("MaxTime=10", "MaxTime=20"))
        run("scontrol", "reconfigure")
        time.sleep(2)
        stage.write("slurm.conf", SLURM.format(d=folder))
        stage.stop(control)
        slurm_jobs(stage) if turn else None
        stage.stop(node)
    return folder / "log"


def slurm_jobs(stage):
    dice = stage.dice
    for _ in range(16):
        run("sbatch", "-o", "/dev/null", "-J", f"job{_}", text=dice.choice(JOBS), seconds=9)
        time.sleep(0.5)
    for words in (("-p", "nowhere"), ("-N", "9"), ("-t", "999"), ("-c", "99"), ("--mem", "9999G"),
                  ("-d", "afterok:99999"), ("-w", "nonode"), ("-A", "noaccount"), ("-p", "away"),
                  ("--begin", "now+1hour"), ("--array", "1-3"), ("-o", "/none/x/y")):
        run("sbatch", *words, text=JOBS[0], seconds=9)
    run("srun", "hostname", seconds=9)
    run("srun", "nosuchprogram", seconds=9)
    time.sleep(3)
    for words in ("scancel 3", "scancel 99999", "scancel --name=job5", "scontrol hold 8",
                  "scontrol release 8", "scontrol update nodename=debian state=drain reason=test",
                  "scontrol update nodename=debian state=resume", "scontrol ping",
                  "scontrol update jobid=9 timelimit=5", "scontrol update nodename=x state=down",
                  "scontrol update partitionname=main state=down", "scontrol show job 12345",
                  "scontrol update partitionname=main state=up", "scontrol requeue 6",
                  "scontrol suspend 7", "scontrol setdebug debug2", "scontrol setdebug info",
                  "scancel --state=running", "scontrol create reservation=r starttime=now"
                  " duration=1 nodes=debian users=root", "scontrol delete reservation=r",
                  "scancel --state=pending"):
        run(*words.split(), seconds=9)
        time.sleep(0.4)
