// Does many small things side by side, on two threads at most; none may touch what another does.
#pragma once

#include <cstddef>
#include <functional>

namespace culprit {

void side_by_side(std::size_t count, const std::function<void(std::size_t)>& one);

}  // namespace culprit
