#!/usr/bin/env python3
"""Eight writers at once on overlapping logs, each killed (signal 9) at a random moment.

    python3 tests/faults/random_kills.py target/debug/llmcost [--kills N] [--seed S]

Proves: whoever is killed, the others finish; what a writer acknowledged (exit 0) is there, nothing is
there twice, nothing is damaged, and one run over all logs at the end gives the exact totals.
"""

import argparse
import random
import time

from common import Home, Wrong, finish, log, wanted

WRITERS = 8
CALLS = 40


def main():
    options = argparse.ArgumentParser()
    options.add_argument("binary")
    options.add_argument("--kills", type=int, default=1000)
    options.add_argument("--seed", type=int, default=None)
    args = options.parse_args()
    seed = args.seed if args.seed is not None else random.randrange(1 << 32)
    print(f"random_kills: --seed {seed}", flush=True)
    chance, begun = random.Random(seed), time.monotonic()
    kills, rounds, wrong = 0, 0, []
    while kills < args.kills:
        rounds += 1
        with Home(args.binary) as home:
            try:
                kills += one_round(home, chance)
            except Wrong as error:
                wrong.append(f"round {rounds}: {error}")
        if len(wrong) > 20:
            break
    finish("random_kills", {"kills": kills, "rounds": rounds, "seconds": int(time.monotonic() - begun)}, wrong)


def one_round(home, chance):
    logs = {}
    for writer in range(WRITERS):
        # Half of each log stands in its neighbour's, too.
        numbers = range(writer * CALLS // 2, writer * CALLS // 2 + CALLS)
        logs[f"log{writer}.jsonl"] = numbers
        home.write(f"log{writer}.jsonl", log(numbers))
    started = time.monotonic()
    writers = {name: home.start(f"-q ingest {name}") for name in logs}
    moments = sorted((chance.uniform(0.0, 1.2), name) for name in writers)
    killed = 0
    for moment, name in moments:
        time.sleep(max(0.0, started + moment - time.monotonic()))
        if writers[name].poll() is None:
            writers[name].kill()
            killed += 1
    acknowledged = set()
    for name, writer in writers.items():
        said = writer.communicate()[1]
        if writer.returncode == 0:
            acknowledged |= set(logs[name])
        elif writer.returncode != -9:
            raise Wrong(f"{name} ends with {writer.returncode}: {said.decode(errors='replace')[:300]}")
    home.sound()
    requests, tokens, _ = home.report()
    if requests < wanted(acknowledged)[0]:
        raise Wrong(f"{requests} requests, but {len(acknowledged)} were acknowledged")
    every = set().union(*logs.values())
    home.ok("-q ingest " + " ".join(logs))
    home.sound()
    if home.report()[:2] != wanted(every):
        raise Wrong(f"{home.report()[:2]} at the end, not {wanted(every)}")
    return killed


if __name__ == "__main__":
    main()
