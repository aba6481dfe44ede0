#include "cli/investigate_range.h"

#include <fmt/format.h>

#include "case/folder.h"
#include "cli/investigation_json.h"
#include "cli/kept.h"
#include "cli/ranking_text.h"
#include "cli/sources.h"
#include "workbench/rank_range.h"

namespace culprit {
namespace {

Status check(const Arguments& arguments) {
  if (!arguments.has("--range") || !arguments.has("--symptom")) {
    Error made =
        error(Fault::usage, "{} needs {}", arguments.has("--range") ? "--range" : "--symptom",
              arguments.has("--range") ? "--symptom" : "--range");
    made.advice = "culprit investigate --repo . --range GOOD..BAD --symptom TEXT-OR-FILE";
    return made;
  }
  if (arguments.words.empty()) return ok();
  Error made = error(Fault::usage, "--range judges by --symptom alone and reads no SOURCE: {}",
                     arguments.words.front());
  made.advice =
      "leave out --range and --symptom to investigate logs, or the SOURCE to rank commits";
  return made;
}

Result<RangeQuestion> question_of(const Arguments& arguments, Session& session) {
  RangeQuestion question;
  question.repository = arguments.value("--repo", ".");
  question.range = arguments.value("--range");
  question.symptom = arguments.value("--symptom");
  if (!arguments.has("--no-case")) {
    question.cache = case_folder(session.world.working_directory());
  }
  if (arguments.has("--threads")) question.threads = TRY(threads_flag(arguments));
  return question;
}

Entry entry_of(const RangeRanking& made) {
  Entry entry;
  entry.summary = summary_of(made);
  entry.result = json_of(made);
  entry.report = text_of(made, Terminal{});  // the same in whatever window it was shown
  return entry;
}

}  // namespace

bool asks_for_range(const Arguments& arguments) {
  return arguments.has("--range") || arguments.has("--symptom");
}

Result<Exit> run_range(const Arguments& arguments, Session& session) {
  TRY(check(arguments));
  const RangeQuestion question = TRY(question_of(arguments, session));
  const RangeRanking made = TRY(rank_range(session.world, question));
  if (!arguments.has("--no-case")) keep_in_case(arguments, session, entry_of(made));
  TRY(print(arguments.has("--json") ? json_of(made) : text_of(made, session.terminal)));
  return made.found ? Exit::found : Exit::nothing;
}

}  // namespace culprit
