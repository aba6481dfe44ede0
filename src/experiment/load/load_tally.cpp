#include "experiment/load/load_tally.h"

#include <algorithm>

namespace culprit {
namespace {

bool alike(const EndedRequest& a, const EndedRequest& b) {
  if (a.ending != b.ending || a.status != b.status || a.outcome != b.outcome) return false;
  return a.why == b.why || (a.why != nullptr && b.why != nullptr && *a.why == *b.why);
}

}  // namespace

std::string fault_of(const EndedRequest& request) {
  switch (request.ending) {
    case Ending::answered:
      if (request.why != nullptr) return *request.why;
      return request.outcome == Outcome::bad ? fmt::format("status {}", request.status) : "";
    case Ending::unconnected:
      return fmt::format("no connection: {}", request.why == nullptr ? "" : *request.why);
    case Ending::closed: return "closed before the reply";
    case Ending::lost: return "connection reset";
    case Ending::timed_out: return "timed out";
    case Ending::unsent: return "no connection was free in time";
    case Ending::no_http: return "the reply is no HTTP";
  }
  return {};
}

std::string text_of(const EndedRequest& request) {
  if (request.ending != Ending::answered) return fault_of(request);
  if (request.why == nullptr) return std::to_string(request.status);
  return fmt::format("{}, {}", request.status, *request.why);
}

LoadTally::LoadTally(std::size_t routes, Timeline timeline)
    : timeline_(timeline), last_(timeline.start), routes_(routes) {
  sum_.timeline.resize(moments);
}

void LoadTally::add(const EndedRequest& request) {
  const Duration latency = request.ended - request.intended;
  Route& route = routes_[request.route];
  Cell& cell = cell_of(route, request);
  ++cell.count;
  cell.seconds += seconds(latency);
  const std::uint64_t bad = request.outcome == Outcome::bad ? 1 : 0;
  ++route.requests;
  route.bad += bad;
  route.latency.add(latency);
  ++sum_.requests;
  sum_.bad += bad;
  sum_.answered += request.ending == Ending::answered ? 1 : 0;
  sum_.bytes += request.bytes;
  if (request.started != no_time) sum_.service.add(request.ended - request.started);
  const auto place = static_cast<std::size_t>(
      std::max<std::int64_t>((request.ended - timeline_.start) / timeline_.moment, 0));
  LoadMoment& moment = sum_.timeline[std::min(place, moments - 1)];
  ++moment.requests;
  moment.bad += bad;
  moment.greatest = std::max(moment.greatest, latency);
  last_ = std::max(last_, request.ended);
}

LoadTally::Cell& LoadTally::cell_of(Route& route, const EndedRequest& request) {
  for (Cell& cell : route.cells) {
    if (alike(cell.like, request)) return cell;
  }
  route.cells.push_back({request});
  return route.cells.back();
}

LoadRoute LoadTally::told(const Route& route, const std::string& name) {
  LoadRoute made{name, route.requests, route.bad, route.latency, {}};
  for (const Cell& cell : route.cells) {
    made.outcomes.push_back({text_of(cell.like), cell.like.outcome, cell.count,
                             from_seconds(cell.seconds / static_cast<double>(cell.count))});
  }
  std::sort(made.outcomes.begin(), made.outcomes.end(), [](const auto& a, const auto& b) {
    return a.count != b.count ? a.count > b.count : a.text < b.text;
  });
  return made;
}

LoadResult LoadTally::together(const std::vector<const LoadTally*>& parts,
                               std::span<const std::string> routes) {
  LoadResult sum;
  sum.timeline.resize(moments);
  std::vector<Route> all(routes.size());
  for (const LoadTally* part : parts) {
    sum.moment = part->timeline_.moment;
    sum.elapsed = std::max(sum.elapsed, part->last_ - part->timeline_.start);
    sum.requests += part->sum_.requests;
    sum.bad += part->sum_.bad;
    sum.answered += part->sum_.answered;
    sum.bytes += part->sum_.bytes;
    sum.service.add(part->sum_.service);
    sum.lag.add(part->sum_.lag);
    for (std::size_t i = 0; i < moments; ++i) {
      sum.timeline[i].requests += part->sum_.timeline[i].requests;
      sum.timeline[i].bad += part->sum_.timeline[i].bad;
      sum.timeline[i].greatest =
          std::max(sum.timeline[i].greatest, part->sum_.timeline[i].greatest);
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Route& route = part->routes_[i];
      all[i].requests += route.requests;
      all[i].bad += route.bad;
      all[i].latency.add(route.latency);
      for (const Cell& cell : route.cells) {
        Cell& into = cell_of(all[i], cell.like);
        into.count += cell.count;
        into.seconds += cell.seconds;
      }
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    sum.latency.add(all[i].latency);
    sum.routes.push_back(told(all[i], routes[i]));
  }
  return sum;
}

}  // namespace culprit
