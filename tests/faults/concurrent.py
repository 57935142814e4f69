#!/usr/bin/env python3
"""A hundred ingests at once: of overlapping logs, then of one and the same.

    python3 tests/faults/concurrent.py target/debug/llmcost [--processes N]

Proves: all of them end well, and the totals are exact.
"""

import argparse
import time

from common import Home, finish, log, wanted

CALLS = 50


def main():
    options = argparse.ArgumentParser()
    options.add_argument("binary")
    options.add_argument("--processes", type=int, default=100)
    args = options.parse_args()
    wrong, times = [], {}
    for name in ("overlapping", "same"):
        with Home(args.binary) as home:
            logs = {}
            for n in range(args.processes):
                first = n * CALLS // 2 if name == "overlapping" else 0
                file = f"log{n}.jsonl" if name == "overlapping" else "log.jsonl"
                logs[file] = range(first, first + CALLS)
                home.write(file, log(logs[file]))
            begun = time.monotonic()
            files = list(logs) if name == "overlapping" else ["log.jsonl"] * args.processes
            running = [home.start(f"-q ingest {file}") for file in files]
            for process in running:
                said = process.communicate()[1]
                if process.returncode != 0:
                    wrong.append(f"{name}: ends with {process.returncode}: {said[:200]}")
            times[name] = time.monotonic() - begun
            home.sound()
            every = set().union(*logs.values())
            if home.report()[:2] != wanted(every):
                wrong.append(f"{name}: {home.report()[:2]}, not {wanted(every)}")
    figures = {"processes": 2 * args.processes}
    figures |= {f"seconds {name}": round(seconds, 1) for name, seconds in times.items()}
    finish("concurrent", figures, wrong)


if __name__ == "__main__":
    main()
