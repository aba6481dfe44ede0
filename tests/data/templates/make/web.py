"""nginx, Apache, lighttpd: pages, refusals, dead upstreams, reloads."""
import os
import signal
import socket
import threading
import time

from stage import run, talk

PAGES = ["index.html", "news", "img/logo.png", "cart", "robots.txt", "favicon.ico", "admin",
         "wp-login.php", ".env", "api/v1/users", "static/app.js", "a/b/c/d", "phpmyadmin"]


def upstream(stage, port):
    """Answers by the path: well, with rubbish, not at all, late, or cut off."""
    server = socket.create_server(("127.0.0.1", port))

    def serve(line):
        with line:
            asked = line.recv(65536).decode("latin1")
            if "rubbish" in asked:
                line.sendall(b"HTP/9 what\r\n\r\n")
            elif "late" in asked:
                time.sleep(3)
            elif "cut" in asked:
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf")
            elif "nothing" in asked:
                pass
            elif "reset" in asked:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            elif "large" in asked:
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n" + b"x" * 400000)
            elif "badhead" in asked:
                line.sendall(b"HTTP/1.1 200 OK\r\nbad header\x01: 1\r\n\r\n")
            elif "bighead" in asked:
                line.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70000 + b"\r\n\r\n")
            else:
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    def accept():
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(line,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def get(port, path, *headers, method="GET", body=b"", **more):
    lines = [f"{method} /{path} HTTP/1.1", "Host: shop.test", "Connection: close", *headers]
    return talk(port, "\r\n".join(lines).encode() + b"\r\n\r\n" + body, **more)


def files(stage):
    root = stage.folder / "www"
    for name in ("index.html", "static/app.js", "img/logo.png", "private/x.html"):
        stage.write(f"www/{name}", "x" * 3000)
    (root / "empty").mkdir()
    stage.write("www/locked.html", "x", mode=0o000)
    (root / "loop").symlink_to(root / "loop")
    (root / "shut").mkdir(mode=0o700)
    return root


NGINX = """
user www-data; worker_processes 2; pid {d}/pid; error_log {d}/log info;
events {{ worker_connections 64; }}
http {{
  access_log off; rewrite_log on; client_max_body_size 2k; client_header_timeout 1s;
  proxy_read_timeout 1s; proxy_connect_timeout 1s; variables_hash_max_size 128;
  limit_req_zone $binary_remote_addr zone=slow:1m rate=2r/s;
  limit_conn_zone $binary_remote_addr zone=few:1m;
  upstream dead {{ server 127.0.0.1:8091 max_fails=2 fail_timeout=2s; server 127.0.0.1:8092; }}
  server {{ listen 127.0.0.1:8080; listen 127.0.0.1:8443 ssl; server_name shop.test;
    ssl_certificate {d}/cert.pem; ssl_certificate_key {d}/key.pem; root {d}/www;
    location /api/ {{ proxy_pass http://dead; }}
    location /up/ {{ proxy_pass http://127.0.0.1:8090; proxy_buffers 4 4k; }}
    location /php/ {{ fastcgi_pass 127.0.0.1:8090; }}
    location /limited {{ limit_req zone=slow burst=2; }}
    location /conn {{ limit_conn few 1; limit_rate 100; alias {d}/www/static/app.js; }}
    location /secret {{ auth_basic "x"; auth_basic_user_file {d}/users; }}
    location /nousers {{ auth_basic "x"; auth_basic_user_file {d}/missing; }}
    location /deny {{ deny all; }}
    location /cycle {{ rewrite ^ /cycle last; }}
    location /old {{ rewrite ^/old(.*)$ /index.html break; }}
    location /moved {{ rewrite ^/moved/(\\d+) /news/$1 permanent; if ($arg_x) {{ return 404; }} }}
    location /check {{ auth_request /up/nothing; }}
    location /sub {{ internal; }}
    location /resolve {{ resolver 127.0.0.1:9; set $h nowhere.test; proxy_pass http://$h; }}
    location /try {{ try_files $uri /loop2; }}
    location /loop2 {{ try_files /none /try; }}
  }}
  server {{ listen 127.0.0.1:8080; server_name shop.test; }}
}}
"""


def nginx_requests(stage):
    dice = stage.dice
    for _ in range(330):
        get(8080, dice.choice(PAGES) + f"?{dice.randrange(99)}", seconds=1)
    for path, times in (("deny/x", 25), ("old/{}", 30), ("moved/{}", 25), ("moved/{}?x=1", 8),
                        ("empty/", 12), ("locked.html", 9), ("cycle", 4), ("up/rubbish", 7),
                        ("up/cut/{}", 9), ("up/nothing", 11), ("up/reset", 6), ("up/large", 8),
                        ("up/badhead", 3), ("up/bighead", 4), ("up/late", 3), ("api/order/{}", 40),
                        ("php/x.php", 3), ("secret", 9), ("nousers", 2), ("check", 3),
                        ("resolve/{}", 2), ("try/{}", 3), ("loop", 2), ("shut/x", 5),
                        ("index.html/", 4), ("a" * 300, 2)):
        for _ in range(times):
            get(8080, path.format(dice.randrange(1000)), seconds=4)
    for user in ("bob:wrong", "eve:x", "bob:", "mallory:y", "bob:hunter2") * 3:
        run("curl", "-s", "-u", user, "http://127.0.0.1:8080/secret")
    run("bash", "-c", "for i in $(seq 40); do curl -s http://127.0.0.1:8080/limited & done; wait")
    run("bash", "-c", "for i in $(seq 5); do curl -s -m 1 http://127.0.0.1:8080/conn & done; wait")


def nginx_rubbish(stage):
    for _ in range(5):
        get(8080, "up/x", "Content-Length: 9999", method="POST")
        talk(8080, "GARBAGE\x01\x02\r\n\r\n")
        talk(8080, "GET / HTTP/1.1\r\n\r\n")
        talk(8080, "get / http\r\n\r\n")
        talk(8080, "GET / HTTP/1.1\r\nHost: a\r\nbad\x00name: 1\r\n\r\n")
        talk(8080, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        talk(8080, "GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n")
        talk(8080, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\n\r\n")
        talk(8080, "GET / HTTP/7.7\r\nHost: a\r\n\r\n")
        talk(8443, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        talk(8443, b"\x16\x03\x01\x00\x05hello")
        talk(8443, b"\x16\x03\x01\x02\x00" + os.urandom(500))
        get(8080, "up/late", reset=True)
        talk(8080, "POST /up/x HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nabc", reset=True)
    talk(8080, "GET / HTTP/1.1\r\nHost: shop.test\r\nX: " + "y" * 40000 + "\r\n\r\n")
    talk(8080, "GET /" + "z" * 40000 + " HTTP/1.1\r\nHost: shop.test\r\n\r\n")
    run("curl", "-sk", "--tls-max", "1.0", "https://127.0.0.1:8443/")
    run("curl", "-s", "https://127.0.0.1:8443/")
    run("bash", "-c", "for i in $(seq 140); do (exec 3<>/dev/tcp/127.0.0.1/8080; sleep 2) & done;"
        "wait")


def certificate(stage):
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=shop.test",
        "-keyout", str(stage.folder / "key.pem"), "-out", str(stage.folder / "cert.pem"))


def nginx(stage):
    folder = stage.folder
    files(stage)
    certificate(stage)
    stage.write("users", run("htpasswd", "-nb", "bob", "hunter2") + "broken\n")
    upstream(stage, 8090)
    path = stage.write("nginx.conf", NGINX.format(d=folder))
    for _ in range(2):
        server = stage.start("nginx", "-c", path, "-g", "daemon off;", port=8080)
        nginx_requests(stage) if _ == 0 else None
        nginx_rubbish(stage) if _ == 0 else None
        for name in ("-s reload", "-s reopen", "-t", "-s reload"):
            run("nginx", "-c", path, *name.split())
            time.sleep(1)
        run("nginx", "-c", path)  # the ports are taken
        worker = run("pgrep", "-P", str(server.pid)).split()[0]
        os.kill(int(worker), signal.SIGSEGV)
        time.sleep(0.5)
        bad = stage.write("bad.conf", NGINX.format(d=folder).replace("limit_rate 100;", "limt 1;"))
        run("nginx", "-c", bad, "-t")
        stage.write("nginx.conf", NGINX.format(d=folder).replace("cert.pem", "none.pem"))
        server.send_signal(signal.SIGHUP)
        time.sleep(0.7)
        stage.write("nginx.conf", NGINX.format(d=folder))
        stage.stop(server, signal.SIGQUIT if _ else signal.SIGTERM)
    return folder / "log"


APACHE = """
ServerRoot /usr/lib/apache2
Listen 127.0.0.1:8081
PidFile {d}/pid
ErrorLog {d}/log
LogLevel info authz_core:debug rewrite:trace2
User www-data
Group www-data
{modules}
TypesConfig /etc/mime.types
DocumentRoot {d}/www
ScriptSock {d}/cgisock
StartServers 2
MinSpareThreads 5
MaxSpareThreads 60
ThreadsPerChild 25
MaxRequestWorkers 50
LimitRequestBody 3000
LimitRequestLine 2000
RequestReadTimeout header=2-3,MinRate=500 body=2,MinRate=500
ProxyTimeout 1
<Directory {d}/www>
  Require all granted
  Options FollowSymLinks ExecCGI
  AllowOverride All
</Directory>
<Location /deny>
  Require all denied
</Location>
<Location /net>
  Require ip 10.0.0.0/8
</Location>
<Location /secret>
  AuthType Basic
  AuthName x
  AuthUserFile {d}/users
  Require user bob
</Location>
<Location /nousers>
  AuthType Basic
  AuthName x
  AuthUserFile {d}/none
  Require valid-user
</Location>
<Location /noprovider>
  AuthType Digest
  AuthName x
  AuthUserFile {d}/users
  Require valid-user
</Location>
<Proxy balancer://pool>
  BalancerMember http://127.0.0.1:8091 retry=1
  BalancerMember http://127.0.0.1:8092 retry=1
</Proxy>
ProxyPass /api/ balancer://pool/
ProxyPass /up/ http://127.0.0.1:8090/
ProxyPass /dead/ http://127.0.0.1:8093/ retry=2
ProxyPass /nowhere/ http://nowhere.invalid/
ScriptAlias /cgi {d}/cgi
AddHandler cgi-script .cgi
RewriteEngine on
RewriteRule ^/loop(.*)$ /loop$1x [L]
RewriteRule ^/old/(.*)$ /news/$1 [R=301,L]
RewriteRule ^/gone - [F]
RewriteRule ^/byebye - [G]
"""
APACHE_MODULES = ("mpm_event authn_core authn_file authz_core authz_user authz_host auth_basic "
                  "auth_digest dir mime alias cgid proxy proxy_http proxy_balancer slotmem_shm "
                  "lbmethod_byrequests rewrite reqtimeout autoindex negotiation")


def apache_requests(stage):
    dice = stage.dice
    for _ in range(110):
        get(8081, dice.choice(PAGES + ["deny/a", "deny/b", "old/3", "net/x"]), seconds=1)
    for path, times in (("empty/", 14), ("locked.html", 9), ("up/rubbish", 6), ("up/cut", 6),
                        ("up/nothing", 8), ("up/reset", 4), ("up/badhead", 3), ("up/late", 3),
                        ("up/bighead", 3), ("api/x{}", 25), ("dead/{}", 14), ("nowhere/", 2),
                        ("secret", 6), ("nousers", 3), ("noprovider", 4), ("cgi/loud.cgi", 8),
                        ("cgi/missing.cgi", 7), ("cgi/crash.cgi", 4), ("cgi/noexec.cgi", 3),
                        ("cgi/nothing.cgi", 3), ("cgi/badhead.cgi", 3), ("broken/x", 4),
                        ("gone", 9), ("byebye/{}", 4), ("%2e%2e/%2e%2e/etc/passwd", 3),
                        ("%00x", 3), ("a%2fb", 3), ("b" * 300, 2), ("shut/x", 4), ("loop", 2),
                        ("index.html/x/y", 2), ("x" * 3000, 2)):
        for _ in range(times):
            get(8081, path.format(dice.randrange(1000)), seconds=4)
    for user in ("bob:wrong", "eve:x", "bob:hunter2", "alice:x", "mallory:z") * 4:
        run("curl", "-s", "-u", user, "http://127.0.0.1:8081/secret")
        run("curl", "-s", "-u", user, "http://127.0.0.1:8081/nousers")
    run("curl", "-s", "--digest", "-u", "eve:x", "http://127.0.0.1:8081/noprovider")


def apache_rubbish(stage):
    for _ in range(5):
        talk(8081, "GARBAGE\x01\r\n\r\n")
        talk(8081, "GET / HTTP/1.1\r\n\r\n")
        talk(8081, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n")
        talk(8081, "GET / HTTP/1.1\r\nHost: a\r\nbad name: 1\r\n\r\n")
        talk(8081, "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n")
        talk(8081, "GET / HTTP/1.1\r\nHost: a\r\nX: " + "y" * 9000 + "\r\n\r\n")
        talk(8081, "GET /a b c HTTP/1.1\r\nHost: a\r\n\r\n")
        talk(8081, "POST /cgi/loud.cgi HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n")
        talk(8081, "POST /up/x HTTP/1.1\r\nHost: a\r\nContent-Length: abc\r\n\r\n")
        talk(8081, "POST /cgi/loud.cgi HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nabc",
             reset=True)
        talk(8081, "GET / HTTP/1.1\r\nHo", seconds=5)
        talk(8081, "OPTIONS * HTTP/3.0\r\nHost: a\r\n\r\n")
        talk(8081, "POST /up/x HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\nabc", seconds=5)
    run("bash", "-c", "for i in $(seq 90); do (exec 3<>/dev/tcp/127.0.0.1/8081; echo GET >&3;"
        " sleep 3) & done; wait")


def apache_scripts(stage):
    head = "#!/bin/sh\n"
    stage.write("cgi/loud.cgi", head + "echo 'warning: stock is low' >&2; echo; echo ok", 0o755)
    stage.write("cgi/crash.cgi", head + "kill -9 $$", 0o755)
    stage.write("cgi/nothing.cgi", head + "exit 0", 0o755)
    stage.write("cgi/badhead.cgi", head + "echo this is no header; echo", 0o755)
    stage.write("cgi/noexec.cgi", "x")
    stage.write("www/broken/.htaccess", "NoSuchDirective on\n")


def apache(stage):
    folder = stage.folder
    files(stage)
    apache_scripts(stage)
    stage.write("users", run("htpasswd", "-nb", "bob", "hunter2") +
                run("htpasswd", "-nb", "alice", "x"))
    upstream(stage, 8090)
    modules = "\n".join(f"LoadModule {name}_module modules/mod_{name}.so"
                        for name in APACHE_MODULES.split())
    path = stage.write("apache.conf", APACHE.format(d=folder, modules=modules))
    for turn in range(2):
        server = stage.start("apache2", "-f", path, "-D", "FOREGROUND", port=8081)
        if turn == 0:
            apache_requests(stage)
            apache_rubbish(stage)
        for name in ("graceful", "restart"):
            run("apache2", "-f", path, "-k", name)
            time.sleep(2)
        run("apache2", "-f", path)
        worker = run("pgrep", "-P", str(server.pid)).split()[-1]
        os.kill(int(worker), signal.SIGSEGV)
        time.sleep(2)
        stage.stop(server, signal.SIGWINCH if turn else signal.SIGTERM)
    return folder / "log"
