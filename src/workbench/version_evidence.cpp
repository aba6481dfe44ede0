#include "workbench/version_evidence.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>

#include "contrast/versions.h"
#include "event/roles.h"

namespace culprit {
namespace {

constexpr std::size_t of_version_read = 4;  // of a version that none of the units read ran
constexpr std::int64_t strata = 20;         // of the time after the onset
constexpr std::size_t versions_max = 50;
constexpr double of_one_service = 0.99;  // of a version's lines, to be that service's

// Which service ran it, by (field, value) of versions.
using Owners = std::map<std::pair<std::string, std::string>, std::map<std::string, double>>;

void add_owners(const Lines& units, Owners& owners) {
  for (const std::vector<UnitLine>& unit : units) {
    for (const UnitLine& line : unit) {
      for (const NamedValue& version : line.versions) {
        ++owners[{version.field, version.value}][line.service];
      }
    }
  }
}

bool is_shared(const Owners& owners, const VersionRate& rate) {
  const auto found = owners.find({rate.field, rate.value});
  return found != owners.end() && found->second.size() > 1 && rate.service.empty();
}

// Empty: it is not known, or several services run it.
std::string owner_of(const Owners& owners, const VersionRate& rate) {
  const auto found = owners.find({rate.field, rate.value});
  if (found == owners.end()) return "";
  double all = 0;
  for (const auto& [service, count] : found->second) all += count;
  for (const auto& [service, count] : found->second) {
    if (count >= of_one_service * all) return service;
  }
  return "";
}

// "image 68629 stored" speaks of an image, not of what runs.
bool looks_like_version(std::string_view value) {
  const bool digit = value.find_first_of("0123456789") != value.npos;
  return is_sha(value) || (digit && value.find_first_of(".-_") != value.npos) ||
         (value.size() > 1 && (value[0] == 'v' || value[0] == 'V') && digit);
}

bool runs(const UnitLine* line, const VersionRate& rate) {
  return line != nullptr &&
         std::any_of(line->versions.begin(), line->versions.end(), [&](const NamedValue& version) {
           return version.field == rate.field && version.value == rate.value;
         });
}

// When one service was first seen to run what others run too: units of each are read, then those
// before the first that shows it, and so on. no_time: in none that was read.
class VersionDebut {
 public:
  VersionDebut(Engine& engine, const UnitLines& lines, const VersionRate& rate, std::uint64_t seed)
      : engine_(engine), lines_(lines), rate_(rate), seed_(seed), all_(sample({})) {}

  Time of(const std::string& service) const {
    constexpr int rounds = 4;  // each leaves about a 200th of the time before
    Time first = earliest(all_, service);
    for (int i = 1; i < rounds && first != no_time; ++i) {
      // What ran from the beginning is no change: the instant does not matter.
      if (first - engine_.schema().from < settling) break;
      Window window;
      window.to = first;
      const Time found = earliest(sample(window), service);
      if (found == no_time) break;
      first = found;
    }
    return first;
  }

 private:
  struct Sample {
    std::vector<UnitSample> units;
    Lines lines;
  };
  Sample sample(Window window) const {
    std::vector<UnitSample> units =
        engine_.sample({equals(rate_.field, rate_.value), window, {}, units_read, seed_});
    Lines read = lines_.read(units);
    return {std::move(units), std::move(read)};
  }
  Time earliest(const Sample& sample, const std::string& service) const {
    Time found = no_time;
    for (std::size_t unit = 0; unit < sample.units.size(); ++unit) {
      if (!runs(line_of(sample.lines[unit], service), rate_)) continue;
      const Time start = sample.units[unit].start;
      if (found == no_time || start < found) found = start;
    }
    return found;
  }

  Engine& engine_;
  const UnitLines& lines_;
  const VersionRate& rate_;
  std::uint64_t seed_;
  Sample all_;
};

// What several services run at once (a commit of a repository that they share) is told apart by
// lines: units say that both ran it, not who failed. As many failures are counted as were read;
// successes weigh by how many they stand for.
std::vector<VersionRate> rates_by_lines(const IncidentUnits& read, const VersionRate& rate,
                                        const std::map<std::string, double>& services,
                                        Counts after) {
  const double failing = static_cast<double>(read.failing.size());
  const double good = static_cast<double>(read.good.size());
  if (failing <= 0 || good <= 0 || after.bad <= 0) return {};
  const double weight = (after.total - after.bad) / good * failing / after.bad;
  std::vector<VersionRate> rates;
  for (const auto& [service, count] : services) {
    VersionRate own{.field = rate.field, .value = rate.value, .service = service};
    for (const std::vector<UnitLine>& unit : read.failing) {
      const UnitLine* first = first_failing(unit);
      if (first != nullptr && first->service == service && runs(first, rate)) ++own.bad_after;
    }
    for (const std::vector<UnitLine>& unit : read.good) {
      if (runs(line_of(unit, service), rate)) own.total_after += weight;
    }
    own.total_after += own.bad_after;
    rates.push_back(std::move(own));
  }
  return rates;
}

// How versions fared in the same moments: who came later meets a failure that grows in its later
// part.
void add_strata(Engine& engine, const Sides& sides, std::vector<VersionRate>& rates) {
  const Window& after = sides.after;
  const Window span{after.from, std::min(after.to, engine.schema().to + Duration{1})};
  if (span.to - span.from < std::chrono::seconds(strata)) return;
  for (VersionRate& rate : rates) {
    const bool rivals = std::any_of(rates.begin(), rates.end(), [&](const VersionRate& other) {
      return &other != &rate && other.field == rate.field && other.service == rate.service &&
             other.total_after > 0;
    });
    if (!rivals || rate.total_after <= 0 || rate.units_after <= 0) continue;
    const Duration bucket = (span.to - span.from) / strata + Duration{1};
    rate.strata = engine.hist({equals(rate.field, rate.value), span, bucket}).counts;
  }
}

// Which service ran each: of a version that no unit read shows, a few units more are read.
Owners find_owners(Engine& engine, const UnitLines& lines, const IncidentUnits& read,
                   std::uint64_t seed, const std::vector<VersionRate>& rates) {
  Owners owners;
  for (const Lines* units : {&read.failing, &read.before, &read.good, &read.good_before}) {
    add_owners(*units, owners);
  }
  for (const VersionRate& rate : rates) {
    if (owners.count({rate.field, rate.value}) > 0) continue;
    const Expr where = equals(rate.field, rate.value);
    add_owners(lines.read(engine.sample({where, {}, {}, of_version_read, seed})), owners);
  }
  return owners;
}

}  // namespace

std::vector<VersionRate> version_rates(Engine& engine, const VersionQuestion& asked) {
  const Sides& sides = asked.sides;
  std::vector<VersionRate> rates;
  for (const FieldSummary& field : engine.schema().fields) {
    if (field.role != Role::version || field.many || field.distinct > versions_max) continue;
    const Window until{sides.before.from, std::max(sides.before.to, asked.onset)};
    const FacetQuery query{
        {field.name, {}, {}}, {}, {sides.before, sides.after, until}, versions_max};
    const FacetTally tally = engine.facets({&query, 1}).front();
    for (const FacetValue& value : tally.values) {
      if (!value.value || (field.slot && !looks_like_version(*value.value))) continue;
      VersionRate rate;
      rate.field = field.name;
      rate.value = *value.value;
      rate.total_before = value.windows[0].total;
      rate.bad_before = value.windows[0].bad;
      rate.total_after = value.windows[1].total;
      rate.bad_after = value.windows[1].bad;
      rate.total_until = value.windows[2].total;
      rate.bad_until = value.windows[2].bad;
      rate.units_after = tally.all[1].total;
      rate.failures_after = tally.all[1].bad;
      rate.first_seen = engine.first_seen(equals(field.name, *value.value));
      rates.push_back(std::move(rate));
    }
  }
  return rates;
}

std::vector<VersionRate> rates_by_service(Engine& engine, const UnitLines& lines,
                                          const IncidentUnits& read, const VersionQuestion& asked) {
  const Sides& sides = asked.sides;
  std::vector<VersionRate> rates = version_rates(engine, asked);
  const Owners owners = find_owners(engine, lines, read, asked.seed, rates);
  const FacetQuery whole{{"", {}, {}}, {}, {sides.after}, 1};
  const Counts after = engine.facets({&whole, 1}).front().all[0];
  std::vector<VersionRate> told;
  for (VersionRate& rate : rates) {
    rate.service = owner_of(owners, rate);
    if (!is_shared(owners, rate)) {
      told.push_back(std::move(rate));
      continue;
    }
    const VersionDebut debut(engine, lines, rate, asked.seed);
    for (VersionRate& own :
         rates_by_lines(read, rate, owners.at({rate.field, rate.value}), after)) {
      own.first_seen = debut.of(own.service);
      told.push_back(std::move(own));
    }
  }
  add_strata(engine, sides, told);
  return told;
}

}  // namespace culprit
