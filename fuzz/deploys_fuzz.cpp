// Lists of deploys: any bytes give deploys with a time and a name, in order, or an Error that says
// what to do; a list that reads once reads alike again.
#include <cstdint>
#include <string_view>

#include "base/verify.h"
#include "repo/deploys.h"

using namespace culprit;

namespace {

void check(const DeployList& list) {
  Time before = no_time;
  for (const Deploy& deploy : list.deploys) {
    VERIFY(deploy.at != no_time);
    VERIFY(deploy.at >= before);
    VERIFY(!deploy.id.empty());
    before = deploy.at;
    (void)took_place(deploy);
  }
  VERIFY(!list.deploys.empty());
  VERIFY(list.first_skipped.has_value() == (list.skipped > 0));
  VERIFY(list.zoneless <= list.deploys.size() + list.skipped);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<DeployList> list = read_deploys(text);
  if (!list) {
    VERIFY(!list.error().what.empty());
    return 0;
  }
  check(*list);
  const Result<DeployList> again = read_deploys(text);
  VERIFY(again && again->deploys.size() == list->deploys.size());
  VERIFY(again->skipped == list->skipped);
  return 0;
}
