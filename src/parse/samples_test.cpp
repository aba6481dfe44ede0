// The samples of tests/data: what is recognised, how many events there are, and what the most
// telling one is read to.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "parse/format.h"
#include "parse/frames.h"

namespace culprit {
namespace {

struct Row {
  const char* file;
  const char* counts;  // "format events+continuations !skipped"
  std::string_view telling;
};

constexpr Row rows[] = {
    {"github-events.json", "json 6+0 !0",
     "2025-11-20T14:03:11.000Z  |  | id=4420000001 type=PushEvent actor.id=7 actor.login=octo "
     "repo.id=11 repo.name=acme/shop payload.state=success payload.ref=refs/heads/main public=true "
     "created_at=2025-11-20T14:03:11Z"},
    {"gcloud-read.json", "json 6+0 !0",
     "2025-11-20T14:03:11.123456Z error | connection reset by peer | insertId=1k1 "
     "jsonPayload.latency_ms=41 resource.type=k8s_container resource.labels.pod_name=shop-7d4f "
     "resource.labels.namespace_name=prod timestamp=2025-11-20T14:03:11.123456Z severity=ERROR "
     "logName=projects/acme/logs/stdout trace=projects/acme/traces/7d4f1"},
    {"pino-pretty.json", "json 4+0 !0",
     "2025-11-20T14:03:14.123Z error | request completed | level=50 time=1763647394123 pid=1 "
     "hostname=web-1 req.method=GET req.url=/cart/2 res.statusCode=502"},
    {"concatenated.json", "json 4+0 !0",
     "2025-11-20T14:03:13.500Z warn | order 1 stored | ts=1763647393.5 level=warn logger=shop"},
    {"elasticsearch-search.json", "elasticsearch 4+0 !0",
     "2025-11-20T14:03:12.123Z error | order 2 refused | @timestamp=2025-11-20T14:03:12.123Z "
     "log.level=error service.name=shop http.response.status_code=503"},
    {"elasticdump.json", "elasticsearch(access) 4+0 !0",
     "2025-11-20T14:03:11.000Z info |  | client=10.0.0.1 method=GET path=/cart/1 route=/cart/:id "
     "protocol=HTTP/1.1 status=500 bytes=512 @timestamp=2025-11-20T14:03:11Z level=info"},
    {"elasticsearch-fields.json", "elasticsearch 3+0 !0",
     "2025-11-20T14:03:11.123Z error | order 2 refused | @timestamp=2025-11-20T14:03:11.123Z "
     "log.level=error service.name=shop http.response.status_code=503"},
    {"cloudtrail.json", "cloudtrail 3+0 !0",
     "2025-11-20T14:03:12.000Z error | PutItem: ThrottlingException | level=error "},
    {"lambda.log", "text 4+0 !0",
     "2025-11-20T14:03:11.456Z error | order 2 refused: pool timeout | "
     "request_id=9a6f1c9a-2b7d-4c3e-9f10-0a1b2c3d4e5f level=ERROR"},
    {"cloudwatch-filter.json", "cloudwatch(text) 4+0 !0",
     "2025-11-20T14:03:13.123Z  | 8f5e\tERROR\tTask timed out after 3.00 seconds | "
     "logStreamName=2025/11/20/[$LATEST]7d4f timestamp=1763647393123 ingestionTime=1763647399000 "
     "eventId=38123456790"},
    {"cloudwatch-insights.json", "cloudwatch(ndjson) 3+0 !0",
     "2025-11-20T14:03:11.123Z error | order 1 | level=error order=1 @timestamp=2025-11-20 "
     "14:03:11.123Z"},
    {"datadog-logs.json", "datadog 3+0 !0",
     "2025-11-20T14:03:11.123Z error | payment gateway timed out | http.status_code=504 "
     "http.method=POST order=1 service=checkout host=i-0a1b level=error env=prod version=1.9.0 "
     "tag=canary timestamp=2025-11-20T14:03:11.123Z"},
    {"loki-query-range.json", "loki(logfmt) 6+0 !0",
     "2025-11-20T14:03:13.123000001Z error | order 1 refused | level=error took=1ms "
     "timestamp=1763647393123000001 app=shop namespace=prod pod=shop-9c2a"},
    {"otlp-logs.json", "otlp 3+0 !0",
     "2025-11-20T14:03:13.123456789Z error | order 1 refused | timestamp=1763647393123456789 "
     "level=error service.name=shop service.version=1.9.0 host.name=web-1 logger=shop.orders "
     "order=1 retry=true tags=a tags=b trace_id=5b8efff798038103d269b633813fc601 "
     "span_id=eee19b7ec3c1b101"},
    {"otlp-traces.json", "otlp 3+0 !0",
     "2025-11-20T14:03:13.123456789Z error | GET /cart: no connection | "
     "timestamp=1763647393123456789 level=error service.name=shop service.version=1.9.0 "
     "host.name=web-1 span.name=GET /cart span.kind=2 duration_ms=2.5 "
     "http.response.status_code=503 exception.type=PoolTimeout exception.message=no connection "
     "trace_id=5b8efff798038103d269b633813fc601 span_id=eee19b7ec3c1b101"},
    {"jaeger-trace.json", "jaeger 5+0 !0",
     "2017-01-26T21:46:31.639875Z error | some-operation | timestamp=1485467191639875 level=error "
     "service=service-x span.name=some-operation duration_ms=0.005"},
    {"jaeger-page.json", "jaeger 4+0 !0",
     "2022-08-09T12:55:22.993895Z info | BikeHandler | timestamp=1660049722993895 level=info "
     "service=ride-sharing-app"},
    {"jaeger-traces.json", "jaeger 4+0 !0",
     "2025-11-20T14:03:13.123456Z error | HTTP GET /dispatch: redis timeout | "
     "timestamp=1763647393123456 level=error service=frontend hostname=web-1 span.name=HTTP GET "
     "/dispatch duration_ms=731.2 sampler.type=const http.status_code=500 error=true "
     "trace_id=7d4f1 span_id=a1"},
    {"journal.json", "journal 3+0 !0",
     "2025-11-20T14:03:13.123456Z error | payment refused\nby the gateway | _BOOT_ID=9f0c "
     "_TRANSPORT=stdout host=web-1 service=shop.service app=shop pid=812"},
    {"journal.export", "journal 3+0 !0",
     "2025-11-20T14:03:13.123456Z error | payment refused\nby the gateway | _BOOT_ID=9f0c "
     "_TRANSPORT=stdout host=web-1 service=shop.service app=shop pid=812"},
    {"cri-parts.log", "cri(logfmt) 4+0 !0",
     "2025-11-20T14:03:13.500000001Z error | payment refused for a very long reason | level=error "
     "took=900ms stream=stdout"},
    {"docker-parts.log", "docker(ndjson) 3+0 !0",
     "2025-11-20T14:03:13.500Z error | payment refused | level=error order=7 stream=stdout"},
    {"cut-search.json", "elasticsearch 3+0 !1",
     "2025-11-20T14:03:12.123Z error | order 2 refused | @timestamp=2025-11-20T14:03:12.123Z "
     "log.level=error service.name=shop http.response.status_code=503"},
    {"garbage-array.json", "json 3+0 !2",
     "2025-11-20T14:03:14.000Z error | order 4 refused | ts=2025-11-20T14:03:14Z level=error"},
    {"syslog-3164.log", "syslog 5+0 !0",
     "error | payment refused by gateway pg-2 | facility=user host=web-1 app=shop pid=812"},
    {"syslog-5424.log", "syslog 3+0 !0",
     "2025-11-20T14:03:11.500Z error | payment refused | facility=user host=web-1 app=shop pid=812 "
     "msgid=PAY1 ip=10.0.0.1 id=7 region=eu"},
    {"rsyslog-iso.log", "syslog 3+0 !0",
     "2025-11-20T14:03:11.456789Z error | order 7 lost | host=web-1 app=shop pid=812 level=ERROR"},
    {"sshd-auth.log", "syslog 4+0 !0",
     "error | maximum authentication attempts exceeded for invalid user admin from 203.0.113.7 "
     "port "
     "40122 ssh2 [preauth] | host=bastion app=sshd pid=2202 level=error"},
    {"klog-kubelet.log", "klog 3+0 !0",
     "error | Error syncing pod, skipping | level=E pid=1234 file=pod_workers.go line=190 "
     "err=failed to StartContainer pod=prod/shop-7d4f"},
    {"postgresql.log", "postgresql 3+2 !0",
     "2025-11-20T14:03:12.789Z fatal | remaining connection slots are reserved for roles with the "
     "SUPERUSER attribute | pid=902 user=shop database=orders level=FATAL"},
    {"mysql-error.log", "mysql 3+0 !0",
     "2025-11-20T14:03:12.323456Z error | Operating system error number 28 in a file operation. | "
     "thread=9 level=ERROR code=MY-012592 subsystem=InnoDB"},
    {"redis.log", "redis 3+0 !0",
     "2025-11-20T14:03:11.223Z error | Can't save in background: fork: Cannot allocate memory | "
     "pid=812 role=master"},
    {"haproxy.log", "haproxy+text 3+0 !0",
     "2025-11-20T14:03:11.002Z  |  | app=haproxy pid=812 host=lb-1 client=10.0.0.9 "
     "frontend=http-in backend=shop server=<NOSRV>"},
    {"iis.log", "iis 2+0 !0",
     "2025-11-20T14:03:11.000Z  |  | s-ip=10.0.0.1 method=POST path=/orders query=id=7 s-port=443 "
     "client=10.0.0.9 agent=curl/8.0 status=500 sc-substatus=0 sc-win32-status=64 "
     "duration_ms=3001"},
    {"nginx-access.log", "access 3+0 !0",
     "2025-11-20T14:03:11.000Z  |  | client=10.0.0.9 user=ada method=POST path=/orders "
     "route=/orders protocol=HTTP/1.1 status=502 bytes=157 referer=https://shop.example/cart"},
    {"nginx-error.log", "text 3+0 !0",
     "2025-11-20T14:03:11.000Z error | *7 connect() failed (111: Connection refused)"},
    {"apache-error.log", "text 3+0 !0",
     "2025-11-20T14:03:11.456789Z error | (111)Connection refused: AH00957: http: attempt to "
     "connect to 127.0.0.1:8080 (127.0.0.1) failed | level=error logger=proxy pid=813"},
    {"docker-json.log", "docker(ndjson) 2+0 !0",
     "2025-11-20T14:03:11.223456789Z error | payment refused | level=error order=7 stream=stderr"},
    {"cri.log", "cri(logfmt) 3+0 !0",
     "2025-11-20T14:03:11.223456789Z error | payment refused | level=error took=900ms "
     "stream=stderr"},
    {"kubectl-prefix.log", "kubectl(ndjson) 3+0 !0",
     "2025-11-20T14:03:11.000Z error | payment refused | ts=2025-11-20T14:03:11Z level=error "
     "order=7"},
    {"compose.log", "compose(logfmt+text) 3+0 !0",
     "2025-11-20T14:03:11.456Z error | canceling statement due to statement timeout | pid=901 "
     "level=ERROR container=db-1"},
    {"python-traceback.log", "text 3+6 !0",
     "2025-11-20T14:03:11.456Z error | order 7 lost | level=ERROR logger=shop.orders"},
    {"logback-stack.log", "text 3+5 !0",
     "2025-11-20T14:03:11.456Z error | order 7 lost | level=ERROR pid=812 thread=nio-8080-exec-2 "
     "logger=c.acme.shop.OrderController"},
    {"go-panic.log", "text 3+5 !0",
     "2025-11-20T14:03:11.000Z error | http: panic serving 10.0.0.9:52044: runtime error: invalid "
     "memory address or nil pointer dereference"},
    {"logfmt-heroku.log", "logfmt 3+0 !0",
     "2025-11-20T14:03:11.000Z error | order 7 lost | time=2025-11-20T14:03:11Z level=error "
     "method=POST path=/orders status=503 duration=3.1s err=pool timeout"},
    {"ecs.ndjson", "ndjson 2+0 !0",
     "2025-11-20T14:03:11.456Z error | order 7 lost | @timestamp=2025-11-20T14:03:11.456Z "
     "log.level=error ecs.version=8.10.0 service.name=shop"},
    {"gelf.ndjson", "ndjson 2+0 !0",
     "2025-11-20T14:03:11.456Z error | order 7 lost | version=1.1 host=web-1"},
    {"bunyan.ndjson", "ndjson 2+0 !0",
     "2025-11-20T14:03:11.456Z error | order 7 lost | name=shop hostname=web-1 pid=812 level=50 "
     "err.message=pool timeout err.name=PoolTimeout"},
    {"orders.csv", "csv 2+0 !0",
     "2025-11-20T14:03:11.000Z error | order lost, no connection | time=2025-11-20T14:03:11Z "
     "level=error order=7 total=0"},
    {"haproxy-rsyslog.log", "haproxy+syslog 15+0 !0",
     "2026-11-23T10:39:29.038739Z  | Server shop/web-1 is DOWN, reason: Layer4 connection "
     "problem, info: \"Connection refused\", check duration: 0ms. 0 active and 0 backup "
     "servers left. 0 sessions active, 0 requeued, 0 remaining in queue. | host=web-1 "
     "app=haproxy pid=21169"},
    {"redis-snapshots.log", "redis 18+0 !0",
     "2026-11-23T10:39:49.583Z info | Background saving terminated with success | pid=22563 "
     "role=master"},
    {"postgresql-connections.log", "postgresql 16+0 !0",
     "2026-11-23T10:39:31.105Z fatal | remaining connection slots are reserved for "
     "non-replication superuser connections | pid=21529 user=clerk database=postgres "
     "level=FATAL"},
    {"postgresql-statements.log", "postgresql 15+1 !0",
     "2026-11-23T10:39:44.056Z error | canceling statement due to statement timeout | "
     "pid=22241 user=shop database=postgres level=ERROR"},
    {"sshd-rsyslog.log", "syslog 16+0 !0",
     "2026-11-23T10:39:58.230475Z  | Failed password for root from 127.0.0.1 port 51920 ssh2 "
     "| host=web-1 app=sshd pid=22849"},
    {"rsyslog-5424.log", "syslog 8+0 !0",
     "2026-11-23T10:39:51.006385Z error | error: order 0 lost: no connection to the database "
     "| facility=user host=web-1 app=shop pid=22619"},
    {"journald.export", "journal 2+0 !0",
     "2026-11-23T10:39:44.005841Z error | order 0 lost: no connection to the database | "
     "_BOOT_ID=dda0162747cb4e6b9e252ce657ff8a9d"},
    {"mixed.log", "ndjson+text 6+0 !0",
     "2025-11-20T14:03:11.456Z error | order 7 lost | level=ERROR logger=shop.orders"},
};

std::string content_of(const char* file) {
  const char* data = std::getenv("CULPRIT_TESTDATA");
  REQUIRE(data != nullptr);
  std::ifstream stream(std::string(data) + "/" + file, std::ios::binary);
  REQUIRE(stream);
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct Said {
  std::string counts;
  std::string events;  // each on a line
};

struct Line {
  std::string text;
  bool damaged = false;
};

std::vector<Line> lines_of(const Dialect& dialect, std::string_view content) {
  std::vector<Line> lines;
  if (dialect.framing == nullptr) {
    for (; !content.empty(); content.remove_prefix(content.find('\n') + 1)) {
      lines.push_back({std::string(content.substr(0, content.find('\n'))), false});
    }
    return lines;
  }
  Framer framer(*dialect.framing);
  for (int end = 0; end < 2; ++end) {
    const Frames& frames = end == 0 ? framer.feed(content) : framer.finish();
    for (const Frames::Record& record : frames.records) {
      lines.push_back({std::string(frames.line(record)), record.damaged});
    }
  }
  return lines;
}

Said read_all(const std::string& content) {
  RecogniseOptions options;  // dates without a year are those before the file's last change
  options.zone.set_newest(from_nanoseconds(1'763'650'000'000'000'000));  // 2025-11-20T14:46:40Z
  const Dialect dialect = recognise(content, options);
  Scratch scratch;
  Said said;
  std::size_t counts[4] = {};
  for (const Line& line : lines_of(dialect, content)) {
    Event event;
    const Reading reading =
        line.damaged ? Reading::unreadable : read_line(dialect, line.text, scratch, event);
    ++counts[static_cast<std::size_t>(reading)];
    if (reading != Reading::event) continue;
    said.events +=
        fmt::format("{} {} | {} |", to_string(event.time), name_of(event.level), event.message);
    for (const Field& field : event.fields) {
      if (field.value.data() == event.message.data()) continue;
      said.events += fmt::format(" {}={}", field.name, field.value);
    }
    said.events += "\n";
  }
  said.counts = fmt::format("{} {}+{} !{}", format_text(dialect), counts[0], counts[1], counts[3]);
  return said;
}

}  // namespace

TEST_CASE("samples of every format are read without a flag") {
  for (const Row& row : rows) {
    CAPTURE(std::string(row.file));
    const Said said = read_all(content_of(row.file));
    CHECK(said.counts == std::string(row.counts));
    CHECK_MESSAGE(said.events.find(row.telling) != said.events.npos, said.events);
  }
}

}  // namespace culprit
