#include "repo/deploy_row.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "contrast/versions.h"
#include "parse/timestamp.h"

namespace culprit {
namespace {

// In order of preference: when it took effect before when it was written down.
constexpr std::array<std::string_view, 22> start_names = {"deployedat",
                                                          "at",
                                                          "time",
                                                          "ts",
                                                          "timestamp",
                                                          "startedat",
                                                          "starttime",
                                                          "datetime",
                                                          "releasedat",
                                                          "when",
                                                          "deployable.startedat",
                                                          "createdat",
                                                          "date",
                                                          "publishedat",
                                                          "eventtime",
                                                          "updatedat",
                                                          "deploytime",
                                                          "deploymenttime",
                                                          "deployedon",
                                                          "createdon",
                                                          "releasetime",
                                                          "released"};
constexpr std::array<std::string_view, 8> finish_names = {"finishedat",
                                                          "completedat",
                                                          "endedat",
                                                          "endtime",
                                                          "finished",
                                                          "completed",
                                                          "deployable.finishedat",
                                                          "statuses.finishedat"};

constexpr std::array<std::string_view, 10> envelopes = {
    "payload.", "deployment.", "deploy.",     "metadata.", "meta.",
    "labels.",  "data.",       "attributes.", "fields.",   "spec."};

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), lower);
  return result;
}

bool has_digit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_flag_value(std::string_view text) {
  return text == "true" || text == "false" || text == "null";
}

std::string_view without_prefix(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix ? text.substr(prefix.size()) : text;
}

// What was switched or set, where the list is one of flags or settings.
std::string_view switched(const DeployRow& row) {
  return row.find({"flag", "flagkey", "featureflag", "feature", "toggle", "config", "configkey",
                   "setting", "parameter", "key"});
}

// A branch ("main") says nothing about which version it was; a tag or a numbered branch does.
std::string version_of(const DeployRow& row) {
  for (std::string_view name : {"version", "toversion", "newversion", "appversion", "release",
                                "releaseversion", "tag", "tagname", "imagetag", "image", "build"}) {
    const std::string_view value = row.find({name});
    if (!value.empty() && !is_flag_value(value)) {
      return std::string(without_prefix(value, "refs/tags/"));
    }
  }
  const std::string_view to = switched(row).empty() ? row.find({"to"}) : std::string_view{};
  if (!to.empty()) return std::string(to);
  const std::string_view ref = row.find({"ref", "deployable.ref"});
  const std::string_view tag = without_prefix(ref, "refs/tags/");
  if (tag.size() != ref.size()) return std::string(tag);
  return has_digit(ref) && !is_sha(ref) && ref.find('/') == ref.npos ? std::string(ref) : "";
}

std::string sha_in(const DeployRow& row) {
  const std::string_view sha = row.find(
      {"sha", "commit", "commitsha", "gitsha", "gitcommit", "revision", "rev", "commitid",
       "commithash", "headsha", "commit.sha", "commit.id", "deployable.commit.id", "hash"});
  if (!sha.empty()) return std::string(sha);
  const std::string_view ref = row.find({"ref"});
  return is_sha(ref) ? std::string(ref) : "";
}

std::string kind_of(const DeployRow& row) {
  const std::string_view kind =
      row.find({"kind", "type", "changetype", "category", "action", "event", "task"});
  if (!kind.empty()) return lower_case(kind);
  if (!row.find({"flag", "flagkey", "featureflag", "feature", "toggle"}).empty()) return "flag";
  if (!row.find({"config", "configkey", "setting", "parameter"}).empty()) return "config";
  const std::string text = lower_case(row.find({"description", "message", "title"}));
  const bool back = text.rfind("revert", 0) == 0 || text.rfind("rollback", 0) == 0 ||
                    text.rfind("roll back", 0) == 0;
  return back ? "revert" : "deploy";
}

// The first of these that there is names the deploy for a reader.
std::string id_of(const DeployRow& row, const Deploy& deploy) {
  const std::string_view what = switched(row);
  if (!what.empty()) {
    const std::string_view value = row.find({"value", "newvalue", "enabled", "to", "variation"});
    const std::string_view told = value == "true" ? "on" : value == "false" ? "off" : value;
    return told.empty() ? std::string(what) : fmt::format("{} {}", what, told);
  }
  if (!deploy.version.empty()) return deploy.version;
  if (!deploy.sha.empty()) return is_sha(deploy.sha) ? deploy.sha.substr(0, 9) : deploy.sha;
  return std::string(row.find({"name", "ref", "title", "description", "message", "id", "deployid",
                               "deploymentid", "number", "iid", "service", "app"}));
}

struct Moment {
  Time time = no_time;
  bool zoned = true;
  std::string_view text;  // that was there; empty: none
};

template <std::size_t size>
Moment moment_in(const DeployRow& row, const std::array<std::string_view, size>& names,
                 const Zone& zone) {
  Moment moment;
  for (std::string_view name : names) {
    const std::string_view text = row.find({name});
    if (text.empty()) continue;
    if (moment.text.empty()) moment.text = text;
    const TimeRead read = read_timestamp(text, zone);
    if (read.length == 0) continue;
    return {read.time, read.zoned, text};
  }
  return moment;
}

// Namespaces are often named for the whole environment, which is no part of it.
std::string part_named(std::string_view place) {
  static constexpr std::array<std::string_view, 4> whole = {"production", "prod", "live",
                                                            "default"};
  const bool all = std::find(whole.begin(), whole.end(), lower_case(place)) != whole.end();
  return all ? "" : std::string(place);
}

}  // namespace

std::string plain_name(std::string_view name) {
  std::string plain;
  for (char c : name) {
    if (c != '_' && c != '-' && c != ' ' && c != '@' && c != '\r') plain += lower(c);
  }
  for (std::string_view envelope : envelopes) {
    if (plain.rfind(envelope, 0) == 0) return plain.substr(envelope.size());
  }
  return plain;
}

bool names_a_time(std::string_view name) {
  const std::string plain = plain_name(name);
  return std::find(start_names.begin(), start_names.end(), plain) != start_names.end() ||
         std::find(finish_names.begin(), finish_names.end(), plain) != finish_names.end();
}

void DeployRow::add(std::string_view name, std::string_view value) {
  fields.emplace_back(plain_name(name), value);
}

std::string_view DeployRow::find(std::initializer_list<std::string_view> names) const {
  for (std::string_view name : names) {
    for (const auto& [own, value] : fields) {
      if (own == name && !value.empty() && value != "null") return value;
    }
  }
  return {};
}

DeployRead deploy_of(const DeployRow& row, const Zone& zone) {
  const Moment start = moment_in(row, start_names, zone);
  const Moment finish = moment_in(row, finish_names, zone);
  if (start.time == no_time && finish.time == no_time) {
    const std::string_view text = start.text.empty() ? finish.text : start.text;
    const std::string fault =
        text.empty() ? "it has no time" : fmt::format("its time \"{}\" cannot be read", text);
    return {{}, true, fault};
  }
  Deploy deploy;
  deploy.at = start.time != no_time ? start.time : finish.time;
  if (finish.time != no_time && finish.time >= deploy.at) deploy.finished = finish.time;
  deploy.version = version_of(row);
  deploy.sha = sha_in(row);
  deploy.from_version = row.find({"fromversion", "previousversion", "oldversion", "prevversion",
                                  "previous", "fromsha", "previoussha", "previouscommit"});
  if (deploy.from_version.empty() && switched(row).empty())
    deploy.from_version = row.find({"from"});
  deploy.service = row.find({"service", "servicename", "app", "application", "appname", "component",
                             "project", "repository", "repo", "project.name", "service.name"});
  deploy.environment = row.find({"environment", "environment.name", "env", "stage"});
  deploy.place =
      part_named(row.find({"region", "cluster", "zone", "datacenter", "location", "namespace"}));
  deploy.status = lower_case(
      row.find({"statuses.state", "status", "state", "result", "outcome", "deployable.status"}));
  deploy.description = row.find({"description", "message", "title", "summary", "notes", "comment"});
  deploy.kind = kind_of(row);
  deploy.id = id_of(row, deploy);
  if (deploy.id.empty()) return {{}, true, "it has no version, sha or name"};
  return {std::move(deploy), start.time != no_time ? start.zoned : finish.zoned, {}};
}

bool took_place(const Deploy& deploy) {
  constexpr std::array<std::string_view, 12> never = {
      "canceled", "cancelled", "skipped", "blocked",  "rejected", "pending",
      "queued",   "created",   "waiting", "declined", "planned",  "waiting_for_approval"};
  return std::find(never.begin(), never.end(), deploy.status) == never.end();
}

}  // namespace culprit
