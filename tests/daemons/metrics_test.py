"""Debian's Prometheus scrapes a service that breaks; culprit asks it which metric moved first."""
import datetime
import http.server
import json
import pathlib
import sys
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
from daemons import Daemons, free_port, listening, main, now

CONFIG = """
global:
  scrape_interval: 500ms
  scrape_timeout: 400ms
scrape_configs:
  - job_name: shop
    static_configs:
      - targets: ["127.0.0.1:{exporter}"]
"""
QUIET_SECONDS = 20
LAG_SECONDS = 3  # of what follows the first metric, and of the errors
BROKEN_SECONDS = 10


class Exporter(http.server.BaseHTTPRequestHandler):
    """Pool and queue break one after the other; requests go on as ever."""
    broke = None  # monotonic
    born = time.monotonic()

    @classmethod
    def text(cls):
        at = time.monotonic()
        since = at - cls.broke if cls.broke else -1
        wobble = at * 7 % 1
        late = max(0, since - LAG_SECONDS)
        return "\n".join([
            "# TYPE pool_wait_seconds gauge",
            f'pool_wait_seconds{{pool="orders"}} {(2 if since >= 0 else 0.01) + wobble / 100}',
            "# TYPE queue_retries_total counter",
            f"queue_retries_total {int((at - cls.born) * 40 + late * 900)}",
            "# TYPE shop_requests_total counter",
            f"shop_requests_total {int((at - cls.born) * 100)}",
            "# TYPE shop_memory_bytes gauge",
            f"shop_memory_bytes {5e8 + wobble * 1e7}", ""])

    def do_GET(self):
        body = self.text().encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Metrics(Daemons):
    def exporter(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Exporter)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server.server_address[1]

    def prometheus(self):
        port = free_port()
        config = self.write("prometheus.yml", CONFIG.format(exporter=self.exporter()))
        self.start(self.program("prometheus"), f"--config.file={config}",
                   f"--storage.tsdb.path={self.folder / 'tsdb'}",
                   f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
                   ready=lambda: listening(port))
        return port

    def log(self, failed):
        with (self.folder / "app.ndjson").open("a", encoding="utf-8") as log:
            log.write(json.dumps({"time": now().isoformat(), "status": 500 if failed else 200,
                                  "route": "/orders"}) + "\n")

    def test_a_live_server(self):
        port = self.prometheus()
        self.drive(QUIET_SECONDS, lambda _: self.log(False))
        Exporter.broke = time.monotonic()
        broke = now()
        self.drive(LAG_SECONDS, lambda _: self.log(False))
        failed = now()
        self.drive(BROKEN_SECONDS, lambda _: self.log(True))

        server = f"prometheus+http://127.0.0.1:{port}"
        answer = self.investigate(self.folder / "app.ndjson", "--metrics", server)
        self.found(answer, failed)
        moved = {metric["name"]: metric for metric in answer["metrics"]}
        first = answer["metrics"][0]
        self.assertEqual(first["name"], "pool_wait_seconds", answer["metrics"])
        self.assertEqual(first["labels"]["pool"], "orders")
        self.assertGreater(first["p_first"], 0.9)
        self.assertLess(first["after_errors_seconds"], 0)
        begin, end = (datetime.datetime.fromisoformat(first["moved_at"][key])
                      for key in ("from", "to"))
        slack = datetime.timedelta(seconds=0.7)  # a scrape and its own duration
        self.assertLessEqual(begin - slack, broke, first)
        self.assertGreaterEqual(end + slack, broke, first)
        self.assertEqual(moved["queue_retries_total"]["of"], "rate")
        for name in ("shop_requests_total", "shop_memory_bytes"):
            self.assertNotIn(name, moved)
        self.check_file(port, answer["metrics"][0])
        self.check_selector(server)

    def check_file(self, port, first):
        """What query_range answers, kept in a file, tells the same."""
        end = time.time()
        address = (f"http://127.0.0.1:{port}/api/v1/query_range?query=pool_wait_seconds"
                   f"&start={end - 60:.3f}&end={end:.3f}&step=0.5")
        with urllib.request.urlopen(address, timeout=10) as reply:
            path = self.write("range.json", reply.read().decode())
        answer = self.investigate(self.folder / "app.ndjson", "--metrics", path)
        self.assertEqual(answer["metrics"][0]["labels"], first["labels"])

    def check_selector(self, server):
        answer = self.investigate(self.folder / "app.ndjson", "--metrics",
                                  server + '?match={__name__="queue_retries_total"}')
        self.assertEqual([metric["name"] for metric in answer["metrics"]],
                         ["queue_retries_total"])


if __name__ == "__main__":
    main()
