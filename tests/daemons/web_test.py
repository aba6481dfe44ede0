"""nginx, Apache and HAProxy whose upstream goes away: their access logs, and their error logs."""
import contextlib
import pathlib
import sys
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
from daemons import BAD_SECONDS, GOOD_SECONDS, Daemons, free_port, listening, main, now

NGINX = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://127.0.0.1:{shop}; }}
  }}
}}
"""

APACHE = """
ServerRoot {folder}
ServerName shop.example
PidFile {folder}/apache.pid
DefaultRuntimeDir {folder}
Listen 127.0.0.1:{port}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule proxy_module {modules}/mod_proxy.so
LoadModule proxy_http_module {modules}/mod_proxy_http.so
User nobody
Group nogroup
ErrorLog {folder}/error.log
LogFormat "%h %l %u %t \\"%r\\" %>s %O \\"%{{Referer}}i\\" \\"%{{User-Agent}}i\\"" combined
CustomLog {folder}/access.log combined
ProxyPass "/" "http://127.0.0.1:{shop}/" retry=0
"""

HAPROXY = """
global
  log {socket} local0
defaults
  mode http
  log global
  option httplog
  retries 0
  timeout connect 1s
  timeout client 5s
  timeout server 5s
frontend http-in
  bind 127.0.0.1:{port}
  default_backend shop
backend shop
  server web-1 127.0.0.1:{shop} check inter 100 fall 1
"""


def asks(port):
    def ask(number):
        with contextlib.suppress(urllib.error.HTTPError):
            path = ("cart", "orders")[number % 2]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}/{number}", timeout=5):
                pass
    return ask


class Web(Daemons):
    def fail_behind(self, ask, close, log):
        """Good requests, bad ones, and the instant between."""
        good = self.drive_until_the_second(GOOD_SECONDS, ask)
        broke = now()
        close()
        bad = self.drive(BAD_SECONDS, ask)
        self.logged(log, "\n", good + bad)
        return good, bad, broke

    def check_proxy(self, ask, close, status, message):
        log, errors = self.folder / "access.log", self.folder / "error.log"
        good, bad, broke = self.fail_behind(ask, close, log)
        self.assertEqual(self.formats(log), ["access"])
        answer = self.investigate(log)
        self.found(answer, broke)
        self.counted(answer, good, bad)
        self.assertEqual(answer["outcome"]["bad"], "status >= 500")
        self.assertEqual([entry["condition"] for entry in answer["looks_like"]],
                         [f"status = {status}"])

        self.assertEqual(self.formats(errors), ["text"])
        both = self.investigate(log, errors)
        self.found(both, broke)
        self.assertEqual(self.template(both, message)["status"], "new")

    def test_nginx(self):
        port, (shop, close) = free_port(), self.shop()
        config = self.write("nginx.conf", NGINX.format(folder=self.folder, port=port, shop=shop))
        self.start(self.program("nginx"), "-p", self.folder, "-c", config, "-e",
                   self.folder / "error.log", ready=lambda: listening(port))
        self.check_proxy(asks(port), close, 502, "connect() failed (111: Connection refused)")

    def test_apache(self):
        port, (shop, close) = free_port(), self.shop()
        config = self.write("apache.conf", APACHE.format(
            folder=self.folder, port=port, shop=shop, modules="/usr/lib/apache2/modules"))
        self.start(self.program("apache2"), "-D", "FOREGROUND", "-f", config,
                   ready=lambda: listening(port))
        self.check_proxy(asks(port), close, 503, "AH00957")

    def test_haproxy(self):
        port, (shop, close) = free_port(), self.shop()
        socket, log = self.rsyslogd()
        config = self.write("haproxy.cfg", HAPROXY.format(socket=socket, port=port, shop=shop))
        self.start(self.program("haproxy"), "-db", "-f", config, ready=lambda: listening(port))
        good, bad, broke = self.fail_behind(asks(port), close, log)
        self.logged(log, "is DOWN", 1)
        self.assertEqual(self.formats(log), ["haproxy+text"])
        answer = self.investigate(log)
        self.found(answer, broke)
        probes = log.read_text().count("<BADREQ>")  # whether it listens already: status 400
        self.counted(answer, good + probes, bad)
        self.assertEqual(answer["outcome"]["bad"], "status >= 500")
        # Said once: no template changed, but it stands among the lines around the onset.
        self.assertTrue(any("is DOWN" in line["line"] for line in answer["around"]))


if __name__ == "__main__":
    main()
