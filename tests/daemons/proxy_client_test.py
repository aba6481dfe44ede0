"""npm's toxiproxy-node-client drives `culprit proxy`, which must answer as Toxiproxy would."""
import contextlib
import http.server
import json
import pathlib
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
import daemons
from daemons import ROOT, Daemons, free_port, listening, main

BODY = b"x" * 200


class Upstream(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_):
        pass

    def handle(self):
        with contextlib.suppress(ConnectionError):  # the proxy's doing
            super().handle()


class ProxyClient(Daemons):
    def setUp(self):
        super().setUp()
        self.upstream = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
        threading.Thread(target=self.upstream.serve_forever, daemon=True).start()
        self.addCleanup(self.upstream.server_close)
        self.addCleanup(self.upstream.shutdown)

    def seen(self):
        api = free_port()
        self.start(daemons.BUILD / "culprit", "proxy", "--api", f"127.0.0.1:{api}",
                   ready=lambda: listening(api))
        done = subprocess.run(
            ["node", str(ROOT / "tests/daemons/proxy_client.mjs"), f"http://127.0.0.1:{api}",
             f"127.0.0.1:{self.upstream.server_port}"],
            capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_the_client_finds_what_it_expects(self):
        seen = self.seen()
        for name in ("plain", "fast", "other", "enabled", "slicer", "slow_close"):
            self.assertEqual(seen[name].get("status"), 200, name)
        self.assertGreaterEqual(seen["slow"]["ms"], 150)
        self.assertGreaterEqual(seen["lessSlow"]["ms"], 50)
        self.assertLess(seen["lessSlow"]["ms"], 150)
        self.assertEqual((seen["updated"], seen["fetched"]), (50, 50))
        self.assertEqual((seen["again"], seen["unknownType"], seen["gone"]), (409, 400, 404))
        for name in ("reset_peer", "timeout", "limit_data", "disabled"):
            self.assertIn("error", seen[name], name)
        self.assertEqual(seen["disabled"]["error"], "ECONNREFUSED")
        self.assertGreaterEqual(seen["bandwidth"]["ms"], 200)
        self.assertEqual(seen["pay"]["status"], 429)
        self.assertEqual(seen["populated"], ["two", "web"])
        self.assertEqual(seen["all"], ["two", "web"])

    def test_toxicity_zero_has_no_effect(self):
        seen = self.seen()
        for name, value in seen.items():
            if name.endswith("of nobody"):
                self.assertEqual(value.get("status"), 200, name)
                self.assertLess(value["ms"], 150, name)


if __name__ == "__main__":
    main()
