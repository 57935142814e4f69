#!/usr/bin/env python3
"""Power cuts: what a disk may hold when the power goes at any moment.

    python3 tests/faults/power.py target/debug/llmcost [--images N] [--seed S]

Several commands are run, and every write, sync and change of a name is recorded. From the recording
images are made of every moment: what was synced is there; of what was not, each sector of 512 bytes and
each name may be there or not, whatever came before or after it. This is stricter than file systems are.

Proves: in every image the ledger is sound, all that was acknowledged (exit 0) is there and nothing half;
an output is whole or absent; and doing all of it again ends as if nothing had happened.
"""

import argparse
import os
import random
import re
import subprocess
import time

from common import Home, Wrong, finish, log, needs_strace
from work import DEAR

SECTOR = 512
CALLS = "openat,close,write,pwrite64,fsync,fdatasync,ftruncate,fallocate,unlink,unlinkat,rename,renameat,renameat2,link,linkat"
# What is rebuilt after a cut by itself, and what is no concern of ours.
LEFT_OUT = ("-shm",)
# Of so many images one is worked on to the end.
AGAIN = 10

STEPS = [
    ("ingest a.jsonl", range(0, 40)),
    ("ingest a.jsonl", range(0, 90)),
    ("ingest b.jsonl", range(60, 200)),
    ("reprice --prices dear.yaml --apply", None),
    ("backup copy.db", None),
]


class File:
    """What was written to a file, and what of it is synced."""

    def __init__(self):
        self.data, self.synced, self.pending = bytearray(), bytearray(), []

    def write(self, at, data):
        put(self.data, at, data)
        self.pending.append((at, data))

    def cut(self, length):
        resize(self.data, length)
        self.pending.append((None, length))

    def sync(self):
        self.synced, self.pending = bytearray(self.data), []

    def image(self, chance, share):
        """The file after a cut, where this share of what was not synced is there."""
        image = bytearray(self.synced)
        for at, what in self.pending:
            if at is None:
                if chance.random() < share:
                    resize(image, what)
                continue
            begin = 0
            while begin < len(what):
                end = begin + SECTOR - (at + begin) % SECTOR
                if chance.random() < share:
                    put(image, at + begin, what[begin:end])
                begin = end
        return bytes(image)


def put(data, at, piece):
    if len(data) < at:
        data.extend(bytes(at - len(data)))
    data[at:at + len(piece)] = piece


def resize(data, length):
    del data[length:]
    data.extend(bytes(length - len(data)))


class Disk:
    """The files of one folder by their names, and which names are synced."""

    def __init__(self, folder):
        self.folder = str(folder)
        self.names, self.synced, self.pending = {}, {}, []
        self.open, self.places = {}, {}

    def name(self, path):
        folder, name = os.path.split(path)
        inside = folder in ("", self.folder) and not name.endswith(LEFT_OUT)
        return name if inside and not name.endswith((".jsonl", ".yaml")) else None

    def bind(self, name, file):
        if file is None:
            self.names.pop(name, None)
        else:
            self.names[name] = file
        self.pending.append((name, file))

    def take(self, call, args, result):
        """One system call that has ended well."""
        if call == "openat":
            path = text(args[1])
            if path == self.folder or path == ".":
                self.open[result] = "folder"
                return
            name = self.name(path)
            if name is None:
                return
            if name not in self.names:
                if "O_CREAT" not in args[2]:
                    raise Wrong(f"{name} is not known")
                self.bind(name, File())
            elif "O_TRUNC" in args[2]:
                self.names[name].cut(0)
            self.open[result], self.places[result] = self.names[name], 0
        elif call in ("rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat"):
            names = [self.name(text(arg)) for arg in args if arg.startswith('"')]
            if any(name is None for name in names):
                return
            if call.startswith("unlink"):
                self.bind(names[0], None)
                return
            self.bind(names[1], self.names[names[0]])
            if call.startswith("rename"):
                self.bind(names[0], None)
        else:
            self.on_file(call, int(args[0]), args, result)

    def on_file(self, call, number, args, result):
        file = self.open.get(number)
        if call == "close":
            self.open.pop(number, None)
        elif file == "folder":
            self.synced, self.pending = dict(self.names), []
        elif file is None:
            return
        elif call == "pwrite64":
            file.write(int(args[3]), data(args[1])[:result])
        elif call == "write":
            file.write(self.places[number], data(args[1])[:result])
            self.places[number] += result
        elif call == "ftruncate":
            file.cut(int(args[1]))
        elif call in ("fsync", "fdatasync"):
            file.sync()
        else:
            raise Wrong(f"{call} is not understood")

    def whole(self):
        return {name: bytes(file.data) for name, file in self.names.items()}

    def image(self, chance, share):
        names = dict(self.synced)
        for name, file in self.pending:
            if chance.random() < share:
                if file is None:
                    names.pop(name, None)
                else:
                    names[name] = file
        return {name: file.image(chance, share) for name, file in names.items()}


def data(arg):
    return bytes.fromhex(arg.strip('"').replace("\\x", ""))


def text(arg):
    return data(arg).decode()


def calls_of(trace):
    """The calls of a trace that ended well, in the order in which they ended."""
    begun = {}
    for line in trace.splitlines():
        process, _, line = line.partition(" ")
        line = line.strip()
        if line.endswith("<unfinished ...>"):
            begun[process] = line.removesuffix("<unfinished ...>").strip()
            continue
        if line.startswith("<..."):
            line = begun.pop(process) + line.partition("resumed>")[2]
        found = re.match(r"(\w+)\((.*)\)\s+= (-?\d+)", line)
        if found and int(found[3]) >= 0:
            yield found[1], [arg.strip() for arg in found[2].split(", ")], int(found[3])


def record(home, words):
    """Runs a command, and gives what it did to files."""
    trace = home.folder / "trace"
    before = ["strace", "-f", "-qqq", "-xx", "-s", "100000000", "-o", str(trace), "-e", f"trace={CALLS}", "-e", "signal=none"]
    done = home.run(words, before=before)
    if done.returncode != 0:
        raise Wrong(f"{words}: ends with {done.returncode}: {done.stderr.decode()[:300]}")
    told = trace.read_text()
    trace.unlink()
    return list(calls_of(told))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("binary")
    options.add_argument("--images", type=int, default=5000)
    options.add_argument("--seed", type=int, default=None)
    args = options.parse_args()
    needs_strace("power")
    seed = args.seed if args.seed is not None else random.randrange(1 << 32)
    print(f"power: --seed {seed}", flush=True)
    begun, wrong = time.monotonic(), []
    with Home(args.binary) as home, Home(args.binary) as after:
        states = learned(after)
        moments = recorded(home, args.images)
        for number, (step, images) in enumerate(moments):
            for image in images(random.Random(seed + number)):
                wrong += looked_at(after, home, image, step, states, number)
            if len(wrong) > 20:
                break
        count = sum(images.count for _, images in moments)
    figures = {"moments": len(moments), "images": count, "seconds": int(time.monotonic() - begun)}
    finish("power", figures, wrong)


class Images:
    """So many images of a disk as it is now."""

    def __init__(self, disk, count):
        self.names, self.pending, self.count = dict(disk.synced), list(disk.pending), count
        every = {*disk.synced.values(), *(file for _, file in disk.pending if file)}
        self.files = {file: (bytes(file.synced), list(file.pending)) for file in every}

    def __call__(self, chance):
        for number in range(self.count):
            # Nothing of what was not synced, all of it, and any part of it.
            share = [0.0, 1.0][number] if number < 2 else chance.choice([0.1, 0.5, 0.9])
            disk = Disk("")
            copies = {}
            for file, (synced, pending) in self.files.items():
                copies[file] = File()
                copies[file].synced, copies[file].pending = bytearray(synced), pending
            disk.synced = {name: copies[file] for name, file in self.names.items()}
            disk.pending = [(name, file and copies[file]) for name, file in self.pending]
            yield disk.image(chance, share)


def learned(home):
    """The state of the ledger before the first step and after each."""
    home.write("dear.yaml", DEAR)
    states = [(0, 0, None)]
    for words, numbers in STEPS:
        if numbers is not None:
            home.write(words.split()[1], log(numbers))
        home.ok(f"-q {words}")
        states.append(home.report())
    return states


def recorded(home, wanted):
    """Every moment at which something may be lost, with the number of its step."""
    home.write("dear.yaml", DEAR)
    disk, kept = Disk(home.folder), []
    for step, (words, numbers) in enumerate(STEPS):
        if numbers is not None:
            home.write(words.split()[1], log(numbers))
        calls = record(home, f"-q {words}")
        for call in calls:
            disk.take(*call)
            if call[0] not in ("openat", "close"):
                kept.append((step, Images(disk, 0)))
        there = {path.name: path.read_bytes() for path in home.folder.iterdir() if disk.name(str(path))}
        if disk.whole() != there:
            raise Wrong(f"{words}: the recording is not what happened")
    for number, (_, images) in enumerate(kept):
        images.count = (number + 1) * wanted // len(kept) - number * wanted // len(kept)
    return kept


def looked_at(after, home, image, step, states, number):
    """What is wrong with an image that was made while a step was on its way."""
    for path in after.folder.iterdir():
        path.unlink()
    for name, content in image.items():
        path = after.folder / name
        path.write_bytes(content)
        path.chmod(0o600)
    try:
        after.sound()
        state = after.report()
        if state not in (states[step], states[step + 1]):
            raise Wrong(f"{state}, neither {states[step]} nor {states[step + 1]}")
        copy = after.folder / "copy.db"
        if copy.exists():
            own, after.ledger = after.ledger, copy
            try:
                after.sound()
                if after.report() != states[step]:
                    raise Wrong("a copy is there and not whole")
            finally:
                after.ledger = own
        if number % AGAIN == 0:
            again(after, states)
    except Wrong as error:
        return [f"moment {number}, {STEPS[step][0]}: {error}"]
    return []


def again(after, states):
    after.write("dear.yaml", DEAR)
    for words, numbers in STEPS:
        if numbers is not None:
            after.write(words.split()[1], log(numbers))
        after.ok(f"-q {words}" + (" --force" if words.startswith("backup") else ""))
    after.sound()
    if after.report() != states[-1]:
        raise Wrong(f"after doing it again {after.report()}, not {states[-1]}")


if __name__ == "__main__":
    main()
