#!/usr/bin/env bash
# Prints the folder that holds kube-apiserver, kube-controller-manager and etcd.
#
# KUBEBUILDER_ASSETS wins when it is set (the convention of setup-envtest). Otherwise the
# servers are built once from Debian's own source package, which still carries the whole tree,
# into a cache outside the checkout. Everything but the last line goes to stderr.
#
# kube.sh --packages prints the Debian packages that the build needs, one on a line: none when
# the servers are there already.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/kube-source.sh"

packages() { printf '%s\n' make rsync gcc libc6-dev && source_packages; }

complete() { [ -x "$1/kube-apiserver" ] && [ -x "$1/kube-controller-manager" ] && [ -x "$1/etcd" ]; }

if [ -n "${KUBEBUILDER_ASSETS:-}" ]; then
  if ! [ -x "$KUBEBUILDER_ASSETS/kube-apiserver" ] || ! [ -x "$KUBEBUILDER_ASSETS/etcd" ]; then
    fail "KUBEBUILDER_ASSETS is $KUBEBUILDER_ASSETS, but kube-apiserver or etcd is not there." \
      "Run 'setup-envtest use -p path' and set it to what that prints."
  fi
  [ -x "$KUBEBUILDER_ASSETS/kube-controller-manager" ] ||
    fail "KUBEBUILDER_ASSETS has no kube-controller-manager. The roles 'edit' and 'view' have no" \
      "rules without it; add that binary of the same version to the folder."
  [ "${1:-}" = --packages ] || echo "$KUBEBUILDER_ASSETS"
  exit 0
fi

assets=$cache/kube-$SERVER_VERSION
if [ "${1:-}" = --packages ]; then
  complete "$assets" || packages
  exit 0
fi
if complete "$assets"; then echo "$assets"; exit 0; fi

command -v apt-get >/dev/null ||
  fail "a Kubernetes API server can be built here only from Debian packages, and there is no" \
    "apt-get. Install setup-envtest's binaries and set KUBEBUILDER_ASSETS to their folder."

mkdir -p "$cache"
exec 9>"$cache/kube.lock"
flock 9
if complete "$assets"; then echo "$assets"; exit 0; fi

mapfile -t needed < <(packages)
"$(dirname "$0")/apt.sh" "${needed[@]}"

work=$(mktemp -d "$cache/build.XXXXXX")
trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT

fetch_source "$work"
(cd "$work/src" && apt-get download -qq etcd-server >&2 && dpkg -x etcd-server_*.deb etcd)

say "Building kube-apiserver and kube-controller-manager: 4 to 5 minutes on two cores, once"
(cd "$work/src/tree" &&
  env -u GOFLAGS HOME="$work/home" GOCACHE="$work/gocache" GOTOOLCHAIN=local GO111MODULE=off \
    KUBE_GIT_VERSION=$SERVER_VERSION KUBE_GIT_COMMIT=debian KUBE_GIT_TREE_STATE=clean \
    KUBE_GIT_MAJOR=1 KUBE_GIT_MINOR=20 \
    make WHAT="cmd/kube-apiserver cmd/kube-controller-manager" >"$work/make.log" 2>&1) ||
  { tail -30 "$work/make.log" >&2; fail "the build failed; its last lines are above"; }

staged=$work/assets
mkdir "$staged"
cp -L "$work/src/tree/_output/bin/kube-apiserver" "$work/src/tree/_output/bin/kube-controller-manager" "$staged/"
cp "$work/src/etcd/usr/bin/etcd" "$staged/"
mv "$staged" "$assets"
echo "$assets"
