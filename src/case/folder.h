// The case folder: where it is, and how it is made.
#pragma once

#include <string>

#include "base/result.h"

namespace culprit {

// The nearest `.culprit` from `directory` upwards to the root of its git repository; else the one
// that `directory` would have, whether it exists or not. `directory` is absolute.
std::string case_folder(const std::string& directory);

// Makes the folder with mode 0700, its `.gitignore`, and an empty database only its owner can read.
// What exists stays as it is.
Status make_case_folder(const std::string& folder);

// Where indexes of sources lie (store/embedded/index.h).
std::string index_folder(const std::string& folder);
// Makes it, and the case folder around it.
Status make_index_folder(const std::string& folder);

std::string database_path(const std::string& folder);

}  // namespace culprit
