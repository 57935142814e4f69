#!/bin/sh
# A CI job in miniature: the gate must let a good change through, stop a dear one, and say that it
# cannot judge where a model has no price. LLMCOST names the program; the logs are in this folder.
set -u

step() {
  wanted=$1
  shift
  printed=$("$LLMCOST" check --quiet "$@")
  got=$?
  printf '%s\n(exit %s)\n\n' "$printed" "$got"
  if [ "$got" -ne "$wanted" ]; then
    echo "wanted exit $wanted: check $*"
    exit 1
  fi
  if [ "$(printf '%s\n' "$printed" | wc -l)" -gt 10 ]; then
    echo "more than ten lines: check $*"
    exit 1
  fi
}

step 0 main.jsonl --budget budget.toml --save-baseline baseline.json
step 0 main.jsonl --budget budget.toml --baseline baseline.json --max-increase 10%
step 1 dear.jsonl --budget budget.toml --baseline baseline.json --max-increase 10%
step 3 unknown.jsonl --budget budget.toml
step 0 unknown.jsonl --budget budget.toml --on-unpriced warn
step 3 main.jsonl --budget budget.toml --baseline lost.json --max-increase 10%
step 2 main.jsonl --max-total plenty
echo "the gate works"
