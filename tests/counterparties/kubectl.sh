#!/usr/bin/env bash
# kubectl.sh            prints one line "VERSION PATH" for every kubectl to test with
# kubectl.sh --ensure   prints the path of one usable kubectl: the installed one, else a fetched one
#
# Besides the installed one these are Debian's, old and new: people's kubectl is rarely the age
# of their cluster. They are unpacked into a cache outside the checkout, never installed; to
# fetch newer ones, remove its kubectl-* folders. With CI set, one that cannot be had is an
# error. One that this machine cannot run (a newer libc) is left out with a line on stderr.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
readonly here
# The newest first: --ensure takes the first that runs.
readonly SUITES=(sid trixie bookworm)

cache=${BELLHOP_DEV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bellhop-dev}

say() { printf 'kubectl.sh: %s\n' "$*" >&2; }

# version PATH: prints the client's version, fails when the binary does not run here.
version() {
  local out
  out=$("$1" version --client -o json 2>/dev/null) || return 1
  out=$(sed -n 's/.*"gitVersion": *"\([^"]*\)".*/\1/p' <<<"$out" | head -1)
  [ -n "$out" ] && echo "$out"
}

# fetch SUITE PATH: unpacks that suite's kubectl to PATH. Runs in a shell of its own.
fetch() (
  command -v apt-get >/dev/null || { say "no apt-get here to fetch Debian's kubectl with"; exit 1; }
  work=$(mktemp -d "$cache/fetch.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  say "Fetching the kubectl of Debian's $1, once"
  "$here/apt-view.sh" "$work/apt" "$1" >&2 || exit 1
  # The package was renamed between the releases. The suite is named, because another vendor's
  # installed package of the same name may have the higher version.
  for package in kubectl kubernetes-client; do
    (cd "$work" && APT_CONFIG=$work/apt/apt.conf apt-get download -qq "$package/$1") \
      >>"$work/apt.log" 2>&1 && break
  done
  dpkg -x "$work"/kube*.deb "$work/tree" 2>>"$work/apt.log"
  mkdir -p "$(dirname "$2")"
  mv "$work/tree/usr/bin/kubectl" "$2" 2>>"$work/apt.log" || { cat "$work/apt.log" >&2; exit 1; }
)

# debian SUITE: prints the path of that suite's kubectl, fetching it when it is not there yet.
debian() {
  local path=$cache/kubectl-$1/kubectl
  if ! [ -x "$path" ]; then
    mkdir -p "$cache"
    { flock 9 && { [ -x "$path" ] || fetch "$1" "$path"; }; } 9>"$cache/kubectl.lock" || return 1
  fi
  echo "$path"
}

ensure() {
  local path suite
  path=$(command -v kubectl || true)
  if [ -n "$path" ] && version "$path" >/dev/null; then echo "$path"; return; fi
  for suite in "${SUITES[@]}"; do
    path=$(debian "$suite") || continue
    if version "$path" >/dev/null; then echo "$path"; return; fi
  done
  say "There is no kubectl on PATH, and none of Debian's could be fetched. Install kubectl."
  return 1
}

list() {
  local path suite name missing=0
  path=$(command -v kubectl || true)
  if [ -n "$path" ] && name=$(version "$path"); then echo "$name $path"; fi
  for suite in "${SUITES[@]}"; do
    if ! path=$(debian "$suite"); then
      say "Not tested with: the kubectl of Debian's $suite, which could not be fetched"
      missing=1
    elif name=$(version "$path"); then
      echo "$name $path"
    else
      say "Not tested with: the kubectl of Debian's $suite, which does not run on this machine"
    fi
  done
  [ "$missing" = 0 ] || [ -z "${CI:-}" ]
}

case ${1:-} in
  '') list ;;
  --ensure) ensure ;;
  *) say "usage: kubectl.sh [--ensure]"; exit 2 ;;
esac
