#!/usr/bin/env python3
"""Lets the k-th system call fail, once and from then on, and looks at what llmcost says and leaves.

    python3 tests/faults/errors.py target/debug/llmcost [--every N] [--jobs N] [--work NAME …] [--seconds S]

Proves: full disks, failing disks, too many open files and forbidden files end in an exit code that tells
the truth (0 only when the work is done), without a panic, with nothing damaged; running it again ends
as if nothing had happened. Where locks fail from some call on, every command waits half a minute for the
ledger: with 16 jobs these waits go by together.
"""

import argparse
import time
from multiprocessing import Pool

from common import Home, Share, Wrong, ended_well, finish, needs_strace
from work import chosen

FAULTS = [
    ("pwrite64", "ENOSPC"), ("pwrite64", "EIO"), ("write", "ENOSPC"), ("write", "EIO"),
    ("fsync", "EIO"), ("fdatasync", "EIO"), ("fdatasync", "ENOSPC"), ("ftruncate", "EIO"),
    ("openat", "EMFILE"), ("openat", "EACCES"), ("pread64", "EIO"), ("read", "EIO"),
    ("fcntl", "EIO"), ("unlink", "EIO"), ("rename", "EIO"), ("linkat", "EIO"),
]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("binary")
    options.add_argument("--every", type=int, default=1, help="only every N-th point")
    options.add_argument("--work", nargs="*", default=[])
    options.add_argument("--seconds", type=int, default=0, help="stop after so long")
    options.add_argument("--jobs", type=int, default=1, help="points that are tried at the same time")
    args = options.parse_args()
    needs_strace("errors")
    begun = time.monotonic()
    with Pool(args.jobs) as pool:
        shares = pool.starmap(campaign, [(args, job) for job in range(args.jobs)], chunksize=1)
    wrong = [line for _, lines in shares for line in lines]
    points = sum(points for points, _ in shares)
    finish("errors", {"points": points, "seconds": int(time.monotonic() - begun)}, wrong)


def campaign(args, job):
    """The points of one job, and what was wrong."""
    points, wrong = 0, []
    with Home(args.binary) as home:
        works = chosen(args.work)
        share = Share(args.seconds, len(works))
        for work in works:
            work.learn(home)
            share.begin()
            before = points
            for name, error in FAULTS:
                for sticky in ("", "+"):
                    k = 1 + job * args.every + points % args.every
                    while share.is_left() and one(home, work, (name, error, sticky, k), wrong):
                        points += 1
                        k += args.every * args.jobs
            # They take long: what was found so far is not to be lost.
            print(f"errors: {work.name}: {points - before} points, {len(wrong)} wrong so far", flush=True)
    return points, wrong


def one(home, work, fault, wrong):
    """Whether the k-th call was there to fail."""
    name, error, sticky, k = fault
    work.make_ready(home)
    trace = home.folder.parent / f"{home.folder.name}.trace"
    before = ["strace", "-f", "-qqq", "-o", str(trace), "-e", f"trace={name}",
              "-e", f"inject={name}:error={error}:when={k}{sticky}"]
    done = home.run(work.words, before=before)
    failed = b"(INJECTED)" in trace.read_bytes()
    trace.unlink()
    # Before the program begins, the system's loader opens and reads; its failures are not ours.
    if b"error while loading shared libraries" in done.stderr or done.returncode == 127:
        return True
    try:
        ended_well(done)
        work.check(home, acknowledged=done.returncode == 0)
        work.again(home)
    except Wrong as error_found:
        wrong.append(f"{work.name}, {name} {error} {k}{sticky}: {error_found}")
    return failed


if __name__ == "__main__":
    main()
