#include "truth.h"

#include <fmt/format.h>

#include <vector>

namespace shop {
namespace {

std::string quoted(std::string_view text) {
  std::string escaped;
  for (char letter : text) {
    if (letter == '"' || letter == '\\') escaped += '\\';
    escaped += letter;
  }
  return '"' + escaped + '"';
}

std::string or_null(std::string_view text) { return text.empty() ? "null" : quoted(text); }

std::string or_null(std::optional<Instant> at) { return at ? quoted(rfc3339(*at)) : "null"; }

std::string terms_json(const std::vector<Term>& terms) {
  std::vector<std::string> texts;
  for (const Term& term : terms) {
    texts.push_back(
        fmt::format("[{}, {}, {}]", quoted(term.field), quoted(term.op), quoted(term.value)));
  }
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

std::string_view verdict(const Plan& plan) {
  if (!plan.cause.empty()) return "segment";
  return plan.kind.effect == Effect::fails ? "everyone" : "";
}

std::string_view bad(const Plan& plan) {
  if (plan.kind.effect != Effect::wrong) return {};
  return plan.wrong == Wrong::total ? "total = 0" : R"(currency = "")";
}

std::string_view stopped_message(const Plan& plan) {
  constexpr std::array<std::string_view, 4> messages = {"", "order confirmed", "heartbeat",
                                                        "token verified"};
  return messages[static_cast<size_t>(plan.stopped)];
}

std::vector<Term> terms_of(const Plan& plan, const Population& population) {
  std::vector<Term> terms;
  for (const Condition& condition : plan.cause) {
    terms.push_back(term_of(condition, population, plan.released));
  }
  return terms;
}

}  // namespace

std::string truth_json(const Plan& plan, const Population& population, const Options& options,
                       const RepoInfo& repo, const Counts& counts) {
  std::string text = "{\n";
  const auto add = [&](std::string_view key, std::string_view value) {
    text += fmt::format("  \"{}\": {},\n", key, value);
  };
  const bool logs_an_error = plan.kind.effect == Effect::fails;
  add("kind", quoted(plan.kind.name));
  add("seed", fmt::format("{}", options.seed));
  add("start", quoted(rfc3339(plan.log.from)));
  add("stop", quoted(rfc3339(plan.log.to)));
  add("onset", or_null(plan.onset));
  add("end", or_null(plan.end));
  add("shape", quoted(name_of(plan.kind.shape)));
  const bool recurs = plan.kind.shape == Shape::recurring;
  add("period_seconds", recurs ? fmt::format("{}", plan.period / second) : "null");
  add("cause", terms_json(terms_of(plan, population)));
  add("cause_where", or_null(where_text(plan.cause, population, plan.released)));
  add("aliases", terms_json(aliases_of(plan.cause, plan.released)));
  add("who_verdict", or_null(verdict(plan)));
  add("new_message", or_null(logs_an_error ? incidents[plan.incident].fragment : ""));
  add("stopped_message", or_null(stopped_message(plan)));
  add("bad", or_null(bad(plan)));
  add("clean", plan.kind.effect == Effect::none ? "true" : "false");
  add("probability", fmt::format("{:.4f}", plan.probability));
  add("culprit_version", or_null(plan.code_caused ? plan.released.version : ""));
  add("decoy_version", quoted(plan.decoy));
  add("decoy_at", quoted(rfc3339(plan.decoy_at)));
  if (!repo.culprit_sha.empty()) {
    add("culprit_sha", or_null(plan.code_caused ? repo.culprit_sha : ""));
    add("culprit_subject", plan.code_caused ? '"' + repo.subject + '"' : "null");
  }
  add("first_planted", or_null(counts.planted_first));
  add("requests", fmt::format("{}", counts.requests));
  add("planted", fmt::format("{}", counts.planted));
  add("recovered", fmt::format("{}", counts.recovered));
  text += fmt::format("  \"background\": {}\n}}\n", counts.background);
  return text;
}

}  // namespace shop
