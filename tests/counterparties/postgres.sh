#!/usr/bin/env bash
# postgres.sh DIR: runs a PostgreSQL server of its own in DIR, which is there and empty, until its
# standard input ends. Once it takes connections it prints one line: the address of a database in
# which databases may be made. It listens on a socket in DIR and on no port.
#
# postgres.sh --packages prints the Debian packages that it needs: none when a server is there.
#
# PostgreSQL refuses to run as root; then it runs as a user who owns nothing else.
set -euo pipefail

say() { printf 'postgres.sh: %s\n' "$*" >&2; }

# programs: prints the folder of initdb and postgres, the newest of Debian's or that on PATH.
programs() {
  local found
  found=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
  [ -x "$found" ] || found=$(command -v initdb) || return 1
  [ -x "$(dirname "$found")/postgres" ] && dirname "$found"
}

if [ "${1:-}" = --packages ]; then
  programs >/dev/null || echo postgresql
  exit 0
fi
[ -d "${1:-}" ] || { say "usage: postgres.sh --packages | DIR"; exit 2; }
bin=$(programs) || {
  say "there is no PostgreSQL server here: install Debian's package postgresql, or put initdb and" \
    "postgres on PATH"
  exit 1
}
cd "$1"
dir=$PWD

as=()
if [ "$(id -u)" -eq 0 ]; then
  as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  chown 65534:65534 .
  "${as[@]}" test -w "$dir" || {
    say "the user with the number 65534 cannot enter $dir; set TMPDIR to a folder that all may enter"
    exit 1
  }
fi

server=''
# A fast shutdown: it does not wait for those who are still connected.
finish() {
  local code=$?
  trap '' INT TERM HUP
  if [ -n "$server" ]; then
    kill -INT "$server" 2>/dev/null
    wait "$server" 2>/dev/null
  fi
  exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
"${as[@]}" mkdir -m 0700 s
printf '%s\n' "$password" | "${as[@]}" sh -c 'umask 077 && cat >password'
"${as[@]}" "$bin/initdb" --no-sync --no-instructions -A scram-sha-256 -E UTF8 --locale=C \
  -U bellhop --pwfile=password -D data >initdb.log 2>&1 || {
  tail -n 20 initdb.log >&2
  say "the database could not be made; the end of its log is above"
  exit 1
}
"${as[@]}" "$bin/postgres" -D "$dir/data" -F -k "$dir/s" -c listen_addresses= \
  </dev/null >postgres.log 2>&1 &
server=$!

tries=0
until "$bin/pg_isready" -q -h "$dir/s"; do
  if ! kill -0 "$server" 2>/dev/null || [ $((tries += 1)) -gt 300 ]; then
    tail -n 20 postgres.log >&2
    say "the server did not start; the end of its log is above"
    exit 1
  fi
  sleep 0.1
done
encoded=$(sed 's/%/%25/g; s/ /%20/g; s|/|%2F|g' <<<"$dir/s")
printf 'postgres://bellhop:%s@%s/postgres\n' "$password" "$encoded"

# Whoever started this holds the other end. In the background, so that a signal is not kept waiting.
cat <&0 >/dev/null &
wait $!
