"""`culprit proxy` before a small server: what comes through, what is recorded, what is put in."""
import http.client
import http.server
import json
import pathlib
import signal
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "daemons"))
# pylint: disable=wrong-import-position
import daemons
from daemons import Daemons, free_port, main


class Hello(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 4096  # head and body in one packet

    def do_GET(self):
        self.send_response_only(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_):
        pass


class Proxied(Daemons):
    def setUp(self):
        super().setUp()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hello)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.upstream = f"127.0.0.1:{server.server_port}"

    def proxy(self, *arguments):
        """The running proxy and what it said once it listened."""
        said = self.folder / "proxy.json"
        with said.open("w", encoding="utf-8") as out:
            process = self.start(daemons.BUILD / "culprit", "proxy", "--json", "--api", "none",
                                 *arguments, ready=lambda: said.read_text().endswith("\n"),
                                 stdout=out, cwd=self.folder)
        return process, json.loads(said.read_text())

    def listen(self, told):
        return int(told["proxies"]["proxy"]["listen"].split(":")[1])

    def talk(self, port, *paths):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        replies = []
        for path in paths:
            client.request("GET", path)
            reply = client.getresponse()
            replies.append((reply.status, reply.read().decode()))
        client.close()
        return replies

    def end(self, process):
        process.send_signal(signal.SIGINT)
        return process.wait(5)

    def lines(self, name):
        return [json.loads(line) for line in (self.folder / name).read_text().splitlines()]

    def test_exchanges_are_recorded_as_the_client_saw_them(self):
        process, told = self.proxy("--upstream", self.upstream, "--record", "record.ndjson",
                                   "--toxic", "nth(fail=1, path=/b)", "--toxic",
                                   "http_delay(latency=40, path=/c)")
        replies = self.talk(self.listen(told), "/a", "/b", "/c", "/b")
        self.assertEqual(replies, [(200, "hello"), (503, ""), (200, "hello"), (200, "hello")])
        self.assertEqual(self.end(process), 0)
        seen = self.lines("record.ndjson")
        self.assertEqual([(one["exchange"], one["path"], one["status"], one["faults"], one["level"])
                          for one in seen],
                         [(1, "/a", 200, 0, "info"), (2, "/b", 503, 1, "error"),
                          (3, "/c", 200, 1, "info"), (4, "/b", 200, 0, "info")])
        self.assertGreaterEqual(seen[2]["duration_ms"], 40)
        self.assertLess(seen[2]["upstream_ms"], 40)

    def test_a_journal_is_run_again(self):
        def faults(*arguments):
            process, told = self.proxy("--journal", "journal.ndjson", *arguments)
            for _ in range(20):
                self.talk(self.listen(told), "/a")
            self.end(process)
            told_faults = [{key: value for key, value in line.items() if key != "at_ms"}
                           for line in self.lines("journal.ndjson") if "what" in line]
            (self.folder / "journal.ndjson").rename(self.folder / "last.ndjson")
            return told_faults
        toxics = ["--toxic", "latency(latency=2, jitter=1, toxicity=0.5)", "--toxic",
                  "http_error(status=429, stream=upstream, toxicity=0.3, per=request)"]
        first = faults("--upstream", self.upstream, "--seed", "9", *toxics)
        self.assertGreater(len(first), 5)
        self.assertEqual(faults("--replay", "last.ndjson"), first)
        self.assertNotEqual(faults("--upstream", self.upstream, "--seed", "8", *toxics), first)

    def test_investigate_reads_the_record(self):
        process, told = self.proxy("--upstream", self.upstream, "--record", "record.ndjson",
                                   "--toxic", "http_error(status=500, path=/pay)")
        for _ in range(150):
            self.talk(self.listen(told), "/pay", "/list")
        self.end(process)
        code, said = self.culprit("contrast", "record.ndjson", "--bad", "status >= 500")
        self.assertEqual(code, 0, said)
        self.assertEqual(said["who"][0]["where"], "path = /pay")

    def test_a_port_in_use_is_told(self):
        port = free_port()
        self.proxy("--upstream", self.upstream, "--listen", f"127.0.0.1:{port}")
        done = subprocess.run([daemons.BUILD / "culprit", "proxy", "--api", "none", "--upstream",
                               self.upstream, "--listen", f"127.0.0.1:{port}"], timeout=5,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 3)
        self.assertIn("Address already in use", done.stderr)
        self.assertIn("port 0 takes a free one", done.stderr)

    def test_an_interrupt_ends_it_at_once(self):
        process, told = self.proxy("--upstream", self.upstream, "--toxic", "latency(latency=60s)")
        client = http.client.HTTPConnection("127.0.0.1", self.listen(told), timeout=5)
        client.request("GET", "/")
        began = time.monotonic()
        self.assertEqual(self.end(process), 0)
        self.assertLess(time.monotonic() - began, 1)
        client.close()


if __name__ == "__main__":
    main()
