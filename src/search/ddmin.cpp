#include "search/ddmin.h"

#include <algorithm>

#include "base/verify.h"

namespace culprit {

Ddmin::Ddmin(Subset start) : kept_(std::move(start)) { begin_round(2); }

void Ddmin::begin_round(std::size_t parts) {
  members_ = members_of(kept_);
  parts_ = std::min(parts, members_.size());
  part_ = 0;
  trying_ = Trying::part;
  put_question();
}

void Ddmin::put_question() {
  question_.reset();
  if (members_.size() < 2) return;
  const std::size_t from = part_ * members_.size() / parts_;
  const std::size_t to = (part_ + 1) * members_.size() / parts_;
  Subset set = trying_ == Trying::part ? Subset(kept_.size(), false) : kept_;
  for (std::size_t i = from; i < to; ++i) set[members_[i]] = trying_ == Trying::part;
  question_ = std::move(set);
}

void Ddmin::tell(std::optional<Outcome> outcome) {
  VERIFY(question_.has_value());
  if (outcome == Outcome::bad) {
    kept_ = *question_;
    return begin_round(trying_ == Trying::part ? 2 : std::max<std::size_t>(2, parts_ - 1));
  }
  if (++part_ < parts_) return put_question();
  part_ = 0;
  if (trying_ == Trying::part) {
    trying_ = Trying::rest;
    return put_question();
  }
  if (parts_ == members_.size()) return question_.reset();
  begin_round(2 * parts_);
}

}  // namespace culprit
