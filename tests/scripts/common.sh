# shellcheck shell=bash disable=SC2034
# Sourced by the scripts beside it: where things are, how they speak, a Kubernetes API server and a
# PostgreSQL server.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit 1
scripts=$root/tests/scripts
counterparties=$root/tests/counterparties
target=${CARGO_TARGET_DIR:-$root/target}
case $target in /*) ;; *) target=$root/$target ;; esac
export CARGO_TARGET_DIR=$target

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m' dim=$'\e[2m' plain=$'\e[0m'; else bold='' dim='' plain=''; fi

say() { printf '%s\n' "$@"; }
title() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }
fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# shown COMMAND…: prints it as people type it, quoted only where a shell needs that.
shown() {
  local word
  printf '%s$' "$dim"
  for word in "$@"; do
    case $word in *[!A-Za-z0-9_./:=@,-]*) word="'$word'" ;; esac
    printf ' %s' "$word"
  done
  printf '%s' "$plain"
}

# run COMMAND…: shows it and runs it, without what keeps the PostgreSQL server running.
run() {
  shown "$@"
  echo
  "$@" 7>&-
}

# absent WHAT: a counterparty or tool cannot be had. An error where CI is set, a line elsewhere.
absent() {
  [ -z "${CI:-}" ] || fail "not run: $1, and CI has to run everything"
  say "Not run: $1"
}

kube_pid='' kube_config=''

# start_kube DIR: runs the built kube-server in DIR and sets kube_config to its admin's kubeconfig.
# (Its local names are not those of its callers: their traps may run in it.)
# The server ends with this script however that ends: its stdin is a pipe that we hold open as 8.
start_kube() {
  local place=$1 waited=0
  mkdir -p "$place"
  mkfifo "$place/hold"
  exec 8<>"$place/hold"
  "$target/debug/kube-server" "$place" <"$place/hold" >"$place/ready" 2>"$place/kube-server.log" 8>&- &
  kube_pid=$!
  until grep -q '^KUBECONFIG=' "$place/ready"; do
    if ! kill -0 "$kube_pid" 2>/dev/null || [ $((waited += 1)) -gt 1200 ]; then
      tail -n 30 "$place/kube-server.log" >&2
      fail "the Kubernetes API server did not start; the end of its log is above"
    fi
    sleep 0.1
  done
  kube_config=$(sed -n 's/^KUBECONFIG=//p' "$place/ready")
  sed -n 's/^kube-server: \(Kubernetes .*\)/\1/p' "$place/kube-server.log"
}

# stop_kube: stops it, and waits until it is gone. Does nothing when none runs.
stop_kube() {
  [ -n "$kube_pid" ] || return 0
  kill -TERM "$kube_pid" 2>/dev/null
  exec 8>&-
  wait "$kube_pid" 2>/dev/null
  kube_pid=''
}

postgres_pid='' postgres_dir='' postgres_address=''

# start_postgres DIR: runs a PostgreSQL server and sets postgres_address to a database of it in which
# databases may be made. Its data are not in DIR, because another user has to enter their folder.
# It ends with this script however that ends: its stdin is a pipe that we hold open as 7.
start_postgres() {
  local place=$1 waited=0
  mkdir -p "$place"
  mkfifo "$place/hold"
  exec 7<>"$place/hold"
  postgres_dir=$(mktemp -d "${TMPDIR:-/tmp}/bellhop-postgres.XXXXXX")
  "$counterparties/postgres.sh" "$postgres_dir" <"$place/hold" >"$place/ready" 7>&- &
  postgres_pid=$!
  until grep -q '^postgres://' "$place/ready"; do
    if ! kill -0 "$postgres_pid" 2>/dev/null || [ $((waited += 1)) -gt 600 ]; then
      fail "the PostgreSQL server did not start; why is above"
    fi
    sleep 0.1
  done
  postgres_address=$(cat "$place/ready")
}

# stop_postgres: stops it, waits until it is gone, and removes its data. Does nothing when none runs.
stop_postgres() {
  if [ -n "$postgres_pid" ]; then
    kill -TERM "$postgres_pid" 2>/dev/null
    exec 7>&-
    wait "$postgres_pid" 2>/dev/null
    postgres_pid=''
  fi
  [ -z "$postgres_dir" ] || remove "$postgres_dir"
  postgres_dir=''
}

# leave_nothing: however the script ends, stops what it started and removes the folder that `dir`
# names by then.
leave_nothing() {
  trap finish EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
}

finish() {
  local code=$?
  trap '' INT TERM HUP
  set +e
  stop_kube
  stop_postgres
  [ -z "${dir:-}" ] || remove "$dir"
  exit "$code"
}

# remove DIR: also while a server that was killed as it started still writes its last file.
remove() {
  local tries
  for ((tries = 50; tries > 0; tries -= 1)); do
    rm -rf "$1" 2>/dev/null && [ ! -e "$1" ] && sleep 0.1 && [ ! -e "$1" ] && return
    sleep 0.1
  done
  say "Could not be removed: $1"
}
