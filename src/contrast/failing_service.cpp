#include "contrast/failing_service.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace culprit {
namespace {

// The background is known from few failures; more of it than that is not taken off.
constexpr double background_max = 0.8;
constexpr double takes_part = 0.5;
constexpr std::size_t beside_min = 10;

template <typename Holds>
double share(std::span<const UnitPath> paths, const Holds& holds) {
  if (paths.empty()) return 0;
  return static_cast<double>(std::count_if(paths.begin(), paths.end(), holds)) /
         static_cast<double>(paths.size());
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Before the onset, since then all that come by the guilty one may be failures.
void tell_beside(const UnitPaths& paths, std::vector<FailingService>& services) {
  if (services.empty()) return;
  std::vector<UnitPath> failing;
  std::copy_if(paths.after.begin(), paths.after.end(), std::back_inserter(failing),
               [&](const UnitPath& path) { return path.first == services.front().name; });
  for (FailingService& service : services) {
    service.among = share(std::span<const UnitPath>(failing),
                          [&](const UnitPath& path) { return has(path.services, service.name); });
  }
  std::vector<UnitPath> through;
  const auto passes = [&](const UnitPath& path) {
    return has(path.services, services.front().name);
  };
  const auto& good = paths.good_before.empty() ? paths.good : paths.good_before;
  std::copy_if(good.begin(), good.end(), std::back_inserter(through), passes);
  if (through.size() < beside_min) return;
  for (FailingService& service : services) {
    service.beside = share(std::span<const UnitPath>(through),
                           [&](const UnitPath& path) { return has(path.services, service.name); });
  }
}

}  // namespace

std::vector<FailingService> failing_services(const UnitPaths& paths) {
  std::set<std::string> names;
  for (std::span<const UnitPath> side : {paths.before, paths.after, paths.good}) {
    for (const UnitPath& path : side) {
      names.insert(path.first);
      names.insert(path.services.begin(), path.services.end());
      names.insert(path.named.begin(), path.named.end());
    }
  }
  names.erase("");
  const double background =
      paths.before.empty() ? 0 : std::clamp(paths.background, 0.0, background_max);
  // What the incident added, of what holds for so many of the failures before and since.
  const auto added = [&](const auto& holds) {
    const double due = background * share(paths.before, holds);
    return std::clamp((share(paths.after, holds) - due) / (1 - background), 0.0, 1.0);
  };
  std::vector<FailingService> services;
  for (const std::string& name : names) {
    const auto passes = [&](const UnitPath& path) { return has(path.services, name); };
    FailingService service;
    service.name = name;
    service.first = added([&](const UnitPath& path) { return path.first == name; });
    service.named = added([&](const UnitPath& path) { return has(path.named, name); });
    service.present = share(paths.after, passes);
    service.logged = share(paths.good, passes);
    // Who takes part in the failing units and says nothing of it is a caller, or another word.
    if (service.present > takes_part) service.named = 0;
    services.push_back(std::move(service));
  }
  std::stable_sort(
      services.begin(), services.end(),
      [](const FailingService& a, const FailingService& b) { return a.first > b.first; });
  tell_beside(paths, services);
  return services;
}

}  // namespace culprit
