# make demo      installs into .venv, compiles, opens the app on the sample data
# make ready     the same without opening it
# make test      installs the test tools too, then lint, types, doctests and the whole suite
# make coverage  the share of analytics that the suite runs, against the floor in pyproject.toml
# make study     the longer benchmarks, and make coverage
#
# A second run repeats no installation: the stamp in .venv carries the checksum of what was installed.
# Another interpreter: make demo PYTHON=/path/to/python3.12

BIN := .venv/bin
SUM := $(shell cat pyproject.toml constraints.txt constraints-test.txt | cksum | tr ' ' '-')
DEMO := .venv/.installed-$(SUM)
TEST := .venv/.installed-test-$(SUM)
CODE := $(shell find analytics dashboard sample_data -name '*.py' -o -name '*.csv' -o -name '*.gz' -o -name '*.toml' | LC_ALL=C sort | xargs cat | cksum | tr ' ' '-')
WARM := .venv/.ready-$(CODE)
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet
PYTHON ?=

.PHONY: demo ready test coverage study lint types suite clean
.DELETE_ON_ERROR:
# the tests start some hundred processes, each of which would compile every module where keeping what was compiled is switched off
export PYTHONDONTWRITEBYTECODE :=

demo: ready
	$(BIN)/stock-or-order demo

ready: $(WARM)

# compiles the kernels and computes the samples, both kept in the user's cache folder
$(WARM): $(DEMO)
	$(BIN)/python -m analytics.warm_up
	$(BIN)/python -m dashboard.store_samples
	@rm -f .venv/.ready-* && touch $@

test: lint types suite

lint: $(TEST)
	$(BIN)/ruff format --check --quiet . || { echo 'Not formatted. Run: $(BIN)/ruff format .' >&2; exit 1; }
	$(BIN)/ruff check .

types: $(TEST)
	$(BIN)/mypy

# three processes for two cores, as tests in browsers, which come first, wait most of their time; a file of tests is run by one of them;
# kernels and samples before, or all three would compile and compute the same
suite: $(TEST)
	$(BIN)/python -m analytics.warm_up
	$(BIN)/python -m dashboard.store_samples
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# before Python 3.12 every line run costs a call of the tracer: too dear for make test
coverage: $(TEST)
	$(BIN)/python -m analytics.warm_up
	$(BIN)/coverage erase
	$(BIN)/coverage run -m dashboard.store_samples
	$(BIN)/coverage run -m pytest -n 3 --dist loadfile --no-loadscope-reorder
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

study: $(TEST)
	$(BIN)/python -m benchmarks.analyze_scale
	$(BIN)/python -m benchmarks.simulation
	$(BIN)/python -m benchmarks.door
	$(BIN)/python -m benchmarks.forecast_speed
	$(BIN)/python -m benchmarks.intake
	$(BIN)/python -m benchmarks.intake_fuzz --seconds 300
	STOCK_OR_ORDER_FAULTS=all $(BIN)/python -m pytest -q -s tests/faults tests/attacks tests/strategy/flips/test_flips.py tests/strategy/what_if/test_held.py tests/data/polluted/test_polluter.py \
	  tests/study_export/test_settings_both_ways.py tests/test_study.py tests/browser/test_clock.py \
	  tests/browser/test_controller.py tests/browser/test_manager.py
	$(MAKE) coverage

$(BIN)/python:
	@found=""; bare=""; \
	for candidate in $(if $(PYTHON),$(PYTHON),python3.13 python3.12 python3.11 python3 python); do \
	  "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1 || continue; \
	  if "$$candidate" -c 'import venv, ensurepip' >/dev/null 2>&1; then found="$$candidate"; break; else bare="$$candidate"; fi; \
	done; \
	if [ -z "$$found" ] && [ -n "$$bare" ]; then \
	  echo "$$bare lacks the venv module. On Debian or Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; \
	elif [ -z "$$found" ]; then \
	  echo "stock-or-order needs Python 3.11, 3.12 or 3.13; found: $$(python3 --version 2>&1 || true). Install one, or name it: make demo PYTHON=/path/to/python3.12" >&2; exit 1; \
	fi; \
	echo "Creating .venv with $$($$found --version)"; \
	"$$found" -m venv .venv || { rm -rf .venv; exit 1; }

$(DEMO): | $(BIN)/python
	@if [ -e $(TEST) ]; then :; else echo "Installing (about a minute) ..."; $(PIP) -c constraints.txt -e .; fi
	@rm -f .venv/.installed-[0-9]* && touch $@

# stockpyl, which tests are held against, brings a .pth that loads Sphinx into every process: a fifth of a second of each that they start
$(TEST): | $(BIN)/python
	@echo "Installing with the test tools (one to two minutes) ..."
	@$(PIP) -c constraints-test.txt -e ".[test]"
	@rm -f .venv/lib/python*/site-packages/_sphinx_jinja2_compat.pth
	@rm -f .venv/.installed-test-* && touch $@

clean:
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
