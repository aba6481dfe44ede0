#include "case/mask.h"

#include <random>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "case/mask_shapes.h"

using namespace culprit;

namespace {

struct Masking {
  std::string text;
  std::string hidden;
};

const Masking maskings[] = {
    {"password=hunter2 user=amy", "password=*** user=amy"},
    {"DB_PASSWORD=hunter2", "DB_PASSWORD=***"},
    {"password = \"hunter 2\" and a = 1", "password = \"***\" and a = 1"},
    {"SMTP_PASS=\"a b\"", "SMTP_PASS=\"***\""},
    {"accessToken: abc", "accessToken: ***"},
    {"api_key in (a, b) or b = 2", "api_key in (***) or b = 2"},
    {"token != abc and not api-key ~ \"x.*\"", "token != *** and not api-key ~ \"***\""},
    {R"({"password":"a\"b","user":"amy"})", R"({"password":"***","user":"amy"})"},
    {R"({"password": 12345, "n": 2})", R"({"password": "***", "n": 2})"},
    {R"({"token":null,"secret":"","pwd":true})", R"({"token":null,"secret":"","pwd":true})"},
    {R"({"token":{"secret":"x","ttl":5}})", R"({"token":{"secret":"***","ttl":5}})"},
    {R"("line":"{\"password\":\"a\\\"b\",\"n\":1}")", R"("line":"{\"password\":\"***\",\"n\":1}")"},
    {R"("line":"{\"password\":7,\"n\":1}")", R"("line":"{\"password\":\"***\",\"n\":1}")"},
    {R"("line":"password=a\\b\nnext")", R"("line":"password=***\nnext")"},
    {"{'password': 'x', 'n': 1}", "{'password': '***', 'n': 1}"},
    {"Authorization: Bearer abc.def-123\nHost: a", "Authorization: ***\nHost: a"},
    {"curl -H 'Authorization: Basic dXNlcjpw' http://a", "curl -H 'Authorization: ***' http://a"},
    {"authorization=Bearer abc status=200", "authorization=*** status=200"},
    {"authorization=Basic status=200", "authorization=***"},
    {"Cookie: a=b; c=d", "Cookie: ***"},
    {"curl -u amy:hunter2 http://a", "curl -u amy:*** http://a"},
    {"mysql --password hunter2 --user amy", "mysql --password *** --user amy"},
    {"run --token=abc --token-file x", "run --token=*** --token-file x"},
    {"run --secret --verbose", "run --secret --verbose"},
    {"postgres://amy:p%40ss@db:5432/x?a=b", "postgres://amy:***@db:5432/x?a=b"},
    {"https://a.example/x?access_token=abc&page=2", "https://a.example/x?access_token=***&page=2"},
    {"https://a.example:8080/x@y", "https://a.example:8080/x@y"},
    {"key AKIAIOSFODNN7EXAMPLE used", "key *** used"},
    {"aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
     "aws_secret_access_key = ***"},
    {"got ghp_" + std::string(36, 'a') + ".", "got ***."},
    {"\"x\\nghp_" + std::string(36, 'a') + "\"", "\"x\\n***\""},
    {"C:\\token=abc", "C:\\token=***"},
    {"jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-_1 end", "jwt *** end"},
    {"sent Bearer 0123456789abcdef0", "sent ***"},
    {"Bearer authentication failed", "Bearer authentication failed"},
    {"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb", "***\nb"},
    {"\\n-----BEGIN PRIVATE KEY-----\\nMIIE\\n-----END PRIVATE KEY-----\\nb", "\\n***\\nb"},
    {"-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----"},
    {"paid with 4111 1111 1111 1111 today", "paid with *** today"},
    {"paid with 378282246310005", "paid with ***"},
    {"paid with 3782-822463-10005!", "paid with ***!"},
    {"order 4111111111111112", "order 4111111111111112"},
    {"ts=1763647200000000000 us=1763647200000000", "ts=1763647200000000000 us=1763647200000000"},
    {"ratio 0.4111111111111111", "ratio 0.4111111111111111"},
    {"a@example.com from 10.0.0.1", "a@example.com from 10.0.0.1"},
    {"max_tokens=300 token_count=5 secretary=x compass=y",
     "max_tokens=300 token_count=5 secretary=x compass=y"},
    {"has(token) or unexpected token", "has(token) or unexpected token"},
    {"path/to/password", "path/to/password"},
    {"password", "password"},
    {"password:", "password:"},
    {"\"password", "\"password"},
};

}  // namespace

TEST_CASE("secrets are hidden and everything around them stays") {
  for (const Masking& masking : maskings) {
    CHECK(masked(masking.text) == masking.hidden);
    CHECK(masked(masking.hidden) == masking.hidden);
  }
}

TEST_CASE("JSON stays JSON") {
  const std::pair<const char*, const char*> table[] = {
      {R"({"password":"a\"b\\","n":[1,2]})", R"({"password":"***","n":[1,2]})"},
      {R"({"tokens":["a"],"token":["a","b"],"n":"c"})",
       R"({"tokens":["a"],"token":["***","***"],"n":"c"})"},
      {R"({"secret":-1.5e3,"x":4111111111111111})", R"({"secret":"***","x":"***"})"},
      {R"({"password":{"hint":"x","password":"y"},"z":"w"})",
       R"({"password":{"hint":"x","password":"***"},"z":"w"})"},
      {R"({"where":"token = abc and a = 1"})", R"({"where":"token = *** and a = 1"})"},
      {R"({"where":"token = \"a b\" and a = 1"})", R"({"where":"token = \"***\" and a = 1"})"},
      {R"({"line":"{\"password\":\"x\\\\\",\"n\":1}"})",
       R"({"line":"{\"password\":\"***\",\"n\":1}"})"},
      {R"({"line":"password=a\u00e9b c"})", R"({"line":"password=*** c"})"},
      {R"({"line":"password=abc\\"})", R"({"line":"password=***"})"},
      {R"([{"name":"Authorization","value":"x"},{"name":"Host","value":"y"}])",
       R"([{"name":"Authorization","value":"***"},{"name":"Host","value":"y"}])"},
      {R"({"a":true,"token":null,"b":"AKIAIOSFODNN7EXAMPLE"})",
       R"({"a":true,"token":null,"b":"***"})"},
  };
  for (const auto& [json, hidden] : table) {
    CHECK(masked_json(json) == hidden);
    CHECK(masked_json(hidden) == hidden);
  }
}

TEST_CASE("names of secrets") {
  for (const char* name :
       {"password", "Password", "db.password", "userPassword", "X-Api-Key", "client_secret",
        "AWS_SECRET_ACCESS_KEY", "Set-Cookie", "pwd", "db_pwd", "DB_PW", "SMTP_PASS", "AUTH",
        "_auth", "--db-pass", "http.request.headers.authorization"}) {
    CHECK(names_secret(name));
  }
  for (const char* name : {"", "pass_count", "token_type", "key", "user", "passenger", "authority",
                           "compass", "oauth", "bypass"}) {
    CHECK_FALSE(names_secret(name));
  }
}

namespace {

// Whether every string of a JSON text ends and holds whole escapes only.
bool strings_are_whole(std::string_view json) {
  bool inside = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '"') inside = !inside;
    if (!inside || json[i] != '\\') continue;
    const std::string_view rest = json.substr(i + 1);
    if (rest.empty() || std::string_view("\"\\/bfnrtu").find(rest[0]) == std::string_view::npos) {
      return false;
    }
    const std::string_view digits = rest.substr(0, 5);
    if (rest[0] == 'u' && (digits.size() < 5 || digits.find_first_not_of("0123456789abcdef", 1) !=
                                                    std::string_view::npos)) {
      return false;
    }
    ++i;
  }
  return !inside;
}

std::string escaped(std::string_view text) {
  std::string json;
  for (const char c : text) {
    if (c == '"' || c == '\\') json += '\\';
    json += c == '\n'     ? std::string("\\n")
            : c == '\x01' ? std::string("\\u0001")
                          : std::string(1, c);
  }
  return json;
}

}  // namespace

namespace {

// An opening quote before a secret may make any reading of what follows the right one.
constexpr std::size_t quotes = 2;
const char* const pieces[] = {"\"",
                              "'",
                              "password",
                              "token",
                              "Authorization",
                              ":",
                              "=",
                              " ",
                              "\\",
                              "\n",
                              "x",
                              "1",
                              ",",
                              "{",
                              "}",
                              "[",
                              "]",
                              "(",
                              ")",
                              "\x01",
                              " in (",
                              "--",
                              "AKIAIOSFODNN7EXAMPLE",
                              "://",
                              "@",
                              "Bearer ",
                              "&",
                              "eyJ",
                              ".",
                              "4111111111111111",
                              "-----BEGIN PRIVATE KEY-----",
                              "null",
                              "-u "};
const char* const secrets[] = {"password=s3cr3t",
                               "\"token\":\"s3cr3t\"",
                               "Authorization: Bearer s3cr3t",
                               "--api-key s3cr3t",
                               "http://u:s3cr3t@h/",
                               "api_key in (s3cr3t)",
                               "authorization=Basic s3cr3t",
                               "{\"pwd\": \"a\\\"s3cr3t\"}",
                               "Cookie: a=b; s3cr3t",
                               "-u amy:s3cr3t",
                               "secret = \"a s3cr3t\"",
                               "AKIAS3CR3TS3CR3TS3CR"};

}  // namespace

TEST_CASE("whatever the lines hold, JSON stays whole and the secret is gone at every depth") {
  std::mt19937 random(7);
  const auto noise = [&](std::size_t first) {
    std::string text;
    for (auto n = random() % 8; n > 0; --n) {
      text += pieces[first + random() % (std::size(pieces) - first)];
    }
    return text;
  };
  for (int round = 0; round < 20'000; ++round) {
    const std::string before = noise(quotes);
    const std::string line =
        before + "\n" + secrets[random() % std::size(secrets)] + " " + noise(0);
    const std::string inner = fmt::format(R"({{"line":"{}"}})", escaped(line));
    const std::string json =
        fmt::format(R"({{"line":"{}","nested":"{}","n":1}})", escaped(line), escaped(inner));
    REQUIRE(strings_are_whole(json));
    const std::string hidden = masked_json(json);
    INFO(json << "\n" << hidden);
    REQUIRE(strings_are_whole(hidden));
    for (const std::string& text : {hidden, masked(line), masked(json)}) {
      INFO(text);
      REQUIRE(text.find("s3cr3t") == std::string::npos);
      REQUIRE(text.find("S3CR3T") == std::string::npos);
    }
  }
}

TEST_CASE("no text takes more than linear time") {
  for (const char* piece : {"a.", "-", "eyJ-", "token in (", "password", "\\", "://a:", "token:\"",
                            "4111 ", "-u x", "Bearer ", "\"token\":[", "-----BEGIN "}) {
    std::string text;
    while (text.size() < 1'000'000) text += piece;
    CHECK(masked(text).size() <= text.size() + 16);  // ends within the test's time limit
  }
}
