#!/usr/bin/env python3
"""Disks that are full or cannot be written to, and outputs that go nowhere.

    python3 tests/faults/disk.py target/debug/llmcost

Proves: on a disk of every size that is too small, ingest, export and backup end with 2, damage nothing and
leave no half of a file, and with more room the work is done; from a read-only mount a ledger is read
exactly and a write is refused; a full standard output is an error and a closed one is none. Mounts
need root: without it that part is skipped, and says so.
"""

import argparse
import os
import pathlib
import subprocess
import tempfile

from common import Home, Wrong, ended_well, finish, log, wanted

SIZES = [4, 8, 16, 32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536]
CALLS = 2000


def mount(*words):
    return subprocess.run(["mount", *words], check=False, capture_output=True).returncode == 0


def unmount(place):
    subprocess.run(["umount", str(place)], check=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("binary")
    options.add_argument("--every", type=int, default=1, help="only every N-th size and output")
    args = options.parse_args()
    figures, wrong = {}, []
    steps = [("outputs", outputs), ("sizes", sizes), ("read-only mounts", read_only)]
    for name, step in steps:
        try:
            done = step(args.binary, args.every)
            if done is None:
                print(f"disk: {name} skipped: nothing can be mounted here", flush=True)
            else:
                figures[name] = done
        except Wrong as error:
            wrong.append(f"{name}: {error}")
    finish("disk", figures, wrong)


def outputs(binary, every):
    """Commands whose output goes to a full disk, or to nobody."""
    commands = ["--help", "report", "report --format json", "records --format jsonl", "export charges", "runs",
                "query --format csv", "-q ingest log.jsonl --format json", "completions bash", "man"]
    commands = commands[::every]
    with Home(binary) as home:
        home.write("log.jsonl", log(range(300)))
        home.ok("ingest log.jsonl")
        for words in commands:
            with open("/dev/full", "wb") as full:
                done = home.run(words, stdout=full)
            expect(words, done, 2)
            reader, writer = os.pipe()
            os.close(reader)
            done = home.run(words, stdout=writer)
            os.close(writer)
            expect(words, done, 0)
    return 2 * len(commands)


def expect(words, done, code):
    ended_well(done)
    if done.returncode != code:
        raise Wrong(f"{words}: ends with {done.returncode}, not {code}: {done.stderr.decode()[:200]}")


def sizes(binary, every):
    """A disk of each size in KiB."""
    tried = 0
    for size in SIZES[::every]:
        place = pathlib.Path(tempfile.mkdtemp(prefix="llmcost-disk-"))
        if not mount("-t", "tmpfs", "-o", f"size={size}k", "tmpfs", str(place)):
            place.rmdir()
            return None
        try:
            with Home(binary) as home:
                home.write("log.jsonl", log(range(CALLS)))
                home.ok("-q ingest log.jsonl")
                for words, file in (("export records --format jsonl", "out.jsonl"), ("backup", "copy.db")):
                    option = "" if words == "backup" else "-o"
                    done = home.run(f"-q {words} {option} {place / file}")
                    ended_well(done)
                    if done.returncode not in (0, 2):
                        raise Wrong(f"{size} KiB: {words} ends with {done.returncode}")
                    left = list(place.iterdir())
                    if (done.returncode == 0) != (left == [place / file]):
                        raise Wrong(f"{size} KiB: {words} ends with {done.returncode} and leaves {left}")
                    for path in left:
                        path.unlink()
                home.ledger = place / "ledger.db"
                done = home.run("-q ingest log.jsonl")
                ended_well(done)
                if done.returncode == 0 and home.report()[:2] != wanted(range(CALLS)):
                    raise Wrong(f"{size} KiB: acknowledged, but {home.report()}")
                if done.returncode not in (0, 2):
                    raise Wrong(f"{size} KiB: ends with {done.returncode}")
                if not mount("-o", "remount,size=64m", str(place)):
                    raise Wrong("cannot make the disk larger")
                home.ok("-q ingest log.jsonl")
                home.sound()
                if home.report()[:2] != wanted(range(CALLS)):
                    raise Wrong(f"{size} KiB: {home.report()} with more room")
                tried += 1
        finally:
            unmount(place)
            place.rmdir()
    return tried


def read_only(binary, _):
    """A ledger on a medium on which nothing can be written: sound, and with a log that a kill has left."""
    tried = 0
    for killed in (False, True):
        with Home(binary) as home:
            home.write("disk/log.jsonl", log(range(200)))
            place = home.folder / "disk"
            home.ledger = place / "ledger.db"
            home.ok("-q ingest disk/log.jsonl")
            if killed:
                leave_a_log(home)
            before = home.report() if not killed else None
            if not mount("--bind", str(place), str(place)):
                return None
            try:
                if not mount("-o", "remount,ro,bind", str(place)):
                    return None
                done = home.run("report --format json")
                ended_well(done)
                if killed:
                    # What stands in the log can be read or is missed with an error, never in silence.
                    if done.returncode == 0 and home.report()[:2] != wanted(range(300)):
                        raise Wrong(f"an answer without the log: {home.report()}")
                elif done.returncode != 0 or home.report() != before:
                    raise Wrong(f"{done.returncode}: {done.stderr.decode()[:300]}")
                refused = home.run("-q ingest disk/log.jsonl --set user=other")
                ended_well(refused)
                if refused.returncode != 2:
                    raise Wrong(f"ingest ends with {refused.returncode}")
                tried += 1
            finally:
                unmount(place)
    return tried


def leave_a_log(home):
    """A commit that is only in the log: the program is killed before it would clean up."""
    home.write("disk/log.jsonl", log(range(300)))
    home.run("-q ingest disk/log.jsonl", before=["strace", "-f", "-qqq", "-o", "/dev/null", "-e", "trace=unlink",
                                                 "-e", "inject=unlink:signal=KILL:when=1"])


if __name__ == "__main__":
    main()
