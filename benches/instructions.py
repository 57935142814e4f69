#!/usr/bin/env python3
"""Counts instructions of the hot paths and compares them with those that are written down.

    python3 benches/instructions.py target/debug/llmcost target/debug/examples/corpus
    python3 benches/instructions.py target/debug/llmcost target/debug/examples/corpus --write

Time depends on what else a machine does; instructions hardly do. Two sizes of each log are read, so that
what is left per record has no start-up in it. More than 10 % above benches/instructions.json is a failure
(less is only said: renew the file with --write). Counted by valgrind where it is there, else by the
processor through perf, else nothing is, and the last line says so. The two count alike but not the same,
and so do other compilers and processors: what was written down under other terms is not compared.
"""
import argparse
import json
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile

BASELINE = pathlib.Path(__file__).with_suffix(".json")
# Records of the two sizes of each log: in the second half most lines are like one before.
SIZES = {"chat": (240, 480), "messages": (200, 320), "rows": (240, 640), "transcripts": (20, 60)}
# How much more than before is too much, in per cent.
TOLERANCE = 10


def valgrind(command, folder):
    out = folder / "callgrind.out"
    done = subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *command], capture_output=True, text=True, env=environment(folder))
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr[-800:]}")
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def perf(command, folder):
    done = subprocess.run(["perf", "stat", "-x,", "-e", "instructions:u", *command], capture_output=True, text=True, env=environment(folder))
    count = done.stderr.strip().rsplit("\n", 1)[-1].split(",")[0]
    return int(count) if done.returncode == 0 and count.isdigit() else None


def environment(folder):
    return {"HOME": str(folder), "PATH": "/usr/bin:/bin", "LLMCOST_NOW": "2026-11-22T00:00:00Z"}


def counter(folder):
    """What counts on this machine: its name and the function."""
    for name, count in (("valgrind", valgrind), ("perf", perf)):
        if shutil.which(name) and count(["/bin/true"], folder):
            return name, count
    return None, None


def measure(llmcost, corpus, count, folder):
    """Instructions of each work; of logs per record."""

    def ours(*words):
        return count([llmcost, "--quiet", *map(str, words)], folder)

    found = {"--version": ours("--version")}
    ledger = folder / "rows.db"
    for kind, sizes in SIZES.items():
        totals = []
        for size in sizes:
            log = folder / f"{kind}-{size}"
            subprocess.run([corpus, kind, str(log), str(size)], check=True, capture_output=True)
            # One file is read by one thread.
            read = log if kind == "transcripts" else log / f"{kind}.jsonl"
            fresh = folder / f"{kind}-{size}.db"
            totals.append(ours("--ledger", fresh, "--prices", log / "prices.yaml", "ingest", read))
            if kind == "rows":
                ledger = fresh
        found[f"ingest, a record of {kind}"] = (totals[1] - totals[0]) // (sizes[1] - sizes[0])
    found["report --by model"] = ours("--ledger", ledger, "report", "--by", "model")
    found["report --by user"] = ours("--ledger", ledger, "report", "--by", "user")
    found["report --by conversation"] = ours("--ledger", ledger, "report", "--by", "conversation")
    return found


def terms(llmcost, name):
    """Under which figures can be compared."""
    rustc = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.strip()
    return {"counted by": name, "build": pathlib.Path(llmcost).parent.name, "rustc": rustc, "machine": platform.machine()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("llmcost", help="the program")
    parser.add_argument("corpus", help="the example that writes logs")
    parser.add_argument("--write", action="store_true", help="write down what is counted")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(made)
        name, count = counter(folder)
        if count is None:
            print("skipped: neither valgrind nor a processor that perf can count with is there")
            return 0
        found = measure(str(pathlib.Path(options.llmcost).resolve()), str(pathlib.Path(options.corpus).resolve()), count, folder)
    now = terms(options.llmcost, name)
    if options.write:
        BASELINE.write_text(json.dumps({"terms": now, "instructions": found}, indent=2) + "\n")
    before = json.loads(BASELINE.read_text()) if BASELINE.exists() else {"terms": "nothing yet", "instructions": {}}
    same = before["terms"] == now
    worse = []
    for work, instructions in found.items():
        was = before["instructions"].get(work)
        change = f"{100 * (instructions - was) / was:+.1f} %" if was else "new"
        print(f"{work:<32} {instructions:>14,} {change:>9}")
        if was is None or instructions * 100 > was * (100 + TOLERANCE):
            worse.append(work)
    if not same:
        print(f"not compared: written down for {before['terms']}, counted for {now}")
        return 0
    if worse:
        print(f"more than {TOLERANCE} % above {BASELINE.name}: {', '.join(worse)}")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
