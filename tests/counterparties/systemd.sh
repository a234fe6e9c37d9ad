#!/usr/bin/env bash
# systemd.sh DIR: runs a user's systemd with DIR/run as its XDG_RUNTIME_DIR and DIR/config as its
# XDG_CONFIG_HOME, until its standard input ends. Once `systemctl --user` works there it prints a
# line: ready.
#
# systemd.sh --packages prints the Debian packages that it needs: none when systemd is there.
# systemd.sh --check ends with 0 where it can run, and says what is missing elsewhere.
#
# It takes root: a systemd runs only below a systemd, or where it is made to believe so, and in a
# control group of its own. What it believes it sees in a mount namespace that nobody else sees.
set -euo pipefail

say() { printf 'systemd.sh: %s\n' "$*" >&2; }
program=/usr/lib/systemd/systemd

if [ "${1:-}" = --packages ]; then
  [ -x "$program" ] || echo systemd
  exit 0
fi
# places: prints where control groups can be made: the unified hierarchy, and that of systemd's own
# beside it where the machine is of the older kind; once each, wherever else it is mounted.
places() {
  local unified='' own='' place kind options
  while read -r _ place kind options _; do
    case $kind,$options in
      cgroup2,*) unified=${unified:-$place} ;;
      cgroup,*name=systemd*) own=${own:-$place} ;;
    esac
  done </proc/mounts
  [ -z "$unified" ] || printf '%s\n' "$unified"
  [ -z "$own" ] || printf '%s\n' "$own"
}

check() {
  local place
  [ -x "$program" ] || { say "there is no systemd here: install Debian's package systemd"; return 1; }
  [ "$(id -u)" -eq 0 ] || { say "a systemd of one's own takes root"; return 1; }
  unshare --mount true 2>/dev/null || { say "no mount namespace can be made here"; return 1; }
  [ -n "$(places)" ] || { say "there are no control groups here"; return 1; }
  for place in $(places); do
    mkdir "$place/bellhop-test-$$" 2>/dev/null || {
      say "no control group can be made in $place"
      return 1
    }
    rmdir "$place/bellhop-test-$$"
  done
}

[ "${1:-}" != --check ] || { check && exit 0 || exit 1; }
[ -d "${1:-}" ] || { say "usage: systemd.sh --packages | --check | DIR"; exit 2; }
dir=$(cd "$1" && pwd)
check || exit 1

if [ -z "${BELLHOP_TEST_SYSTEMD_INSIDE:-}" ]; then
  BELLHOP_TEST_SYSTEMD_INSIDE=1 exec unshare --mount --propagation private "$0" "$dir"
fi

groups=()
manager=''
finish() {
  local code=$? group tries
  set +e
  trap '' INT TERM HUP
  if [ -n "$manager" ]; then
    kill -KILL "$manager" 2>/dev/null
    wait "$manager" 2>/dev/null
  fi
  # Whatever it ran is in its control groups, and goes with it.
  for group in "${groups[@]}"; do
    for ((tries = 50; tries > 0; tries -= 1)); do
      find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null | while read -r process; do
        kill -KILL "$process" 2>/dev/null
      done
      find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && break
      sleep 0.1
    done
  done
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

for place in $(places); do
  mkdir "$place/bellhop-test-$$"
  groups+=("$place/bellhop-test-$$")
done

mkdir -p /run/systemd
mount -t tmpfs none /run/systemd
mkdir -p /run/systemd/system "$dir/config" "$dir/run"
chmod 0700 "$dir/run"
(
  for group in "${groups[@]}"; do echo "$BASHPID" >"$group/cgroup.procs"; done
  # Nothing of the machine's own: no other units start, and nobody's folders are touched.
  exec env -i PATH="$PATH" HOME="$dir" XDG_RUNTIME_DIR="$dir/run" XDG_CONFIG_HOME="$dir/config" \
    SYSTEMD_LOG_TARGET=console SYSTEMD_UNIT_PATH="$dir/config/systemd/user:/usr/lib/systemd/user" \
    "$program" --user --unit=basic.target
) </dev/null >"$dir/systemd.log" 2>&1 &
manager=$!

tries=0
until XDG_RUNTIME_DIR=$dir/run systemctl --user is-active --quiet basic.target 2>/dev/null; do
  if ! kill -0 "$manager" 2>/dev/null || [ $((tries += 1)) -gt 300 ]; then
    tail -n 20 "$dir/systemd.log" >&2
    say "systemd did not start; the end of its log is above"
    exit 1
  fi
  sleep 0.1
done
echo ready

# Whoever started this holds the other end. In the background, so that a signal is not kept waiting.
cat <&0 >/dev/null &
wait $!
