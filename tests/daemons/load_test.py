"""`culprit load` against nginx: plain, over TLS, standing still, without its upstream, stopped."""
import json
import pathlib
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
import daemons
from daemons import Daemons, free_port, listening, main, now

NGINX = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 2048; }}
http {{
  keepalive_requests 10000000;
  map $http_traceparent $trace {{ "~^00-([0-9a-f]+)-" $1; }}
  log_format joined escape=json
    '{{"time":"$time_iso8601","trace_id":"$trace","upstream":"$upstream_addr","status":$status}}';
  access_log {folder}/access.ndjson joined;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    {tls}
    location / {{ return 200 '{{"ok":true}}'; }}
    location /shop {{ proxy_pass http://127.0.0.1:{shop}; }}
  }}
}}
"""
STALL_SECONDS, RATE, SECONDS = 1, 500, 5


class Load(Daemons):
    def nginx(self, shop=1, tls=""):
        port = free_port()
        config = self.write("nginx.conf", NGINX.format(folder=self.folder, port=port, shop=shop,
                                                       tls=tls))
        process = self.start(self.program("nginx"), "-p", self.folder, "-c", config, "-e",
                             self.folder / "error.log", ready=lambda: listening(port))
        return port, process

    def load(self, *arguments):
        done = subprocess.run([daemons.BUILD / "culprit", "load", *map(str, arguments), "--json"],
                              capture_output=True, text=True, timeout=60, check=False,
                              cwd=self.folder)
        return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr

    def lines(self, name):
        return [json.loads(line) for line in (self.folder / name).read_text().splitlines()]

    def test_every_request_is_in_the_record_and_in_the_servers_log(self):
        port, _ = self.nginx()
        code, made = self.load(f"http://127.0.0.1:{port}/", "--rate", 200, "--duration", "2s",
                               "--record", "load.ndjson")
        self.assertEqual((code, made["requests"], made["bad"]), (0, 400, 0), made)
        self.assertLess(made["latency"]["p50_ms"], 50)
        ours = self.lines("load.ndjson")
        self.logged(self.folder / "access.ndjson", '"trace_id"', 400)
        theirs = self.lines("access.ndjson")
        self.assertEqual({one["trace_id"] for one in ours}, {one["trace_id"] for one in theirs})
        self.assertEqual(len({one["trace_id"] for one in ours}), 400)

    def test_tls(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", self.folder / "key.pem", "-out", self.folder / "cert.pem"],
                       check=True, capture_output=True)
        port, _ = self.nginx(tls=f"listen 127.0.0.1:{(secure := free_port())} ssl; "
                                 f"ssl_certificate {self.folder}/cert.pem; "
                                 f"ssl_certificate_key {self.folder}/key.pem;")
        self.assertTrue(listening(port))
        code, said = self.load(f"https://127.0.0.1:{secure}/", "--duration", "1s")
        self.assertEqual(code, 5)
        self.assertIn("its certificate is not accepted", said)
        self.assertIn("--insecure", said)
        code, made = self.load(f"https://127.0.0.1:{secure}/", "--duration", "1s", "--insecure",
                               "--connections", 5)
        self.assertEqual((code, made["bad"], made["connections_made"]), (0, 0, 5), made)
        self.assertGreater(made["requests"], 100)
        code, made = self.load(f"https://127.0.0.1:{secure}/", "--burst", "--insecure")
        self.assertEqual((code, made["requests"], made["bad"]), (0, 10, 0), made)

    def test_a_server_that_stands_still_is_charged_for_it(self):
        port, process = self.nginx()

        def stand_still():
            process.send_signal(signal.SIGSTOP)
            time.sleep(STALL_SECONDS)
            process.send_signal(signal.SIGCONT)
        timer = threading.Timer(2, stand_still)
        timer.start()
        code, made = self.load(f"http://127.0.0.1:{port}/", "--rate", RATE, "--duration",
                               f"{SECONDS}s")
        timer.join()
        self.assertEqual((code, made["requests"]), (0, RATE * SECONDS), made)
        # A fifth of the requests is due while it stands, and waits 1 s down to none.
        share = STALL_SECONDS / SECONDS
        for name, quantile in (("p90_ms", 0.90), ("p95_ms", 0.95), ("p99_ms", 0.99)):
            right = STALL_SECONDS * (1 - (1 - quantile) / share) * 1e3
            self.assertAlmostEqual(made["latency"][name], right, delta=50)

    def test_investigate_finds_when_the_upstream_went_away(self):
        shop, close = self.shop()
        port, _ = self.nginx(shop)
        broke = []
        timer = threading.Timer(3, lambda: (broke.append(now()), close()))
        timer.start()
        code, made = self.load(f"http://127.0.0.1:{port}/shop", "--rate", 100, "--poisson",
                               "--duration", "6s", "--record", "load.ndjson")
        timer.join()
        self.assertEqual(code, 1, made)
        self.assertEqual([one["text"] for one in made["routes"][0]["outcomes"]
                          if one["outcome"] == "bad"], ["502"])
        answer = self.investigate(self.folder / "load.ndjson")
        self.found(answer, broke[0])
        self.counted(answer, made["requests"] - made["bad"], made["bad"])
        joined = self.investigate(self.folder / "load.ndjson", self.folder / "access.ndjson",
                                  "--bad", "outcome = failed")
        self.assertEqual(joined["unit"]["by"], "trace_id")
        self.found(joined, broke[0])

    def test_ctrl_c_tells_what_there_is(self):
        port, _ = self.nginx()
        with subprocess.Popen([daemons.BUILD / "culprit", "load", f"http://127.0.0.1:{port}/",
                               "--duration", "1h", "--json"], stdout=subprocess.PIPE,
                              text=True) as process:
            time.sleep(1)
            process.send_signal(signal.SIGINT)
            made = json.loads(process.stdout.read())
            self.assertEqual(process.wait(5), 130)
        self.assertTrue(made["interrupted"])
        self.assertGreater(made["requests"], 100)

    def test_nobody_there(self):
        code, said = self.load(f"http://127.0.0.1:{free_port()}/")
        self.assertEqual(code, 5)
        self.assertIn("Connection refused", said)

    def test_a_record_that_cannot_be_written(self):
        port, _ = self.nginx()
        code, said = self.load(f"http://127.0.0.1:{port}/", "--record", "none/load.ndjson")
        self.assertEqual(code, 3)
        self.assertIn("none/load.ndjson", said)
        if pathlib.Path("/dev/full").exists():
            code, made = self.load(f"http://127.0.0.1:{port}/", "--duration", "1s", "--record",
                                   "/dev/full")
            self.assertEqual(code, 3)
            self.assertGreater(made["requests"], 0)


if __name__ == "__main__":
    main()
