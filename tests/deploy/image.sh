#!/usr/bin/env bash
# Takes the steps of deploy/Dockerfile in minimal roots, so that they are known to work without a container engine.
#
#   tests/deploy/image.sh [<package>]
#
# The RUN instructions are read from the Dockerfile and run as they stand: those of the first stage in one root, unless a
# package is given, those of the last one in another. Then the program runs as the image's user, with a root that it cannot
# write. Prints what the last stage adds to Debian's own files.
set -euo pipefail

# The commands of one stage (1 or 2), one RUN after the other.
read_steps() {
  awk -v wanted="$1" '
    /^FROM/ { stage++ }
    /^RUN/ { if (stage == wanted) { inside = 1; sub(/^RUN */, ""); } }
    inside { line = $0; more = sub(/\\$/, "", line); printf "%s%s", line, more ? " " : "\n"; if (!more) inside = 0 }
  ' deploy/Dockerfile
}

if [[ ${1-} == --inside ]]; then
  package=$(find /root -maxdepth 1 -name 'afk_*.deb')
  if [[ -z $package ]]; then
    bash -euc "$(read_steps 1)" >&2
    package=/afk.deb
  fi
  before=$(du -sxk --exclude=/root --exclude=/proc / | cut -f1)
  cp "$package" /tmp/afk.deb
  bash -euc "$(read_steps 2)" >/dev/null 2>&1
  echo "the image's own files: $(($(du -sxk --exclude=/root --exclude=/proc / | cut -f1) - before)) KiB above Debian"
  user=$(sed -n 's/^USER \([0-9]*\):.*/\1/p' deploy/Dockerfile)
  [[ $user -ge 1000 ]]
  mkdir -p /run/config
  dpkg-deb --fsys-tarfile "$package" | tar -xO ./etc/afk/afk.toml >/run/config/afk.toml
  as_user() { setpriv --reuid "$user" --regid "$user" --clear-groups --no-new-privs --bounding-set=-all env -i HOME=/var/lib/afk PATH=/usr/bin:/bin "$@"; }
  as_user afk --version
  as_user afk config show --config /run/config/afk.toml | grep '^kill_switch'
  if as_user touch /usr/bin/x 2>/dev/null; then exit 1; fi
  as_user git --version
  # Only what afk needs: no compiler, no sandbox, no package lists.
  for program in gcc cmake bwrap; do if command -v "$program" >/dev/null; then echo "there is a $program" >&2; exit 1; fi; done
  [[ -z $(ls -A /var/lib/apt/lists) ]]
  started=$(date +%s%N)
  for _ in $(seq 50); do as_user afk --version >/dev/null; done
  echo "start-up with setpriv: $(((($(date +%s%N) - started) / 50) / 1000)) microseconds on average of 50"
  echo "the image's steps work"
  exit 0
fi

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
AFK_ROOT_FILES=${1-} exec tests/support/minimal_root.sh bookworm 'tests/deploy/image.sh --inside'
