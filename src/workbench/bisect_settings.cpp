#include "workbench/bisect_settings.h"

#include <charconv>
#include <optional>

namespace culprit {

using Identity = BisectFolder::Identity;

void put_texts(Identity& all, const std::string& name, const std::vector<std::string>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) all[fmt::format("{}.{:04}", name, i)] = values[i];
}

std::string text_in(const Identity& all, const std::string& name) {
  const auto found = all.find(name);
  return found == all.end() ? std::string() : found->second;
}

std::vector<std::string> texts_in(const Identity& all, const std::string& name) {
  std::vector<std::string> values;
  for (auto at = all.lower_bound(name + "."); at != all.end(); ++at) {
    if (!at->first.starts_with(name + ".")) break;
    values.push_back(at->second);
  }
  return values;
}

namespace {

template <typename Number>
std::optional<Number> number_in(const Identity& all, const std::string& name) {
  const std::string text = text_in(all, name);
  Number number = {};
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || read.ec != std::errc()) return std::nullopt;
  return number;
}

template <typename Value>
void take(Value& now, Value before) {
  if (now == Value()) now = std::move(before);
}

void take_settings(BisectRequest& request, const Identity& begun) {
  const BisectRequest usual;
  if (request.workers == usual.workers)
    request.workers = number_in<std::size_t>(begun, "set.workers").value_or(usual.workers);
  if (request.confidence == usual.confidence)
    request.confidence = number_in<double>(begun, "set.confidence").value_or(usual.confidence);
  if (request.prior == usual.prior) request.prior = text_in(begun, "set.prior");
  take(request.builds, number_in<std::size_t>(begun, "set.builds"));
  take(request.calibrate, number_in<std::size_t>(begun, "set.calibrate"));
  take(request.timeout, from_seconds(number_in<double>(begun, "set.timeout").value_or(0)));
  take(request.rates_from, text_in(begun, "set.rates_from"));
  take(request.worktrees, text_in(begun, "set.worktrees"));
  const auto good = number_in<double>(begun, "set.rate_good");
  const auto bad = number_in<double>(begun, "set.rate_bad");
  if (good && bad && !request.rates) request.rates = {*good, *bad};
}

}  // namespace

void take_begun(BisectRequest& request, const Identity& begun) {
  request.good = text_in(begun, "good");
  request.bad = text_in(begun, "bad");
  request.command = texts_in(begun, "command");
  request.repository = text_in(begun, "repository");
  take(request.build, text_in(begun, "build"));
  take(request.signature, text_in(begun, "signature"));
  take(request.runner, text_in(begun, "runner"));
  take(request.paths, texts_in(begun, "paths"));
  take(request.kept, texts_in(begun, "keep"));
  take(request.links, texts_in(begun, "link"));
  if (text_in(begun, "follow") == "first_parents") request.follow = Follow::first_parents;
  take_settings(request, begun);
}

Identity settings_of(const BisectRequest& request) {
  Identity all = {{"set.workers", std::to_string(request.workers)},
                  {"set.confidence", fmt::format("{}", request.confidence)},
                  {"set.prior", request.prior},
                  {"set.rates_from", request.rates_from},
                  {"set.worktrees", request.worktrees},
                  {"set.timeout", fmt::format("{}", seconds(request.timeout))}};
  if (request.builds) all["set.builds"] = std::to_string(*request.builds);
  if (request.calibrate) all["set.calibrate"] = std::to_string(*request.calibrate);
  if (request.rates) all["set.rate_good"] = fmt::format("{}", request.rates->good);
  if (request.rates) all["set.rate_bad"] = fmt::format("{}", request.rates->bad);
  return all;
}

Identity identity_of(const BisectRequest& request) {
  const bool whole = request.follow == Follow::first_parents;
  Identity all = {{"build", request.build},
                  {"signature", request.signature},
                  {"repository", request.repository},
                  {"runner", request.runner},
                  {"follow", whole ? "first_parents" : "all_parents"}};
  put_texts(all, "command", request.command);
  put_texts(all, "paths", request.paths);
  put_texts(all, "keep", request.kept);
  put_texts(all, "link", request.links);
  return all;
}

}  // namespace culprit
