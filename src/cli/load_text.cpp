#include "cli/load_text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "cli/text.h"

namespace culprit {
namespace {

constexpr std::size_t outcomes_shown = 8;  // of a route
constexpr int plot_rows = 12;
constexpr std::array<double, 4> quantiles = {0.5, 0.9, 0.99, 0.999};

std::string with_plural(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", figure(static_cast<double>(count)), noun, count == 1 ? "" : "s");
}

std::string size_text(double bytes) {
  if (bytes >= 1e9) return fmt::format("{:.1f} GB", bytes / 1e9);
  if (bytes >= 1e6) return fmt::format("{:.1f} MB", bytes / 1e6);
  return fmt::format("{:.1f} kB", bytes / 1e3);
}

std::string pace_text(const LoadPlan& plan, const LoadResult& result) {
  const std::string connections = with_plural(plan.connections, "connection");
  switch (plan.pace) {
    case LoadPlan::Pace::closed: return fmt::format("closed loop, {}", connections);
    case LoadPlan::Pace::burst:
      return fmt::format("bursts of {}, released within {}", plan.connections,
                         to_string(result.release));
    case LoadPlan::Pace::open:
      return fmt::format("open loop, {:g}/s {}, at most {}", plan.rate,
                         plan.arrivals == LoadPlan::Arrivals::poisson ? "at random" : "evenly",
                         connections);
  }
  return {};
}

// Writes the report; one function a section.
class LoadText {
 public:
  LoadText(const LoadReport& report, const Terminal& terminal)
      : plan_(report.plan), result_(report.result), report_(report), terminal_(terminal) {}

  std::string text() {
    load();
    if (result_.requests == 0) return std::move(text_);
    latency();
    plot();
    routes();
    outcomes();
    timeline();
    next();
    return std::move(text_);
  }

 private:
  void load() {
    const double elapsed = std::max(seconds(result_.elapsed), 1e-9);
    const auto requests = static_cast<double>(result_.requests);
    add("LOAD",
        fmt::format("{}://{}: {} in {}, {}/s, {} received", plan_.target.tls ? "https" : "http",
                    plan_.target.authority, with_plural(result_.requests, "request"),
                    to_string(result_.elapsed), figure(requests / elapsed),
                    size_text(static_cast<double>(result_.bytes))));
    add("", fmt::format("{}; {} made; seed {}", pace_text(plan_, result_),
                        with_plural(result_.connections, "connection"), plan_.seed));
    if (result_.repeated > 0) {
      add("", fmt::format("{} sent again: the server had just closed the connection",
                          with_plural(result_.repeated, "request")));
    }
    if (result_.interrupted) {
      add("", fmt::format("interrupted; {} under way left out",
                          with_plural(result_.unfinished, "request")));
    }
    if (result_.bad == 0) return;
    add("BAD", fmt::format("{} of {} ({})", figure(static_cast<double>(result_.bad)),
                           figure(requests), percent(static_cast<double>(result_.bad) / requests)));
  }

  void latency() {
    add("LATENCY", quantiles_text(result_.latency));
    if (plan_.pace != LoadPlan::Pace::open) return;
    add("", fmt::format("from the instant each was due; from when it was sent: p50 {}, p99 {}",
                        to_string(result_.service.quantile(0.5)),
                        to_string(result_.service.quantile(0.99))));
    if (result_.lag.count() > 0) {
      add("", fmt::format("sent behind the plan by p99 {}", to_string(result_.lag.quantile(0.99))));
    }
  }
  static std::string quantiles_text(const LatencyHistogram& histogram) {
    std::string text;
    for (const double share : quantiles) {
      text += fmt::format("p{:g} {:<9}", share * 100, to_string(histogram.quantile(share)));
    }
    return fmt::format("{}greatest {}", text, to_string(histogram.greatest()));
  }

  // How many took how long, from the least to the greatest in steps of equal ratio.
  void plot() {
    const double least = std::max(seconds(result_.latency.least()), 1e-6);
    const double most = std::max(seconds(result_.latency.greatest()), least * 1.01);
    const double step = std::log(most / least) / plot_rows;
    std::array<std::uint64_t, plot_rows> counts{};
    for (const LatencyHistogram::Cell& cell : result_.latency.cells()) {
      const double middle = seconds(cell.from + (cell.to - cell.from) / 2);
      const double row = std::floor(std::log(std::max(middle, least) / least) / step);
      counts[static_cast<std::size_t>(std::clamp(row, 0.0, plot_rows - 1.0))] += cell.count;
    }
    const auto highest = static_cast<double>(*std::max_element(counts.begin(), counts.end()));
    const double columns = static_cast<double>(terminal_.columns) - 36;
    for (int row = 0; row < plot_rows; ++row) {
      const auto count = static_cast<double>(counts[static_cast<std::size_t>(row)]);
      const auto length = static_cast<std::size_t>(std::ceil(columns * count / highest));
      std::string bar;
      for (std::size_t i = 0; i < length; ++i) bar += "▇";
      const Duration from = from_seconds(least * std::exp(step * row));
      text_ += fmt::format("{:9}{:>9} {:>9} {}\n", "", to_string(from), figure(count), bar);
    }
  }

  void routes() {
    text_ += heading("ROUTES", terminal_) + fmt::format("{:>10} {:>9} {:>9} {:>9} {:>9} {:>9}\n",
                                                        "requests", "bad", "p50", "p90", "p99",
                                                        "greatest");
    for (const LoadRoute& route : result_.routes) {
      const std::string row = fmt::format(
          "{:9}{:>10} {:>9} {:>9} {:>9} {:>9} {:>9}  {}\n", "",
          figure(static_cast<double>(route.requests)), figure(static_cast<double>(route.bad)),
          to_string(route.latency.quantile(0.5)), to_string(route.latency.quantile(0.9)),
          to_string(route.latency.quantile(0.99)), to_string(route.latency.greatest()),
          safe(route.name, terminal_.columns));
      text_ +=
          route.bad > 0 ? styled(row.substr(0, row.size() - 1), Style::bad, terminal_) + "\n" : row;
    }
  }

  void outcomes() {
    text_ += heading("OUTCOMES", terminal_) + fmt::format("{:>10} {:>9}\n", "requests", "mean");
    for (const LoadRoute& route : result_.routes) {
      for (std::size_t i = 0; i < std::min(outcomes_shown, route.outcomes.size()); ++i) {
        const LoadOutcome& one = route.outcomes[i];
        const std::string row = fmt::format(
            "{:9}{:>10} {:>9}  {}  {}", "", figure(static_cast<double>(one.count)),
            to_string(one.mean), safe(route.name, 40), safe(one.text, terminal_.columns));
        text_ += (one.outcome == Outcome::bad ? styled(row, Style::bad, terminal_) : row) + "\n";
      }
      if (route.outcomes.size() > outcomes_shown) {
        text_ += fmt::format("{:31}{} more of {} (--json)\n", "",
                             route.outcomes.size() - outcomes_shown, safe(route.name, 40));
      }
    }
  }

  // Each cell is a sixtieth of the time.
  void timeline() {
    if (result_.elapsed < std::chrono::seconds(1)) return;
    std::vector<double> requests;
    std::vector<double> greatest;
    std::vector<double> bad;
    for (const LoadMoment& one : result_.timeline) {
      requests.push_back(static_cast<double>(one.requests));
      greatest.push_back(seconds(one.greatest));
      bad.push_back(one.bad == 0 ? -1 : static_cast<double>(one.bad));
    }
    const auto most = std::max_element(greatest.begin(), greatest.end());
    add("TIME", fmt::format("{} requests, at most {} in {}", sparkline(requests),
                            figure(*std::max_element(requests.begin(), requests.end())),
                            to_string(result_.moment)));
    add("", fmt::format("{} latency, {} at {}", sparkline(greatest), to_string(from_seconds(*most)),
                        to_string(result_.moment * (most - greatest.begin()))));
    if (result_.bad > 0) {
      text_ += fmt::format("{:9}{} bad\n", "", sparkline(bad));
    }
  }

  void next() {
    if (report_.record.empty()) return;
    add("NEXT", fmt::format("culprit investigate {} --bad 'outcome = failed'", report_.record));
  }

  void add(std::string_view title, const std::string& text) {
    text_ += headed(title, text, terminal_);
  }

  const LoadPlan& plan_;
  const LoadResult& result_;
  const LoadReport& report_;
  const Terminal& terminal_;
  std::string text_;
};

}  // namespace

std::string load_text(const LoadReport& report, const Terminal& terminal) {
  return LoadText(report, terminal).text();
}

}  // namespace culprit
