#!/usr/bin/env python3
"""Kills llmcost (signal 9) at every k-th system call that matters, and looks at what it leaves.

    python3 tests/faults/kill.py target/debug/llmcost [--every N] [--work NAME …] [--seconds S]

Proves: a run that is killed anywhere leaves all of its work or none, nothing damaged, no half of an
output; and running it again ends as if nothing had happened.
"""

import argparse
import time

from common import Home, Share, Wrong, finish, needs_strace
from work import chosen

CALLS = ["fsync", "fdatasync", "pwrite64", "write", "ftruncate", "openat", "fcntl", "unlink", "rename", "linkat"]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("binary")
    options.add_argument("--every", type=int, default=1, help="only every N-th point")
    options.add_argument("--work", nargs="*", default=[])
    options.add_argument("--seconds", type=int, default=0, help="stop after so long")
    args = options.parse_args()
    needs_strace("kill")
    begun, points, wrong = time.monotonic(), 0, []
    with Home(args.binary) as home:
        works = chosen(args.work)
        share = Share(args.seconds, len(works))
        for work in works:
            work.learn(home)
            share.begin()
            for name in CALLS:
                k = 1 + points % args.every
                while share.is_left():
                    work.make_ready(home)
                    fault = ["strace", "-f", "-qqq", "-o", "/dev/null", "-e", f"trace={name}",
                             "-e", f"inject={name}:signal=KILL:when={k}"]
                    done = home.run(work.words, before=fault)
                    if done.returncode == 0:
                        break
                    points += 1
                    try:
                        work.check(home, acknowledged=False)
                        work.again(home)
                    except Wrong as error:
                        wrong.append(f"{work.name}, {name} {k}: {error}")
                    k += args.every
    finish("kill", {"points": points, "seconds": int(time.monotonic() - begun)}, wrong)


if __name__ == "__main__":
    main()
