#!/usr/bin/env python3
"""Power cuts of real file systems: one is shut down in the middle of work, and mounted again.

    python3 tests/faults/cuts.py target/debug/llmcost [--cuts N] [--seed S]

Whatever the file system had not yet written to its disk is lost, as the kernel loses it. Needs root, loop
devices, `mkfs.ext4` and `mkfs.xfs` (packages e2fsprogs and xfsprogs); what is missing is skipped, and says
so.

Proves: after every cut the ledger is sound, all that was acknowledged (exit 0) is there and nothing half,
every backup that was acknowledged is whole; and doing what was cut again ends as if nothing had happened.
"""

import argparse
import fcntl
import os
import pathlib
import random
import struct
import subprocess
import tempfile
import threading
import time

from common import Home, Wrong, finish, log, skip, wanted
from work import DEAR

# ioctl_xfs_goingdown(2), which ext4 answers as well: nothing more is written, not even the journal.
GOING_DOWN, NO_LOG_FLUSH = 0x8004587D, 2
# mkfs.xfs makes none that is smaller; the file takes only what is written to it.
SIZE = 320 << 20
CALLS = 20
# Seconds after which the power goes at the latest.
LATEST = 0.5


class Disk:
    """A file system in a file."""

    def __init__(self, kind, folder):
        self.file, self.place = folder / f"{kind}.img", folder / kind
        self.is_down = False
        self.place.mkdir()
        with open(self.file, "wb") as image:
            image.truncate(SIZE)
        run(f"mkfs.{kind}", "-q", self.file)
        self.mount()

    def mount(self):
        run("mount", "-o", "loop", self.file, self.place)
        self.is_down = False

    def unmount(self):
        run("umount", self.place)

    def cut(self):
        self.is_down = True
        self.on_folder(lambda folder: fcntl.ioctl(folder, GOING_DOWN, struct.pack("I", NO_LOG_FLUSH)))

    def clear(self, names):
        """Takes files away so that no cut brings them back."""
        for path in self.place.glob(names):
            path.unlink()
        self.on_folder(os.fsync)

    def on_folder(self, what):
        folder = os.open(self.place, os.O_RDONLY)
        try:
            what(folder)
        finally:
            os.close(folder)


def run(*words):
    subprocess.run([str(word) for word in words], check=True, capture_output=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("binary")
    options.add_argument("--cuts", type=int, default=100, help="for each file system")
    options.add_argument("--seed", type=int, default=None)
    args = options.parse_args()
    seed = args.seed if args.seed is not None else random.randrange(1 << 32)
    print(f"cuts: --seed {seed}", flush=True)
    begun, figures, wrong = time.monotonic(), {}, []
    for kind in ("ext4", "xfs"):
        with tempfile.TemporaryDirectory(prefix="llmcost-cuts-") as folder:
            try:
                disk = Disk(kind, pathlib.Path(folder))
            except (OSError, subprocess.CalledProcessError) as error:
                print(f"cuts: {kind} skipped: {error}", flush=True)
                continue
            try:
                with Home(args.binary) as home:
                    tried = campaign(home, disk, args.cuts, random.Random(seed), wrong)
            finally:
                disk.unmount()
            figures.update({f"cuts of {kind}": args.cuts, f"commands on {kind}": tried})
    if not figures:
        skip("cuts", "no file system can be mounted here")
    finish("cuts", {**figures, "seconds": int(time.monotonic() - begun)}, wrong)


def campaign(home, disk, cuts, chance, wrong):
    """So many cuts, one after another; says how many commands were run until they came."""
    home.write("dear.yaml", DEAR)
    home.ledger = disk.place / "ledger.db"
    tried, held = 0, set()
    for cut in range(cuts):
        # A ledger that is made anew in some of them, and grows in the others.
        if chance.random() < 0.3:
            disk.clear("*.db*")
            held = set()
        try:
            held, count = one_cut(home, disk, held, chance)
            tried += count
        except Wrong as error:
            wrong.append(f"{disk.place.name}, cut {cut}: {error}")
            disk.clear("*.db*")
            held = set()
        if len(wrong) > 20:
            break
    return tried


def one_cut(home, disk, held, chance):
    """Commands until the power goes, and what is left; gives the calls that the ledger holds in the end."""
    copies, count = [], 0
    timer = threading.Timer(chance.uniform(0.0, LATEST), disk.cut)
    timer.start()
    is_on = True
    while is_on:
        words, new, copy = command(disk, held, chance, count)
        if new:
            home.write("log.jsonl", log(new))
        done = home.run(f"-q {words}")
        count += 1
        is_on = not disk.is_down
        # Who ends while the power goes would not have lived to say so; and for some 2 ms after ext4 was shut
        # down it lets a sync end well that has reached no disk.
        if done.returncode == 0 and is_on:
            held |= set(new)
            copies += [(copy, wanted(held))] if copy else []
    timer.join()
    disk.unmount()
    disk.mount()
    if b"panicked" in done.stderr:
        raise Wrong(f"{words}: {done.stderr.decode(errors='replace')[:300]}")
    lost = set(new) - held
    there = home.report()[:2]
    home.sound()
    if there not in (wanted(held), wanted(held | lost)):
        raise Wrong(f"{words}: {there}, neither {wanted(held)} nor {wanted(held | lost)}")
    if copy and copy.exists():
        copies.append((copy, there))
    whole(home, copies)
    home.ok(f"-q {words}" + (" --force" if copy else ""))
    held = held | lost
    home.sound()
    if home.report()[:2] != wanted(held):
        raise Wrong(f"{words}: after doing it again {home.report()[:2]}, not {wanted(held)}")
    disk.clear("copy*")
    return held, count


def command(disk, held, chance, count):
    """The next command, the calls that it brings in, and the copy that it makes."""
    which = chance.random() if held else 1.0
    if which < 0.15:
        return "reprice --prices dear.yaml --apply", [], None
    if which < 0.3:
        copy = disk.place / f"copy{count}.db"
        return f"backup {copy}", [], copy
    first = max(held, default=-1) + 1
    return "ingest log.jsonl", range(first, first + CALLS), None


def whole(home, copies):
    """Every copy that was acknowledged is a sound ledger with all that was in it."""
    own = home.ledger
    try:
        for copy, state in copies:
            home.ledger = copy
            home.sound()
            if home.report()[:2] != state:
                raise Wrong(f"{copy.name} holds {home.report()[:2]}, not {state}")
    finally:
        home.ledger = own


if __name__ == "__main__":
    main()
