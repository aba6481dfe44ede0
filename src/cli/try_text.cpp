#include "cli/try_text.h"

#include <algorithm>
#include <cmath>

#include <fmt/ranges.h>

#include "cli/json_text.h"
#include "cli/text.h"
#include "workbench/next_steps.h"

namespace culprit {
namespace {

using Side = RateComparison::Side;
using Prediction = RateComparison::Prediction;
using Verdict = RateComparison::Verdict;
using End = PairedOutcome::End;

constexpr std::size_t paths_shown_max = 4;
constexpr std::size_t columns_unbounded = 1 << 20;

std::string whole_percent(double share) { return fmt::format("{:.0f}%", share * 100); }

std::string_view predicted(Prediction prediction) {
  switch (prediction) {
    case Prediction::lower: return "with the change it fails less often";
    case Prediction::higher: return "with the change it fails more often";
    case Prediction::same: break;
  }
  return "the change makes no difference";
}

// What is known of the difference, in words that the figures bear out.
std::string_view seen(const Tried& tried, Prediction prediction) {
  if (tried.difference.low > 0) return "it fails more often with the change";
  if (tried.difference.high < 0)
    return prediction == Prediction::lower
               ? "it fails less often with the change, but not half as often"
               : "it fails less often with the change";
  const RateComparison& comparison = tried.outcome.comparison;
  if (comparison.counts(Side::without).bad == 0 && comparison.counts(Side::with).bad > 0)
    return "it fails with the change, and did not without";
  return prediction == Prediction::higher ? "the change does not make it fail more often"
                                          : "it fails with the change as well";
}

std::string undecided_text(const Tried& tried, Prediction prediction) {
  if (tried.outcome.end == End::interrupted) return "interrupted";
  if (tried.outcome.end == End::asked_to_stop) return "the test asked to stop";
  if (!tried.outcome.judged()) return "no trial of one side could be judged";
  const RateComparison& comparison = tried.outcome.comparison;
  if (prediction == Prediction::lower && comparison.counts(Side::without).bad == 0)
    return "it never failed without the change either";
  return "the trials do not tell the two apart";
}

std::string verdict_text(const Tried& tried, const TryRequest& request) {
  switch (tried.verdict) {
    case Verdict::supported: return fmt::format("supported: {}", predicted(request.prediction));
    case Verdict::refuted: return fmt::format("refuted: {}", seen(tried, request.prediction));
    case Verdict::undecided: break;
  }
  return fmt::format("undecided: {}", undecided_text(tried, request.prediction));
}

std::string rate_text(std::string_view label, const SideCounts& counts, const Interval& interval) {
  if (counts.total == 0) return fmt::format("{}no trial was judged\n", label);
  const std::string unseen =
      counts.unseen > 0 ? fmt::format(", {:.0f} more cut off", counts.unseen) : "";
  return fmt::format("{}fails in {} of trials ({} .. {}; {:.0f} of {:.0f}{})\n", label,
                     whole_percent(counts.rate()), whole_percent(interval.low),
                     whole_percent(interval.high), counts.bad, counts.total, unseen);
}

std::string points(double difference) {
  const double hundred = difference * 100;
  if (hundred == 0) return "0";
  // What is on one side of nothing is not shown as nothing.
  return std::abs(hundred) < 1 ? fmt::format("{:+.2g}", hundred) : fmt::format("{:+.0f}", hundred);
}

double difference_of(const Tried& tried) {
  const RateComparison& comparison = tried.outcome.comparison;
  return comparison.counts(Side::with).rate() - comparison.counts(Side::without).rate();
}

std::string difference_text(const Tried& tried, const TryRequest& request) {
  if (!tried.outcome.judged()) return "";
  return fmt::format("DIFFERS  by {} points ({} .. {}, {} sure)\n", points(difference_of(tried)),
                     points(tried.difference.low), points(tried.difference.high),
                     whole_percent(request.confidence));
}

std::string change_text(const Tried& tried) {
  std::vector<std::string> shown;
  for (const std::string& path : tried.paths) {
    if (shown.size() < paths_shown_max) shown.push_back(safe(path, columns_unbounded));
  }
  if (tried.paths.size() > paths_shown_max)
    shown.push_back(fmt::format("{} more", tried.paths.size() - paths_shown_max));
  return fmt::format("CHANGE   {}\n", fmt::join(shown, ", "));
}

std::string tree_text(const Tried& tried, const TryRequest& request) {
  switch (tried.tree) {
    case Tried::Tree::taken_back: return "TREE     the change is taken back\n";
    case Tried::Tree::applied: return "TREE     the change is in the tree now\n";
    case Tried::Tree::in_the_way:
      return fmt::format("TREE     not touched: {}\n", safe(tried.why, columns_unbounded));
    case Tried::Tree::half_done:
      return fmt::format("TREE     HALF DONE: {}\n         culprit try --restore {} goes on\n",
                         safe(tried.why, columns_unbounded), tried.id);
    case Tried::Tree::as_it_was: break;
  }
  return request.apply.empty() ? "TREE     as it was, with the change\n"
                               : "TREE     as it was, without the change\n";
}

// How the change comes back that is not in the tree, or where its two states are.
std::string copy_text(const Tried& tried, const TryRequest& request) {
  const bool stayed = tried.tree == Tried::Tree::as_it_was || tried.tree == Tried::Tree::in_the_way;
  const bool in_tree = tried.tree == Tried::Tree::applied || (stayed && request.apply.empty());
  if (!in_tree && tried.tree != Tried::Tree::half_done) {
    if (tried.patch.empty() || tried.staged)
      return fmt::format("COPY     culprit try --restore {} --with   brings the change back\n",
                         tried.id);
    // Below the root `git apply` skips, without a word, what lies beside.
    const bool from_root = !tried.patch.starts_with('/');
    std::string where = from_root ? "" : " -C " + shell_quoted(tried.root);
    if (tried.space_judged) where += " -c apply.whitespace=nowarn";
    return fmt::format("COPY     git{} apply {}   brings the change back\n", where,
                       from_root ? tried.patch : shell_quoted(tried.patch));
  }
  return fmt::format("COPY     {}\n", tried.copy);
}

std::string longer_text(const TryRequest& request) {
  return fmt::format("the same with --trials {} goes on longer", request.trials_max * 2);
}

// What would make another run of the trials say more. Empty: it is decided.
std::string again_text(const Tried& tried, const TryRequest& request) {
  const PairedOutcome& outcome = tried.outcome;
  if (outcome.end == End::interrupted) return "the same again, to its end";
  if (outcome.stop_code) {
    std::vector<std::string> words;
    for (const std::string& word : request.test) words.push_back(shell_quoted(word));
    return fmt::format("--signature 'exit = {}' counts that as a failure; so does -- sh -c {}",
                       *outcome.stop_code,
                       shell_quoted(fmt::format("{} || exit 1", fmt::join(words, " "))));
  }
  if (outcome.timed_out > 0 && tried.verdict == Verdict::undecided)
    return "--timeout D gives a trial longer; --signature 'timed_out = true' says that a hang is "
           "the failure";
  if (!outcome.judged())
    return "the same with a test that can be judged without the change and with it";
  // On top of itself --apply would be a second change: what settles it comes first.
  if (tried.verdict != Verdict::undecided || tried.tree == Tried::Tree::applied) return "";
  return longer_text(request);
}

// Of a change that is in the tree, what becomes of it.
std::string settling_text(const Tried& tried, const TryRequest& request) {
  if (!request.apply.empty() && tried.tree != Tried::Tree::applied) return "";
  const bool known = tried.outcome.judged() && tried.outcome.end != End::interrupted;
  const bool stayed = tried.tree == Tried::Tree::as_it_was || tried.tree == Tried::Tree::applied;
  // What was not judged is no try that could be taken back.
  if (stayed && !known) return "";
  const std::string back = fmt::format("culprit try --restore {} takes it back", tried.id);
  if (stayed && tried.verdict == Verdict::supported) return "git commit it; or " + back;
  const bool longer = tried.outcome.end == End::trials_spent && tried.outcome.timed_out == 0;
  if (tried.tree == Tried::Tree::applied && longer)
    return fmt::format("{}, and then {}", back, longer_text(request));
  if (stayed) return back;
  if (tried.tree != Tried::Tree::in_the_way) return "";
  return fmt::format(
      "the change is in the tree still: {} once that is settled; or take it out by hand, then "
      "culprit try --restore {} --forget",
      back, tried.id);
}

std::string next_text(const Tried& tried, const TryRequest& request) {
  std::string next = again_text(tried, request);
  const std::string settling = settling_text(tried, request);
  if (!next.empty() && !settling.empty()) next += "; ";
  next += settling;
  return next.empty() ? "" : fmt::format("NEXT     {}\n", next);
}

std::string json_rate(const SideCounts& counts, const Interval& interval) {
  return fmt::format(
      "{{\"rate\":{},\"low\":{:.6g},\"high\":{:.6g},\"bad\":{:.0f},\"total\":{:.0f},"
      "\"unseen\":{:.0f}}}",
      counts.total > 0 ? fmt::format("{:.6g}", counts.rate()) : "null", interval.low, interval.high,
      counts.bad, counts.total, counts.unseen);
}

std::string json_reasons(const std::map<std::string, std::size_t>& reasons) {
  std::vector<std::string> parts;
  for (const auto& [reason, count] : reasons)
    parts.push_back(fmt::format("{}:{}", json_string(reason), count));
  return fmt::format("{{{}}}", fmt::join(parts, ","));
}

std::string json_texts(const std::vector<std::string>& texts) {
  std::vector<std::string> parts;
  for (const std::string& text : texts) parts.push_back(json_string(text));
  return fmt::format("[{}]", fmt::join(parts, ","));
}

std::string_view name_of(Tried::Tree tree) {
  switch (tree) {
    case Tried::Tree::as_it_was: return "as_it_was";
    case Tried::Tree::taken_back: return "taken_back";
    case Tried::Tree::applied: return "applied";
    case Tried::Tree::half_done: return "half_done";
    case Tried::Tree::in_the_way: break;
  }
  return "in_the_way";
}

// Nothing of a refuted change is in the tree.
bool reverted(const Tried& tried, const TryRequest& request) {
  if (tried.tree == Tried::Tree::taken_back) return true;
  return tried.verdict == Verdict::refuted && !request.apply.empty() &&
         tried.tree == Tried::Tree::as_it_was;
}

}  // namespace

std::string text_of(const Tried& tried, const TryRequest& request) {
  const RateComparison& comparison = tried.outcome.comparison;
  std::string end(name_of(tried.outcome.end));
  std::replace(end.begin(), end.end(), '_', ' ');
  return fmt::format("TRY      {}\n         {}\n", safe(request.hypothesis, columns_unbounded),
                     verdict_text(tried, request)) +
         rate_text("WITHOUT  ", comparison.counts(Side::without), tried.without) +
         rate_text("WITH     ", comparison.counts(Side::with), tried.with) +
         difference_text(tried, request) + reasons_text("BY       ", tried.outcome.bad_reasons) +
         reasons_text("UNJUDGED ", tried.outcome.unjudged_reasons) + change_text(tried) +
         fmt::format("TRIALS   {} in {:.1f} s of running, {}; seed {}\n", tried.outcome.trials,
                     tried.outcome.seconds, end, request.seed) +
         tree_text(tried, request) + copy_text(tried, request) + next_text(tried, request);
}

std::string json_of(const Tried& tried, const TryRequest& request) {
  const RateComparison& comparison = tried.outcome.comparison;
  std::string text = fmt::format(
      "{{\"schema_version\":1,\"verdict\":\"{}\",\"hypothesis\":{},\"prediction\":\"{}\","
      "\"without\":{},\"with\":{}",
      name_of(tried.verdict), json_string(request.hypothesis), name_of(request.prediction),
      json_rate(comparison.counts(Side::without), tried.without),
      json_rate(comparison.counts(Side::with), tried.with));
  text += fmt::format(
      ",\"difference\":{{\"value\":{},\"low\":{:.6g},\"high\":{:.6g},\"confidence\":{:.6g}}}",
      tried.outcome.judged() ? fmt::format("{:.6g}", difference_of(tried)) : "null",
      tried.difference.low, tried.difference.high, request.confidence);
  text += fmt::format(
      ",\"trials\":{},\"reverted\":{},\"tree\":\"{}\",\"why\":{},\"copy\":{},\"patch\":{}",
      tried.outcome.trials, reverted(tried, request), name_of(tried.tree),
      tried.why.empty() ? "null" : json_string(tried.why), json_string(tried.copy),
      tried.patch.empty() ? "null" : json_string(tried.patch));
  return text + fmt::format(
                    ",\"id\":{},\"paths\":{},\"ended\":\"{}\",\"reasons\":{},"
                    "\"unjudged\":{},\"seed\":{}}}\n",
                    json_string(tried.id), json_texts(tried.paths), name_of(tried.outcome.end),
                    json_reasons(tried.outcome.bad_reasons),
                    json_reasons(tried.outcome.unjudged_reasons), request.seed);
}

std::string text_of(const Restored& restored) {
  if (restored.ids.empty() && restored.partly.empty())
    return "TREE     no change of a try is in it\n";
  const bool back = restored.to == Restored::To::without;
  std::string text;
  if (!restored.ids.empty()) {
    text += fmt::format("TREE     the change of try {} is {}\n", fmt::join(restored.ids, ", "),
                        back ? "taken back" : "in the tree again");
  }
  for (const std::string& id : restored.partly) {
    text += fmt::format(
        "TREE     the change of try {0} is in it in part\n"
        "NEXT     put right what was changed since, and culprit try --restore {0}; or\n"
        "         culprit try --restore {0} --forget leaves the tree as it is\n",
        id);
  }
  return text;
}

std::string json_of(const Restored& restored) {
  const char* to = restored.to == Restored::To::with ? "with" : "without";
  return fmt::format(
      "{{\"schema_version\":1,\"to\":\"{}\",\"restored\":{},\"partly\":{},\"notes\":{}}}\n", to,
      json_texts(restored.ids), json_texts(restored.partly), json_texts(restored.notes));
}

std::string text_of(const Pruned& pruned) {
  return fmt::format("TRIES    {} removed, {:.1f} MiB; {} kept\n", pruned.removed,
                     static_cast<double>(pruned.bytes) / (1 << 20), pruned.kept);
}

std::string json_of(const Pruned& pruned) {
  return fmt::format("{{\"schema_version\":1,\"removed\":{},\"kept\":{},\"bytes\":{}}}\n",
                     pruned.removed, pruned.kept, pruned.bytes);
}

}  // namespace culprit
