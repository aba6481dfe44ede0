#include "cli/investigate_range.h"

#include <cstdio>

#include <fmt/format.h>

#include "case/folder.h"
#include "cli/investigation_json.h"
#include "cli/ranking_text.h"
#include "cli/sources.h"
#include "workbench/keep.h"
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

void keep_in_case(const Arguments& arguments, Session& session, const RangeRanking& made) {
  if (arguments.has("--no-case")) return;
  Terminal plain;  // what is kept does not depend on the window it was shown in
  Entry entry;
  entry.kind = "investigate";
  entry.command = session.line;
  entry.summary = summary_of(made);
  entry.result = json_of(made);
  entry.report = text_of(made, plain);
  const std::string warning =
      keep(session.world, {arguments.value("--case"), ""}, std::move(entry));
  if (!warning.empty()) std::fputs(fmt::format("culprit: {}\n", warning).c_str(), stderr);
}

}  // namespace

bool asks_for_range(const Arguments& arguments) {
  return arguments.has("--range") || arguments.has("--symptom");
}

Result<Exit> run_range(const Arguments& arguments, Session& session) {
  TRY(check(arguments));
  const RangeQuestion question = TRY(question_of(arguments, session));
  const RangeRanking made = TRY(rank_range(session.world, question));
  keep_in_case(arguments, session, made);
  TRY(print(arguments.has("--json") ? json_of(made) : text_of(made, session.terminal)));
  return made.found ? Exit::found : Exit::nothing;
}

}  // namespace culprit
