#!/usr/bin/env python3
"""Runs fuzz targets one after another, and prints a line of figures for each.

    python3 fuzz/run.py [TARGET …] [--runs N] [--seconds S] [--logs FOLDER]

Needs a nightly toolchain and cargo-fuzz (`cargo install --locked cargo-fuzz`). Our code has no unsafe
part, so it is built without a sanitizer, which is several times faster; `--address` builds with one for
what enters C code (SQLite, zstd). What makes a target fail stands in fuzz/artifacts/TARGET.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
# The longest input of each target.
TARGETS = {
    "json": 512, "numbers": 128, "texts": 512, "source": 512, "documents": 2048, "database": 4096,
    "book": 1024, "formats": 1024, "asked": 256, "query": 256, "rendered": 128, "ledger": 64,
}


def build(options):
    """The folder of the built targets."""
    # With the versions of everything that the program is built with.
    shutil.copy(HERE.parent / "Cargo.lock", HERE / "Cargo.lock")
    sanitizer = "address" if options.address else "none"
    # The words of our formats are compared as texts, which is traced by itself; numbers took a third and more.
    words = ["cargo", "+nightly", "fuzz", "build", "-s", sanitizer, "--no-trace-compares", "--fuzz-dir", str(HERE)]
    subprocess.run(words, cwd=HERE.parent, check=True)
    corpus = HERE / "corpus"
    seeds = ["cargo", "run", "--quiet", "--locked", "--example", "fuzz_seeds", "--", str(corpus)]
    subprocess.run(seeds, cwd=HERE.parent, check=True)
    return HERE / "target" / "x86_64-unknown-linux-gnu" / "release"


def run(target, folder, options):
    """Runs, runs per second, seconds, and whether it failed."""
    found = HERE / "artifacts" / target
    found.mkdir(parents=True, exist_ok=True)
    words = [str(folder / target), str(HERE / "corpus" / target), f"-artifact_prefix={found}/",
             f"-runs={options.runs}", f"-max_total_time={options.seconds}", f"-max_len={TARGETS[target]}",
             "-rss_limit_mb=2048", "-timeout=10", "-report_slow_units=1", "-print_final_stats=1",
             # Weighing inputs by how rare what they reach is took almost half of the time, and reached less.
             "-reload=0", "-use_value_profile=0", "-entropic=0"]
    # Large blocks go back to the system at once, instead of being cleared by hand.
    environment = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "131072", "RUST_BACKTRACE": "1"}
    log, begun = options.logs / f"{target}.log", time.monotonic()
    with open(log, "wb") as out:
        done = subprocess.run(words, cwd=HERE, env=environment, stdout=out, stderr=out, check=False)
    text = log.read_text(errors="replace")
    counted = re.findall(r"stat::number_of_executed_units:\s+(\d+)", text) or re.findall(r"^#(\d+)\t", text, re.M)
    runs, seconds = int(counted[-1]) if counted else 0, time.monotonic() - begun
    return runs, int(runs / seconds), int(seconds), done.returncode != 0


def main():
    options = argparse.ArgumentParser()
    options.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    options.add_argument("--runs", type=int, default=10_000_000)
    options.add_argument("--seconds", type=int, default=0, help="stop a target after so long")
    options.add_argument("--logs", type=pathlib.Path, default=HERE / "artifacts")
    options.add_argument("--address", action="store_true", help="build with AddressSanitizer")
    options = options.parse_args()
    options.logs.mkdir(parents=True, exist_ok=True)
    folder, failed = build(options), False
    for target in options.targets or TARGETS:
        runs, speed, seconds, is_wrong = run(target, folder, options)
        failed |= is_wrong
        print(f"{target}: {runs} runs, {speed}/s, {seconds} s{', FAILED' if is_wrong else ''}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
