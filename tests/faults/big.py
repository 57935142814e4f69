#!/usr/bin/env python3
"""Inputs that are larger than memory, through a pipe.

    python3 tests/faults/big.py target/release/llmcost [--line GIB] [--bomb GIB]

Proves: a line of 5 GB, an archive that unpacks to a gigabyte and a million open brackets end in order,
with the good records around them, in bounded memory.
"""

import argparse
import json
import os
import subprocess
import time
import zlib

from common import Home, call, finish

MEMORY = 128 << 20
PIECE = 1 << 20


def line(gib):
    """Good calls around one line of text without end."""
    yield (call(1) + "\n{\"text\":\"").encode()
    for _ in range(int(gib * 1024)):
        yield b"x" * PIECE
    yield ("\"}\n" + call(2) + "\n").encode()


def content(gib):
    """A good call whose content is that long."""
    before, after = call(1).split("CANARY")
    yield before.encode()
    for _ in range(int(gib * 1024)):
        yield b"x" * PIECE
    yield (after + "\n" + call(2) + "\n").encode()


def bomb(gib):
    """The same, packed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    for piece in line(gib):
        yield packer.compress(piece)
    yield packer.flush()


def brackets(_):
    yield (call(1) + "\n" + "[" * 1_000_000 + "\n" + call(2) + "\n").encode()


def feed(home, pieces):
    """Exit code, memory in bytes, seconds, outcome."""
    begun = time.monotonic()
    words = home.argv("ingest - --format json")
    process = subprocess.Popen(words, cwd=home.folder, env=home.environment(), stdin=subprocess.PIPE,
                               stdout=open(home.folder / "out", "wb"), stderr=open(home.folder / "err", "wb"))
    try:
        for piece in pieces:
            process.stdin.write(piece)
        process.stdin.close()
    except BrokenPipeError:
        pass
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss * 1024, time.monotonic() - begun, (home.folder / "out").read_bytes()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("binary")
    options.add_argument("--line", type=float, default=5.0)
    options.add_argument("--bomb", type=float, default=1.0)
    args = options.parse_args()
    wrong, figures = [], {}
    cases = [("line", line(args.line), 2), ("content", content(args.line), 1), ("bomb", bomb(args.bomb), 2),
             ("brackets", brackets(0), 2)]
    for name, pieces, at_least in cases:
        with Home(args.binary) as home:
            code, memory, seconds, out = feed(home, pieces)
            figures[f"MiB for {name} in {seconds:.1f} s"] = memory >> 20
            new = json.loads(out)["new"] if code == 0 else None
            if code != 0 or new < at_least or memory > MEMORY:
                said = (home.folder / "err").read_text()[:300]
                wrong.append(f"{name}: ends with {code}, {new} new, {memory >> 20} MiB {said}")
    finish("big", figures, wrong)


if __name__ == "__main__":
    main()
