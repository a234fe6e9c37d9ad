# The commands of every day. Each is a script in tests/scripts, which also sets up what it needs.
.PHONY: help run test check bench fuzz generate mutants kill package

help:
	@echo "make run     shows Bellhop at work on a sample cluster: access given and gone"
	@echo "make test    runs every test, against real counterparties where they can be had"
	@echo "make check   checks format, lints, documentation, dependencies and licences"
	@echo "make bench   measures; PARTS='pages engine access tray' are what there is"
	@echo "make package makes the packages for Debian and Fedora"
	@echo "make fuzz    feeds random input to what reads text; FUZZ_SECONDS=20 for each target"
	@echo "make kill    kills the backend at every point, also beside a replica; make test at some"
	@echo "make generate writes docs/openapi.json, docs/cli.md and the pages' client anew, from the code"
	@echo "make mutants breaks the code in many small ways, and tells which breaks no test sees"
	@echo
	@echo "make run opens the tray app where there is a desktop, and TOUR=1 plays in the terminal all the"
	@echo "same; AUTO=1 does not wait for Enter. The first run of each builds and fetches what"
	@echo "it needs: Debian packages (it asks first), a Kubernetes API server, tools."

run:
	@AUTO=$(AUTO) TOUR=$(TOUR) tests/scripts/run.sh

test:
	@tests/scripts/test.sh

check:
	@tests/scripts/check.sh

package:
	@tests/scripts/package.sh

bench:
	@tests/scripts/bench.sh $(PARTS)

fuzz:
	@tests/scripts/fuzz.sh

generate:
	@cargo run -p bellhop-server --example openapi docs/openapi.json
	@cargo run -q -p bellhop-cli -- reference > docs/cli.md
	@npm --prefix ui run --silent generate

mutants:
	@tests/scripts/mutants.sh

kill:
	@tests/scripts/kill.sh
