"""ClickHouse: tables filled, merged, changed and broken; wrong questions; rubbish."""
import signal
import time

from stage import run, talk

SETTINGS = """<yandex>
<logger><level>{level}</level><log>{d}/log</log><errorlog>{d}/errors</errorlog></logger>
<http_port>8190</http_port><tcp_port>9190</tcp_port><listen_host>127.0.0.1</listen_host>
<interserver_http_port>9191</interserver_http_port><interserver_http_host>localhost</interserver_http_host>
<path>{d}/data/</path><tmp_path>{d}/tmp/</tmp_path><user_files_path>{d}/files/</user_files_path>
<mark_cache_size>5000000</mark_cache_size><max_concurrent_queries>4</max_concurrent_queries>
<keep_alive_timeout>2</keep_alive_timeout><max_connections>20</max_connections>
<users_config>{d}/users.xml</users_config><default_profile>default</default_profile>
<default_database>default</default_database><timezone>UTC</timezone>
<format_schema_path>{d}/schemas/</format_schema_path>
<dictionaries_config>{d}/dictionary.xml</dictionaries_config>
<query_log><database>system</database><table>query_log</table>
<flush_interval_milliseconds>1500</flush_interval_milliseconds></query_log>
<part_log><database>system</database><table>part_log</table>
<flush_interval_milliseconds>1500</flush_interval_milliseconds></part_log>
<remote_servers><two><shard><replica><host>127.0.0.1</host><port>9190</port></replica></shard>
<shard><replica><host>127.0.0.1</host><port>9199</port></replica></shard></two></remote_servers>
{extra}</yandex>"""
USERS = """<yandex><profiles><default><max_memory_usage>{memory}</max_memory_usage>
<log_queries>1</log_queries></default><readonly><readonly>1</readonly></readonly></profiles>
<users><default><password></password><networks><ip>::/0</ip></networks><profile>default</profile>
<quota>default</quota></default><weak><password>word</password><networks><ip>127.0.0.1</ip></networks>
<profile>readonly</profile><quota>few</quota></weak></users>
<quotas><default/><few><interval><duration>3600</duration><queries>6</queries><errors>0</errors>
<result_rows>0</result_rows><read_rows>0</read_rows><execution_time>0</execution_time></interval></few>
</quotas></yandex>"""
DICTIONARY = """<dictionaries><dictionary><name>prices</name><source><file><path>{d}/files/prices.tsv</path>
<format>TabSeparated</format></file></source><lifetime>2</lifetime><layout><flat/></layout>
<structure><id><name>id</name></id><attribute><name>price</name><type>UInt64</type><null_value>0</null_value>
</attribute></structure></dictionary>{more}</dictionaries>"""
CONTENTS = [
    "CREATE DATABASE shop", "CREATE TABLE shop.orders (d Date, id UInt64, region String, x Float64)"
    " ENGINE = MergeTree(d, (region, id), 8192)",
    "CREATE TABLE shop.log (t DateTime, word String) ENGINE = TinyLog",
    "CREATE TABLE shop.sums (d Date, k UInt32, n UInt64) ENGINE = SummingMergeTree(d, (k), 1024)",
    "CREATE TABLE shop.last (d Date, k UInt32, n UInt64) ENGINE = ReplacingMergeTree PARTITION BY d ORDER BY k",
    "CREATE MATERIALIZED VIEW shop.seen ENGINE = AggregatingMergeTree(d, (region), 8192) AS"
    " SELECT d, region, countState() AS n FROM shop.orders GROUP BY d, region",
    "CREATE TABLE shop.late AS shop.orders ENGINE = Buffer(shop, orders, 2, 1, 2, 5, 50, 100, 1000)",
    "CREATE TABLE shop.wide AS shop.orders ENGINE = Distributed(two, shop, orders, id)"]
QUESTIONS = [
    "SELECT count() FROM shop.orders", "SELECT region, sum(x) FROM shop.orders GROUP BY region",
    "SELECT nosuch FROM shop.orders", "SELECT * FROM shop.nosuch", "SELEC 1", "SELECT 1 +",
    "SELECT toUInt8('x')", "SELECT * FROM shop.orders WHERE id = 7 ORDER BY x LIMIT 3",
    "SELECT number, count() FROM numbers({n}) GROUP BY number", "OPTIMIZE TABLE shop.orders FINAL",
    "SELECT a.id FROM shop.orders a ANY LEFT JOIN shop.sums b USING id", "SELECT sleep(0.5)",
    "SELECT id FROM shop.orders ANY INNER JOIN (SELECT id, x FROM shop.orders) USING id LIMIT 2",
    "SELECT dictGetUInt64('prices', 'price', toUInt64({n}))", "SELECT throwIf(1)", "KILL QUERY WHERE 1",
    "SELECT * FROM shop.wide LIMIT 2", "ALTER TABLE shop.orders DROP PARTITION 202001",
    "ALTER TABLE shop.orders ADD COLUMN c{n} String", "ALTER TABLE shop.orders DROP COLUMN c1",
    "ALTER TABLE shop.orders DETACH PARTITION 202002", "ALTER TABLE shop.orders ATTACH PARTITION 202002",
    "ALTER TABLE shop.orders DELETE WHERE id = {n}", "ALTER TABLE shop.orders FREEZE PARTITION 202003",
    "SYSTEM RELOAD DICTIONARIES", "SYSTEM FLUSH LOGS", "SYSTEM NOSUCH", "SYSTEM DROP MARK CACHE",
    "SELECT * FROM remote('127.0.0.1:9199', shop, orders)", "SELECT * FROM file('nosuch.csv', CSV, 'a Int8')",
    "INSERT INTO shop.orders VALUES (1, 2)", "DETACH TABLE shop.log", "ATTACH TABLE shop.log",
    "SELECT groupArray(number) FROM numbers(90000000)", "SET nosuch = 1", "CREATE TABLE shop.orders (a Int8) ENGINE = Memory",
    "RENAME TABLE shop.log TO shop.log2", "RENAME TABLE shop.log2 TO shop.log", "DROP TABLE shop.nosuch",
    "SELECT quantile(0.9)(x) FROM shop.orders PREWHERE region = 'eu' FORMAT JSON", "SHOW PROCESSLIST"]


def ask(text, *more):
    return run("curl", "-s", "--max-time", "10", "http://127.0.0.1:8190/" + "".join(more), "--data-binary", "@-",
               text=text)


def clickhouse(stage):
    folder, dice = stage.folder, stage.dice
    for name in ("data", "tmp", "files", "schemas"):
        (folder / name).mkdir()
    stage.write("users.xml", USERS.format(memory=100_000_000))
    stage.write("files/prices.tsv", "1\t10\n2\t20\n")
    stage.write("dictionary.xml", DICTIONARY.format(d=folder, more=""))
    path = stage.write("config.xml", SETTINGS.format(d=folder, level="trace", extra=""))
    for turn in range(2):
        server = stage.start("clickhouse-server", f"--config-file={path}", log="out", port=8190)
        for text in CONTENTS if turn == 0 else ():
            ask(text)
        for round_ in range(2):
            for month in range(1, 5):
                rows = ",".join(f"('2020-0{month}-0{n % 9 + 1}', {n}, '{dice.choice(['eu', 'us'])}', {n / 7})"
                                for n in range(40))
                ask(f"INSERT INTO shop.orders VALUES {rows}")
                ask(f"INSERT INTO shop.{dice.choice(['late', 'wide', 'orders'])} VALUES {rows}")
                ask(f"INSERT INTO shop.sums VALUES ('2020-01-01', {month}, 1)")
                ask(f"INSERT INTO shop.last VALUES ('2020-01-01', {month}, 1)")
            for text in QUESTIONS:
                ask(text.format(n=dice.choice([5, 900, 4000, 40000])))
            for name, word in (("weak", "word"), ("weak", "bad"), ("nosuch", "x")) * 3:
                ask(dice.choice(["SELECT 1", "CREATE DATABASE x"]), f"?user={name}&password={word}")
            ask("SELECT 1", "?nosuch=1")
            ask("SELECT 1", "?session_id=a&session_timeout=2")
            ask("SELECT 1", "?session_id=b&session_check=1")
            ask("SELECT 1", f"?query_id=q{round_}")
        run("clickhouse-client", "--port", "9190", "--query", "SELECT count() FROM shop.orders")
        run("clickhouse-client", "--port", "9190", "--user", "nosuch", "--query", "SELECT 1")
        for rubbish in (b"GET / HTTP/1.0\r\n\r\n", b"\x16\x03\x01\x02", b"\0" * 30, b"hello\n", b""):
            for port in (9190, 8190, 9191):
                talk(port, rubbish, seconds=0.4)
            talk(9190, rubbish, reset=True)
        stage.write("users.xml", USERS.format(memory=50_000_000 + turn))
        time.sleep(3)
        stage.write("users.xml", "<yandex><broken>")
        time.sleep(3)
        stage.write("users.xml", USERS.format(memory=100_000_000))
        stage.write("files/prices.tsv", "1\tx\n")
        time.sleep(4)
        stage.stop(server, signal.SIGINT if turn else signal.SIGTERM)
        stage.write("files/prices.tsv", "1\t10\n")
        for broken in list((folder / "data" / "data" / "shop" / "orders").glob("2020*"))[:2]:
            (broken / "checksums.txt").write_text("rubbish")
            (broken / "columns.txt").write_text("rubbish")
    return folder / "log"
