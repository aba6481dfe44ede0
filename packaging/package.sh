#!/usr/bin/env bash
# Packs what was built in $1: build/package/culprit_VERSION_ARCH.deb and a .tar.gz.
set -euo pipefail
build=$(cd "$1" && pwd)
[[ -x $build/culprit ]] || { echo "package: $1/culprit is not built" >&2; exit 1; }

# v0.2.0-5-g3f2c1ab is five commits after 0.2.0: 0.2.0+5.g3f2c1ab sorts behind it and before 0.2.1.
version=$(git describe --tags --match 'v[0-9]*' 2>/dev/null |
  sed -E 's/^v//; s/-([0-9]+)-(g[0-9a-f]+)$/+\1.\2/' || true)
version=${version:-0.1.0}

rm -rf "$build/package"
cpack --config "$build/CPackConfig.cmake" -G "DEB;TGZ" -B "$build/package" \
  -D CPACK_PACKAGE_VERSION="$version" -D CPACK_DEBIAN_PACKAGE_VERSION="$version" \
  -D CPACK_PACKAGE_FILE_NAME="culprit-$version-linux-$(uname -m)" >&2
rm -rf "$build/package/_CPack_Packages"
ls "$build"/package/*.deb "$build"/package/*.tar.gz
