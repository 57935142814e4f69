#!/usr/bin/env python3
"""Flips bits of a ledger, one at a time.

    python3 tests/faults/flips.py target/release/llmcost [--flips N] [--calls N] [--seed S]

Proves: a ledger in which a flipped bit changes anything that a report or a record says is refused, or
`verify` says so. Bits in which nothing is said may flip unnoticed. From 4,096 calls on the ledger has
segments, from which the report is answered.
"""

import argparse
import random
import time

from common import Home, Wrong, ended_well, finish, log

ASKED = ["report --by day,user,model --format json", "records --format jsonl"]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("binary")
    options.add_argument("--flips", type=int, default=10_000)
    options.add_argument("--calls", type=int, default=300)
    options.add_argument("--seed", type=int, default=None)
    args = options.parse_args()
    seed = args.seed if args.seed is not None else random.randrange(1 << 32)
    print(f"flips: --seed {seed}", flush=True)
    chance, begun = random.Random(seed), time.monotonic()
    figures, wrong = {"flips": args.flips, "refused": 0, "found by verify": 0, "without effect": 0}, []
    with Home(args.binary) as home:
        home.write("log.jsonl", log(range(args.calls)))
        home.ok("-q ingest log.jsonl")
        whole, truth = home.ledger.read_bytes(), [home.ok(words) for words in ASKED]
        for _ in range(args.flips):
            bit = chance.randrange(8 * len(whole))
            try:
                figures[one(home, whole, truth, bit)] += 1
            except Wrong as error:
                wrong.append(f"bit {bit}: {error}")
    figures[f"seconds, of {len(whole)} bytes"] = int(time.monotonic() - begun)
    finish("flips", figures, wrong)


def one(home, whole, truth, bit):
    """What comes of one flip."""
    image = bytearray(whole)
    image[bit // 8] ^= 1 << bit % 8
    for path in home.folder.glob("ledger.db?*"):
        path.unlink()
    home.ledger.write_bytes(image)
    asked = [home.run(words) for words in ASKED]
    for done in asked:
        ended_well(done)
    if any(done.returncode == 2 for done in asked):
        return "refused"
    if [done.stdout for done in asked] == truth:
        return "without effect"
    done = home.run("verify")
    ended_well(done)
    if done.returncode == 0:
        raise Wrong(f"not found, but says {asked[0].stdout[-300:]}")
    return "found by verify"


if __name__ == "__main__":
    main()
