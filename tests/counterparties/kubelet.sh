#!/usr/bin/env bash
# Prints the path of a kubelet without containers (kubelet/main.go): a real kubectl exec through a
# real API server needs one. It is compiled once from that file and Debian's kubernetes source
# package, into a cache outside the checkout. Everything but the last line goes to stderr.
#
# kubelet.sh --packages prints the Debian packages that this needs, one on a line: none when it
# is there already.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/kube-source.sh"

here=$(cd "$(dirname "$0")" && pwd)
sum=$(sha256sum "$here/kubelet/main.go")
program=$cache/kubelet-$SERVER_VERSION-${sum:0:12}/kubelet
if [ "${1:-}" = --packages ]; then
  [ -x "$program" ] || source_packages
  exit 0
fi
if [ -x "$program" ]; then echo "$program"; exit 0; fi

command -v apt-get >/dev/null ||
  fail "a kubelet for kubectl exec can be built here only from Debian packages, and there is no apt-get."

mkdir -p "$cache"
exec 9>"$cache/kubelet.lock"
flock 9
if [ -x "$program" ]; then echo "$program"; exit 0; fi

mapfile -t needed < <(source_packages)
"$here/apt.sh" "${needed[@]}"

work=$(mktemp -d "$cache/build.XXXXXX")
trap 'chmod -R u+w "$work" 2>/dev/null; rm -rf "$work"' EXIT
fetch_source "$work"

say "Building a kubelet without containers: half a minute, once"
home=$work/gopath/src/k8s.io
mkdir -p "$home" "$work/out" "$work/src/tree/cmd/e2e-kubelet"
mv "$work/src/tree" "$home/kubernetes"
cp "$here/kubelet/main.go" "$home/kubernetes/cmd/e2e-kubelet/"
(cd "$home/kubernetes" &&
  env -u GOFLAGS HOME="$work/home" GOPATH="$work/gopath" GOCACHE="$work/gocache" GOTOOLCHAIN=local \
    GO111MODULE=off CGO_ENABLED=0 go build -o "$work/out/kubelet" ./cmd/e2e-kubelet \
    >"$work/build.log" 2>&1) ||
  { tail -30 "$work/build.log" >&2; fail "the build failed; its last lines are above"; }

mkdir -p "$(dirname "$program")"
mv "$work/out/kubelet" "$program"
echo "$program"
