#include "parse/reader_test.h"

namespace culprit {
namespace {

struct Row {
  const char* line;
  Level level;
  const char* fields;
  const char* message;
};

void check(std::span<const Row> rows) {
  for (const Row& row : rows) {
    CAPTURE(row.line);
    TestReader reader("text", row.line);
    const Seen seen = reader.read(row.line);
    REQUIRE(seen.reading == Reading::event);
    CHECK(to_string(seen.event.time) == "2025-11-20T03:31:08.000Z");
    CHECK(seen.event.level == row.level);
    CHECK(seen.fields == row.fields);
    CHECK(seen.event.message == row.message);
  }
}

TEST_CASE("text: the headers of known loggers") {
  const Row rows[] = {
      {"2025-11-20 03:31:08,000 ERROR [main] com.shop.Pay - card refused", Level::error,
       "level=ERROR thread=main logger=com.shop.Pay", "card refused"},
      {"2025-11-20 03:31:08.000  WARN 4711 --- [  exec-1] c.s.Pay   : pool is full", Level::warn,
       "level=WARN pid=4711:n thread=exec-1 logger=c.s.Pay", "pool is full"},
      {"2025-11-20 03:31:08,000 - shop.db - WARNING - slow: 5 s", Level::warn,
       "logger=shop.db level=WARNING", "slow: 5 s"},
      {"[2025-11-20T03:31:08Z INFO  shop::pay] up", Level::info, "level=INFO logger=shop::pay",
       "up"},
      {"2025-11-20T03:31:08.000000Z  INFO shop::pay: up", Level::info,
       "level=INFO logger=shop::pay", "up"},
      {"2025-11-20 03:31:08.000 | ERROR    | shop.pay:charge:17 - refused", Level::error,
       "level=ERROR logger=shop.pay:charge:17", "refused"},
      {"2025/11/20 03:31:08 [error] 12#34: *56 upstream timed out", Level::error,
       "level=error pid=12:n", "*56 upstream timed out"},
      {"[Thu Nov 20 03:31:08.000000 2025] [core:error] [pid 12:tid 34] [client 10.0.0.7:80] AH1: x",
       Level::error, "level=error logger=core pid=12:n client=10.0.0.7:80", "AH1: x"},
      {"2025-11-20 03:31:08.000 UTC [123] LOG:  ready", Level::info, "pid=123:n level=LOG",
       "ready"},
      {"2025-11-20 03:31:08.000 UTC [123] DETAIL:  Key exists", Level::none, "pid=123:n",
       "DETAIL:  Key exists"},
      {"2025-11-20T03:31:08+00:00 web1 sshd[77]: refused", Level::none,
       "logger=sshd host=web1 pid=77:n", "refused"},
      {"web-1  | 2025-11-20T03:31:08Z error: out of stock", Level::error,
       "container=web-1 level=error", "out of stock"},
      {"ERROR 2025-11-20 03:31:08 no such table", Level::error, "level=ERROR", "no such table"},
      {"[WARN] [2025-11-20 03:31:08] slow", Level::warn, "level=WARN", "slow"},
      {"2025-11-20 03:31:08 W pool: full", Level::warn, "level=W logger=pool", "pool: full"},
      {"2025-11-20 03:31:08 level=error msg=\"x\"", Level::error, "level=error", "msg=\"x\""},
      {"2025-11-20 03:31:08 (warn) x", Level::warn, "level=warn", "x"},
      {"1763609468.000 INFO up", Level::info, "level=INFO", "up"},
      {"Nov 20 03:31:08 2025 up", Level::none, "", "up"},
      {"20-Nov-2025 03:31:08.000 INFO [main] org.apache.Foo.bar Server started", Level::info,
       "level=INFO thread=main logger=org.apache.Foo.bar", "Server started"},
  };
  check(rows);
}

TEST_CASE("text: processes, threads and requests wherever loggers put them") {
  const Row rows[] = {
      {"2025-11-20 03:31:08,000 - INFO  [Peer[myid=1]/0:0:2181:Election@774] - time out: 3200",
       Level::info, "level=INFO thread=Peer[myid=1]/0:0:2181:Election@774", "time out: 3200"},
      {"2025-11-20 03:31:08,000 [myid:1] - INFO  [main:FileSnap@85] - reading", Level::info,
       "thread=myid:1 level=INFO logger=main:FileSnap@85", "reading"},
      {"2025-11-20 03:31:08,000 INFO [event handler] org.shop.Cart: up", Level::info,
       "level=INFO thread=event handler logger=org.shop.Cart", "up"},
      {"2025-11-20 03:31:08.000 25746 INFO shop.api [req-38101a0b 113d3a99c3da401f - -] GET",
       Level::info, "level=INFO pid=25746:n logger=shop.api request_id=req-38101a0b", "GET"},
      {"2025-11-20 03:31:08.000  1702  2395 D WindowServer: shown", Level::debug,
       "level=D pid=1702:n thread=2395:n logger=WindowServer", "shown"},
      {"2025.11.20 03:31:08.0 [ 12 ] {f4de-9} <Debug> executeQuery: read", Level::debug,
       "pid=12:n request_id=f4de-9 level=Debug logger=executeQuery", "read"},
      {"2025-11-20 03:31:08,000 shop.Door     [1553]: DEBUG     open", Level::debug,
       "logger=shop.Door pid=1553:n level=DEBUG", "open"},
      {"2025-11-20 03:31:08.00+00:00 [notice] <0.223.0> Clustering", Level::info,
       "level=notice thread=0.223.0", "Clustering"},
      {"[2025-11-20 03:31:08,000: WARNING/Worker-1] task failed", Level::warn,
       "level=WARNING thread=Worker-1", "task failed"},
      {"I, [2025-11-20T03:31:08.000000 #123]  INFO -- : up", Level::info, "pid=123:n level=INFO",
       "up"},
      {"2025-11-20T03:31:08.000+0000 I NETWORK  [listener] waiting", Level::info,
       "level=I logger=NETWORK thread=listener", "waiting"},
      {"2025/11/20 03:31:08 kid1| ready", Level::none, "thread=kid1", "ready"},
      {"20251120-03:31:08:000|Step_LSC|30002312|changed 3579", Level::none,
       "logger=Step_LSC pid=30002312:n", "changed 3579"},
      {"2025-11-20 03:31:08, Info                  CBS    Loaded", Level::info, "level=Info",
       "CBS    Loaded"},
      {"- 1763609468 2025.11.20 dn228 Nov 20 03:31:08 2025 dn228 crond(pam_unix)[2915]: closed",
       Level::none, "logger=crond(pam_unix) host=dn228 pid=2915:n", "closed"},
      {"Nov 20 03:31:08 2025 shop[12:0] info: start", Level::info,
       "logger=shop pid=12:n level=info", "start"},
  };
  check(rows);
}

TEST_CASE("text: a word before a colon is a logger's name where each line has one") {
  std::string lines;
  for (int i = 0; i < 24; ++i) {
    const std::string_view names[] = {"Pool", "orders (Data)", "Cart::~Cart()"};
    lines += "2025-11-20 03:31:08 <Debug> " + std::string(names[i % 3]) + ": words: more\n";
  }
  TestReader named("text", lines);
  CHECK(named.read("2025-11-20 03:31:08 <Debug> Pool: full: 3").event.message == "full: 3");
  CHECK(named.read("2025-11-20 03:31:08 <Debug> orders (Data): x").event.message == "x");
  lines += "2025-11-20 03:31:08 <Debug> words alone\n2025-11-20 03:31:08 <Debug> and again\n";
  TestReader mixed("text", lines);
  CHECK(mixed.read("2025-11-20 03:31:08 <Debug> Pool: full: 3").event.message == "Pool: full: 3");
}

TEST_CASE("text: words of a sentence are no header") {
  const Row rows[] = {
      {"2025-11-20 03:31:08 error connecting to pg-2", Level::none, "", "error connecting to pg-2"},
      {"2025-11-20 03:31:08 Error connecting", Level::none, "", "Error connecting"},
      {"2025-11-20 03:31:08 I am here", Level::none, "", "I am here"},
      {"2025-11-20 03:31:08 Failed: no route", Level::none, "", "Failed: no route"},
      {"2025-11-20 03:31:08 java.io.IOException: gone", Level::none, "",
       "java.io.IOException: gone"},
      {"2025-11-20 03:31:08 (retrying) soon", Level::none, "", "(retrying) soon"},
      {"2025-11-20 03:31:08 [a=1] x", Level::none, "", "[a=1] x"},
      {"2025-11-20 03:31:08 17 items", Level::none, "", "17 items"},
      {"2025-11-20 03:31:08 17 IDs left", Level::none, "", "17 IDs left"},
      {"2025-11-20 03:31:08 {} is empty", Level::none, "", "{} is empty"},
      {"2025-11-20 03:31:08 exited: shop (3)", Level::none, "logger=exited", "exited: shop (3)"},
      {"2025-11-20 03:31:08 ----", Level::none, "", "----"},
      {"2025-11-20 03:31:08 INFO", Level::info, "level=INFO", ""},
      {"2025-11-20 03:31:08", Level::none, "", ""},
  };
  check(rows);
}

TEST_CASE("text: lines without a time continue the one before, where others have one") {
  TestReader reader("text", "2025-11-20 03:31:08 a\n2025-11-20 03:31:09 b\n");
  struct Line {
    const char* text;
    Reading reading;
  };
  const Line lines[] = {
      {"2025-11-20 03:31:08 ERROR x", Reading::event},
      {"java.lang.IllegalStateException: no", Reading::continuation},
      {"\tat com.shop.Pay.charge(Pay.java:17)", Reading::continuation},
      {"  2025-11-20 03:31:08 indented", Reading::continuation},
      {"Caused by: x", Reading::continuation},
      {"ValueError: bad date 2025-11-20 03:31:08", Reading::continuation},
      {"", Reading::blank},
      {"2025-11-20 03:31:09 y", Reading::event},
  };
  for (const Line& line : lines) {
    CAPTURE(line.text);
    CHECK(reader.read(line.text).reading == line.reading);
  }
}

TEST_CASE("text: without any time each line is an event, but for stack traces") {
  TestReader reader("text", "up\ndown\n");
  CHECK(reader.read("up and running").reading == Reading::event);
  CHECK(reader.read("up and running").event.time == no_time);
  CHECK(reader.read("ERROR: gone").event.level == Level::error);
  CHECK(reader.read("ERROR: gone").event.message == "gone");
  CHECK(reader.read("    at f (x.js:1)").reading == Reading::continuation);
  CHECK(reader.read("Traceback (most recent call last):").reading == Reading::continuation);
}

TEST_CASE("text: what stands before the time may differ in length") {
  TestReader reader("text", "INFO 2025-11-20 03:31:08 a\nDEBUG 2025-11-20 03:31:08 b\n");
  CHECK(reader.read("CRITICAL 2025-11-20 03:31:08 a").event.level == Level::fatal);
  CHECK(reader.read("note that on 17 places 2025-11-20 03:31:08").reading == Reading::continuation);
}

}  // namespace
}  // namespace culprit
