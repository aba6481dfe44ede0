#include "contrast/templates.h"

#include <algorithm>
#include <random>

#include <fmt/format.h>

#include <doctest/doctest.h>

namespace culprit {
namespace {

constexpr Time onset = from_nanoseconds(1'763'647'200'000'000'000);

SkeletonTally skeleton(const std::string& text, std::vector<double> events = {1, 1}) {
  SkeletonTally made;
  made.text = text;
  made.hash = std::hash<std::string>{}(text);
  made.events = std::move(events);
  for (const double count : made.events) made.all_events += count;
  return made;
}

std::vector<SkeletonTally> skeletons(const std::vector<std::string>& texts) {
  std::vector<SkeletonTally> made;
  for (const std::string& text : texts) made.push_back(skeleton(text));
  return made;
}

std::vector<std::string> texts_of(const std::vector<Template>& templates) {
  std::vector<std::string> texts;
  for (const Template& one : templates) texts.push_back(one.text);
  return texts;
}

using Texts = std::vector<std::string>;

// "new", "surged", "stopped" or "" of one template with these counts, judged alone.
std::string status(double before, double after, const TemplateOptions& options,
                   Time first = onset) {
  Template one;
  one.events = {before, after};
  one.first = first;
  const auto changed = changed_templates({one}, options);
  return changed.empty() ? "" : std::string(name_of(changed.front().status));
}

}  // namespace

struct Family {
  const char* name;
  Texts texts;
  Texts said;
};

const Family families[] = {
    {"what opens and closes are two messages",
     {"connection to store opened", "connection to store closed"},
     {"connection to store closed", "connection to store opened"}},
    {"two names behind a preposition are one",
     {"login of ann failed", "login of bob failed"},
     {"login of <*> failed"}},
    {"so are five beside a word that nothing else has",
     {"user ann", "user bob", "user cy", "user dan", "user eve"},
     {"user <*>"}},
    {"but not what begins a message",
     {"opens the door", "closes the door", "paints the door"},
     {"closes the door", "opens the door", "paints the door"}},
    {"one is enough where others are holes already",
     {"packet from <*> dropped", "packet from gateway dropped"},
     {"packet from <*> dropped"}},
    {"phrases in brackets vary as words do",
     {"connect to <*> failed (no such service)", "connect to <*> failed (too late, by far)",
      "connect to <*> failed (door is locked)"},
     {"connect to <*> failed (<*>)"}},
    {"what a colon introduces behind one word is a message of its own",
     {"cache: entry is stale", "cache: disk is full", "cache: reading the index"},
     {"cache: disk is full", "cache: entry is stale", "cache: reading the index"}},
    {"a reason at the end of a sentence varies",
     {"loading the zone <*> failed: file not found", "loading the zone <*> failed: bad owner name",
      "loading the zone <*> failed: out of memory"},
     {"loading the zone <*> failed: <*>"}},
    {"words that may be left out",
     {"connection of user <*> closed", "connection of user <*> closed [preauth]"},
     {"connection of user <*> closed"}},
    {"a negation may not",
     {"job of shop is done", "job of shop is not done"},
     {"job of shop is done", "job of shop is not done"}},
    {"a message's code tells it from another with the same words",
     {"AH00128: File does not exist: <*>", "AH00130: File does not exist: <*>"},
     {"AH00128: File does not exist: <*>", "AH00130: File does not exist: <*>"}},
    {"what the C library says of errors, dates, dotted names and placeholders are shapes",
     {"stopping shop.service after <none>: Connection refused",
      "stopping cart.service after <unknown>: no route to host",
      "stopping <*> after Thu Nov <*> <*>: <*>"},
     {"stopping <*> after <*>: <*>"}},
    {"so are statements, and keys that come and go",
     {"bye to peer a=<*> b=<*>", "bye to peer a=<*> c=<*> d=<*>", "statement: select a from b",
      "statement: update b set c", "(from <*>) SELECT a FROM b", "(from <*>) DROP TABLE b"},
     {"(from <*>) <*>", "bye to peer <*>", "statement: <*>"}},
    {"the value of a key varies where there are several",
     {"door event:opened of <*>", "door event:closed of <*>", "gate state:up of <*>"},
     {"door event:<*> of <*>", "gate state:up of <*>"}},
    {"a case of a template joins it whatever its words are",
     {"moved ann of <*> to <*> now", "moved bob of <*> to <*> now", "moved cy of <*> to <*> now",
      "moved dan of <*> to <*> now", "moved eve of <*> to <*> now", "moved flo of <*> to <*> now",
      "moved gus of the house to <*> now"},
     {"moved <*> of <*> to <*> now"}},
    {"so does one with brackets and quotes that are never closed",
     {"client <*> asked for shop of the house", "client <*> asked for cart of the house",
      "client <*> asked for mail of the house", "client <*> asked for { 'x of the house"},
     {"client <*> asked for <*> of the house"}},
    {"texts that differ in holes and marks alone are one",
     {"copied files of <*> <*> to disk <*>", "copied files of <*>: <*> to disk (<*>)"},
     {"copied files of <*> <*> to disk <*>"}},
    {"what an arrow leads from and to varies",
     {"door: open -> closed", "door: closed -> locked", "door: locked -> open"},
     {"door: <*> -> <*>"}},
    {"a list of three words and more is one value",
     {"waiting for ann, bob, cy to leave", "waiting for bob, cy, dan, eve to leave",
      "waiting for you, my dear, to leave"},
     {"waiting for <*> to leave", "waiting for you, my dear, to leave"}},
    {"dotted names in angle brackets vary",
     {"zone<shop.test.> has <*> names", "zone<cart.test.> has <*> names"},
     {"zone<<*>.> has <*> names"}},
    {"keys that come and go in one place do so in others, and the steady ones stay",
     {"sent <*> to=<*>, delay=<*>, status=<*> (ok)",
      "sent <*> to=<*>, via=<*>, delay=<*>, status=<*> (ok)",
      "sent <*> to=<*>, via=<*>, delay=<*>, status=<*> (refused)",
      "sent <*> to=<*>, delay=<*>, status=<*> (mailbox is full)"},
     {"sent <*> to=<*>, delay=<*>, status=<*> (<*>)"}},
    {"frames before the same messages are one",
     {"cid:<*> - [PING]", "cid:<*> - [PONG]", "cid:<*> - too late", "cid:<*> - unknown client",
      "rid:<*> - [PING]", "rid:<*> - [PONG]", "rid:<*> - too late"},
     {"<*> - [PING]", "<*> - [PONG]", "<*> - too late", "<*> - unknown client"}},
    {"of frames of several lengths a hole stands for all",
     {"cid:<*> - [PING]", "cid:<*> - [PONG]", "cid:<*> - too late", "cid:<*> - \"<*>\" - [PING]",
      "cid:<*> - \"<*>\" - [PONG]", "cid:<*> - \"<*>\" - too late"},
     {"<*> - [PING]", "<*> - [PONG]", "<*> - too late"}},
    {"and none where one of the messages stands alone, if they say nothing",
     {"<*>: payload discarded", "payload discarded", "<*>: message of <*> lost"},
     {"message of <*> lost", "payload discarded"}},
    {"but not if they say different things",
     {"server is up - shop", "server is up - cart", "server is up - mail", "server is down - shop",
      "server is down - cart", "server is down - mail"},
     {"server is down - <*>", "server is up - <*>"}},
    {"what \"while\" introduces varies",
     {"upstream sent nothing while the <*> waited for it, server: <*>",
      "upstream sent nothing while we shook hands, server: <*>",
      "upstream sent nothing while reading, server: <*>",
      "upstream sent nothing while the door was open, server: <*>",
      "upstream sent nothing while <*> slept, server: <*>"},
     {"upstream sent nothing while <*>, server: <*>"}},
    {"much behind a place makes up for nothing before it",
     {"<*>: main process <*> exited unexpectedly, restarting later",
      "<*>: control process <*> exited unexpectedly, restarting later",
      "<*>: mount process <*> exited unexpectedly, restarting later",
      "<*>: start process <*> exited unexpectedly, restarting later",
      "<*>: stop process <*> exited unexpectedly, restarting later"},
     {"<*>: <*> process <*> exited unexpectedly, restarting later"}},
};

// Where numbers of lines count.
struct Counted {
  const char* name;
  std::vector<std::pair<const char*, double>> texts;
  Texts said;
};

const Counted counted[] = {
    {"what is said as often as something else is said beside it",
     {{"using the first port range <*>", 40}, {"using the second port range <*>", 40}},
     {"using the first port range <*>", "using the second port range <*>"}},
    {"else it may be said in its stead",
     {{"using the first port range <*>", 40}, {"using the second port range <*>", 7}},
     {"using the <*> port range <*>"}},
    {"the same of what may be left out",
     {{"starting the peer of shop", 40}, {"starting the peer of shop, id=<*>", 40}},
     {"starting the peer of shop", "starting the peer of shop, id=<*>"}},
    {"and if it may",
     {{"starting the peer of shop", 40}, {"starting the peer of shop, id=<*>", 7}},
     {"starting the peer of shop"}},
    {"what has many more lines than a template is no case of it",
     {{"from <*> the reply error is bad", 185},
      {"from <*> the reply ann is <*>", 5},
      {"from <*> the reply bob is <*>", 6},
      {"from <*> the reply cy is <*>", 7},
      {"from <*> the reply dan is <*>", 8},
      {"from <*> the reply eve is <*>", 2}},
     {"from <*> the reply <*> is <*>", "from <*> the reply error is bad"}},
    {"what has fewer is",
     {{"from <*> the reply error is bad", 4},
      {"from <*> the reply ann is <*>", 5},
      {"from <*> the reply bob is <*>", 6},
      {"from <*> the reply cy is <*>", 7},
      {"from <*> the reply dan is <*>", 8},
      {"from <*> the reply eve is <*>", 2}},
     {"from <*> the reply <*> is <*>"}},
};

TEST_CASE("skeletons of one line of code are one template") {
  for (const Family& family : families) {
    CAPTURE(family.name);
    CHECK(texts_of(merge_skeletons(skeletons(family.texts))) == family.said);
  }
}

TEST_CASE("numbers of lines tell what is one message") {
  for (const Counted& row : counted) {
    CAPTURE(row.name);
    std::vector<SkeletonTally> given;
    for (const auto& [text, lines] : row.texts) given.push_back(skeleton(text, {lines, 0}));
    CHECK(texts_of(merge_skeletons(given)) == row.said);
  }
}

TEST_CASE("templates do not depend on the order, nor on what was merged before") {
  Texts texts;
  for (int user = 0; user < 5; ++user) {
    for (const char* what : {"opened", "closed", "paid in cash, by <*>", "paid by card <*>"}) {
      texts.push_back(fmt::format("order {} of customer {} {}", "<*>", 'a' + user, what));
    }
  }
  const Texts said = texts_of(merge_skeletons(skeletons(texts)));
  CHECK(said == Texts{"order <*> of customer <*> closed", "order <*> of customer <*> opened",
                      "order <*> of customer <*> paid by card <*>",
                      "order <*> of customer <*> paid in cash, by <*>"});
  std::mt19937 dice(7);
  for (int turn = 0; turn < 20; ++turn) {
    std::shuffle(texts.begin(), texts.end(), dice);
    CHECK(texts_of(merge_skeletons(skeletons(texts))) == said);
  }
}

TEST_CASE("two variable places are found one after the other") {
  Texts texts;
  for (int user = 0; user < 6; ++user) {
    for (int region = 0; region < 6; ++region) {
      texts.push_back(fmt::format("user {} from {} left", 'a' + user, 'k' + region));
    }
  }
  CHECK(texts_of(merge_skeletons(skeletons(texts))) == Texts{"user <*> from <*> left"});
}

TEST_CASE("messages that differ in more than one word, or are one word, stay apart") {
  Texts texts;
  for (char c = 'a'; c < 'i'; ++c) texts.push_back(fmt::format("{} and {}", c, c));
  for (char c = 'p'; c < 'x'; ++c) texts.push_back(std::string(3, c));
  CHECK(texts_of(merge_skeletons(skeletons(texts))) == texts);
}

TEST_CASE("a message that belongs to two families joins both") {
  Texts texts = {"fetched item of list a"};
  for (int i = 0; i < 6; ++i) texts.push_back(fmt::format("fetched item of list {}", 'b' + i));
  for (int i = 0; i < 9; ++i) texts.push_back(fmt::format("fetched thing{} of list a", i));
  const auto templates = merge_skeletons(skeletons(texts));
  CHECK(texts_of(templates) == Texts{"fetched <*> of list <*>"});
  CHECK(templates[0].skeletons.size() == 16);
}

TEST_CASE("a merged template adds up what its skeletons counted") {
  std::vector<SkeletonTally> given;
  for (int i = 0; i < 6; ++i) {
    SkeletonTally one = skeleton(fmt::format("user u{}", i), {1, static_cast<double>(i)});
    one.bad_events = 2;
    one.level = i == 3 ? Level::error : Level::info;
    one.first = onset + std::chrono::seconds(10 - i);
    one.last = onset + std::chrono::seconds(20 + i);
    one.example = {0, static_cast<std::uint64_t>(100 + i)};
    given.push_back(one);
  }
  const auto templates = merge_skeletons(given);
  REQUIRE(templates.size() == 1);
  const Template& one = templates.front();
  CHECK(one.events == std::vector<double>{6, 15});
  CHECK(one.all_events == 21);
  CHECK(one.bad_events == 12);
  CHECK(one.level == Level::error);
  CHECK(one.first == onset + std::chrono::seconds(5));
  CHECK(one.last == onset + std::chrono::seconds(25));
  CHECK(one.example == Place{0, 101});  // the first skeleton with an event in the last window
}

TEST_CASE("the order of skeletons does not matter, and ids are the hash of the text") {
  Texts texts = {"a"};
  for (int i = 0; i < 7; ++i) texts.push_back(fmt::format("user u{} of {}", i, i % 2));
  const auto forward = merge_skeletons(skeletons(texts));
  std::reverse(texts.begin(), texts.end());
  const auto backward = merge_skeletons(skeletons(texts));
  CHECK(texts_of(forward) == texts_of(backward));
  CHECK(forward.front().text == "a");
  CHECK(forward.front().id == "taf63dc4c");  // FNV-1a of "a" is af63dc4c8601ec8c
}

TEST_CASE("new, surged, stopped: by counts") {
  TemplateOptions plain;
  plain.onset_from = onset;
  struct Given {
    double before;
    double after;
    const char* status;
  };
  const Given table[] = {
      {0, 3, "new"},       {0, 2, ""},           {0, 500, "new"},      {10, 200, "surged"},
      {10, 20, ""},        {100, 290, ""},       {100, 400, "surged"}, {1, 4, ""},
      {200, 0, "stopped"}, {200, 20, "stopped"}, {200, 100, ""},       {10, 0, ""},
  };
  for (const Given& row : table) {
    CAPTURE(row.before);
    CAPTURE(row.after);
    CHECK(status(row.before, row.after, plain) == row.status);
  }
  // First seen between the windows, before the onset could be: not new, but it surged.
  const Time earlier = onset - std::chrono::seconds(1);
  CHECK(status(0, 3, plain, earlier) == "");
  CHECK(status(0, 100, plain, earlier) == "surged");
}

TEST_CASE("exposure and dispersion say what traffic and clusters explain") {
  TemplateOptions busy;
  busy.onset_from = onset;
  busy.exposure = 10;  // ten times the traffic after
  CHECK(status(10, 120, busy) == "");
  CHECK(status(10, 500, busy) == "surged");
  CHECK(status(100, 200, busy) == "stopped");
  TemplateOptions calm = busy;
  calm.exposure = 0.05;
  CHECK(status(200, 9, calm) == "");
  TemplateOptions scattered = busy;
  scattered.exposure = 1;
  CHECK(status(10, 60, scattered) == "surged");
  scattered.dispersion = 40;
  CHECK(status(10, 60, scattered) == "");
}

TEST_CASE("what goes with failures is told first, and no more than asked for") {
  const auto one = [](const char* text, double before, double after, double bad) {
    Template made;
    made.text = text;
    made.events = {before, after};
    made.all_events = before + after;
    made.bad_events = bad;
    made.first = onset;
    return made;
  };
  const std::vector<Template> templates = {
      one("stopped", 900, 0, 0),      one("surged", 10, 300, 300), one("new, harmless", 0, 200, 0),
      one("new, failing", 0, 50, 50), one("same", 100, 100, 100),
  };
  TemplateOptions options;
  options.onset_from = onset;
  Texts order;
  for (const ChangedTemplate& entry : changed_templates(templates, options)) {
    order.push_back(entry.what.text);
  }
  CHECK(order == Texts{"new, failing", "new, harmless", "surged", "stopped"});
  options.count_max = 2;
  CHECK(changed_templates(templates, options).size() == 2);
}

}  // namespace culprit
