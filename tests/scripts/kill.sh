#!/usr/bin/env bash
# kill.sh: ends the backend by SIGKILL at every single point, alone on SQLite and beside a replica on
# PostgreSQL. `make test` does the latter at some of the points.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

dir=$(mktemp -d "${TMPDIR:-/tmp}/bellhop-kill.XXXXXX")
leave_nothing

"$scripts/prepare.sh" crates postgres
start_postgres "$dir/postgres"
export BELLHOP_TEST_POSTGRES=$postgres_address BELLHOP_EVERY_POINT=1
run cargo test -p bellhop-server --test crash -- --nocapture
