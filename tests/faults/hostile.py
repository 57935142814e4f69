#!/usr/bin/env python3
"""Reads the hostile corpus and measures: time and memory of every file and ledger.

    cargo run --example hostile -- FOLDER
    python3 tests/faults/hostile.py target/debug/llmcost FOLDER [--seconds S] [--mebibytes M]

Proves: every file ends as its manifest says, without a panic or a signal, in bounded time and memory.
`tests/hostile` looks at the rest: what is stored and shown, and that a second run changes nothing.
"""

import argparse
import json
import os
import pathlib
import subprocess
import time

from common import Home, finish

COUNTS = ["new", "duplicate", "updated", "ignored", "rejected", "pending"]


def run(home, words):
    begun = time.monotonic()
    out, err = home.folder / "out", home.folder / "err"
    with open(out, "wb") as to_out, open(err, "wb") as to_err:
        process = subprocess.Popen([home.binary, *words], cwd=home.folder, env=home.environment(),
                                   stdin=subprocess.DEVNULL, stdout=to_out, stderr=to_err)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss >> 10, time.monotonic() - begun, out.read_bytes(), err.read_bytes()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("binary")
    options.add_argument("folder", type=pathlib.Path)
    options.add_argument("--seconds", type=float, default=5.0)
    options.add_argument("--mebibytes", type=int, default=128)
    args = options.parse_args()
    manifest = json.loads((args.folder / "manifest.json").read_text())
    wrong, slowest, largest = [], (0.0, ""), (0, "")
    for case in manifest["cases"] + manifest["ledgers"]:
        is_ledger = "arguments" not in case
        with Home(args.binary) as home:
            if is_ledger:
                place = (args.folder / "ledgers" / (case["name"] + ".db")).absolute()
                words = ["--ledger", str(place), "records", "--format", "jsonl"]
            else:
                place = (args.folder / "cases" / case["name"]).resolve()
                words = ["ingest", str(place), "--format", "json", *case["arguments"]]
            code, memory, seconds, out, err = run(home, words)
        slowest = max(slowest, (seconds, case["name"]))
        largest = max(largest, (memory, case["name"]))
        problem = None
        if code < 0 or code == 101 or b"panicked" in err:
            problem = f"ends with {code}"
        elif seconds > args.seconds or memory > args.mebibytes:
            problem = f"{seconds:.1f} s, {memory} MiB"
        elif is_ledger and code != (0 if case["wanted"] == "sound" else 2):
            problem = f"ends with {code}, is to be {case['wanted']}"
        elif not is_ledger:
            told = json.loads(out) if code == 0 else {}
            if any(told.get(name) != case["wanted"][name] for name in COUNTS):
                problem = f"ends with {code}: {[told.get(name) for name in COUNTS]}, not {case['wanted']}"
        if problem:
            wrong.append(f"{case['name']}: {problem}")
    figures = {"files": len(manifest["cases"]), "ledgers": len(manifest["ledgers"]),
               f"seconds at most ({slowest[1]})": round(slowest[0], 1), f"MiB at most ({largest[1]})": largest[0]}
    finish("hostile", figures, wrong)


if __name__ == "__main__":
    main()
