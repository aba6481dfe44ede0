// What a proxy reads from strangers: both sides of a connection, toxics, journals. Any bytes, cut
// anywhere: nothing is lost, nothing is made up, and what toxics hold is let go in the end.
#include <cstdint>
#include <string>

#include "base/verify.h"
#include "experiment/proxy/json.h"
#include "experiment/proxy/pipeline.h"

using namespace culprit;

namespace {

// The first bytes say which toxics, and how long the pieces are.
struct Input {
  explicit Input(std::string_view bytes) : left(bytes) {}
  std::uint8_t byte() {
    if (left.empty()) return 0;
    const auto value = static_cast<std::uint8_t>(left.front());
    left.remove_prefix(1);
    return value;
  }
  std::string_view piece() {
    const std::string_view taken = left.substr(0, byte() + std::size_t{1});
    left.remove_prefix(std::min(taken.size(), left.size()));
    return taken;
  }
  std::string_view left;
};

void check_dialogue(std::string_view bytes) {
  Input input(bytes);
  Dialogue dialogue(input.byte() % 2 == 0 ? Dialogue::Requests::passed
                                          : Dialogue::Requests::gathered);
  std::string given[2];
  std::string got[2];
  Time now = from_nanoseconds(0);
  const auto take = [&](Direction direction, Parcel parcel) {
    const auto side = static_cast<std::size_t>(direction);
    given[side] += parcel.bytes;
    for (const Parcel& one : dialogue.cut(direction, std::move(parcel))) got[side] += one.bytes;
  };
  for (int turn = 0; turn < 64 && !input.left.empty(); ++turn) {
    const auto direction = input.byte() % 2 == 0 ? Direction::upstream : Direction::downstream;
    Parcel parcel;
    parcel.at = now += std::chrono::milliseconds(1);
    parcel.bytes = std::string(input.piece());
    take(direction, std::move(parcel));
  }
  for (const Direction direction : {Direction::upstream, Direction::downstream}) {
    Parcel last;
    last.kind = Parcel::Kind::end;
    last.at = now;
    take(direction, std::move(last));
  }
  VERIFY(given[0] == got[0] && given[1] == got[1]);
}

void check_texts(std::string_view bytes) {
  const Result<Toxic> toxic = parse_toxic(bytes);
  if (toxic) VERIFY(toxic_of_json(json_of(*toxic), {}));
  static_cast<void>(toxic_of_json(bytes, {}));
  static_cast<void>(plan_of_json(bytes, {}));
  const Result<std::vector<ProxyPlan>> plans = plans_of_json(bytes);
  if (plans) VERIFY(plans_of_json(fmt::format("[{}]", plans->empty() ? "" : json_of((*plans)[0]))));
  static_cast<void>(start_of_journal(bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  check_dialogue(bytes);
  check_texts(bytes);
  return 0;
}
