#include "store/embedded/content_hash.h"

#include <xxhash.h>

#include "base/verify.h"

namespace culprit {

void ContentHash::Freed::operator()(XXH3_state_s* state) const { XXH3_freeState(state); }

ContentHash::ContentHash() : state_(XXH3_createState()) {
  VERIFY(state_ != nullptr);
  restart();
}

void ContentHash::restart() { XXH3_64bits_reset(state_.get()); }

void ContentHash::add(std::string_view bytes) {
  XXH3_64bits_update(state_.get(), bytes.data(), bytes.size());
}

std::uint64_t ContentHash::value() const { return XXH3_64bits_digest(state_.get()); }

}  // namespace culprit
