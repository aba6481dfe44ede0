// ReplyRules are what one request expects of its reply and captures from it, ready to be applied
// millions of times: patterns compiled, paths parsed, captured names numbered.
//
// A reply is judged in two steps, because its headers are gone by the time its body is whole.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "experiment/http_message.h"
#include "experiment/load_plan.h"

namespace re2 {
class RE2;
}

namespace culprit {

class ReplyRules {
 public:
  struct Taken {
    std::size_t slot = 0;
    std::string value;
  };
  // What a reply came to. `broken` counts the expectations, then the captures.
  struct Judgement {
    std::optional<std::size_t> broken;  // the first that did not hold
    std::vector<Taken> taken;
  };

  ReplyRules();
  ReplyRules(ReplyRules&&) noexcept;
  ReplyRules& operator=(ReplyRules&&) noexcept;
  ~ReplyRules();
  // `slots`: of the captures, in their order. Errors: usage, for a pattern or a path.
  static Result<ReplyRules> of(const LoadRequest& request, const std::vector<std::size_t>& slots);

  Judgement of_head(const HttpHead& head) const;
  Judgement of_body(std::string_view body, Duration latency) const;

  bool needs_head() const { return needs_head_; }
  bool needs_body() const { return needs_body_; }
  bool judges_end() const { return needs_body_ || limits_latency_; }
  bool expects_status() const { return expects_status_; }
  // What `broken` means: "body contains ok", "no token in the reply".
  const std::string& text(std::size_t broken) const { return texts_[broken]; }

 private:
  struct Rule;  // an expectation or a capture

  std::vector<Rule> rules_;
  std::vector<std::string> texts_;
  bool needs_head_ = false;
  bool needs_body_ = false;
  bool limits_latency_ = false;
  bool expects_status_ = false;
};

}  // namespace culprit
