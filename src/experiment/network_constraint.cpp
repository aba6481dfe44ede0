#include "experiment/network_constraint.h"

#include <algorithm>
#include <array>

#include "experiment/levels.h"
#include "experiment/proxy/toxic.h"

namespace culprit {
namespace {

using Measure = Amount::Measure;
using Stronger = Amount::Stronger;

// Which toxic a constraint sets, and which of its attributes the level is.
struct NetworkRow {
  std::string_view name;
  std::string_view toxic;
  std::string_view attribute;  // empty: it is off or on
  Amount amount;
};

constexpr Amount any_time = {Measure::time, Stronger::more, 0, 3600};
constexpr Amount any_share = {Measure::share, Stronger::more, 0, 1};
constexpr Amount few_bytes = {Measure::bytes, Stronger::less, 0, 1e12};

constexpr std::array rows = {
    NetworkRow{"latency", "latency", "latency", any_time},
    NetworkRow{"jitter", "latency", "jitter", any_time},
    NetworkRow{"bandwidth", "bandwidth", "rate", {Measure::count, Stronger::less, 1, 1e9}},
    NetworkRow{"slow_close", "slow_close", "delay", any_time},
    NetworkRow{"timeout", "timeout", "toxicity", any_share},
    NetworkRow{"reset_peer", "reset_peer", "toxicity", any_share},
    NetworkRow{"slicer", "slicer", "average_size", {Measure::bytes, Stronger::less, 1, 1e9}},
    NetworkRow{"limit_data", "limit_data", "bytes", few_bytes},
    NetworkRow{"packet_loss", "packet_loss", "loss_rate", any_share},
    NetworkRow{"corrupt", "corrupt", "rate", any_share},
    NetworkRow{"half_close", "half_close", "toxicity", any_share},
    NetworkRow{"accept_delay", "accept_delay", "delay", any_time},
    NetworkRow{"http_error", "http_error", "toxicity", any_share},
    NetworkRow{"http_delay", "http_delay", "latency", any_time},
    NetworkRow{"http_header", "http_header", "", {}},
    NetworkRow{"truncate_body", "truncate_body", "bytes", few_bytes},
    NetworkRow{"nth", "nth", "fail", {Measure::count, Stronger::more, 0, 1e6}},
    NetworkRow{"barrier", "barrier", "", {}},
    NetworkRow{"duplicate", "duplicate", "toxicity", any_share},
    NetworkRow{"reorder", "reorder", "", {}},
};

const NetworkRow& row_named(std::string_view name) {
  const auto* found = std::find_if(rows.begin(), rows.end(),
                                   [&](const NetworkRow& row) { return row.name == name; });
  VERIFY(found != rows.end());
  return *found;
}

Result<std::vector<std::string>> read_levels(const Constraint& constraint, std::string_view range) {
  const NetworkRow& row = row_named(constraint.name);
  if (!row.attribute.empty()) {
    std::vector<std::string> levels = TRY(amount_levels(range, row.amount));
    // The harmless end of such a range is still a toxic.
    if (row.amount.stronger == Stronger::less && levels[0] != off) {
      if (levels.size() == levels_max) levels.erase(levels.begin() + 1);
      levels.insert(levels.begin(), std::string(off));
    }
    return levels;
  }
  if (range == "on" || range == "off,on") return std::vector<std::string>{std::string(off), "on"};
  return error(Fault::usage, "{} is off or on, not {}", constraint.name, range);
}

// As a toxic's attributes are numbers: milliseconds, bytes, shares.
Result<std::string> number_text(const NetworkRow& row, std::string_view level) {
  const std::optional<double> count = count_of(level, row.amount.measure);
  if (!count) return error(Fault::usage, "{} cannot be {}", row.name, level);
  return fmt::format("{}", row.amount.measure == Measure::time ? *count * 1e3 : *count);
}

std::string more_of(std::string_view argument) {
  const std::size_t comma = argument.find(',');
  return comma == argument.npos ? "" : std::string(argument.substr(comma));
}

Result<std::string> toxic_text(const Factor& factor, std::string_view level) {
  const NetworkRow& row = row_named(factor.constraint->name);
  std::string attributes = fmt::format("name={}", row.name);
  if (!row.attribute.empty()) {
    const std::string number = TRY(number_text(row, level));
    attributes += fmt::format(", {}={}", row.attribute, number);
  }
  const ToxicKind* kind = toxic_kind(row.toxic);
  const bool by_request = row.attribute == "toxicity" && kind->reads == Reads::messages;
  if (by_request) attributes += ", per=request";
  return fmt::format("{}({}{})", row.toxic, attributes, more_of(factor.argument));
}

Status add_toxic(const Factor& factor, std::string_view level, TrialSetup& setup) {
  const Amount& amount = row_named(factor.constraint->name).amount;
  const bool none = amount.stronger == Stronger::more && count_of(level, amount.measure) == 0;
  if (none && !row_named(factor.constraint->name).attribute.empty()) return ok();
  std::string text = TRY(toxic_text(factor, level));
  TRY(parse_toxic(text));
  setup.toxics[upstream_of(factor.argument)].push_back(std::move(text));
  return ok();
}

// Its upstream stands in the setup, with or without toxics.
Status has_upstream(const Factor& factor, const TrialSetup& setup, World&) {
  const std::string name = upstream_of(factor.argument);
  if (!setup.toxics.contains(name)) {
    std::vector<std::string_view> known;
    for (const auto& one : setup.toxics) known.push_back(one.first);
    Error made = error(Fault::usage, "there is no upstream {}", name);
    made.advice = known.empty() ? fmt::format("--upstream {}=HOST:PORT", name)
                                : fmt::format("one of {}", fmt::join(known, ", "));
    return made;
  }
  const std::string text = TRY(toxic_text(factor, factor.levels.back()));
  TRY(parse_toxic(text));
  return ok();
}

Constraint row(std::string_view name, std::string_view what, std::string_view unit,
               std::string_view range) {
  return {name,        what,      unit,        Constraint::Argument::wanted, "UPSTREAM", range,
          read_levels, add_toxic, has_upstream};
}

}  // namespace

std::span<const Constraint> network_constraints() {
  static const std::array table = {
      row("latency", "delays what an upstream answers", "time", "0..500ms"),
      row("jitter", "makes that delay vary", "time", "0..200ms"),
      row("bandwidth", "limits what it sends", "KB/s", "1000..10"),
      row("slow_close", "ends its connections late", "time", "0..2s"),
      row("timeout", "lets nothing through", "share of connections", "0..50%"),
      row("reset_peer", "resets its connections", "share of connections", "0..50%"),
      row("slicer", "cuts what it sends into small packets", "bytes", "1000..10"),
      row("limit_data", "ends its connections after so much", "bytes", "100KiB..100"),
      row("packet_loss", "loses packets, which come again later", "share", "0..20%"),
      row("corrupt", "turns bits", "share of bytes", "0..1%"),
      row("half_close", "ends one direction", "share of connections", "0..50%"),
      row("accept_delay", "calls it late", "time", "0..2s"),
      row("http_error", "replaces its replies by 503", "share of requests", "0..50%"),
      row("http_delay", "delays its replies", "time", "0..500ms"),
      row("http_header", "sets a header of its replies", "", "off,on"),
      row("truncate_body", "ends its replies early", "bytes", "10KiB..10"),
      row("nth", "fails the first requests", "requests", "0..4"),
      row("barrier", "holds replies until two are there", "", "off,on"),
      row("duplicate", "sends requests twice", "share of requests", "0..50%"),
      row("reorder", "lets a later reply go first", "", "off,on"),
  };
  return table;
}

std::string upstream_of(std::string_view argument) {
  std::string_view name = argument.substr(0, argument.find(','));
  while (name.ends_with(' ')) name.remove_suffix(1);
  return std::string(name);
}

}  // namespace culprit
