// Lines of real programs, each recognised without a flag and read to its parts.
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "parse/format.h"

namespace culprit {
namespace {

// "format time level | message | name=value ..." of each event; "+" a continuation, "?" unreadable.
std::string read_all(std::string_view lines) {
  RecogniseOptions options;
  options.zone.set_newest(*parse_time("2025-11-21T00:00:00Z"));
  const Dialect dialect = recognise(lines, options);
  Scratch scratch;
  std::string said;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    Event event;
    const Reading reading = read_line(dialect, lines.substr(0, end), scratch, event);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    if (reading == Reading::continuation) said += "+\n";
    if (reading == Reading::unreadable) said += "?\n";
    if (reading != Reading::event) continue;
    said += fmt::format("{} {} {} | {} |", dialect.format->name, to_string(event.time),
                        name_of(event.level), event.message);
    for (const Field& field : event.fields) said += fmt::format(" {}={}", field.name, field.value);
    said += "\n";
  }
  return said;
}

struct Row {
  std::string_view lines;
  std::string_view said;
};

constexpr Row rows[] = {
    {"<34>1 2025-11-20T14:03:12.003Z web-1 su 77 ID47 [auth@32473 user=\"root\"] 'su' failed\n",
     "syslog 2025-11-20T14:03:12.003Z fatal | 'su' failed | facility=auth host=web-1 app=su "
     "pid=77 msgid=ID47 user=root\n"},
    {"<13>Nov 20 14:03:12 web-1 shop[7]: order refused\n",
     "syslog 2025-11-20T14:03:12.000Z info | order refused | facility=user host=web-1 app=shop "
     "pid=7\n"},
    {"Nov 20 14:03:12 web-1 sshd[812]: Failed password for root from 10.0.0.7 port 22 ssh2\n"
     "Nov 20 14:03:13 web-1 kernel: Out of memory: Killed process 7\n",
     "syslog 2025-11-20T14:03:12.000Z  | Failed password for root from 10.0.0.7 port 22 ssh2 | "
     "host=web-1 app=sshd pid=812\n"
     "syslog 2025-11-20T14:03:13.000Z  | Out of memory: Killed process 7 | host=web-1 "
     "app=kernel\n"},
    {"2025-11-20T14:03:12.123456+01:00 web-1 systemd[1]: Started nginx.service.\n",
     "syslog 2025-11-20T13:03:12.123456Z  | Started nginx.service. | host=web-1 app=systemd "
     "pid=1\n"},
    {"E1120 14:03:12.123456   12345 server.go:71] \"Failed\" pod=\"kube-system/dns\" tries=3\n"
     "I1120 14:03:13.000001       1 controller.go:38] sync done\n",
     "klog 2025-11-20T14:03:12.123456Z error | Failed | level=E pid=12345 file=server.go line=71 "
     "pod=kube-system/dns tries=3\n"
     "klog 2025-11-20T14:03:13.000001Z info | sync done | level=I pid=1 file=controller.go "
     "line=38\n"},
    {"1234:M 20 Nov 2025 14:03:12.123 # Can't save in background: fork\n"
     "1234:C 20 Nov 2025 14:03:12.200 * DB saved on disk\n",
     "redis 2025-11-20T14:03:12.123Z error | Can't save in background: fork | pid=1234 "
     "role=master\n"
     "redis 2025-11-20T14:03:12.200Z info | DB saved on disk | pid=1234 role=child\n"},
    {"1234:M 20 Nov 2025 14:03:12.123 * Ready\n1234:M 20 Nov 2025 14:03:13.123 * Ready\n"
     "1234:signal-handler (1763647394) Received SIGTERM scheduling shutdown...\n",
     "redis 2025-11-20T14:03:12.123Z info | Ready | pid=1234 role=master\n"
     "redis 2025-11-20T14:03:13.123Z info | Ready | pid=1234 role=master\n"
     "redis 2025-11-20T14:03:14.000Z warn | Received SIGTERM scheduling shutdown... | pid=1234\n"},
    {"2025-11-20 14:03:12.123 UTC [1234] shop@orders ERROR:  duplicate key value\n"
     "2025-11-20 14:03:12.123 UTC [1234] shop@orders DETAIL:  Key (id)=(7) already exists.\n"
     "2025-11-20 14:03:12.123 UTC [1234] shop@orders STATEMENT:  INSERT INTO t\n"
     "\tVALUES (7)\n"
     "2025-11-20 14:03:13.000 UTC [1235] shop@orders LOG:  duration: 5012.5 ms  statement: x\n",
     "postgresql 2025-11-20T14:03:12.123Z error | duplicate key value | pid=1234 user=shop "
     "database=orders level=ERROR\n+\n+\n+\n"
     "postgresql 2025-11-20T14:03:13.000Z info | duration: 5012.5 ms  statement: x | pid=1235 "
     "user=shop database=orders level=LOG duration_ms=5012.5\n"},
    {"2025-11-20T14:03:12.123456Z 0 [ERROR] [MY-010119] [Server] Aborting\n"
     "2025-11-20T14:03:13.000000Z 9 [Warning] [MY-010055] [Server] IP address lost\n",
     "mysql 2025-11-20T14:03:12.123456Z error | Aborting | thread=0 level=ERROR code=MY-010119 "
     "subsystem=Server\n"
     "mysql 2025-11-20T14:03:13.000Z warn | IP address lost | thread=9 level=Warning "
     "code=MY-010055 subsystem=Server\n"},
    {"#Software: IIS\n#Fields: date time s-ip cs-method cs-uri-stem sc-status time-taken\n"
     "2025-11-20 14:03:12 10.0.0.2 GET /cart 503 31\n",
     "iis 2025-11-20T14:03:12.000Z  |  | s-ip=10.0.0.2 method=GET path=/cart status=503 "
     "duration_ms=31\n"},
    {"Nov 20 14:03:12 lb haproxy[7]: 10.0.0.7:34567 [20/Nov/2025:14:03:12.123] web shop/app2 "
     "0/0/1/210/211 503 1524 - - SH-- 12/8/3/1/0 0/0 \"GET /cart?x=1 HTTP/1.1\"\n",
     "haproxy 2025-11-20T14:03:12.123Z  |  | app=haproxy pid=7 host=lb "
     "client=10.0.0.7 frontend=web backend=shop server=app2 queue_ms=0 connect_ms=1 "
     "response_ms=210 duration_ms=211 status=503 bytes=1524 termination=SH-- retries=0 "
     "method=GET path=/cart\n"},
    {"10.0.0.7:34567 [20/Nov/2025:14:03:12.123] db pg/pg-1 1/0/5012 212 sD 3/3/2/1/0 0/0\n",
     "haproxy 2025-11-20T14:03:12.123Z  |  | client=10.0.0.7 frontend=db backend=pg server=pg-1 "
     "queue_ms=1 connect_ms=0 duration_ms=5012 bytes=212 termination=sD retries=0\n"},
    {"{\"log\":\"{\\\"level\\\":\\\"error\\\",\\\"msg\\\":\\\"refused\\\"}\\n\",\"stream\":"
     "\"stderr\",\"time\":\"2025-11-20T14:03:12.5Z\"}\n",
     "docker 2025-11-20T14:03:12.500Z error | refused | level=error msg=refused stream=stderr\n"},
    {"2025-11-20T14:03:12.5Z stdout F level=info msg=ready took=2ms\n",
     "cri 2025-11-20T14:03:12.500Z info | ready | level=info msg=ready took=2ms stream=stdout\n"},
    {"[pod/shop-7d4f/web] 2025-11-20T14:03:12Z ERROR order refused\n",
     "kubectl 2025-11-20T14:03:12.000Z error | order refused | level=ERROR pod=shop-7d4f "
     "container=web\n"},
    {"web-1  | ts=2025-11-20T14:03:12Z level=warn msg=slow\n",
     "compose 2025-11-20T14:03:12.000Z warn | slow | ts=2025-11-20T14:03:12Z level=warn msg=slow "
     "container=web-1\n"},
    // Not syslog: no host and program, or a level where the host would stand.
    {"2025-11-20 14:03:12 INFO shop: ready\n",
     "text 2025-11-20T14:03:12.000Z info | shop: ready | level=INFO logger=shop\n"},
};

}  // namespace

TEST_CASE("logs of daemons and containers are recognised and read") {
  for (const Row& row : rows) CHECK(read_all(row.lines) == row.said);
}

TEST_CASE("a source that mixes formats is read line by line") {
  const std::string said = read_all(
      "{\"ts\":\"2025-11-20T14:03:12Z\",\"level\":\"info\",\"msg\":\"ready\"}\n"
      "{\"ts\":\"2025-11-20T14:03:13Z\",\"level\":\"info\",\"msg\":\"ready\"}\n"
      "2025-11-20 14:03:14 ERROR order refused\n"
      "2025-11-20 14:03:15 ERROR order refused\n"
      "    at shop.Orders(Orders.java:7)\n"
      "10.0.0.7 - - [20/Nov/2025:14:03:16 +0000] \"GET /cart HTTP/1.1\" 200 5\n"
      "10.0.0.7 - - [20/Nov/2025:14:03:16 +0000] \"GET /cart HTTP/1.1\" 200 5\n");
  CHECK(said ==
        "ndjson 2025-11-20T14:03:12.000Z info | ready | ts=2025-11-20T14:03:12Z level=info "
        "msg=ready\n"
        "ndjson 2025-11-20T14:03:13.000Z info | ready | ts=2025-11-20T14:03:13Z level=info "
        "msg=ready\n"
        "ndjson 2025-11-20T14:03:14.000Z error | order refused | level=ERROR\n"
        "ndjson 2025-11-20T14:03:15.000Z error | order refused | level=ERROR\n"
        "+\n"
        "ndjson 2025-11-20T14:03:16.000Z  |  | client=10.0.0.7 method=GET path=/cart "
        "route=/cart protocol=HTTP/1.1 status=200 bytes=5\n"
        "ndjson 2025-11-20T14:03:16.000Z  |  | client=10.0.0.7 method=GET path=/cart "
        "route=/cart protocol=HTTP/1.1 status=200 bytes=5\n");
}

TEST_CASE("stack traces between lines of JSON belong to the line before them") {
  const std::string said = read_all(
      "{\"ts\":\"2025-11-20T14:03:12Z\",\"level\":\"error\",\"msg\":\"failed\"}\n"
      "Traceback (most recent call last):\n"
      "  File \"shop.py\", line 7, in pay\n"
      "KeyError: 'total'\n"
      "{\"ts\":\"2025-11-20T14:03:13Z\",\"level\":\"error\",\"msg\":\"failed\"}\n"
      "panic: runtime error: index out of range [3]\n"
      "goroutine 1 [running]:\n"
      "main.(*Shop).pay(0xc000010000, 0x3)\n"
      "\t/src/shop.go:31 +0x1d\n"
      "{\"ts\": cut in the middle\n");
  const std::string event = " error | failed | ts=2025-11-20T14:03:12Z level=error msg=failed\n";
  CHECK(said == "ndjson 2025-11-20T14:03:12.000Z" + event + "+\n+\n+\n" +
                    "ndjson 2025-11-20T14:03:13.000Z error | failed | ts=2025-11-20T14:03:13Z "
                    "level=error msg=failed\n+\n+\n+\n+\n?\n");
}

}  // namespace culprit
