#!/bin/bash
# Runs a command of this repository (HEAD, as a fresh clone) on a bare Debian: debootstrap's
# smallest system plus git and certificates. No compiler, no Python, no fonts. Needs root,
# debootstrap and the network; not part of `course test`.
#
#   tests/bare/run.sh                        ./course test --yes, on a fresh system
#   tests/bare/run.sh ./course demo --yes    another command
#   tests/bare/run.sh --again ...            in the system the last run left, with HEAD cloned anew
#
# BARE_DIR (/tmp/bare) holds base/, made once, and system/, where the command runs;
# BARE_SUITE, BARE_MIRROR and BARE_COMPONENTS choose another system, with a BARE_DIR of its own:
#   BARE_DIR=/tmp/noble BARE_SUITE=noble BARE_MIRROR=http://archive.ubuntu.com/ubuntu \
#     BARE_COMPONENTS=main,universe tests/bare/run.sh
set -euo pipefail
source=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
dir=${BARE_DIR:-/tmp/bare} suite=${BARE_SUITE:-bookworm}
base=$dir/base system=$dir/system

again=
if [ "${1:-}" = --again ]; then again=1; shift; fi
[ $# -gt 0 ] || set -- ./course test --yes

if [ ! -d "$base" ]; then
  echo "bare: installing a minimal $suite into $base"
  mkdir -p "$dir"
  rm -rf "$base.part"
  debootstrap --variant=minbase --include=git,ca-certificates \
    --components="${BARE_COMPONENTS:-main}" "$suite" "$base.part" \
    ${BARE_MIRROR:+"$BARE_MIRROR"} > "$dir/debootstrap.log" ||
    { tail "$dir/debootstrap.log"; exit 1; }
  # The mirrors, proxies and certificates of this machine; its other package sources stay out.
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
    if [ -z "${BARE_MIRROR:-}" ] && [ -s "$file" ]; then cp "$file" "$base.part${file}"; fi
  done
  if [ -s "$base.part/etc/apt/sources.list.d/debian.sources" ]; then
    rm -f "$base.part/etc/apt/sources.list"
  fi
  grep -lis proxy /etc/apt/apt.conf.d/* | xargs -r cp -t "$base.part/etc/apt/apt.conf.d" || true
  cp /etc/ssl/certs/ca-certificates.crt "$base.part/etc/ssl/certs/"
  rm -rf "$base.part"/var/lib/apt/lists/* "$base.part"/var/cache/apt/archives/*.deb
  mv "$base.part" "$base"
fi

if [ -z "$again" ] || [ ! -d "$system" ]; then
  rm -rf "$system"
  cp -a --reflink=auto "$base" "$system"
fi
cp -L /etc/resolv.conf /etc/hosts "$system/etc/"
saved=$dir/kept; rm -rf "$saved"   # --again keeps what the last run built
if [ -n "$again" ] && [ -d "$system/root/tapestry/build" ]; then
  mv "$system/root/tapestry/build" "$saved"
fi
rm -rf "$system/root/tapestry"
git clone --quiet --no-hardlinks "$source" "$system/root/tapestry"
if [ -d "$saved" ]; then mv "$saved" "$system/root/tapestry/build"; fi

# The mounts live in a namespace of their own, so that nothing is left to unmount.
export system
exec unshare --mount --pid --fork sh -c '
  mount -t proc proc "$system/proc"
  mount --rbind /dev "$system/dev"
  exec chroot "$system" /usr/bin/env -i HOME=/root TERM="${TERM:-dumb}" LANG=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    sh -c "cd /root/tapestry && exec \"\$@\"" sh "$@"' sh "$@"
