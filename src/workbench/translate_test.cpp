#include "workbench/translate.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>

#include <doctest/doctest.h>

#include "base/world.h"
#include "event/outcome.h"
#include "workbench/translate_parts.h"

using namespace culprit;

namespace {

using FieldSet = std::multimap<std::string, std::string, std::less<>>;

struct Line {
  std::string json;
  Time time = no_time;
  FieldSet fields;
};

const Time start = *parse_time("2025-11-20T14:00:00Z");
constexpr int seconds_max = 3600;

// Lines of shared requests, in the spellings that NDJSON has for one thing.
class Lines {
 public:
  explicit Lines(unsigned seed) : random_(seed) {}

  std::vector<Line> some(int count) {
    std::vector<Line> lines;
    for (int i = 0; i < count; ++i) lines.push_back(line());
    return lines;
  }

 private:
  int below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  void add(const std::string& name, const std::string& json, const std::string& value) {
    json_ += fmt::format("{}\"{}\":{}", json_.empty() ? "" : ",", name, json);
    line_.fields.emplace(name, value);
  }
  void add_text(const std::string& name, const std::string& value) {
    add(name, fmt::format("\"{}\"", value), value);
  }

  // Half a millisecond beyond a whole one, so that no rounding moves it over a window's end.
  void add_time() {
    line_.time = start + std::chrono::microseconds(below(seconds_max * 1000) * 1000LL + 500);
    const std::int64_t micros = nanoseconds(line_.time) / 1000;
    const std::string text = to_string(line_.time);
    const std::string shifted = to_string(line_.time + std::chrono::minutes(90));
    switch (below(7)) {
      case 0: return add("ts", fmt::format("{}.{:06}", micros / 1000000, micros % 1000000), "-");
      case 1: return add("ts", fmt::format("{}.{:03}", micros / 1000, micros % 1000), "-");
      case 2: return add("ts", fmt::format("{}", micros), "-");
      case 3: return add_text("ts", shifted.substr(0, shifted.size() - 1) + "+01:30");
      case 4: return add_text("ts", text.substr(0, text.size() - 1));
      case 5: return add_text("ts", fmt::format("{}", micros));
      default: return add_text("ts", text);
    }
  }

  void add_route() {
    const std::string route = below(2) == 0 ? "/pay" : "/cart";
    if (below(2) == 0) return add_text("http.route", route);
    json_ += fmt::format(",\"http\":{{\"route\":\"{}\",\"version\":2}}", route);
    line_.fields.emplace("http.route", route);
    line_.fields.emplace("http.version", "2");
  }

  Line line() {
    json_.clear();
    line_ = {};
    add_time();
    const char* const ids[] = {"request", "request", "request", "http.request_id"};
    if (below(8) > 0) add_text(ids[below(4)], fmt::format("r{}", below(120)));
    const char* const regions[] = {"eu-west", "eu-north", "us_east", "us%east", "EU"};
    if (below(6) > 0) add_text("region", regions[below(5)]);
    const std::string status = below(5) == 0 ? "503" : below(2) == 0 ? "200" : "500";
    if (below(4) > 0) below(3) == 0 ? add_text("status", status) : add("status", status, status);
    if (below(3) == 0) add("retry", below(2) == 0 ? "null" : "true", "");
    if (auto retry = line_.fields.find("retry"); retry != line_.fields.end()) {
      retry->second = json_.back() == 'l' ? "null" : "true";
    }
    if (below(2) == 0) add_route();
    const std::string wait = fmt::format("{}.5", below(4000));
    if (below(2) == 0) add("wait_ms", wait, wait);
    if (below(3) == 0) add_text("took", below(2) == 0 ? "1.5s" : "350ms");
    if (below(3) == 0) {
      json_ += ",\"tags\":[\"a\",\"b\"]";
      line_.fields.emplace("tags", "a");
      line_.fields.emplace("tags", "b");
    }
    const char* const levels[] = {"INFO", "warning", "Error", "ERR", "50", "30", "crit", "odd"};
    if (below(3) == 0) add_text(below(3) == 0 ? "severity" : "level", levels[below(8)]);
    if (below(9) == 0) add_text("ok", below(3) == 0 ? "Failed" : below(2) == 0 ? "yes" : "later");
    if (below(30) == 0) add_text("exception", below(3) == 0 ? "" : "Timeout");
    if (below(3) == 0) add("note", R"("it's \"odd\"\\n")", "it's \"odd\"\\n");
    line_.json = fmt::format("{{{}}}", json_);
    return std::move(line_);
  }

  std::mt19937 random_;
  Line line_;
  std::string json_;
};

bool truth(const Expr& expr, const FieldSet& fields) {
  return holds(expr, [&fields](std::string_view name, const auto& each) {
    const auto [first, last] = fields.equal_range(name);
    for (auto it = first; it != last; ++it) {
      if (!each(it->second)) return;
    }
  });
}

const std::string* value_of(const FieldSet& fields, const std::string& name) {
  const auto found = fields.find(name);
  return found == fields.end() ? nullptr : &found->second;
}

// The id, the level of the first field that holds one.
std::optional<std::string> id_of(const Verification& finding, const Line& line) {
  for (const std::string& field : finding.unit_fields) {
    if (const std::string* id = value_of(line.fields, field)) return *id;
  }
  return {};
}

Level level_of(const Verification& finding, const Line& line) {
  for (const std::string& field : finding.level_fields) {
    const std::string* text = value_of(line.fields, field);
    if (text != nullptr && level_named(*text) != Level::none) return level_named(*text);
  }
  return Level::none;
}

// What a line says for good (the last such counts), and what it says besides (the worst counts).
struct Says {
  std::optional<bool> verdict, hint;
  void worse(std::optional<bool>& what, bool bad) { what = what.value_or(false) || bad; }
};

Says said_by(const Verification& finding, const Line& line) {
  const OutcomeRule& rule = finding.rule;
  Says says;
  if (rule.how == OutcomeRule::How::given) {
    const bool bad = truth(*rule.bad, line.fields);
    if (bad || !rule.good || truth(*rule.good, line.fields)) says.hint = bad;
    return says;
  }
  for (const std::string& field : rule.status_fields) {
    const std::string* text = value_of(line.fields, field);
    if (text == nullptr || !number_in(*text)) continue;
    const double status = *number_in(*text);
    if (status >= 100 && status < 600) says.worse(says.verdict, status >= 500);
  }
  for (const std::string& field : rule.success_fields) {
    const std::string* text = value_of(line.fields, field);
    if (text == nullptr) continue;
    if (says_failed(*text) || says_succeeded(*text)) says.worse(says.verdict, says_failed(*text));
  }
  for (const std::string& field : rule.exception_fields) {
    const std::string* text = value_of(line.fields, field);
    if (text != nullptr && !text->empty()) says.hint = true;
  }
  const Level level = level_of(finding, line);
  if (rule.levels && level != Level::none) says.worse(says.hint, level >= Level::error);
  return says;
}

struct Unit {
  Time start = no_time;
  Time verdict_at = no_time;
  Says says;
  FieldSet fields;

  void add(const Line& line, const Says& said) {
    if (start == no_time || line.time < start) start = line.time;
    fields.insert(line.fields.begin(), line.fields.end());
    if (said.hint) says.worse(says.hint, *said.hint);
    if (!said.verdict || (says.verdict && line.time < verdict_at)) return;
    if (line.time > verdict_at) says.verdict.reset();
    says.worse(says.verdict, *said.verdict);
    verdict_at = line.time;
  }
};

// [bad, total] by "segment when", counted the obvious way.
std::map<std::string, std::pair<int, int>> counted(const Verification& finding,
                                                   const std::vector<Line>& lines) {
  std::map<std::string, Unit> units;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!finding.evidence.contains(lines[i].time)) continue;
    const std::optional<std::string> id =
        finding.unit_fields.empty() ? fmt::format("line {}", i) : id_of(finding, lines[i]);
    if (id) units[*id].add(lines[i], said_by(finding, lines[i]));
  }
  std::map<std::string, std::pair<int, int>> counts;
  for (const auto& [id, unit] : units) {
    const bool before = finding.has_before() && finding.before.contains(unit.start);
    const std::optional<bool> bad = unit.says.verdict ? unit.says.verdict : unit.says.hint;
    if ((!before && !finding.after.contains(unit.start)) || !bad) continue;
    const char* when = !finding.has_before() ? "throughout" : before ? "before" : "after";
    auto& [failed, total] = counts[fmt::format("{} {}", truth(finding.where, unit.fields), when)];
    failed += *bad ? 1 : 0;
    ++total;
  }
  return counts;
}

class Folder {
 public:
  Folder()
      : path_(fmt::format("{}/culprit-translate-{}",
                          std::filesystem::temp_directory_path().string(), ::getpid())) {
    std::filesystem::create_directory(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::string write_lines(const Folder& folder, const std::vector<Line>& lines, std::string extra) {
  std::string bytes = std::move(extra);
  for (const Line& line : lines) bytes += line.json + "\n";
  std::string path = folder.file("it's lines.ndjson");
  REQUIRE(real_world()->write(path, bytes));
  return path;
}

std::string ran(const std::vector<std::string>& command) {
  const Result<Ran> ran = real_world()->run(command, "");
  REQUIRE(ran);
  INFO(command.back() << "\n" << ran->error);
  REQUIRE(ran->exit_code == 0);
  return ran->out;
}

Verification finding_where(std::string_view where, std::string_view unit) {
  Verification finding;
  finding.where = *parse_expr(where);
  finding.evidence = {start + std::chrono::seconds(120), start + std::chrono::seconds(3500)};
  finding.before = {start + std::chrono::seconds(300),
                    start + std::chrono::milliseconds(1'700'250)};
  finding.after = {start + std::chrono::milliseconds(1'800'250),
                   start + std::chrono::seconds(3300)};
  finding.time_fields = {"ts"};
  if (!unit.empty()) finding.unit_fields = {std::string(unit)};
  return finding;
}

Verification finding_of(std::string_view bad, std::string_view where, std::string_view unit) {
  Verification finding = finding_where(where, unit);
  finding.rule.how = OutcomeRule::How::given;
  finding.rule.bad = *parse_expr(bad);
  return finding;
}

// By the last status, a word of success beside it, and levels where there is neither.
Verification inferred(std::string_view where, std::vector<std::string> units) {
  Verification finding = finding_where(where, "");
  finding.unit_fields = std::move(units);
  finding.rule.how = OutcomeRule::How::status;
  finding.rule.status_fields = {"status"};
  finding.rule.success_fields = {"ok"};
  finding.rule.exception_fields = {"exception"};
  finding.rule.levels = true;
  finding.level_fields = {"level", "severity"};
  return finding;
}

Verification without_before(Verification finding) {
  finding.before.to = finding.before.from;
  return finding;
}

// What both jq and SQL translate without a difference.
const char* const conditions[] = {
    "region = eu-*",
    "region = us_* or region = us%*",
    "region != eu-west",
    "region != eu-*",
    "not region = eu-west",
    "region in (EU, eu-n*) and not has(retry)",
    "retry = null",
    "retry != true",
    "has(retry) and (status = 500 or not http.route = /pay)",
    "http.route = \"/pay\" and wait_ms > 2s",
    "wait_ms <= 1500.5 or http.version = 2",
    "region ~ \"^(eu|EU)\" and not (status < 500)",
    "level = error",
    "level != error and severity in (ERR, 30, odd)",
    "level >= warn or severity < info",
    "level >= 50",
    "note = \"it's \\\"odd\\\"\\\\n\"",
    "true",
};

std::string jq_rows(const std::map<std::string, std::pair<int, int>>& counts,
                    const Verification& finding) {
  std::vector<std::string> windows = {"before", "after"};
  if (!finding.has_before()) windows = {"throughout"};
  std::string rows;
  for (const char* segment : {"true", "false"}) {
    for (const std::string& when : windows) {
      const auto found = counts.find(fmt::format("{} {}", segment, when));
      const auto [bad, total] = found == counts.end() ? std::pair(0, 0) : found->second;
      rows += fmt::format(R"({{"segment":{},"when":"{}","bad":{},"total":{}}})", segment, when, bad,
                          total) +
              "\n";
    }
  }
  return rows;
}

void check_jq(const Verification& finding, const std::string& path,
              const std::vector<Line>& lines) {
  const QueryFile file{path, ""};
  const std::string command = query_of(finding, QueryLanguage::jq, {&file, 1});
  CHECK(command.find('\n') == std::string::npos);
  INFO(command << " | " << to_string(finding.where));
  CHECK(ran({"bash", "-c", command}) == jq_rows(counted(finding, lines), finding));
}

// Runs SQL in the DuckDB that the benchmarks install, in a session far from UTC; nothing where it
// is not installed.
std::optional<std::string> duckdb(const std::vector<std::string>& queries) {
  if (!std::filesystem::exists("node_modules/@duckdb/node-api")) return {};
  const std::string script =
      "import { DuckDBInstance } from '@duckdb/node-api';"
      "const database = await (await DuckDBInstance.create(':memory:')).connect();"
      "await database.run(\"set timezone = 'America/New_York'\");"
      "for (const sql of process.argv.slice(1)) {"
      "  console.log(sql);"
      "  for (const row of (await database.runAndReadAll(sql)).getRows())"
      "    console.log(row.map(String).join(' '));"
      "}";
  std::vector<std::string> command = {"node", "--input-type=module", "-e", script};
  command.insert(command.end(), queries.begin(), queries.end());
  return ran(command);
}

std::string sql_rows(const std::map<std::string, std::pair<int, int>>& counts) {
  std::string rows;
  for (const char* row : {"true before", "true after", "false before", "false after"}) {
    const auto found = counts.find(row);
    if (found == counts.end()) continue;
    rows += fmt::format("{} {} {}\n", row, found->second.first, found->second.second);
  }
  return rows;
}

}  // namespace

TEST_CASE("the jq program counts what culprit counts") {
  const Folder folder;
  const std::vector<Line> lines = Lines(1).some(300);
  const std::string path =
      write_lines(folder, lines, "not json\n\n{\"ts\":\"never\",\"status\":500}\n[1]\n{\"cut\":\n");
  for (const char* unit : {"", "request"}) {
    for (const char* where : conditions) {
      check_jq(finding_of("status >= 500", where, unit), path, lines);
    }
    check_jq(finding_of("took > 1s", "tags = b", unit), path, lines);
    check_jq(finding_of("took = 350ms or tags != a", "took in (1500ms, x)", unit), path, lines);
  }
  check_jq(without_before(finding_of("status in (500, 503)", "has(http.route)", "request")), path,
           lines);
  Verification judged = finding_of("status >= 500", "true", "request");
  judged.rule.good = *parse_expr("status = 200");
  check_jq(judged, path, lines);
}

TEST_CASE("the jq program takes a unit's last verdict, as culprit does") {
  const Folder folder;
  const std::vector<Line> lines = Lines(4).some(500);
  const std::string path = write_lines(folder, lines, "");
  const std::vector<std::string> both = {"request", "http.request_id"};
  for (const std::vector<std::string>& units : {{}, {"request"}, both}) {
    for (const char* where : {"true", "region = eu-*", "not has(wait_ms) and region != EU"}) {
      check_jq(inferred(where, units), path, lines);
      Verification levels = inferred(where, units);
      levels.rule.status_fields.clear();
      check_jq(levels, path, lines);
      levels.rule.success_fields.clear();
      check_jq(levels, path, lines);
    }
  }
}

TEST_CASE("jq reads packed files through the program that unpacks them") {
  const Folder folder;
  const std::vector<Line> lines = Lines(5).some(200);
  const std::vector<Line> first(lines.begin(), lines.begin() + 100);
  const std::vector<Line> second(lines.begin() + 100, lines.end());
  std::string plain = write_lines(folder, first, "");
  ran({"gzip", plain});
  const QueryFile files[] = {{plain + ".gz", "gzip"}, {write_lines(folder, second, ""), ""}};
  const Verification finding = inferred("region = eu-*", {"request"});
  const std::string command = query_of(finding, QueryLanguage::jq, files);
  CHECK(ran({"bash", "-c", command}) == jq_rows(counted(finding, lines), finding));
}

TEST_CASE("the first and the last event are inside") {
  const Folder folder;
  const std::vector<Line> lines = Lines(3).some(40);
  const std::string path = write_lines(folder, lines, "");
  Verification whole = without_before(finding_of("status >= 500", "true", ""));
  const auto earlier = [](const Line& a, const Line& b) { return a.time < b.time; };
  whole.evidence.from = std::min_element(lines.begin(), lines.end(), earlier)->time;
  whole.evidence.to = std::max_element(lines.begin(), lines.end(), earlier)->time + Duration(1);
  whole.after = whole.evidence;
  CHECK(counted(whole, lines)["true throughout"].second == 40);
  check_jq(whole, path, lines);
  const QueryFile file{path, ""};
  const std::string sql = query_of(whole, QueryLanguage::sql, {&file, 1});
  const auto [bad, total] = counted(whole, lines)["true throughout"];
  const std::optional<std::string> seen = duckdb({sql});
  if (seen) CHECK(*seen == fmt::format("{}\ntrue throughout {} {}\n", sql, bad, total));
}

TEST_CASE("the SQL counts what culprit counts") {
  const Folder folder;
  const std::vector<Line> lines = Lines(2).some(300);
  const std::string path = write_lines(folder, lines, "not json\n\n[1]\n");
  const QueryFile file{path, ""};
  std::vector<std::string> queries;
  std::string expected;
  const auto ask = [&](const Verification& finding) {
    queries.push_back(query_of(finding, QueryLanguage::sql, {&file, 1}));
    CHECK(queries.back().find('\n') == std::string::npos);
    expected += queries.back() + "\n" + sql_rows(counted(finding, lines));
  };
  for (const char* unit : {"", "request"}) {
    for (const char* where : conditions) {
      ask(finding_of("status >= 500 or status = x?z", where, unit));
      ask(inferred(where, unit[0] == '\0' ? std::vector<std::string>{}
                                          : std::vector<std::string>{unit, "http.request_id"}));
    }
    Verification levels = inferred("true", {"request"});
    levels.rule.status_fields.clear();
    levels.rule.success_fields.clear();
    ask(levels);
    levels.rule = finding_of("status = 500", "true", unit).rule;
    levels.rule.good = *parse_expr("status = 200");
    ask(levels);
  }
  const std::optional<std::string> seen = duckdb(queries);
  if (seen) {
    CHECK(*seen == expected);
  } else {
    MESSAGE("DuckDB is not installed (npm ci): the SQL was not run");
  }
}

TEST_CASE("the words of levels are those that events are read by") {
  for (const Level level :
       {Level::trace, Level::debug, Level::info, Level::warn, Level::error, Level::fatal}) {
    for (const std::string_view word : words_of(level)) CHECK(level_named(word) == level);
  }
}

TEST_CASE("conditions in SQL") {
  const std::pair<const char*, const char*> table[] = {
      {"status >= 500", R"(try_cast("status" as double) >= 500)"},
      {"region = eu-*", R"("region" like 'eu-%')"},
      {"region = 50%*", R"("region" like '50!%%' escape '!')"},
      {"name = \"O'Neil\"", R"("name" = 'O''Neil')"},
      {"region in (a, b*)", R"(("region" in ('a') or "region" like 'b%'))"},
      {"not (has(a) or b != 1)", R"(not coalesce("a" is not null or not "b" = '1', false))"},
      {"wait_ms = 2s", R"(("wait_ms" = '2s' or try_cast("wait_ms" as double) = 2000))"},
      {"a ~ \"x+\" and (b = 1 or c = 2)",
       R"(regexp_matches("a", 'x+') and ("b" = '1' or "c" = '2'))"},
  };
  for (const auto& [text, sql] : table) CHECK(sql_of(*parse_expr(text)) == sql);
}

TEST_CASE("conditions in LogQL, which knows no not and no missing label") {
  const std::pair<const char*, const char*> table[] = {
      {"status >= 500", "status >= 500"},
      {"region = eu-*", "region =~ \"eu-.*\""},
      {"http.route != \"/pay\"", "http_route != \"\" and http_route != \"/pay\""},
      {"not http.route = \"/pay\"", "http_route != \"/pay\""},
      {"not (has(a) and b = 1)", "a = \"\" or b != \"1\""},
      {"not status >= 500", "status < 500 or status = \"\""},
      {"a in (x, y.z)", "a = \"x\" or a = \"y.z\""},
      {"not a in (x, y*)", "a != \"x\" and a !~ \"y.*\""},
      {"a ~ \"t\\d\"", "a =~ \"(?s:.*)(?:t\\\\d)(?s:.*)\""},
      {"wait_ms > 2s", "wait_ms > 2000"},
      {"(a = 1 or b = 2) and c = \")\"", "(a = \"1\" or b = \"2\") and c = \")\""},
      {"true and a = 1", "culprit_none = \"\" and a = \"1\""},
  };
  for (const auto& [text, logql] : table) CHECK(logql_of(*parse_expr(text)) == logql);
}

TEST_CASE("LogQL asks once per window, and once more for the segment") {
  const Verification finding = finding_of("status >= 500", "region = eu-west", "request");
  const std::pair<const char*, const char*> windows[] = {
      {"2025-11-20T14:28:20.249999999Z", "1400250ms"},
      {"2025-11-20T14:54:59.999999999Z", "1499750ms"}};
  const std::pair<const char*, const char*> questions[] = {
      {" | status >= 500", "failures"},
      {"", "all"},
      {" | status >= 500 | region = \"eu-west\"", "failures in the segment"},
      {" | region = \"eu-west\"", "all in the segment"}};
  std::string expected = "# In place of {job=~\".+\"}, name the streams of your own.";
  for (const auto& [now, range] : windows) {
    for (const auto& [filters, what] : questions) {
      expected += fmt::format(
          "\nlogcli instant-query --now={} 'count(sum by (request) (count_over_time("
          "{{job=~\".+\"}} | json{} | request != \"\" [{}])))'  # {} the onset: {}",
          now, filters, range, now == windows[0].first ? "before" : "after", what);
    }
  }
  CHECK(query_of(finding, QueryLanguage::logql, {}) == expected);
}

TEST_CASE("LogQL counts lines where nothing joins them, and everyone where none is singled out") {
  const Verification finding = without_before(finding_of("status >= 500", "true", ""));
  const std::string query = query_of(finding, QueryLanguage::logql, {});
  CHECK(query.find("'sum(count_over_time({job=~\".+\"} | json | status >= 500 [1499750ms]))'") !=
        std::string::npos);
  CHECK(std::count(query.begin(), query.end(), '\n') == 2);
}

TEST_CASE("LogQL says what an inferred failure looks like, and joins the names of the unit") {
  Verification finding = inferred("true", {"trace.id", "traceId"});
  finding.rule.success_fields.clear();
  const std::string query = query_of(finding, QueryLanguage::logql, {});
  CHECK(query.find("failed and then ended well") != std::string::npos);
  CHECK(query.find("sum by (culprit_unit) (count_over_time({job=~\".+\"} | json | status >= 500 "
                   "| label_format culprit_unit=\"{{ or .trace_id .traceId }}\" "
                   "| culprit_unit != \"\" [1400250ms]") != std::string::npos);
  finding.rule.status_fields.clear();
  CHECK(query_of(finding, QueryLanguage::logql, {})
            .find("(exception != \"\" or level =~ \"(?s:.*)(?:^(?i:error|err|severe|e|fatal") !=
        std::string::npos);
}
