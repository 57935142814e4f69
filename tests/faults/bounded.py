#!/usr/bin/env python3
"""A little of every fault script, within a minute and a half: what CI runs.

    python3 tests/faults/bounded.py target/debug/llmcost
"""

import pathlib
import subprocess
import sys
import time

SCRIPTS = [
    ("kill.py", "--every", "31", "--seconds", "15"),
    ("errors.py", "--every", "71", "--seconds", "15"),
    ("random_kills.py", "--kills", "16"),
    ("concurrent.py", "--processes", "16"),
    ("power.py", "--images", "120"),
    ("cuts.py", "--cuts", "4"),
    ("flips.py", "--flips", "120"),
    ("disk.py", "--every", "5"),
    ("big.py", "--line", "0.1", "--bomb", "0.1"),
]


def main():
    here, begun, failed = pathlib.Path(__file__).parent, time.monotonic(), []
    for script, *options in SCRIPTS:
        done = subprocess.run([sys.executable, here / script, sys.argv[1], *options], check=False)
        if done.returncode != 0:
            failed.append(script)
    print(f"faults: {time.monotonic() - begun:.0f} s" + (f", wrong: {', '.join(failed)}" if failed else ""))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
