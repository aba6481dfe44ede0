#include "parse/document.h"

#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace culprit {
namespace {

std::string told(const Result<Document>& read) {
  if (!read) return "error: " + read.error().what;
  std::string text = read->format;
  constexpr std::string_view kinds[] = {"", ":n", ":b", ":0"};
  for (const Leaf& leaf : read->leaves) {
    text += fmt::format("; {}={}{}", fmt::join(leaf.steps, "/"), leaf.value,
                        kinds[static_cast<std::size_t>(leaf.kind)]);
  }
  return text;
}

struct Row {
  const char* name;
  const char* text;
  const char* said;
};

constexpr Row rows[] = {
    {"a.json", R"({"a":{"b":1,"c":"x"},"d":[true,null],"e":{}})",
     "json; a/b=1:n; a/c=x; d/[0]=true:b; d/[1]=null:0; e={}"},
    {"a.json", R"([{"name":"db","port":1},{"name":"web","port":2}])",
     "json; [name=db]/name=db; [name=db]/port=1:n; [name=web]/name=web; [name=web]/port=2:n"},
    {"a.json", R"([{"name":"db"},{"name":"db"}])", "json; [0]/name=db; [1]/name=db"},
    {"a.json", R"({"a":)", "error: no JSON at byte 6"},
    {"a.yaml", "a:\n  b: 1\n  c: '1'\nd: [yes, ~, 1.5]\n",
     "yaml; a/b=1:n; a/c=1; d/[0]=yes; d/[1]=null:0; d/[2]=1.5:n"},
    {"a.yml", "a: [1\n", "error: no YAML at line 2: end of sequence flow not found"},
    {"a.yaml", "]\n", "error: no YAML at line 1: illegal flow end"},
    {"a.yaml", "---\na: 1\n---\nb: 2\n", "yaml; [0]/a=1:n; [1]/b=2:n"},
    {"a.yaml", "a: 1\n---\nb: [\n", "error: no YAML at line 4: end of sequence flow not found"},
    {"deploy", "image: shop\nreplicas: 3\nenv:\n  - name: A\n    value: x\n",
     "yaml; image=shop; replicas=3:n; env/[name=A]/name=A; env/[name=A]/value=x"},
    {"a.toml", "x = 1\n[pool]\nsize = 2.5\nhosts = ['a']\n",
     "toml; pool/hosts/[0]=a; pool/size=2.5:n; x=1:n"},
    {"a.toml", "x = \n", "error: no TOML at line 1"},
    {".env", "# shop\nexport A=1\nB='x y'\nC=\n", "environment; A=1; B=x y; C="},
    {"my.cnf", "[mysqld]\nmax_connections = 5\n; note\nsort buffer = 2M\n",
     "ini; mysqld/max_connections=5; mysqld/sort buffer=2M"},
    {"r.http",
     "POST /pay?plan=pro&x HTTP/1.1\r\nHost: shop\r\nX-Id:  7 \r\n\r\n{\"a\":1}\r\n"
     "HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\n\r\nno\r\n",
     "http; request/method=POST; request/path=/pay; request/query/plan=pro; request/query/x=; "
     "request/headers/host=shop; request/headers/x-id=7; request/body/a=1:n; "
     "response/version=HTTP/1.1; response/status=502:n; response/headers/server=nginx; "
     "response/body=no"},
    {"curl.txt",
     "*   Trying 127.0.0.1:80...\n> GET / HTTP/1.1\n> Host: shop\n> \n< HTTP/1.1 200 OK\n"
     "< Date: x\n< \n{\"ok\":true}\n* Connection #0 left intact\n",
     "http; request/method=GET; request/path=/; request/headers/host=shop; "
     "response/version=HTTP/1.1; response/status=200:n; response/headers/date=x; "
     "response/body/ok=true:b"},
    {"notes", "one line\nanother\none line\n", "text; one line=; another=; one line/#2=#2"},
    {"empty", "", "text"},
};

}  // namespace

TEST_CASE("documents of every notation become leaves") {
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const std::string said = told(read_document(row.text, row.name));
    CHECK(said.substr(0, std::string_view(row.said).size()) == row.said);
    if (!said.starts_with("error")) CHECK(said == row.said);
  }
}

TEST_CASE("spans stand below the spans that called them") {
  const char* trace =
      R"({"data":[{"traceID":"7d4f","processes":{"p1":{"serviceName":"web"}},"spans":[)"
      R"({"traceID":"7d4f","spanID":"b2","operationName":"SELECT","processID":"p1",)"
      R"("startTime":1763647392123456,"duration":2000,)"
      R"("references":[{"refType":"CHILD_OF","traceID":"7d4f","spanID":"a1"}]},)"
      R"({"traceID":"7d4f","spanID":"a1","operationName":"GET /","processID":"p1",)"
      R"("startTime":1763647392123400,"duration":2500,"tags":[]}]}]})";
  const std::string said = told(read_document(trace, "trace.json"));
  CHECK(said.starts_with("trace; "));
  CHECK(said.find("web GET //web SELECT/duration_ms=2:n") != std::string::npos);
  CHECK(said.find("web GET //duration_ms=2.5:n") != std::string::npos);
}

TEST_CASE("documents are bounded") {
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  CHECK(told(read_document(deep, "a.json")) == "error: deeper than 64 levels");
  std::string bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c <= 'h'; ++c) {
    const char before = static_cast<char>(c - 1);
    bomb +=
        fmt::format("{0}: &{0} [*{1},*{1},*{1},*{1},*{1},*{1},*{1},*{1},*{1},*{1}]\n", c, before);
  }
  CHECK(told(read_document(bomb, "a.yaml")) == "error: deeper or larger than is read");
}

}  // namespace culprit
