// Toxics that look at messages, between two sides that speak by hand.
#include <doctest/doctest.h>

#include "experiment/proxy/pipeline.h"

namespace culprit {
namespace {

constexpr Time start = from_nanoseconds(0);
constexpr Duration ms = std::chrono::milliseconds(1);
constexpr std::string_view ask = "POST /pay HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
constexpr std::string_view paid = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npaid";
constexpr std::string_view twice = "HTTP/1.1 409 Conflict\r\nContent-Length: 0\r\n\r\n";

std::shared_ptr<SharedToxic> shared_of(std::string_view text) {
  return std::make_shared<SharedToxic>(SharedToxic{*parse_toxic(text), 0, 1, 0, {}});
}

// One direction of one connection behind a Dialogue.
struct Side {
  Side(Direction which, Dialogue& between, const std::shared_ptr<SharedToxic>& shared,
       std::uint64_t connection)
      : direction(which),
        dialogue(between),
        place{1, connection, &journal, &to_wake, &between},
        pipeline(which, std::span(&shared, shared->toxic.stream == which ? 1U : 0U), place, start) {
  }

  std::string say(std::string_view bytes, Time at = start) {
    Parcel parcel;
    parcel.at = at;
    parcel.bytes = bytes;
    for (Parcel& one : dialogue.cut(direction, std::move(parcel))) {
      pipeline.push(std::move(one), place);
    }
    return out();
  }
  std::string out() {
    std::string all;
    for (const Parcel& one : pipeline.take_out()) all += one.bytes;
    return all;
  }

  Direction direction;
  Dialogue& dialogue;
  std::vector<Injection> journal;
  std::vector<std::uint64_t> to_wake;
  ConnectionPlace place;
  Pipeline pipeline;
};

TEST_CASE("a request that is sent twice has one reply") {
  const auto shared = shared_of("duplicate");
  Dialogue dialogue(Dialogue::Requests::gathered);
  Side up(Direction::upstream, dialogue, shared, 1);
  Side down(Direction::downstream, dialogue, shared, 1);
  CHECK(up.say(ask) == std::string(ask) + std::string(ask));
  CHECK(down.say(paid) == paid);
  CHECK(down.say(twice).empty());
  CHECK(dialogue.take_finished().size() == 1);
  CHECK(up.say(ask) == std::string(ask) + std::string(ask));
  CHECK(down.say(std::string(paid) + std::string(twice)) == paid);
}

TEST_CASE("a reply lets that of another connection go first, or goes after its bound") {
  const auto shared = shared_of("reorder(timeout=30)");
  Dialogue one_dialogue(Dialogue::Requests::passed), two_dialogue(Dialogue::Requests::passed);
  Side one_up(Direction::upstream, one_dialogue, shared, 1);
  Side one(Direction::downstream, one_dialogue, shared, 1);
  Side two_up(Direction::upstream, two_dialogue, shared, 2);
  Side two(Direction::downstream, two_dialogue, shared, 2);
  one_up.say(ask);
  two_up.say(ask);
  CHECK(one.say(paid, start + ms).empty());
  CHECK(two.say(paid, start + 2 * ms) == paid);
  CHECK(two.to_wake == std::vector<std::uint64_t>{1});
  one.pipeline.advance(start + 2 * ms, one.place);
  CHECK(one.out() == paid);
  one_up.say(ask);
  CHECK(one.say(paid, start + 10 * ms).empty());
  CHECK(one.pipeline.next_due() == start + 40 * ms);
  one.pipeline.advance(start + 40 * ms, one.place);
  CHECK(one.out() == paid);
}

TEST_CASE("messages are chosen by method, path, header and body") {
  struct Row {
    const char* toxic;
    bool replaced;
  };
  for (const Row& row : {
           Row{"http_error(method=POST)", true},
           Row{"http_error(method=GET)", false},
           Row{"http_error(path=/p*)", true},
           Row{"http_error(path=/x)", false},
           Row{"http_error(header=Content-Length: 2)", true},
           Row{"http_error(header=content-length)", true},
           Row{"http_error(header=Content-Length: 3)", false},
           Row{"http_error(match={})", true},
           Row{"http_error(match=[])", false},
           Row{"http_error(toxicity=0)", false},
       }) {
    CAPTURE(row.toxic);
    Dialogue dialogue(Dialogue::Requests::passed);
    const auto shared = shared_of(row.toxic);
    Side up(Direction::upstream, dialogue, shared, 1);
    Side down(Direction::downstream, dialogue, shared, 1);
    up.say(ask);
    CHECK(down.say(paid).starts_with("HTTP/1.1 503") == row.replaced);
  }
}

TEST_CASE("a proxy answers in the server's place, in turn") {
  const auto shared = shared_of("http_error(stream=upstream, path=/no, status=404)");
  Dialogue dialogue(Dialogue::Requests::passed);
  Side up(Direction::upstream, dialogue, shared, 1);
  CHECK(up.say("GET /yes HTTP/1.1\r\n\r\nGET /no HTTP/1.1\r\n\r\n") == "GET /yes HTTP/1.1\r\n\r\n");
  CHECK(dialogue.due_answers().empty());  // the first has no reply yet
  Side down(Direction::downstream, dialogue, shared, 1);
  CHECK(down.say(paid) == paid);
  const std::vector<Parcel> answers = dialogue.due_answers();
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].bytes.starts_with("HTTP/1.1 404"));
}

TEST_CASE("barriers open for those that are there, and forget who has left") {
  const auto shared = shared_of("barrier(count=3, timeout=20)");
  std::vector<std::unique_ptr<Dialogue>> dialogues;
  std::vector<std::unique_ptr<Side>> ups, downs;
  for (std::uint64_t i = 1; i <= 4; ++i) {
    dialogues.push_back(std::make_unique<Dialogue>(Dialogue::Requests::passed));
    ups.push_back(std::make_unique<Side>(Direction::upstream, *dialogues.back(), shared, i));
    downs.push_back(std::make_unique<Side>(Direction::downstream, *dialogues.back(), shared, i));
    ups.back()->say(ask);
  }
  CHECK(downs[0]->say(paid, start).empty());
  downs[0]->pipeline.advance(start + 20 * ms, downs[0]->place);  // alone for too long
  CHECK(downs[0]->out() == paid);
  CHECK(downs[1]->say(paid, start + 21 * ms).empty());
  CHECK(downs[2]->say(paid, start + 22 * ms).empty());
  CHECK(downs[3]->say(paid, start + 23 * ms) == paid);
  CHECK(downs[3]->to_wake == std::vector<std::uint64_t>{2, 3});
  downs[1]->pipeline.advance(start + 23 * ms, downs[1]->place);
  CHECK(downs[1]->out() == paid);
}

}  // namespace
}  // namespace culprit
