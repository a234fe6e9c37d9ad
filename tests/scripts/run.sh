#!/usr/bin/env bash
# run.sh: plays one walk in front of you, on a real Kubernetes API server of this machine: asking
# for access, using it, being out again. Each command is shown before it runs, and one that ends
# otherwise than it should ends the walk.
#
# On a terminal it waits for Enter before each command; with AUTO set, or elsewhere, it plays on.
# Everything is in a folder of its own, with an own kubeconfig: yours is neither read nor changed.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

dir='' backend=''
waits=''
if [ -t 0 ] && [ -t 1 ] && [ -z "${AUTO:-}${CI:-}" ]; then waits=yes; fi

# Stops the backend before the cluster, as it would otherwise look for it.
finish() {
  local code=$?
  trap '' INT TERM HUP
  set +e
  if [ -n "$backend" ]; then
    kill -TERM "$backend" 2>/dev/null
    wait "$backend" 2>/dev/null
  fi
  stop_kube
  [ -n "$dir" ] || exit "$code"
  local logs=$target/run
  rm -rf "$logs"
  mkdir -p "$logs"
  cp "$dir"/*.log "$dir"/kube/*.log "$logs/" 2>/dev/null
  remove "$dir"
  case $code in
    0 | 130 | 143) ;;
    *)
      say "" "The walk did not come to its end. The end of the backend's log:"
      tail -n 20 "$logs/serve.log" 2>/dev/null
      ;;
  esac
  say "" "Everything is stopped, and what the walk made is removed. Its logs: $logs"
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# tell SENTENCE COMMAND…: says what is coming and shows the command.
tell() {
  printf '\n%s%s%s\n' "$bold" "$1" "$plain"
  shift
  shown "$@"
  if [ -n "$waits" ]; then read -r; else echo; fi
}

# works SENTENCE COMMAND…: it has to succeed.
works() {
  tell "$@"
  shift
  "$@" 8>&- || fail "this ended with exit code $?, and 0 was expected: $*"
}

# answers WHAT CODE SENTENCE COMMAND…: it has to end with CODE and say WHAT.
answers() {
  local what=$1 expected=$2 code=0 answer
  shift 2
  tell "$@"
  shift
  answer=$("$@" 2>&1 8>&-) || code=$?
  say "$answer"
  [ "$code" -eq "$expected" ] || fail "exit code $code, and $expected was expected: $*"
  grep -q "$what" <<<"$answer" || fail "the answer says nothing of \"$what\": $*"
}

"$scripts/prepare.sh" crates kube

title "Building bellhop, and what starts the cluster"
run cargo build -p bellhop-cli --bin bellhop
run cargo build -p bellhop-e2e --bin kube-server

title "Starting a Kubernetes API server of this walk's own"
assets=$("$counterparties/kube.sh")
kubectl=$("$counterparties/kubectl.sh" --ensure)
dir=$(mktemp -d "${TMPDIR:-/tmp}/bellhop-run.XXXXXX")
KUBEBUILDER_ASSETS=$assets start_kube "$dir/kube"

# From here on, as on the machine of somebody whose kubeconfig has one context: admin@real.
mkdir "$dir/bin" "$dir/home"
ln -s "$target/debug/bellhop" "$dir/bin/bellhop"
ln -s "$kubectl" "$dir/bin/kubectl"
cp "$kube_config" "$dir/kubeconfig"
cp "$kube_config" "$dir/kubeconfig.before"
user=$(id -un)
export PATH=$dir/bin:$PATH HOME=$dir/home KUBECONFIG=$dir/kubeconfig BELLHOP_HOME=$dir/bellhop
unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_RUNTIME_DIR BELLHOP_LOG

cd "$dir"

title "The walk, as $user"
mkdir -m 0700 "$BELLHOP_HOME" "$BELLHOP_HOME/config"
cat >"$BELLHOP_HOME/config/bellhop.toml" <<CONFIG
[[integration]]
name = "k8s-real"
kind = "kubernetes"
kubeconfig_context = "admin@real"

[[flow]]
id = "customer-data"
name = "Access to customer data"
requesters = { users = ["$user"] }
duration = { default = "1h", max = "8h", choices = ["30m", "1h", "4h"] }
  [[flow.target]]
  integration = "k8s-real"
  type = "namespace"
  resources = ["customer1", "customer3"]
  permissions = ["edit"]
  [flow.approval]
  mode = "automatic"
CONFIG
works "The configuration: one cluster, and one flow that says who may ask for what." \
  cat bellhop/config/bellhop.toml

tell "The backend runs beside you, as you. It makes the decisions and takes access away again." \
  bellhop serve
bellhop serve >"$dir/serve.log" 2>&1 8>&- </dev/null &
backend=$!
for ((tries = 100; tries > 0; tries -= 1)); do
  kill -0 "$backend" 2>/dev/null || fail "the backend ended at once"
  bellhop integrations >/dev/null 2>&1 8>&- && break
  sleep 0.1
done
[ "$tries" -gt 0 ] || fail "the backend does not answer"
head -n 1 "$dir/serve.log"

works "Connecting uses your kubeconfig once, to make Bellhop an account with exactly these rights." \
  bellhop connect kubernetes k8s-real --yes

works "You ask for one namespace, for half an hour. The flow grants it, and it works when this ends." \
  bellhop request k8s-real/namespace/customer1:edit --for 30m --reason "Look at a slow query" --wait
number=$(bellhop list -o json | grep -o '"R-[0-9]*"' | head -n 1 | tr -d '"')

works "Your kubectl has a new context. It gets you into customer1 …" \
  kubectl get pods -n customer1 --context bellhop-k8s-real
answers Forbidden 1 "… and not into customer2, which nobody asked for." \
  kubectl get pods -n customer2 --context bellhop-k8s-real
answers customer2 3 "You cannot even ask for it: no flow offers it." \
  bellhop request k8s-real/namespace/customer2:edit --reason "Just curious"

works "What is open, …" bellhop list
works "… and all about it." bellhop show "$number"
answers "bellhop-" 0 "The cluster's admin sees the same: one binding and its account, labelled." \
  kubectl get rolebindings,serviceaccounts -A -l 'bellhop/part,bellhop/part!=rights' --context admin@real

cp kubeconfig kubeconfig.copy
token=$(bellhop credential kubernetes --integration k8s-real | grep -o '"token": *"[^"]*"' | cut -d '"' -f 4)
sed "s/token: .*/token: $token/; s/admin/thief/" kubeconfig.before >kubeconfig.token
works "Say somebody copies your kubeconfig now, and reads out the short-lived token behind it." \
  kubectl get pods -n customer1 --kubeconfig kubeconfig.token

works "You are done early. This ends when the access is shown to be gone." bellhop end "$number"
answers "does not exist" 1 "The first kubectl command again: your kubeconfig has no such context now, …" \
  kubectl get pods -n customer1 --context bellhop-k8s-real
answers "you hold no active access" 1 "… Bellhop gives no new token to the copy, …" \
  kubectl get pods -n customer1 --context bellhop-k8s-real --kubeconfig kubeconfig.copy
answers "Forbidden\|Unauthorized" 1 "… and the cluster itself refuses the old token." \
  kubectl get pods -n customer1 --kubeconfig kubeconfig.token

works "Your kubeconfig is byte for byte what it was before the request." \
  cmp kubeconfig kubeconfig.before
answers "No resources found" 0 "Nothing of the grant is left in the cluster." \
  kubectl get rolebindings,serviceaccounts -A -l 'bellhop/part,bellhop/part!=rights' --context admin@real

works "All of it is written down …" bellhop audit list
works "… in a log whose rows are chained: one that was changed or taken out shows." bellhop audit verify

title "The walk is over: access was asked for, used, and is gone. Stopping everything"
