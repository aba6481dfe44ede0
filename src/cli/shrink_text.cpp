#include "cli/shrink_text.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "cli/json_text.h"
#include "cli/text.h"

namespace culprit {
namespace {

constexpr std::size_t kept_shown_max = 40;
constexpr std::size_t columns_max = 160;

std::string differences(std::size_t count) {
  return count == 1 ? "1 difference" : fmt::format("{} differences", count);
}

std::string ran(const TrialCounts& counts) {
  return fmt::format("{:.0f} of {:.0f}", counts.bad, counts.total());
}

std::string ends_text(const ShrinkDone& done, const ShrinkRequest& request) {
  const Shrunk& made = done.made;
  switch (made.end) {
    case Shrunk::End::equal: return fmt::format("{} and {} are the same", request.from, request.to);
    case Shrunk::End::good_fails:
      return fmt::format("{} fails too ({} runs)", request.from, ran(made.good_counts));
    case Shrunk::End::bad_passes:
      return fmt::format("{} does not fail ({} runs)", request.to, ran(made.bad_counts));
    case Shrunk::End::same_rate:
      return fmt::format("{} fails in {} runs, {} in {}: no difference can be told", request.from,
                         ran(made.good_counts), request.to, ran(made.bad_counts));
    case Shrunk::End::untestable: return "no run at one of the ends could be judged";
    default: break;
  }
  return "";
}

std::string head_text(const ShrinkDone& done, const ShrinkRequest& request) {
  const std::string ends = ends_text(done, request);
  if (!ends.empty()) return fmt::format("SHRINK   {}\n", ends);
  if (done.made.verdict == Shrunk::Verdict::found) {
    return fmt::format("SHRINK   {} of {} ({}) {} {} fail\n", done.kept.size(),
                       differences(done.differences), name_of(done.kind),
                       done.kept.size() == 1 ? "makes" : "together make", request.to);
  }
  std::string end(name_of(done.made.end));
  std::replace(end.begin(), end.end(), '_', ' ');
  if (done.kept.empty()) return fmt::format("SHRINK   {} before anything failed\n", end);
  return fmt::format("SHRINK   {}: {} of {} ({}) still fail together\n", end, done.kept.size(),
                     differences(done.differences), name_of(done.kind));
}

std::string needed_text(const ShrinkDone& done) {
  const std::size_t all = done.kept.size();
  const std::size_t untold = done.made.untold;
  if (untold == all) {
    return fmt::format("         without {} it could not be judged\n",
                       all == 1 ? "it" : "any one of them");
  }
  if (untold > 0) {
    return fmt::format(
        "         without any one of {} of them the command does not fail,\n"
        "         without one of the other {} it could not be judged\n",
        all - untold, untold);
  }
  return all == 1 ? "         without it the command does not fail\n"
                  : "         without any one of them the command does not fail\n";
}

std::string kept_text(const ShrinkDone& done) {
  std::string text;
  for (std::size_t i = 0; i < done.kept.size() && i < kept_shown_max; ++i) {
    text +=
        fmt::format("{}{}\n", i == 0 ? "KEPT     " : "         ", safe(done.kept[i], columns_max));
  }
  if (done.kept.size() > kept_shown_max) {
    text +=
        fmt::format("         and {} more; --json has all\n", done.kept.size() - kept_shown_max);
  }
  if (done.made.verdict == Shrunk::Verdict::found) text += needed_text(done);
  if (done.made.contradicted && !done.kept.empty()) {
    text += "         some of the others hide the failure: another set may be smaller\n";
  }
  return text;
}

std::string rates_text(const ShrinkDone& done, const ShrinkRequest& request) {
  const Shrunk& made = done.made;
  if (!made.flaky || done.kept.empty()) return "";
  std::string text = fmt::format("RATE     fails in {} runs with these", ran(made.kept_counts));
  if (made.bad_counts.total() > 0) {
    text += fmt::format(", {} of {}, {} of {}", ran(made.bad_counts), request.to,
                        ran(made.good_counts), request.from);
  }
  return text + "\n";
}

std::string tests_text(const Shrunk& made) {
  if (made.end == Shrunk::End::equal) return "";
  std::string text;
  const Shrunk::Failure& last = made.failure;
  if (!last.reason.empty()) text += fmt::format("BY       {}\n", last.reason);
  if (!last.said.empty()) text += fmt::format("SAID     {}\n", safe(last.said, columns_max));
  std::string unjudged;
  for (const auto& [reason, count] : made.unjudged_reasons) {
    unjudged += fmt::format("{}{}, {}\n", unjudged.empty() ? "UNJUDGED " : "         ", reason,
                            count == 1 ? "once" : fmt::format("{} times", count));
  }
  return text + unjudged +
         fmt::format("TESTS    {}, and {} at the ends and to be sure; {:.1f} s of running\n",
                     made.tests, made.checks, made.seconds);
}

// Variables are set in the command's environment only where no word of it takes the file.
bool sets_no_variable(const ShrinkDone& done, const ShrinkRequest& request) {
  return done.kind == DifferenceKind::environment &&
         std::any_of(request.command.begin(), request.command.end(),
                     [](const std::string& word) { return word.find("{}") != word.npos; });
}

// What stays where the same is said at another time, of another file: words of letters.
std::string plain_words(const std::string& said) {
  std::string words;
  for (std::size_t at = 0; at < said.size();) {
    const std::size_t end = std::min(said.find(' ', at), said.size());
    const std::string_view word = std::string_view(said).substr(at, end - at);
    if (word.find_first_of("/0123456789") == word.npos) words += fmt::format("{} ", word);
    at = end + 1;
  }
  return words;
}

// What was found may be another fault than the one that BAD showed.
std::string failure_note(const ShrinkDone& done, const ShrinkRequest& request) {
  const auto& [failure, bad] = std::pair(done.made.failure, done.made.bad);
  const bool asked = !request.signature.empty() || done.kept.empty() ||
                     done.made.end == Shrunk::End::asked_to_stop;
  if (asked || failure.ended.empty() || bad.ended.empty()) return "";
  if (!done.made.fails_as_bad) {
    return fmt::format(
        "NOTE     {} itself fails otherwise: {}{}{}\nNEXT     --signature '{}' finds what does "
        "that\n",
        request.to, bad.reason, bad.said.empty() ? "" : ", ", safe(bad.said, columns_max),
        bad.ended);
  }
  const std::string before = plain_words(bad.said);
  const std::string after = plain_words(failure.said);
  if (before.empty() || after.empty() || before == after) return "";
  return fmt::format(
      "NOTE     {} itself says: {}\nNEXT     --signature 'output ~ \"...\"' if that is another "
      "failure\n",
      request.to, safe(bad.said, columns_max));
}

std::string notes_text(const ShrinkDone& done) {
  std::string text;
  for (const std::string& note : done.notes) text += fmt::format("NOTE     {}\n", note);
  return text;
}

// Nothing but runs that were ended at the timeout could not be judged.
bool only_timed_out(const Shrunk& made) {
  return !made.unjudged_reasons.empty() &&
         std::all_of(made.unjudged_reasons.begin(), made.unjudged_reasons.end(),
                     [](const auto& one) { return one.first.starts_with("timed out"); });
}

// What fails at BAD may do so at GOOD as well, if not as often.
std::string rates_next(const ShrinkDone& done, const ShrinkRequest& request) {
  const TrialCounts& good = done.made.good_counts;
  const double rate = good.total() > 0 ? good.bad / good.total() : 0;
  constexpr double about_half = 0.25;
  const bool half = rate >= about_half && rate <= 1 - about_half && !request.search.rates;
  if (!half) return "";
  return fmt::format(
      "         --rates {:.2g},B searches, where {} is known to fail at a higher rate B\n", rate,
      request.to);
}

// Ten times what was not enough.
std::string timeout_next(const ShrinkRequest& request) {
  const Duration given =
      request.timeout > Duration::zero() ? request.timeout : ShrinkOptions::first_timeout;
  const std::chrono::duration<double> seconds = 10 * given;
  return fmt::format("NEXT     --timeout {:.3g}s if {} only takes its time\n", seconds.count(),
                     request.from);
}

std::string good_next(const ShrinkDone& done, const ShrinkRequest& request) {
  if (done.made.failure.ended == "timed_out = true") return timeout_next(request);
  if (done.made.good_counts.good > 0) return rates_next(done, request);
  return fmt::format(
      "NEXT     --signature of the failure that is meant, if {} fails for another reason\n",
      request.from);
}

std::string next_text(const ShrinkDone& done, const ShrinkRequest& request) {
  switch (done.made.end) {
    case Shrunk::End::bad_passes:
      if (sets_no_variable(done, request)) {
        return "NEXT     {} in the command stands for the file, so no variable was set\n";
      }
      return fmt::format("NEXT     {}--calibrate {} if it fails but seldom\n",
                         request.search.rates ? "without --rates, " : "",
                         std::max(48, 4 * static_cast<int>(done.made.bad_counts.total())));
    case Shrunk::End::good_fails: return good_next(done, request);
    case Shrunk::End::same_rate:
      return "NEXT     --calibrate 200 tells smaller differences\n" + rates_next(done, request);
    case Shrunk::End::untestable:
      if (!only_timed_out(done.made)) return "";
      if (done.made.good_counts.total() == 0) return timeout_next(request);
      return "NEXT     --signature 'timed_out = true' if that is the failure\n";
    case Shrunk::End::asked_to_stop:
      if (done.made.death.empty()) return "";
      return fmt::format("NEXT     --signature '{}' if this {} is the failure\n",
                         done.made.failure.ended, done.made.death);
    case Shrunk::End::unsure:
      return "NEXT     --signature of the failure that is meant sets the two further apart\n";
    case Shrunk::End::trials_spent: return "NEXT     more --trials\n";
    default: return "";
  }
}

std::string json_texts(const std::vector<std::string>& texts) {
  std::vector<std::string> parts;
  for (const std::string& text : texts) parts.push_back(json_string(text));
  return fmt::format("[{}]", fmt::join(parts, ","));
}

std::string json_counts(const TrialCounts& counts) {
  return fmt::format("{{\"failures\":{:.0f},\"runs\":{:.0f}}}", counts.bad, counts.total());
}

}  // namespace

std::string text_of(const ShrinkDone& done, const ShrinkRequest& request) {
  return head_text(done, request) + kept_text(done) + rates_text(done, request) +
         tests_text(done.made) + (done.out.empty() ? "" : fmt::format("OUT      {}\n", done.out)) +
         failure_note(done, request) + notes_text(done) + next_text(done, request);
}

std::string json_of(const ShrinkDone& done) {
  const Shrunk& made = done.made;
  std::vector<std::string> unjudged;
  for (const auto& [reason, count] : made.unjudged_reasons) {
    unjudged.push_back(fmt::format("{}:{}", json_string(reason), count));
  }
  std::string text = fmt::format(
      "{{\"schema_version\":1,\"verdict\":{},\"kept\":{},\"tests\":{},\"checks\":{}",
      json_string(name_of(made.verdict)), json_texts(done.kept), made.tests, made.checks);
  text += fmt::format(",\"kind\":{},\"differences\":{},\"ended\":{},\"flaky\":{},\"hidden\":{}",
                      json_string(name_of(done.kind)), done.differences,
                      json_string(name_of(made.end)), made.flaky, made.contradicted);
  text += fmt::format(",\"good\":{},\"bad\":{},\"kept_runs\":{}", json_counts(made.good_counts),
                      json_counts(made.bad_counts), json_counts(made.kept_counts));
  const auto text_or_null = [](const std::string& value) {
    return value.empty() ? "null" : json_string(value);
  };
  text += fmt::format(",\"reason\":{},\"bad_reason\":{},\"fails_as_bad\":{},\"untold\":{}",
                      text_or_null(made.failure.reason), text_or_null(made.bad.reason),
                      made.fails_as_bad, made.untold);
  text += fmt::format(",\"notes\":{}", json_texts(done.notes));
  return text + fmt::format(",\"unjudged\":{{{}}},\"out\":{}}}\n", fmt::join(unjudged, ","),
                            done.out.empty() ? "null" : json_string(done.out));
}

}  // namespace culprit
