"""RabbitMQ and NATS: clients that come, fail to log in, talk rubbish, vanish; queues and streams."""
import json
import os
import signal
import time

from stage import run, talk, wait_for

AMQP = """
import pika, sys, os
port, seed = 5690, int(sys.argv[1])
def connect(user="guest", word="guest", host="/", **more):
    return pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", port, host,
        pika.PlainCredentials(user, word), connection_attempts=1, **more))
def attempt(doing):
    try: doing()
    except Exception as fault: print(type(fault).__name__)
def work():
    line = connect(client_properties={"connection_name": f"shop-{seed}"})
    channel = line.channel()
    for n in range(3):
        channel.queue_declare(f"q{seed % 7}{n}", durable=n == 1)
        channel.basic_publish("", f"q{seed % 7}{n}", b"x" * 100)
    channel.basic_get(f"q{seed % 7}0")
    line.close()
def wrong(doing):
    def tried():
        doing(connect().channel())
    attempt(tried)
attempt(work)
kind = seed % 12
if kind == 0: attempt(lambda: connect(word="bad"))
if kind == 1: attempt(lambda: connect(host="nosuch"))
if kind == 2: attempt(lambda: connect(user="weak", word="weak"))
if kind == 3: wrong(lambda one: one.queue_declare("nosuch", passive=True))
if kind == 4: wrong(lambda one: one.queue_declare("q%d1" % (seed % 7), durable=False))
if kind == 5: wrong(lambda one: one.exchange_declare("e", "nosuch"))
if kind == 6: wrong(lambda one: one.basic_ack(77))
if kind == 7: wrong(lambda one: one.queue_delete("amq.nosuch"))
if kind == 8: wrong(lambda one: one.queue_bind("q", "nosuch"))
if kind == 9:
    line = connect(heartbeat=2)
    line.channel()
    os._exit(1)
if kind == 10: wrong(lambda one: one.exchange_declare("amq.mine", "direct"))
if kind == 11: attempt(lambda: connect(user="shut", word="shut"))
"""


def rabbitmq(stage):
    folder = stage.folder
    client = stage.write("client.py", AMQP)
    stage.write("rabbitmq.conf", f"""
listeners.tcp.1 = 127.0.0.1:5690
log.file = {folder}/log
log.file.level = debug
log.console = false
loopback_users = none
handshake_timeout = 1500
heartbeat = 2
channel_max = 20
""")
    stage.write("enabled_plugins", "[].")
    env = {"PATH": os.environ["PATH"], "RABBITMQ_CONFIG_FILE": f"{folder}/rabbitmq.conf", "HOME": str(folder),
           "RABBITMQ_NODENAME": "shop@localhost", "RABBITMQ_MNESIA_BASE": f"{folder}/data",
           "RABBITMQ_LOG_BASE": str(folder), "RABBITMQ_DIST_PORT": "25690",
           "RABBITMQ_PID_FILE": f"{folder}/pid",
           "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/enabled_plugins",
           "ERL_EPMD_PORT": "4370", "ERL_EPMD_ADDRESS": "127.0.0.1"}
    server = "/usr/lib/rabbitmq/bin/rabbitmq-server"

    def control(*words):
        return run("/usr/lib/rabbitmq/bin/rabbitmqctl", *words, env=env)

    for turn in range(2):
        process = stage.start(server, env=env, log="out")
        wait_for(5690)
        control("await_startup")
        if turn == 0:
            for words in ("add_user weak weak", "add_user shut shut", "add_vhost shop",
                          "set_permissions -p shop guest .* .* .*", "change_password weak weak",
                          "set_user_tags weak monitoring", "add_vhost old", "delete_vhost old",
                          "set_policy ttl ^q {\"message-ttl\":60000}", "clear_policy ttl",
                          "set_permissions -p / shut ^$ ^$ ^$", "set_parameter x y 1",
                          "set_vhost_limits -p shop {\"max-connections\":0}",
                          "set_vm_memory_high_watermark 0.00001", "delete_user nosuch",
                          "set_vm_memory_high_watermark 0.5", "set_disk_free_limit 9000GB",
                          "set_disk_free_limit 50MB", "clear_password shut", "delete_user shut",
                          "add_user shut shut", "set_topic_permissions shut e .* .*",
                          "close_all_connections why", "set_global_parameter g {\"a\":1}",
                          "list_queues", "rotate_logs", "trace_on", "trace_off",
                          "stop_app", "start_app", "hash_password x", "eval 1/0."):
                control(*words.split())
        for seed in range(24 + 24 * turn):
            run("/usr/bin/python3", client, str(seed), seconds=10)
        for rubbish in (b"GET / HTTP/1.0\r\n\r\n", b"AMQP\0\0\9\1", b"AMQP\1\1\0\x0a", b"", os.urandom(20),
                        b"AMQP\0\0\x09\x01" + b"\xff" * 40):
            talk(5690, rubbish, seconds=2.0)
            talk(5690, rubbish, reset=True)
        control("stop")
        stage.stop(process)
    return folder / "log"


def nats_client(*lines, seconds=0.3, port=4290, options=None):
    first = "CONNECT " + json.dumps({"verbose": False, "pedantic": False, **(options or {})})
    talk(port, *(f"{line}\r\n" for line in (first, *lines)), seconds=seconds)


NATS = """
port: 4290, http: 127.0.0.1:8290, host: 127.0.0.1, server_name: one, debug: true, trace: {trace}
logtime: true, log_file: "{d}/log", max_payload: 2000, max_connections: 12, ping_interval: "1s"
write_deadline: "1s", max_control_line: 512, pid_file: "{d}/pid", ping_max: 1, max_subs: 20
jetstream {{ store_dir: "{d}/js", max_mem: 10M, max_file: 10M }}
authorization {{ timeout: 1, users: [ {{ user: shop, password: word }},
  {{ user: weak, password: word, permissions: {{ publish: "ok.>", subscribe: "ok.>" }} }} ] }}
cluster {{ name: c, listen: 127.0.0.1:6290, routes: [ "nats://127.0.0.1:6291" ],
  no_advertise: true }}
leafnodes {{ listen: 127.0.0.1:7290 }}
{extra}
"""


def nats_clients(stage):
    shop, weak = ({"user": one, "pass": "word"} for one in ("shop", "weak"))
    for turn in range(14):
        nats_client("SUB a.* 1", "PUB a.b 5\r\nhello", "UNSUB 1", "PING", options=shop)
        nats_client("PUB ok.x 2\r\nhi", "PUB secret.x 2\r\nhi", "SUB secret.> 3", options=weak)
        nats_client("PING", options={"user": "shop", "pass": stage.dice.choice(["bad", "worse"])})
        nats_client(stage.dice.choice(["HELLO", "PUB x 999999", "PUB x -1", "SUB", "MSG x", "PONG x",
                                       "PUB a..b 2\r\nhi", "SUB a..b 1", "+OK"]), options=shop)
        nats_client(f"PUB $JS.API.STREAM.CREATE.S{turn} _INBOX.x 48\r\n" +
                    json.dumps({"name": f"S{turn}", "subjects": [f"s{turn}.*"]}).ljust(48), options=shop)
        nats_client(f"PUB $JS.API.STREAM.DELETE.S{turn} _INBOX.x 0\r\n", options=shop)
    talk(4290, "x" * 900 + "\r\n", seconds=0.5)
    talk(4290, b"\x16\x03\x01\x02\x00", seconds=0.5)
    talk(4290, "", seconds=2.5)
    talk(6290, "INFO {}\r\nCONNECT {}\r\n", seconds=0.5)
    talk(6290, "GET / HTTP/1.0\r\n\r\n", seconds=0.5)
    talk(7290, "CONNECT {\"user\":\"x\"}\r\n", seconds=0.5)
    talk(8290, "GET /varz HTTP/1.0\r\n\r\n", seconds=0.5)
    nats_client("PING", options={**shop, "lang": "go", "version": "1.9", "name": "checkout"}, seconds=4)
    nats_client(*(f"SUB a{n} {n}" for n in range(25)), options=shop)


def nats(stage):
    folder = stage.folder
    path = stage.write("nats.conf", NATS.format(d=folder, trace="true", extra=""))
    other = stage.write("other.conf", f"""
port: 4291, host: 127.0.0.1, server_name: two, log_file: "{folder}/other.log"
cluster {{ name: c, listen: 127.0.0.1:6291, routes: [ "nats://127.0.0.1:6290" ] }}
accounts {{ SYS: {{ users: [ {{ user: s, password: s }} ] }} }}
system_account: SYS
""")
    for turn in range(3):
        server = stage.start("nats-server", "-c", path, port=4290, log="out")
        peer = stage.start("nats-server", "-c", other, port=4291, log="out")
        nats_clients(stage)
        stage.stop(peer)
        for extra in ("max_pending: 1M", "max_subs: \"x\"", "lame_duck_duration: \"3s\"", "nosuch: 1",
                      "jetstream: false", "max_traced_msg_len: 10"):
            stage.write("nats.conf", NATS.format(d=folder, trace="false", extra=extra))
            server.send_signal(signal.SIGHUP)
            time.sleep(0.6)
        run("nats-server", "-c", path)
        stage.write("nats.conf", NATS.format(d=folder, trace="false", extra=""))
        server.send_signal(signal.SIGUSR1)
        time.sleep(0.5)
        if turn == 1:
            server.send_signal(signal.SIGUSR2)
            time.sleep(4)
        stage.stop(server, signal.SIGINT if turn else signal.SIGTERM)
    return folder / "log"
