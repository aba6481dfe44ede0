"""PostgreSQL and Redis: timeouts, missing tables, refused connections, snapshots that fail."""
import os
import pathlib
import shutil
import socket
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
from daemons import BAD_SECONDS, GOOD_SECONDS, Daemons, free_port, listening, main, now

# Debian's prefix; statements are logged, or nothing good is.
POSTGRES = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
port = {port}
fsync = off
max_connections = 8
superuser_reserved_connections = 2
log_line_prefix = '%m [%p] %q%u@%d '
log_timezone = 'Etc/UTC'
{more}
"""
PSQL_SECONDS = 10
PAUSE = 0.2  # a snapshot takes a moment


class Postgres(Daemons):
    def setUp(self):
        super().setUp()
        # It refuses to run as root.
        self.user = ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups",
                     "--pdeathsig", "INT"]  # the one of start() is lost with the user
        if os.geteuid() != 0:
            self.user = []
        programs = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"))
        if not programs:
            self.skipTest("PostgreSQL is not installed (./dev test all installs it)")
        self.programs = programs[-1]
        self.port = free_port()

    def postgres(self, more):
        data = self.folder / "data"
        data.mkdir()
        if self.user:
            shutil.chown(data, "nobody", "nogroup")
        subprocess.run([*self.user, self.programs / "initdb", "-D", data, "-U", "shop", "-A",
                        "trust", "--no-sync", "-E", "UTF8", "--locale", "C.UTF-8"], check=True,
                       stdout=subprocess.DEVNULL, timeout=60, cwd=data)
        with (data / "postgresql.conf").open("a") as config:
            config.write(POSTGRES.format(port=self.port, more=more))
        log = self.folder / "postgresql.log"
        with log.open("ab") as stream:
            self.start(*self.user, self.programs / "postgres", "-D", data, stderr=stream,
                       ready=lambda: "ready to accept" in log.read_text())
        self.sql("create table orders (id int); create role clerk login; "
                 "grant all on orders to clerk")
        return log

    def psql(self, *options, user="shop"):
        return [self.programs / "psql", "-X", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U",
                user, "-d", "postgres", *options]

    def sql(self, text, user="shop"):
        """Whether the server did it."""
        done = subprocess.run(self.psql("-c", text, user=user), check=False, cwd="/",
                              timeout=PSQL_SECONDS, capture_output=True)
        return done.returncode == 0

    def test_statements_that_time_out(self):
        log = self.postgres("log_statement = 'all'")
        def ask(number):
            return self.sql(f"select {number}, pg_sleep(0.02) from (select 1) as orders")
        answer, text, bad = self.found_broken(
            log, ask, "canceling statement due to statement timeout",
            "alter system set statement_timeout = '10ms'", "select pg_reload_conf()")
        self.assertEqual(self.template(answer, text)["after"], bad)

    def found_broken(self, log, ask, text, *statements):
        """Asks, breaks the server with the statements, asks on: all that failed is found, `text`
        is new."""
        self.drive_until_the_second(GOOD_SECONDS, ask)
        broke = now()
        for statement in statements:
            self.sql(statement)
        bad = self.drive(BAD_SECONDS, ask)
        self.logged(log, text, bad)
        self.assertEqual(self.formats(log), ["postgresql"])
        answer = self.investigate(log)
        self.found(answer, broke)
        self.assertEqual(self.failed(answer), bad)
        self.assertEqual(self.template(answer, text)["status"], "new")
        return answer, text, bad

    def failed(self, answer):
        before = answer["rate"]["before"] or {"bad": 0}
        return before["bad"] + answer["rate"]["after"]["bad"]

    def test_a_table_that_is_gone(self):
        """As Debian has it: nothing good is logged, and the failures stand alone."""
        log = self.postgres("")
        def ask(number):
            return self.sql(f"insert into orders values ({number})")
        self.found_broken(log, ask, 'relation "orders" does not exist',
                          "alter table orders rename to orders_v2")

    def test_connections_that_run_out(self):
        log = self.postgres("log_connections = on")
        def ask(_):
            return self.sql("select count(*) from orders", user="clerk")
        self.drive_until_the_second(GOOD_SECONDS, ask)
        broke = now()
        for _ in range(6):  # all that are not reserved
            self.start(*self.psql("-c", "select pg_sleep(60)", user="clerk"), ready=lambda: True)
        self.until(lambda: not ask(0), "the last connection")
        bad = 1 + self.drive(BAD_SECONDS, ask)
        text = "remaining connection slots are reserved"
        self.logged(log, text, bad)
        self.assertEqual(self.formats(log), ["postgresql"])
        answer = self.investigate(log)
        self.found(answer, broke)
        self.assertEqual(self.failed(answer), log.read_text().count(text))
        self.assertEqual(self.template(answer, text)["status"], "new")


class Redis(Daemons):
    def redis(self):
        """A call that stores an order and saves a snapshot, the log, the folder of snapshots."""
        port, log, data = free_port(), self.folder / "redis.log", self.folder / "data"
        data.mkdir()
        config = self.write("redis.conf", "\n".join([
            "bind 127.0.0.1", f"port {port}", f"dir {data}", f"logfile {log}", 'save ""', ""]))
        self.start(self.program("redis-server"), config, ready=lambda: listening(port))
        client = socket.create_connection(("127.0.0.1", port), 5)
        self.addCleanup(client.close)

        def save(number):
            client.sendall(b"SET order:%d 1\r\nBGSAVE\r\n" % number)
            client.recv(4096)
        return save, log, data

    def test_snapshots_that_fail(self):
        save, log, data = self.redis()
        self.drive_until_the_second(GOOD_SECONDS, save, PAUSE)
        broke = now()
        shutil.rmtree(data)  # what an unmounted volume looks like, to root too
        self.drive(BAD_SECONDS, save, PAUSE)
        self.assertEqual(self.formats(log), ["redis"])
        text = "Failed opening the temp RDB file"
        answer = self.investigate(log, "--bad", f'message ~ "^{text}"')
        self.found(answer, broke)
        bad = log.read_text().count(text)
        self.assertEqual(answer["rate"]["after"]["bad"], bad)
        failed = self.template(answer, text)
        self.assertEqual((failed["status"], failed["after"]), ("new", bad))

    # Redis has no level above warning, which it gives to a start too: its words tell what failed.
    def test_a_failed_snapshot_is_an_error(self):
        save, log, data = self.redis()
        self.drive(1, save, PAUSE)
        shutil.rmtree(data)
        self.drive(1, save, PAUSE)
        self.logged(log, "Background saving error", 2)
        self.assertEqual(self.investigate(log)["exit"], 0)


if __name__ == "__main__":
    main()
