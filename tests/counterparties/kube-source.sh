# shellcheck shell=bash disable=SC2034
# Sourced by kube.sh and kubelet.sh: Debian's kubernetes source package, with the whole tree in it.

# Bookworm's is the last source package with more in it than kubectl.
readonly SUITE=bookworm
readonly SERVER_VERSION=v1.20.2

cache=${BELLHOP_DEV_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bellhop-dev}

say() { printf '%s\n' "$*" >&2; }
fail() { say "$(basename "$0"): $*"; exit 1; }

# source_packages: what fetching and compiling it needs, one on a line.
source_packages() {
  printf '%s\n' golang-go dpkg-dev ca-certificates
  # Debian's own archive is read on other systems too, if DEBIAN_MIRROR says where one is.
  compgen -G '/usr/share/keyrings/debian-archive-keyring.*' >/dev/null || echo debian-archive-keyring
}

# fetch_source WORK: unpacks it to WORK/src/tree, and leaves a private apt configuration in
# APT_CONFIG: the machine's own source lists stay as they are.
fetch_source() {
  "$(dirname "$0")/apt-view.sh" "$1/apt" "$SUITE" >&2
  export APT_CONFIG=$1/apt/apt.conf
  say "Fetching Debian's kubernetes source package of $SERVER_VERSION (34 MB)"
  mkdir "$1/src"
  (cd "$1/src" &&
    apt-get source -qq --download-only kubernetes >&2 &&
    dpkg-source --no-check -x kubernetes_*.dsc tree >"$1/unpack.log" 2>&1)
}
