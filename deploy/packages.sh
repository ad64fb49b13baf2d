#!/usr/bin/env bash
# The one place that names the Debian packages of this project. Installs what is missing and says nothing when nothing is.
#
#   deploy/packages.sh [--list] <build|run|test|lint|root|package>...
#
# build  what compiles the program            lint  what the lint preset and the formatting check run
# run    what the program starts              root  what tests/support/minimal_root.sh builds its roots with
# test   what the tests start besides         package  what the Debian package is built with
#
# Exit codes: 0 all is there, 1 the installation failed, 2 not a system that this script knows or wrong usage.
set -euo pipefail

build=(g++ cmake ninja-build pkg-config libcurl4-openssl-dev libssl-dev libfmt-dev nlohmann-json3-dev libcli11-dev
  libtomlplusplus-dev libyaml-dev)
run=(git bubblewrap ca-certificates)
test=(catch2 openssl strace procps nghttp2-proxy nodejs npm kubernetes-client)
lint=(clang-format-19 clang-tidy-19)
root=(mmdebstrap)
package=(dpkg-dev file)

list_only=no
wanted=()
for argument in "$@"; do
  case $argument in
    --list) list_only=yes ;;
    build | run | test | lint | root | package)
      declare -n group=$argument
      wanted+=("${group[@]}")
      ;;
    *)
      echo "$0: '$argument' is not a group of packages: build, run, test, lint, root or package" >&2
      exit 2
      ;;
  esac
done
if [[ $list_only == yes ]]; then
  printf '%s\n' "${wanted[@]}"
  exit 0
fi
if [[ ${#wanted[@]} -eq 0 ]]; then
  echo "usage: $0 [--list] <build|run|test|lint|root|package>..." >&2
  exit 2
fi

system=$(. /etc/os-release 2>/dev/null && echo "${ID-} ${VERSION_ID-}") || system=
if [[ $system != "debian 12" && $system != "debian 13" ]]; then
  echo "$0: knows Debian 12 and 13, this is '${system:-unknown}'. Install what corresponds to: ${wanted[*]}" >&2
  exit 2
fi

missing=()
for package in "${wanted[@]}"; do
  # These may come from elsewhere: Debian's npm brings several hundred packages along, and where another archive's
  # kubectl stands Debian's cannot be installed.
  case $package in
    nodejs) if command -v node >/dev/null; then continue; fi ;;
    npm) if command -v npm >/dev/null; then continue; fi ;;
    kubernetes-client) if command -v kubectl >/dev/null; then continue; fi ;;
  esac
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) || status=
  if [[ $status != installed ]]; then missing+=("$package"); fi
done
if [[ ${#missing[@]} -eq 0 ]]; then exit 0; fi

as_root=()
if [[ $EUID -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "$0: missing packages, and neither root nor sudo is there. As root: apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
  if [[ ! -t 0 ]]; then as_root+=(-n); fi # nobody can type a password
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@" </dev/null >>"$log" 2>&1; }
echo "installing ${missing[*]}" >&2
# Lists that are there may be enough; where they are missing or out of date, they are fetched and it is tried again.
if ! apt install --yes --no-install-recommends "${missing[@]}"; then
  if ! { apt update && apt install --yes --no-install-recommends "${missing[@]}"; }; then
    cat "$log" >&2
    echo "$0: the packages could not be installed: ${missing[*]}" >&2
    exit 1
  fi
fi
