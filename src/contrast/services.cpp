#include "contrast/services.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "contrast/words.h"

namespace culprit {
namespace {

using WordSet = std::set<std::string, std::less<>>;

bool is_plain(std::string_view word) {
  static const WordSet plain = {"service", "server",     "api",    "app",     "svc",
                                "prod",    "production", "worker", "backend", "src"};
  return plain.count(word) > 0;
}

// Calls `each` with every folder of a path until it returns true; whether it did.
template <typename Each>
bool any_folder(std::string_view path, const Each& each) {
  for (std::size_t slash = path.find('/'); slash != path.npos; slash = path.find('/')) {
    if (each(path.substr(0, slash))) return true;
    path.remove_prefix(slash + 1);
  }
  return false;
}

bool lies_in(std::string_view path, std::string_view service) {
  return any_folder(path, [&](std::string_view folder) { return same_service(folder, service); });
}

}  // namespace

bool names_service(std::string_view field) {
  static const WordSet names = {"service",   "service.name", "service_name",    "servicename",
                                "app",       "app.name",     "app_name",        "appname",
                                "component", "application",  "application_name"};
  std::string name(field);
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return names.count(name) > 0;
}

bool same_service(std::string_view a, std::string_view b) {
  const auto same = [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  };
  if (std::equal(a.begin(), a.end(), b.begin(), b.end(), same)) return true;
  WordSet words;
  each_word(a, [&](std::string_view word) {
    if (!is_plain(word)) words.emplace(word);
  });
  bool shared = false;
  each_word(b, [&](std::string_view word) { shared = shared || words.count(word) > 0; });
  return shared;
}

bool speaks_of(std::string_view text, std::string_view service) {
  const auto inner = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  const auto same = [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  };
  if (service.empty()) return false;
  auto at = text.begin();
  while (true) {
    at = std::search(at, text.end(), service.begin(), service.end(), same);
    if (at == text.end()) return false;
    const auto end = at + static_cast<std::ptrdiff_t>(service.size());
    if ((at == text.begin() || !inner(at[-1])) && (end == text.end() || !inner(*end))) return true;
    ++at;
  }
}

ServiceNames service_names(const std::vector<Change>& changes, const ChangeEvidence& evidence) {
  std::set<std::string> names(evidence.failing_services.begin(), evidence.failing_services.end());
  for (const Change& change : changes) names.insert(change.service);
  for (const VersionRate& rate : evidence.version_rates) names.insert(rate.service);
  for (const Symptom& symptom : evidence.symptoms) names.insert(symptom.service);
  names.erase("");
  return {names.begin(), names.end()};
}

bool touches_service(const CommitText& commit, std::string_view service) {
  return std::any_of(commit.files.begin(), commit.files.end(),
                     [&](const FileDiff& file) { return lies_in(file.path, service); });
}

bool lies_in_service(const CommitText& commit, std::string_view service) {
  return !commit.files.empty() &&
         std::all_of(commit.files.begin(), commit.files.end(),
                     [&](const FileDiff& file) { return lies_in(file.path, service); });
}

bool is_foreign(const CommitText& commit, std::string_view service, const ServiceNames& services) {
  if (service.empty() || commit.files.empty()) return false;
  return std::all_of(commit.files.begin(), commit.files.end(), [&](const FileDiff& file) {
    const bool of_any = std::any_of(services.begin(), services.end(), [&](const std::string& name) {
      return lies_in(file.path, name);
    });
    return of_any && !lies_in(file.path, service);
  });
}

}  // namespace culprit
