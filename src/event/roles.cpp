#include "event/roles.h"

#include <array>
#include <optional>
#include <span>
#include <string>

namespace culprit {
namespace {

using Names = std::span<const std::string_view>;

// Names as `normal` spells them, best first. A leading '=' means that the name counts only when
// it stands alone: as the last part of a dotted name it is too common to mean anything.
constexpr std::string_view times[] = {"timestamp",
                                      "ts",
                                      "time",
                                      "=t",
                                      "eventtime",
                                      "datetime",
                                      "eventtimestamp",
                                      "logtime",
                                      "asctime",
                                      "logtimestamp",
                                      "timestamputc",
                                      "timeutc",
                                      "timelocal",
                                      "localtime",
                                      "timeiso8601",
                                      "timestampms",
                                      "timemillis",
                                      "tsms",
                                      "timems",
                                      "epochms",
                                      "unixtime",
                                      "timeunixnano",
                                      "timeunix",
                                      "epoch",
                                      "loggedat",
                                      "=date",
                                      "=when",
                                      "observedtimestamp",
                                      "instant.epochsecond",
                                      "receivedat",
                                      "createdat",
                                      "=created",
                                      "=occurredat",
                                      "startedat",
                                      "starttime",
                                      "realtimetimestamp",
                                      "sourcerealtimetimestamp",
                                      "monotonictimestamp"};
constexpr std::string_view levels[] = {"level",         "severity",  "loglevel",
                                       "lvl",           "levelname", "severitytext",
                                       "severitylabel", "=sev",      "priority"};
constexpr std::string_view messages[] = {
    "message", "msg",   "shortmessage", "logmessage",   "renderedmessage", "=event",
    "=log",    "=body", "=text",        "eventmessage", "fullmessage",     "messagetemplate"};
constexpr std::string_view statuses[] = {
    "status",         "statuscode",     "httpstatus", "httpstatuscode",
    "responsestatus", "responsecode",   "respstatus", "responsestatuscode",
    "httpcode",       "upstreamstatus", "=code"};
constexpr std::string_view successes[] = {"success",    "=ok",     "succeeded", "issuccess",
                                          "successful", "outcome", "=result"};
constexpr std::string_view exceptions[] = {"exception",
                                           "exceptiontype",
                                           "exception.type",
                                           "excinfo",
                                           "exctype",
                                           "=exc",
                                           "exceptionclass",
                                           "exception.message",
                                           "exceptionmessage",
                                           "exception.stacktrace",
                                           "stacktrace",
                                           "stack",
                                           "traceback",
                                           "errstack",
                                           "errorstack",
                                           "throwable",
                                           "thrown",
                                           "backtrace",
                                           "=panic"};
constexpr std::string_view errors[] = {
    "error",      "err",           "errormessage", "errormsg",
    "errmsg",     "error.message", "err.message",  "error.msg",
    "err.msg",    "errorcode",     "errcode",      "error.code",
    "err.code",   "errno",         "errortype",    "error.type",
    "err.type",   "errorkind",     "error.kind",   "errorname",
    "error.name", "err.name",      "errordetails", "errordescription",
    "failure",    "failurereason", "errorreason",  "fault",
    "errorid",    "error.id",      "grpc.code"};
constexpr std::string_view durations[] = {"duration",
                                          "latency",
                                          "elapsed",
                                          "took",
                                          "responsetime",
                                          "requesttime",
                                          "timetaken",
                                          "elapsedtime",
                                          "processingtime",
                                          "executiontime",
                                          "servicetime",
                                          "totaltime",
                                          "upstreamresponsetime",
                                          "runtime",
                                          "roundtriptime",
                                          "rtt"};
constexpr std::string_view correlations[] = {
    "traceid",       "trace",          "trace.id",       "requestid",
    "reqid",         "request.id",     "req.id",         "xrequestid",
    "correlationid", "correlation.id", "xcorrelationid", "corrid",
    "transactionid", "transaction.id", "operationid",    "invocationid",
    "awsrequestid",  "activityid",     "jobid",          "job.id",
    "jid",           "taskid",         "task.id",        "executionid",
    "runid",         "workflowid",     "traceparent",    "logging.googleapis.com/trace"};
constexpr std::string_view persons[] = {"userid",
                                        "user",
                                        "user.id",
                                        "username",
                                        "user.name",
                                        "enduser.id",
                                        "=uid",
                                        "customerid",
                                        "customer",
                                        "customer.id",
                                        "accountid",
                                        "account",
                                        "account.id",
                                        "tenantid",
                                        "tenant",
                                        "tenant.id",
                                        "organizationid",
                                        "orgid",
                                        "=org",
                                        "organization",
                                        "organization.id",
                                        "memberid",
                                        "useremail",
                                        "user.email",
                                        "email",
                                        "login",
                                        "sessionid",
                                        "session",
                                        "session.id",
                                        "clientid",
                                        "client",
                                        "clientip",
                                        "client.ip",
                                        "client.address",
                                        "remoteaddr",
                                        "remoteip",
                                        "remoteaddress",
                                        "remotehost",
                                        "sourceip",
                                        "source.ip",
                                        "=ip",
                                        "xforwardedfor",
                                        "deviceid"};
constexpr std::string_view operations[] = {"route",         "http.route",
                                           "endpoint",      "operation",
                                           "operationname", "rpc.method",
                                           "handler",       "path",
                                           "url.path",      "uri",
                                           "requesturi",    "requestpath",
                                           "http.target",   "url",
                                           "requesturl",    "action",
                                           "method",        "http.method",
                                           "requestmethod", "controller",
                                           "command",       "=cmd",
                                           "=request",      "rpc",
                                           "grpcmethod",    "transaction.name",
                                           "span.name",     "jobname",
                                           "task"};
constexpr std::string_view versions[] = {"version",
                                         "service.version",
                                         "appversion",
                                         "serviceversion",
                                         "release",
                                         "releaseversion",
                                         "deploymentversion",
                                         "deployment.version",
                                         "deploymentid",
                                         "commit",
                                         "commitsha",
                                         "commitid",
                                         "commithash",
                                         "gitcommit",
                                         "gitsha",
                                         "githash",
                                         "=sha",
                                         "revision",
                                         "=rev",
                                         "image",
                                         "imagetag",
                                         "image.tag",
                                         "container.image.name",
                                         "container.image.tag",
                                         "containerimage",
                                         "dockerimage",
                                         "build",
                                         "buildid",
                                         "buildnumber",
                                         "buildversion",
                                         "=ver"};
constexpr std::string_view places[] = {"service",
                                       "servicename",
                                       "service.name",
                                       "=app",
                                       "application",
                                       "appname",
                                       "applicationname",
                                       "component",
                                       "region",
                                       "cloud.region",
                                       "awsregion",
                                       "zone",
                                       "availabilityzone",
                                       "=az",
                                       "datacenter",
                                       "=dc",
                                       "cluster",
                                       "clustername",
                                       "environment",
                                       "=env",
                                       "deployment.environment",
                                       "namespace",
                                       "host",
                                       "hostname",
                                       "host.name",
                                       "node",
                                       "nodename",
                                       "server",
                                       "servername",
                                       "pod",
                                       "podname",
                                       "pod.name",
                                       "container",
                                       "containername",
                                       "container.name",
                                       "containerid",
                                       "container.id",
                                       "instance",
                                       "instanceid",
                                       "service.instance.id",
                                       "vhost",
                                       "virtualhost",
                                       "upstream",
                                       "upstreamaddr",
                                       "machine",
                                       "machinename"};
// Look like something above and are not.
constexpr std::string_view exempt[] = {
    "ecs.version",           "http.version",       "agent.version",
    "tls.version",           "schema.version",     "os.version",
    "log.version",           "useragent.version",  "browser.version",
    "telemetry.sdk.version", "otel.scope.version", "protocol.version",
    "commit.message",        "agent.name",         "user.agent",
    "observer.version",      "host.os.version"};

struct Row {
  Role role;
  Names names;
};
constexpr std::array<Row, 13> table{Row{Role::time, times},
                                    Row{Role::level, levels},
                                    Row{Role::message, messages},
                                    Row{Role::status, statuses},
                                    Row{Role::success, successes},
                                    Row{Role::exception, exceptions},
                                    Row{Role::error, errors},
                                    Row{Role::duration, durations},
                                    Row{Role::correlation, correlations},
                                    Row{Role::person, persons},
                                    Row{Role::operation, operations},
                                    Row{Role::version, versions},
                                    Row{Role::place, places}};

// What a name without a place in the table weighs; dotted endings weigh more than whole names.
constexpr int rank_unknown = 1000;
constexpr int rank_of_ending = 100;

struct Match {
  Role role = Role::none;
  int rank = rank_unknown;
};

// Lower case, without '_', '-' and '@'.
std::string normal(std::string_view name) {
  std::string text;
  text.reserve(name.size());
  for (const char byte : name) {
    if (byte == '_' || byte == '-' || byte == '@') continue;
    text.push_back(byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte);
  }
  return text;
}

enum class Standing { whole, ending };

std::optional<Match> listed(std::string_view name, Standing standing) {
  for (const std::string_view other : exempt) {
    if (other == name) return Match{};
  }
  for (const Row& row : table) {
    int rank = standing == Standing::ending ? rank_of_ending : 0;
    for (std::string_view entry : row.names) {
      const bool alone = entry.front() == '=';
      if (alone) entry.remove_prefix(1);
      if (entry == name && !(alone && standing == Standing::ending)) return Match{row.role, rank};
      ++rank;
    }
  }
  return std::nullopt;
}

// "latency_ms" is a latency: the unit's name is not part of the word.
std::optional<Match> duration_with_unit(std::string_view name) {
  constexpr std::string_view unit_names[] = {
      "milliseconds", "microseconds", "nanoseconds", "seconds", "millis", "micros", "nanos", "msec",
      "usec",         "nsec",         "secs",        "sec",     "ms",     "us",     "ns",    "s"};
  for (const std::string_view unit : unit_names) {
    if (!name.ends_with(unit)) continue;
    std::string_view word = name.substr(0, name.size() - unit.size());
    if (word.ends_with("in")) word.remove_suffix(2);
    for (std::size_t i = 0; i < std::size(durations); ++i) {
      if (durations[i] == word) return Match{Role::duration, static_cast<int>(i)};
    }
  }
  return std::nullopt;
}

// Serilog's compact form, whose names would be too short for the table.
std::optional<Match> compact(std::string_view name) {
  if (name == "@t") return Match{Role::time, 0};
  if (name == "@l") return Match{Role::level, 0};
  if (name == "@m") return Match{Role::message, 0};
  if (name == "@mt") return Match{Role::message, 1};
  if (name == "@x") return Match{Role::exception, 0};
  if (name == "@version") return Match{};  // logstash's own, always "1"
  return std::nullopt;
}

// The role of `error.foo.message` is the error's, not the message's.
std::optional<Match> within_error(std::string_view parents) {
  while (!parents.empty()) {
    const std::size_t dot = parents.find('.');
    const std::string_view part = parents.substr(0, dot);
    if (part == "error" || part == "err") return Match{Role::error, rank_of_ending};
    if (part == "exception" || part == "exc") return Match{Role::exception, rank_of_ending};
    parents = dot == std::string_view::npos ? std::string_view() : parents.substr(dot + 1);
  }
  return std::nullopt;
}

Match match(std::string_view raw) {
  if (const auto found = compact(raw)) return *found;
  const std::string whole = normal(raw);
  const std::string_view name = whole;
  if (const auto found = listed(name, Standing::whole)) return *found;
  const std::size_t dot = name.rfind('.');
  const std::string_view last = name.substr(dot == std::string_view::npos ? 0 : dot + 1);
  if (dot == std::string_view::npos) return duration_with_unit(last).value_or(Match{});
  const std::size_t before = name.substr(0, dot).rfind('.');
  if (before != std::string_view::npos) {
    if (const auto found = listed(name.substr(before + 1), Standing::ending)) return *found;
  }
  auto found = listed(last, Standing::ending);
  if (found && found->role != Role::exception) {
    if (const auto error = within_error(name.substr(0, dot))) return *error;
  }
  if (!found) found = duration_with_unit(last);
  return found.value_or(Match{});
}

}  // namespace

Role role_of(std::string_view name) { return match(name).role; }

int rank_in_role(std::string_view name) { return match(name).rank; }

}  // namespace culprit
