#!/usr/bin/env bash
# Installs the Debian packages that building and testing Duban needs, and only those that are missing.
# Runs as root or through sudo. With nothing missing it does one dpkg query and no more.
set -euo pipefail

packages=(
  # Tools.
  g++ make cmake ninja-build ccache git
  antlr4 default-jre-headless
  # Engine.
  libantlr4-runtime-dev uuid-dev libfmt-dev libhowardhinnant-date-dev libxxhash-dev tzdata
  # Runtime.
  libboost1.81-dev libboost-json1.81-dev libsqlite3-dev libsqlitecpp-dev libspdlog-dev
  libzstd-dev zlib1g-dev libcsv-dev libjemalloc-dev libsimdjson-dev
  # Command line.
  libcli11-dev libutf8proc-dev
  # Tests, and Clang for those under sanitizers and for libFuzzer.
  libgtest-dev clang libclang-rt-14-dev
)

fail() {
  printf 'install-deps: %s\n' "$*" >&2
  exit 1
}

command -v dpkg-query >/dev/null ||
  fail "this is not a Debian-like system. Install the equivalents of these packages by hand: ${packages[*]}"

# dpkg-query exits with 1 when it does not know a package; its output still covers the others.
installed=" $(dpkg-query --show --showformat='${db:Status-Status}:${Package} ' "${packages[@]}" 2>/dev/null || true)"
missing=()
for package in "${packages[@]}"; do
  [[ $installed == *" installed:$package "* ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
  exit 0
fi

as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null ||
    fail "these packages are missing, and installing them needs root or sudo: apt-get install ${missing[*]}"
  as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt_get() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" >"$log" 2>&1 || {
    cat "$log" >&2
    fail "\`apt-get $*\` failed"
  }
}

echo "install-deps: installing ${missing[*]}"
apt_get update
apt_get install --yes --no-install-recommends "${missing[@]}"
