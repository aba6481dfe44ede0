#include "workbench/repro_prior.h"

#include <algorithm>
#include <cctype>

#include "event/expr.h"
#include "parse/document.h"
#include "workbench/kept_findings.h"

namespace culprit {
namespace {

constexpr std::size_t findings_max = 3;  // of who: further ones seldom name another cause

std::string lower(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return made;
}

// "request.region" -> "REQUEST_REGION".
std::string variable_of(std::string_view field) {
  std::string name;
  for (const char c : field) {
    const auto byte = static_cast<unsigned char>(c);
    name += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return name;
}

// "region = eu-west" as a variable; empty: no value that could be set.
std::string factor_of(const std::string& condition) {
  const std::size_t equals = condition.find(" = ");
  if (equals == condition.npos || condition.starts_with("not ")) return "";
  std::string value = condition.substr(equals + 3);
  if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) {
    value = value.substr(1, value.size() - 2);
  }
  const bool plain = value.find_first_of("*?,\"") == value.npos;
  if (!plain) return "";
  return fmt::format("env({})=unset,{}", variable_of(condition.substr(0, equals)), value);
}

bool speaks_of(const Document& document, const std::string& name) {
  const std::string wanted = lower(name);
  return std::any_of(document.leaves.begin(), document.leaves.end(), [&](const Leaf& leaf) {
    const std::string& part = leaf.steps.front();
    const bool evidence = part == "who" || part == "metrics" || part == "components" ||
                          part == "templates" || part == "looks_like";
    return evidence && lower(leaf.value).find(wanted) != std::string::npos;
  });
}

}  // namespace

Result<std::vector<std::string>> factors_of_findings(std::string_view json,
                                                     const std::vector<std::string>& upstreams) {
  const Document document = TRY(read_document(json, "findings.json"));
  std::vector<std::string> factors;
  std::vector<std::string> findings;  // as they are known in the list
  const auto add = [&](std::string factor) {
    const bool known = std::find(factors.begin(), factors.end(), factor) != factors.end();
    if (!factor.empty() && !known) factors.push_back(std::move(factor));
  };
  for (const Leaf& leaf : document.leaves) {
    if (leaf.steps.size() < 4 || leaf.steps[0] != "who" || leaf.steps[2] != "conditions") continue;
    if (std::find(findings.begin(), findings.end(), leaf.steps[1]) == findings.end()) {
      findings.push_back(leaf.steps[1]);
    }
    if (findings.size() > findings_max) break;
    add(factor_of(leaf.value));
  }
  for (const std::string& name : upstreams) {
    if (speaks_of(document, name)) add(fmt::format("latency({})=0..500ms", name));
  }
  return factors;
}

Result<std::vector<std::string>> factors_of_prior(World& world, const std::string& prior,
                                                  const std::vector<std::string>& upstreams) {
  if (prior == "none" || prior.empty()) return std::vector<std::string>();
  const std::string json = TRY(kept_findings(world, prior));
  return factors_of_findings(json, upstreams);
}

}  // namespace culprit
