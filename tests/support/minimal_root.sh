#!/usr/bin/env bash
# Runs a command of this project inside a fresh minimal Debian: what a new machine with nothing but Debian packages sees.
#
#   tests/support/minimal_root.sh <bookworm|trixie> '<command>' [<commit>]
#
# The root holds the essential packages and apt; a clone of the project (HEAD, or the commit that is named) lies in
# /root/afk and is the working folder. The root is moved onto "/" of a mount namespace of its own: under a plain chroot
# the kernel refuses user namespaces and so every sandbox, and so does a masked /proc. The network is the machine's, for
# apt; the files that AFK_ROOT_FILES names, with blanks between them, lie in /root. Needs root, mmdebstrap, git, mount and
# util-linux. The command's exit code is passed on.
set -euo pipefail

if [[ ${1-} == --inside ]]; then
  root=$2
  command=$3
  mount --bind "$root" "$root"
  mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
  mount -t tmpfs -o nosuid,mode=0755 tmpfs "$root/dev"
  for device in null zero full random urandom tty; do
    touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
  done
  mkdir "$root/dev/pts" "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
  mount -t tmpfs -o nosuid,nodev tmpfs "$root/dev/shm"
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  for number in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${number%%:*}" "$root/dev/${number#*:}"; done
  cd "$root"
  mount --move . /
  exec chroot . /usr/bin/env -i --chdir=/root/afk HOME=/root LANG=C.UTF-8 TERM="${TERM-dumb}" CI="${CI-}" \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /bin/bash -c "$command"
fi

if [[ $# -lt 2 || $# -gt 3 ]]; then
  echo "usage: $0 <bookworm|trixie> '<command>' [<commit>]" >&2
  exit 2
fi
suite=$1
command=$2
commit=${3-HEAD}
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [[ $EUID -ne 0 ]]; then
  echo "$0: needs root, because it mounts and changes the root folder" >&2
  exit 2
fi
for program in mmdebstrap git unshare mount; do
  if ! command -v "$program" >/dev/null; then
    echo "$0: needs $program" >&2
    exit 2
  fi
done

# The machine's own archive, so that a machine behind a mirror uses it; mmdebstrap's default where apt names none.
codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
archive=$(apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
  sed -n "s/^$codename //p" | head -n 1) || archive=

work=$(mktemp -d "${TMPDIR:-/tmp}/afk-minimal-root.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
started=$SECONDS
mmdebstrap --quiet --variant=apt "$suite" "$work/root" ${archive:+"$archive"} >&2
git -c safe.directory='*' clone --quiet --no-hardlinks "$source_dir" "$work/root/root/afk"
git -C "$work/root/root/afk" checkout --quiet --detach \
  "$(git -c safe.directory='*' -C "$source_dir" rev-parse --verify "$commit^{commit}")"
for file in ${AFK_ROOT_FILES-}; do cp -- "$file" "$work/root/root/"; done
echo "minimal root: $(. "$work/root/etc/os-release" && echo "$PRETTY_NAME"), commit $(git -C "$work/root/root/afk" rev-parse --short HEAD)," \
  "built in $((SECONDS - started)) s" >&2
unshare --mount --propagation private --pid --fork --kill-child -- "${BASH_SOURCE[0]}" --inside "$work/root" "$command"
