#!/usr/bin/env bash
# Installs the Debian package in a fresh minimal Debian and tries it there: version, configuration, the demonstration.
#
#   tests/deploy/package.sh <bookworm|trixie> [<package>]
#
# Without a package it is built in that root first, from HEAD. Needs what tests/support/minimal_root.sh needs. Prints sizes
# and the time of a start.
set -euo pipefail

if [[ ${1-} == --inside ]]; then
  package=$(find /root -maxdepth 1 -name 'afk_*.deb')
  if [[ -z $package ]]; then
    deploy/packages.sh build package >&2
    cmake --preset release >/dev/null
    cmake --build build/release --target package >&2
    package=$(find "$PWD/build/release" -maxdepth 1 -name 'afk_*.deb')
  fi
  apt-get -qq update
  # bubblewrap is what the demonstration's agents run in.
  DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$package" bubblewrap procps >/dev/null 2>&1
  echo "package: $(stat -c %s "$package") bytes, installed: $(dpkg-query -W -f '${Installed-Size}' afk) KiB, program: $(stat -c %s /usr/bin/afk) bytes"
  afk --version
  afk config show | sed -n '1,3p'
  afk config show | grep -q '^kill_switch *= *true'
  [[ $(dpkg-query -W -f '${Conffiles}' afk) == *"/etc/afk/afk.toml"* ]]
  getent passwd afk >/dev/null
  [[ $(stat -c '%U %a' /var/lib/afk) == "afk 700" ]]
  # Disarmed: a poll says nothing and does nothing.
  [[ -z $(afk poll --quiet) ]]
  started=$(date +%s%N)
  for _ in $(seq 50); do afk --version >/dev/null; done
  echo "start-up: $(((($(date +%s%N) - started) / 50) / 1000)) microseconds on average of 50"
  echo "the demonstration:"
  deploy/demonstration/run.sh /usr/bin/afk deploy/demonstration/agent.sh 600 | tail -n 8
  # What a person wrote into the configuration stays.
  echo '# mine' >>/etc/afk/afk.toml
  dpkg -i --force-confold "$package" >/dev/null 2>&1
  grep -q '^# mine' /etc/afk/afk.toml
  apt-get -qq remove --yes afk >/dev/null 2>&1
  [[ ! -e /usr/bin/afk && -e /etc/afk/afk.toml ]]
  echo "installed, tried, upgraded and removed"
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
AFK_ROOT_FILES=${2-} exec tests/support/minimal_root.sh "${1:?usage: $0 <bookworm|trixie> [<package>]}" \
  'tests/deploy/package.sh --inside'
