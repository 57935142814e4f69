#!/usr/bin/env bash
# What a cold `llmcost quote` takes, in multiples of /bin/true: whole processes, by turns, so that
# whatever else the machine does weighs on both. Prints the median of the ratios of all rounds.
#
#   cargo build --release && benches/quote_cold.sh
#
# ROUNDS (25) and RUNS per round (20) may be set in the environment.
set -euo pipefail
cd "$(dirname "$0")/.."
llmcost=${LLMCOST:-target/release/llmcost}
rounds=${ROUNDS:-25} runs=${RUNS:-20}
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT

# Microseconds that a command takes, many times over.
spent() {
  local began=$EPOCHREALTIME i
  for ((i = 0; i < runs; i++)); do
    env -i HOME="$home" "$@" >/dev/null
  done
  local ended=$EPOCHREALTIME
  echo $((${ended/./} - ${began/./}))
}

measure() {
  local name=$1 round
  shift
  for ((round = 0; round < rounds; round++)); do
    echo "$(spent "$@") $(spent /bin/true)"
  done | awk '{ printf "%.2f\n", $1 / $2 }' | sort -n |
    awk -v name="$name" '{ ratio[NR] = $1 } END {
      printf "%-34s %5.2f  (%.2f to %.2f)\n", name, ratio[int((NR + 1) / 2)], ratio[1], ratio[NR] }'
}

model=(quote --model gpt-5-mini --usage "input=2000,output=500")
measure "llmcost --version" "$llmcost" --version
measure "quote of a stated provider" "$llmcost" "${model[@]}" --provider openai
measure "quote of any provider" "$llmcost" "${model[@]}"
