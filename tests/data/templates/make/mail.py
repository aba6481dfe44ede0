"""Postfix: mail taken, refused, delivered, deferred, bounced."""
import pathlib
import shutil
import socket
import threading
import time

from stage import converse, run, talk, wait_for
from system import PEOPLE, STRANGERS, people

MAIN = """
compatibility_level = 3.6
queue_directory = /var/spool/postfix
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
data_directory = /var/lib/postfix
maillog_file =
myhostname = debian.example
mydestination = debian.example, localhost
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.2/32
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_sender_restrictions = reject_non_fqdn_sender, check_sender_access texthash:{d}/senders
smtpd_recipient_restrictions = reject_non_fqdn_recipient, reject_unlisted_recipient
smtpd_helo_required = yes
smtpd_helo_restrictions = reject_invalid_helo_hostname
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 4
smtpd_client_connection_count_limit = 6
smtpd_timeout = 3s
message_size_limit = 20000
alias_maps = texthash:{d}/aliases
alias_database =
transport_maps = texthash:{d}/transport
minimal_backoff_time = 3s
maximal_backoff_time = 6s
queue_run_delay = 3s
bounce_queue_lifetime = 6s
maximal_queue_lifetime = 14s
smtp_connect_timeout = 2s
smtp_helo_timeout = 2s
smtpd_tls_cert_file = {d}/cert.pem
smtpd_tls_key_file = {d}/key.pem
smtpd_tls_security_level = may
smtpd_tls_loglevel = 1
header_checks = regexp:{d}/headers
disable_vrfy_command = yes
append_dot_mydomain = no
"""
TABLES = {"senders": "spam@bad.test REJECT no spam\nslow@bad.test 450 later\n"
          "warn@ok.test WARN suspicious\nhold@ok.test HOLD for the boss\n"
          "drop@ok.test DISCARD\n",
          "aliases": "team: alice, bob\nloop: loop\nscript: \"|/bin/false\"\n"
          "file: /nonexistent/dir/file\nnowhere: ghost\n",
          "transport": "dead.test smtp:[127.0.0.1]:2599\nangry.test smtp:[127.0.0.1]:2526\n"
          "mute.test smtp:[127.0.0.1]:2527\nodd.test nosuch:\nerr.test error:5.1.2 no such host\n",
          "headers": "/^Subject: .*viagra/ REJECT spam\n/^Subject: .*warn/ WARN odd\n"
          "/^X-Virus:/ DISCARD virus\n"}


def relay(port, answers):
    """A mail server that gives these answers, then closes."""
    server = socket.create_server(("127.0.0.1", port))

    def accept():
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line:
                for answer in answers:
                    try:
                        line.sendall(answer.encode())
                        line.recv(4096)
                    except OSError:
                        break

    threading.Thread(target=accept, daemon=True).start()


def letter(sender, recipient, subject="hello", body="x", helo="client.example", data=True):
    lines = [f"EHLO {helo}\r\n", f"MAIL FROM:<{sender}>\r\n", f"RCPT TO:<{recipient}>\r\n"]
    if data:
        lines += ["DATA\r\n", f"Subject: {subject}\r\nFrom: {sender}\r\n\r\n{body}\r\n.\r\n"]
    converse(25, *lines, "QUIT\r\n", seconds=0.4)


def postfix_letters(stage):
    dice = stage.dice
    for _ in range(28):
        letter(f"{dice.choice(STRANGERS)}@shop.test", f"{dice.choice(PEOPLE)}@debian.example")
    for recipient in ("ghost", "alice", "team", "loop", "script", "file", "nowhere", "bob"):
        letter("a@shop.test", f"{recipient}@debian.example")
    for domain in ("dead.test", "angry.test", "mute.test", "odd.test", "err.test", "nodns.test"):
        for number in range(3):
            run("sendmail", "-f", f"a{number}@debian.example", f"b@{domain}", text="Subject: x\n\nx\n")
    for sender in ("spam@bad.test", "slow@bad.test", "warn@ok.test", "hold@ok.test",
                   "drop@ok.test", "nodomain", "") * 2:
        letter(sender, "alice@debian.example")
    for recipient in ("x@elsewhere.test", "nodomain", "y@other.test", "bad recipient") * 3:
        letter("a@shop.test", recipient, data=False)
    for subject in ("buy viagra", "please warn", "hello\r\nX-Virus: yes"):
        letter("a@shop.test", "alice@debian.example", subject=subject)
    letter("a@shop.test", "alice@debian.example", body="y" * 30000)
    letter("a@shop.test", "alice@debian.example", helo="bad helo!")


def postfix_rubbish(stage):
    for _ in range(4):
        converse(25, "GET / HTTP/1.1\r\n", "Host: x\r\n")
        converse(25, "VRFY root\r\n", "BOO\r\n", "NOO\r\n", "X\r\n", "Y\r\n", "Z\r\n")
        converse(25, "MAIL FROM:<a@b.test>\r\n", "RCPT TO:<x>\r\n", "DATA\r\n")
        converse(25, "EHLO a\r\n", "STARTTLS\r\n", b"rubbish rubbish\r\n" * 9)
        converse(25, "EHLO a\r\n", "MAIL FROM:<a@b.test>\r\n", "RCPT TO:<alice@debian.example>\r\n")
        converse(25, "EHLO a\r\n", "AUTH PLAIN AGEAYg==\r\n", "MAIL FROM: no brackets\r\n")
        talk(25, "EHLO x\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<alice@debian.example>\r\nDATA\r\nab",
             reset=True)
    talk(25, "EHLO a\r\n", seconds=5)
    run("bash", "-c", "for i in $(seq 12); do (exec 3<>/dev/tcp/127.0.0.1/25; sleep 2) & done;"
        "wait")
    run("openssl", "s_client", "-starttls", "smtp", "-connect", "127.0.0.1:25", text="QUIT\n")
    run("openssl", "s_client", "-starttls", "smtp", "-tls1", "-connect", "127.0.0.1:25", text="Q\n")


def postfix(stage):
    people()
    for name, text in TABLES.items():
        stage.write(name, text)
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=debian.example",
        "-keyout", str(stage.folder / "key.pem"), "-out", str(stage.folder / "cert.pem"))
    conf = pathlib.Path("/etc/postfix/main.cf")
    conf.write_text(MAIN.format(d=stage.folder))
    master = pathlib.Path("/etc/postfix/master.cf")
    if not master.exists():
        shutil.copyfile("/usr/share/postfix/master.cf.dist", master)
    master.write_text(master.read_text().replace("       y       ", "       n       "))
    relay(2526, ["220 hi\r\n", "250 hi\r\n", "250 ok\r\n", "550 5.1.1 go away\r\n", "221\r\n"])
    relay(2527, ["220 hi\r\n"])
    stage.syslog("mail.*")
    stage.endings.append(("postfix", "stop"))
    for turn in range(2):
        run("postfix", "start")
        run("postfix", "start")
        wait_for(25)
        postfix_letters(stage)
        if turn == 0:
            postfix_rubbish(stage)
            conf.write_text(MAIN.format(d=stage.folder) + "nosuchparameter = 1\n"
                            "smtpd_timeout = soon\nvirtual_alias_maps = hash:/none/x\n")
            run("postfix", "reload")
            letter("a@shop.test", "alice@debian.example")
            conf.write_text(MAIN.format(d=stage.folder))
            run("postfix", "reload")
            run("postqueue", "-f")
            run("pkill", "-9", "-x", "qmgr")
            time.sleep(2)
        time.sleep(12)
        run("postsuper", "-d", "ALL")
        run("postfix", "check")
        run("postfix", "stop")
        time.sleep(1)
    return stage.folder / "log"
