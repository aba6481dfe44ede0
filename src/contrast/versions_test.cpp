#include "contrast/versions.h"

#include <doctest/doctest.h>

namespace culprit {
namespace {

TEST_CASE("a version's number is what comes behind its prefix") {
  CHECK(version_number("v1.9.0") == "1.9.0");
  CHECK(version_number("1.9.0-rc1") == "1.9.0-rc1");
  CHECK(version_number("release-2.0") == "2.0");
  CHECK(version_number("payments-v1.9.0") == "1.9.0");
  CHECK(version_number("k8s-3.1") == "3.1");
  CHECK(version_number("release2") == "2");
  CHECK(version_number("main").empty());
  CHECK(version_prefix("payments-v1.9.0") == "payments-v");
}

TEST_CASE("versions agree by number where no product forbids it, shas by their beginning") {
  CHECK(same_version("v1.9.0", "1.9.0"));
  CHECK(same_version("release-1.9.0", "registry:5000/shop:v1.9.0"));
  CHECK(same_version("payments-v1.9.0", "1.9.0"));
  CHECK_FALSE(same_version("payments-v1.9.0", "auth-v1.9.0"));
  CHECK_FALSE(same_version("v1.9.0", "v1.9.1"));
  CHECK_FALSE(same_version("", ""));
  CHECK(same_version("3f2c1a9", "3f2c1a9d00000000000000000000000000000000"));
  CHECK_FALSE(same_version("3f2c1a9", "3f2c1b0"));
  CHECK_FALSE(same_version("main", "master"));
}

}  // namespace
}  // namespace culprit
