#include <fmt/ranges.h>

#include "cli/bisect_text.h"
#include "cli/json_text.h"

namespace culprit {
namespace {

std::string text_or_null(const std::string& text) {
  return text.empty() ? "null" : json_string(text);
}

std::string commit_json(const CommitSummary& commit) {
  return fmt::format(
      "{{\"sha\":{},\"subject\":{},\"probability\":{:.6g},\"author\":{},\"date\":{},\"parents\":{},"
      "\"files\":{},\"insertions\":{},\"deletions\":{}}}",
      json_string(commit.sha), json_string(commit.subject), commit.probability,
      json_string(commit.author), json_string(commit.date), commit.parents, commit.files,
      commit.insertions, commit.deletions);
}

std::string list_json(const std::vector<std::string>& parts) {
  return fmt::format("[{}]", fmt::join(parts, ","));
}

std::string texts_json(const std::vector<std::string>& texts) {
  std::vector<std::string> parts;
  for (const std::string& text : texts) parts.push_back(json_string(text));
  return list_json(parts);
}

std::string_view name_of(Calibration::Trouble trouble) {
  using Trouble = Calibration::Trouble;
  switch (trouble) {
    case Trouble::good_fails: return "good_fails";
    case Trouble::bad_passes: return "bad_passes";
    case Trouble::exchanged: return "exchanged";
    case Trouble::same_rates: return "same_rates";
    case Trouble::good_untestable: return "good_untestable";
    case Trouble::bad_untestable: break;
  }
  return "bad_untestable";
}

std::string_view name_of(BisectRow::Where where) {
  return where == BisectRow::Where::commit     ? "commit"
         : where == BisectRow::Where::good_end ? "good"
                                               : "bad";
}

std::string rows_json(const Bisected& done) {
  std::vector<std::string> parts;
  std::size_t run = 0;
  for (const BisectRow& row : done.made.rows) {
    run += row.told ? 0 : 1;
    const bool logged = !row.told && !done.folder.empty();
    parts.push_back(fmt::format(
        "{{\"run\":{},\"sha\":{},\"end\":\"{}\",\"outcome\":\"{}\",\"reason\":{},\"seconds\":{:.6g}"
        ","
        "\"ready_seconds\":{:.6g},\"output\":{}}}",
        row.told ? "null" : std::to_string(run), json_string(row.sha), name_of(row.where),
        name_of(row.observation), json_string(row.reason), row.seconds, row.ready_seconds,
        logged ? json_string(fmt::format("{}/runs/{:03}.log", done.folder, run)) : "null"));
  }
  return list_json(parts);
}

std::string broke_json(const std::optional<LastingBreak>& broke) {
  if (!broke) return "null";
  return fmt::format("{{\"run\":{},\"commits\":{},\"chance\":{:.6g}}}", broke->run, broke->commits,
                     broke->chance);
}

std::string counts_json(const TrialCounts& counts) {
  return fmt::format("{{\"bad\":{:.6g},\"total\":{:.6g}}}", counts.bad, counts.total());
}

std::string revert_json(const Bisected& done) {
  if (!done.revert) return "null";
  return fmt::format("{{\"clean\":{},\"needless\":{},\"conflicts\":{},\"patch\":{}}}",
                     done.revert->clean, done.revert->needless, texts_json(done.revert->conflicts),
                     text_or_null(done.revert_patch));
}

}  // namespace

std::string json_of(const Bisected& done) {
  const Bisection& made = done.made;
  std::vector<std::string> credible;
  for (const CommitSummary& commit : done.credible) credible.push_back(commit_json(commit));
  const bool found = made.verdict == Bisection::Verdict::found;
  std::string text = fmt::format(
      "{{\"schema_version\":1,\"verdict\":\"{}\",\"culprit\":{},\"credible_set\":{},\"runs\":{},"
      "\"skipped\":{},\"seconds\":{:.6g}",
      name_of(made.verdict), found ? credible.front() : "null", list_json(credible), made.runs,
      made.skipped, made.seconds);
  text +=
      fmt::format(",\"rates\":{{\"good\":{:.6g},\"bad\":{:.6g}}},\"ended\":\"{}\",\"trouble\":{}",
                  made.rates.good, made.rates.bad, name_of(made.end),
                  made.trouble ? fmt::format("\"{}\"", name_of(*made.trouble)) : "null");
  text += fmt::format(
      ",\"no_change\":{:.6g},\"credible_total\":{},\"suspects\":{},\"runs_left\":{:.6g}",
      made.no_change, made.credible.size(), done.suspects, made.runs_left);
  text += fmt::format(",\"good\":{},\"bad\":{},\"base\":{},\"at_good\":{},\"at_bad\":{}",
                      json_string(done.good_sha), json_string(done.bad_sha),
                      text_or_null(done.base), counts_json(made.at_good), counts_json(made.at_bad));
  text += fmt::format(",\"said\":{},\"broke\":{}", text_or_null(made.said), broke_json(made.broke));
  return text + fmt::format(",\"trials\":{},\"revert\":{},\"notes\":{},\"folder\":{}}}\n",
                            rows_json(done), revert_json(done), texts_json(done.notes),
                            text_or_null(done.folder));
}

}  // namespace culprit
