#!/bin/sh
# Does the library compile for 64-bit ARM? Clang reads every file of it for aarch64, with Debian's
# headers for that processor (libstdc++-12-dev-arm64-cross, libc6-dev-arm64-cross); nothing is
# linked. With --yes it installs what is missing. The last line is 'N passed, N failed', and above
# it stand the compiler's words.
set -eu
cd "$(dirname "$0")/.."
target=aarch64-linux-gnu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

headers=/usr/$target/include
packages='clang libstdc++-12-dev-arm64-cross libc6-dev-arm64-cross'
find_headers() {
  version=$(find "$headers/c++" -mindepth 1 -maxdepth 1 -printf "%f\n" 2> /dev/null | sort -V | tail -n 1)
  [ -n "$version" ]
}
is_there() { command -v clang++ > /dev/null && find_headers && [ -f "$headers/stdio.h" ]; }
if ! is_there && [ "${1:-}" = --yes ]; then
  sudo=
  if [ "$(id -u)" -ne 0 ]; then sudo=sudo; fi
  # shellcheck disable=SC2086
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $packages \
    > "$work/apt.log" 2>&1 < /dev/null || { tail "$work/apt.log"; exit 1; }
fi
if ! is_there; then
  echo "portability: needs $packages (--yes installs them)" >&2
  exit 1
fi
if command -v pkg-config > /dev/null; then
  others=$(pkg-config --cflags openblas stb | sed 's/-I */-isystem /g')
fi
# libjpeg's jconfig.h lies where only this processor's compiler looks; it is the same for all.
host=$(find /usr/include -name jconfig.h -printf '%h\n' 2> /dev/null | head -n 1)
others="${others:-} -idirafter ${host:-/usr/include}"
# The version header is meson's; what is read is the same for every version.
mkdir -p "$work/autograd"
sed 's/@[a-z]*@/0/' autograd/version.hpp.in > "$work/autograd/version.hpp"

# shellcheck disable=SC2086
compile() { # arguments of clang's
  clang++ --target=$target -march=armv8-a -std=c++20 -DXTENSOR_USE_XSIMD \
    -Wall -Wextra -Wno-unused-parameter -Werror \
    -isystem "$headers/c++/$version" -isystem "$headers/c++/$version/$target" -isystem "$headers" \
    -I . -I "$work" ${others:-} "$@"
}

# Most of the time goes into xtensor's headers: once is enough.
compile -x c++-header autograd/xt.hpp -o "$work/xt.pch"

number=0
for file in $(git ls-files autograd nn text vision | grep '\.cpp$'); do
  number=$((number + 1))
  words=$work/$number.txt
  { compile -include-pch "$work/xt.pch" -fsyntax-only "$file" > "$words" 2>&1 && rm "$words"; } &
  if [ $((number % $(nproc))) -eq 0 ]; then wait; fi
done
wait
failed=0
for words in "$work"/*.txt; do
  if [ -f "$words" ]; then cat "$words"; failed=$((failed + 1)); fi
done
echo "$((number - failed)) passed, $failed failed"
[ $failed -eq 0 ]
