#include "cli/repro_text.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "cli/json_text.h"
#include "cli/text.h"

namespace culprit {
namespace {

constexpr std::size_t output_lines_max = 8;

std::string percent(double share) {
  const double hundred = share * 100;
  return hundred > 0 && hundred < 1 ? fmt::format("{:.1f}%", hundred)
                                    : fmt::format("{:.0f}%", hundred);
}

std::string rate_text(double rate, const Interval& interval, const TrialCounts& counts) {
  return fmt::format("{} of trials ({} .. {}; {:.0f} of {:.0f})", percent(rate),
                     percent(interval.low), percent(interval.high), counts.bad, counts.total());
}

double baseline_rate(const Reproduction& made) {
  const double total = made.baseline_counts.total();
  return total > 0 ? made.baseline_counts.bad / total : 0;
}

std::string verdict_text(const Reproduced& done) {
  const Reproduction& made = done.made;
  if (made.counts.total() == 0) return "REPRO    no trial could be judged\n";
  std::string text =
      fmt::format("REPRO    fails in {}\n", rate_text(made.rate, made.interval, made.counts));
  if (!done.record.conditions.empty()) {
    text += fmt::format("         without the conditions in {}\n",
                        rate_text(baseline_rate(made), made.baseline, made.baseline_counts));
  }
  if (made.at_least) {
    text += fmt::format("         the rate that was asked for is {}\n",
                        *made.at_least ? "reached" : "not reached");
  }
  return text;
}

std::string conditions_text(const Reproduced& done) {
  std::string text;
  for (const ReproCondition& one : done.record.conditions) {
    text +=
        fmt::format("{}{} = {}\n", text.empty() ? "WHEN     " : "         ", one.factor, one.level);
  }
  const bool judged = done.made.counts.total() > 0;
  const bool reproduced = done.made.verdict == Reproduction::Verdict::reproduced;
  if (!done.needless.empty() && judged) {
    text += fmt::format("{}{}: {}\n", text.empty() ? "TRIED    " : "         ",
                        reproduced ? "not needed" : "makes no difference",
                        fmt::join(done.needless, ", "));
  }
  for (const std::string& one : done.left_out) text += fmt::format("LEFT OUT {}\n", one);
  return text;
}

std::string trials_text(const Reproduction& made) {
  std::string end(name_of(made.end));
  std::replace(end.begin(), end.end(), '_', ' ');
  return fmt::format("TRIALS   {} in {:.1f} s of running, {}; seed {}\n", made.trials, made.seconds,
                     end, made.seed);
}

// The last lines of what a failing trial said.
std::string output_text(const Reproduction& made) {
  if (made.failures.empty()) return "";
  const Reproduction::Failure& first = made.failures.front();
  std::string_view said =
      first.trial.error.text.empty() ? first.trial.out.text : first.trial.error.text;
  while (said.ends_with('\n')) said.remove_suffix(1);
  std::size_t from = said.size();
  for (std::size_t lines = 0; lines < output_lines_max && from != said.npos && from > 0; ++lines) {
    from = said.rfind('\n', from - 1);
  }
  if (from != said.npos && from > 0) said.remove_prefix(from + 1);
  std::string text;
  while (!said.empty()) {
    const std::string_view line = said.substr(0, said.find('\n'));
    text += fmt::format("{}{}\n", text.empty() ? "SAID     " : "         ", line);
    said.remove_prefix(std::min(line.size() + 1, said.size()));
  }
  return text;
}

std::string next_text(const Reproduced& done, const ReproRequest& request) {
  if (!done.script.empty()) {
    return fmt::format(
        "NEXT     culprit bisect GOOD HEAD -- {}{}   which commit did it; each run fails in {} "
        "here\n",
        done.script.starts_with('/') ? "" : "./", done.script, percent(done.made.rate));
  }
  if (done.made.end == Reproduction::End::interrupted ||
      done.made.end == Reproduction::End::trials_spent ||
      done.made.end == Reproduction::End::time_spent) {
    return "NEXT     the same command with --resume and more --trials goes on from here\n";
  }
  if (request.vary.empty()) {
    return "NEXT     --vary starvation --vary stalls --vary tz   looks for conditions under which "
           "it does\n";
  }
  return "";
}

std::string json_rate(double rate, const Interval& interval) {
  return fmt::format("\"rate\":{:.6g},\"low\":{:.6g},\"high\":{:.6g}", rate, interval.low,
                     interval.high);
}

std::string json_reasons(const std::map<std::string, std::size_t>& reasons) {
  std::vector<std::string> parts;
  for (const auto& [reason, count] : reasons) {
    parts.push_back(fmt::format("{}:{}", json_string(reason), count));
  }
  return fmt::format("{{{}}}", fmt::join(parts, ","));
}

std::string json_factors(const Reproduction& made) {
  std::vector<std::string> parts;
  for (const Reproduction::Belief& belief : made.beliefs) {
    parts.push_back(fmt::format("{{\"factor\":{},\"matters\":{:.6g}}}", json_string(belief.factor),
                                belief.matters));
  }
  return fmt::format("[{}]", fmt::join(parts, ","));
}

std::string json_texts(const std::vector<std::string>& texts) {
  std::vector<std::string> parts;
  for (const std::string& text : texts) parts.push_back(json_string(text));
  return fmt::format("[{}]", fmt::join(parts, ","));
}

}  // namespace

std::string text_of(const Reproduced& done, const ReproRequest& request) {
  return verdict_text(done) + conditions_text(done) +
         reasons_text("BY       ", done.made.bad_reasons) +
         reasons_text("UNJUDGED ", done.made.unjudged_reasons) + output_text(done.made) +
         trials_text(done.made) +
         (done.script.empty()
              ? ""
              : fmt::format("SCRIPT   {}   runs one trial; repro.toml holds all of it\n",
                            done.script)) +
         next_text(done, request);
}

std::string json_of(const Reproduced& done) {
  const Reproduction& made = done.made;
  std::vector<std::string> conditions;
  for (const ReproCondition& one : done.record.conditions) {
    conditions.push_back(fmt::format("{}:{}", json_string(one.factor), json_string(one.level)));
  }
  const bool reproduced = made.verdict == Reproduction::Verdict::reproduced;
  std::string text =
      fmt::format("{{\"schema_version\":1,\"verdict\":\"{}\",{},\"baseline\":{{{}}}",
                  reproduced ? "reproduced" : "not_reproduced", json_rate(made.rate, made.interval),
                  json_rate(baseline_rate(made), made.baseline));
  text += fmt::format(",\"conditions\":{{{}}},\"trials\":{},\"script\":{},\"seed\":{}",
                      fmt::join(conditions, ","), made.trials,
                      done.script.empty() ? "null" : json_string(done.script), made.seed);
  text += fmt::format(",\"ended\":{},\"confirmed\":{},\"factors\":{},\"left_out\":{}",
                      json_string(name_of(made.end)), made.confirmed, json_factors(made),
                      json_texts(done.left_out));
  return text + fmt::format(",\"reasons\":{},\"unjudged\":{}}}\n", json_reasons(made.bad_reasons),
                            json_reasons(made.unjudged_reasons));
}

}  // namespace culprit
