#include "experiment/load/reply_rules.h"

#include <algorithm>

#include <re2/re2.h>

#include "experiment/load/json_path.h"

namespace culprit {
namespace {

Result<std::unique_ptr<re2::RE2>> compiled(const std::string& pattern) {
  if (pattern.empty()) return std::unique_ptr<re2::RE2>();
  RE2::Options options;
  options.set_log_errors(false);
  auto regex = std::make_unique<re2::RE2>(pattern, options);
  if (regex->ok()) return regex;
  Error made = error(Fault::usage, "'{}' is no pattern: {}", pattern, regex->error());
  made.advice = "RE2 syntax, as in grep -E: id=(\\d+)";
  return made;
}

bool within(const std::vector<StatusRange>& ranges, int status) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const StatusRange& range) {
    return range.low <= status && status <= range.high;
  });
}

}  // namespace

struct ReplyRules::Rule {
  enum class Of : std::uint8_t { head, body, latency };
  Of of = Of::head;
  std::optional<Expectation> expected;
  std::optional<Capture> capture;
  std::size_t slot = 0;
  JsonPath path;
  std::unique_ptr<re2::RE2> regex;

  bool holds(const HttpHead& head) const {
    if (expected->kind == Expectation::Kind::status) return within(expected->statuses, head.status);
    const auto value = head.header(expected->key);
    return value && *value == expected->value;
  }
  bool holds(std::string_view body, Duration latency) const {
    switch (expected->kind) {
      case Expectation::Kind::contains: return body.find(expected->value) != body.npos;
      case Expectation::Kind::matches: return RE2::PartialMatch(body, *regex);
      case Expectation::Kind::json: return path.find(body) == expected->value;
      default: return latency <= expected->within;
    }
  }

  std::optional<std::string> selected(std::string_view text) const {
    if (regex == nullptr) return std::string(text);
    re2::StringPiece groups[2];
    const int wanted = std::min(1, regex->NumberOfCapturingGroups()) + 1;
    if (!regex->Match(text, 0, text.size(), RE2::UNANCHORED, groups, wanted)) return std::nullopt;
    return groups[wanted - 1].as_string();
  }
  std::optional<std::string> captured(const HttpHead& head) const {
    // A server may set several cookies: the first line in which something is found counts.
    for (const HttpHeader& one : head.headers) {
      HttpHead alone;
      alone.headers = {one};
      if (!alone.header(capture->key)) continue;
      if (auto found = selected(one.value)) return found;
    }
    return std::nullopt;
  }
  std::optional<std::string> captured(std::string_view body) const {
    if (capture->from == Capture::From::body) return selected(body);
    const auto value = path.find(body);
    return value ? selected(*value) : std::nullopt;
  }
};

ReplyRules::ReplyRules() = default;
ReplyRules::ReplyRules(ReplyRules&&) noexcept = default;
ReplyRules& ReplyRules::operator=(ReplyRules&&) noexcept = default;
ReplyRules::~ReplyRules() = default;

Result<ReplyRules> ReplyRules::of(const LoadRequest& request,
                                  const std::vector<std::size_t>& slots) {
  using Expected = Expectation::Kind;
  ReplyRules made;
  for (const Expectation& expected : request.expectations) {
    Rule rule;
    const bool head = expected.kind == Expected::status || expected.kind == Expected::header;
    rule.of = head                                ? Rule::Of::head
              : expected.kind == Expected::within ? Rule::Of::latency
                                                  : Rule::Of::body;
    if (expected.kind == Expected::matches) rule.regex = TRY(compiled(expected.value));
    if (expected.kind == Expected::json) rule.path = TRY(JsonPath::parse(expected.key));
    rule.expected = expected;
    made.expects_status_ |= expected.kind == Expected::status;
    made.texts_.push_back("not " + to_string(expected));
    made.rules_.push_back(std::move(rule));
  }
  for (std::size_t i = 0; i < request.captures.size(); ++i) {
    const Capture& capture = request.captures[i];
    Rule rule;
    rule.of = capture.from == Capture::From::header ? Rule::Of::head : Rule::Of::body;
    rule.slot = slots[i];
    rule.regex = TRY(compiled(capture.regex));
    if (capture.from == Capture::From::json) rule.path = TRY(JsonPath::parse(capture.key));
    rule.capture = capture;
    made.texts_.push_back(fmt::format("no {} in the reply", capture.name));
    made.rules_.push_back(std::move(rule));
  }
  for (const Rule& rule : made.rules_) {
    made.needs_head_ |= rule.of == Rule::Of::head;
    made.needs_body_ |= rule.of == Rule::Of::body;
    made.limits_latency_ |= rule.of == Rule::Of::latency;
  }
  return made;
}

ReplyRules::Judgement ReplyRules::of_head(const HttpHead& head) const {
  Judgement made;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = rules_[i];
    if (rule.of != Rule::Of::head) continue;
    if (rule.capture) {
      if (auto value = rule.captured(head)) {
        made.taken.push_back({rule.slot, std::move(*value)});
        continue;
      }
    } else if (rule.holds(head)) {
      continue;
    }
    if (!made.broken) made.broken = i;
  }
  return made;
}

ReplyRules::Judgement ReplyRules::of_body(std::string_view body, Duration latency) const {
  Judgement made;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const Rule& rule = rules_[i];
    if (rule.of == Rule::Of::head) continue;
    if (rule.capture) {
      if (auto value = rule.captured(body)) {
        made.taken.push_back({rule.slot, std::move(*value)});
        continue;
      }
    } else if (rule.holds(body, latency)) {
      continue;
    }
    if (!made.broken) made.broken = i;
  }
  return made;
}

}  // namespace culprit
