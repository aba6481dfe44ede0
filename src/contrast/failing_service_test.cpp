#include "contrast/failing_service.h"

#include <algorithm>

#include <doctest/doctest.h>

namespace culprit {
namespace {

using Paths = std::vector<UnitPath>;

Paths times(std::size_t count, const UnitPath& path) { return Paths(count, path); }

void add(Paths& paths, std::size_t count, const UnitPath& path) {
  paths.insert(paths.end(), count, path);
}

FailingService found(const std::vector<FailingService>& services, std::string_view name) {
  const auto one =
      std::find_if(services.begin(), services.end(),
                   [&](const FailingService& service) { return service.name == name; });
  return one == services.end() ? FailingService{} : *one;
}

TEST_CASE("the service that says first that something is wrong is where failures begin") {
  const Paths failing = times(20, {"payments", {"web", "checkout", "payments"}, {}});
  const Paths good = times(20, {"", {"web", "checkout", "payments"}, {}});
  const auto services = failing_services({{}, failing, good});
  CHECK(services.front().name == "payments");
  CHECK(services.front().first == doctest::Approx(1));
  CHECK(found(services, "checkout").first == 0);
  CHECK(found(services, "checkout").present == doctest::Approx(1));
}

TEST_CASE("what failed before at its old rate is no part of the incident") {
  const Paths before = times(10, {"search", {"web", "search"}, {}});
  Paths after = times(10, {"search", {"web", "search"}, {}});
  add(after, 10, {"payments", {"web", "payments"}, {}});
  const auto services =
      failing_services({.before = before, .after = after, .good = {}, .background = 0.5});
  CHECK(services.front().name == "payments");
  CHECK(services.front().first == doctest::Approx(1));
  CHECK(found(services, "search").first == doctest::Approx(0));
}

TEST_CASE("a service that is only spoken of is named, one that takes part is not") {
  const Paths away = times(10, {"checkout", {"web", "checkout"}, {"payments"}});
  CHECK(found(failing_services({{}, away, {}}), "payments").named == doctest::Approx(1));
  const Paths there = times(10, {"checkout", {"web", "checkout", "payments"}, {"payments"}});
  CHECK(found(failing_services({{}, there, {}}), "payments").named == 0);
}

TEST_CASE("where only one caller's requests fail, that is told by those that went well before") {
  Paths failing = times(20, {"stock", {"web", "billing", "stock"}, {}});
  add(failing, 5, {"auth", {"web", "auth"}, {}});
  Paths before = times(10, {"", {"web", "billing", "stock"}, {}});
  add(before, 30, {"", {"web", "catalog", "stock"}, {}});
  const auto services = failing_services(
      {.before = {}, .after = failing, .good = {}, .good_before = before, .background = 0});
  CHECK(found(services, "billing").beside == doctest::Approx(0.25));
  CHECK(found(services, "billing").among == doctest::Approx(1));
  CHECK(found(services, "web").beside == doctest::Approx(1));
}

TEST_CASE("without any path nothing is told") { CHECK(failing_services({}).empty()); }

}  // namespace
}  // namespace culprit
