"""What the fault scripts share: a home of its own, logs whose totals are known, and a look at a ledger."""

import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOW = "2026-11-22T00:00:00Z"


def call(n):
    """A call whose input tokens tell its number."""
    return json.dumps({
        "id": f"chatcmpl-{n:08}Fr7vKz2Sb8WhYxNc4", "object": "chat.completion", "created": 1793613600,
        "model": "gpt-4o-2024-08-06",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "CANARY"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1000 + n, "completion_tokens": 10, "total_tokens": 1010 + n},
    }, separators=(",", ":"))


def log(numbers):
    return "".join(call(n) + "\n" for n in numbers)


def wanted(numbers):
    """Requests and input tokens of a ledger that holds these calls once each."""
    numbers = set(numbers)
    return len(numbers), sum(1000 + n for n in numbers)


class Home:
    """A folder that is home, with a ledger of its own."""

    # Whether llmcost itself can say that a ledger is sound; asked once.
    verifies = None

    def __init__(self, binary, base=None):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="llmcost-faults-", dir=base))
        self.binary = str(pathlib.Path(binary).resolve())
        self.ledger = self.folder / "ledger.db"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def environment(self):
        return {"HOME": str(self.folder), "PATH": os.environ.get("PATH", ""), "LLMCOST_NOW": NOW,
                "LLMCOST_LEDGER": str(self.ledger), "TMPDIR": str(self.folder)}

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def argv(self, words):
        return [self.binary, *words.split()]

    def run(self, words, before=(), **options):
        options.setdefault("stdout", subprocess.PIPE)
        options.setdefault("stderr", subprocess.PIPE)
        options.setdefault("timeout", 200)
        return subprocess.run([*before, *self.argv(words)], cwd=self.folder, env=self.environment(),
                              stdin=subprocess.DEVNULL, check=False, **options)

    def start(self, words):
        return subprocess.Popen(self.argv(words), cwd=self.folder, env=self.environment(),
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def ok(self, words):
        done = self.run(words)
        if done.returncode != 0:
            raise Wrong(f"{words}: ends with {done.returncode}: {done.stderr.decode(errors='replace')}")
        return done.stdout

    def report(self):
        """Requests, input tokens and cost; nothing where there is no ledger or nothing in it."""
        if not self.ledger.exists():
            return 0, 0, None
        done = self.run("report --format json")
        if done.returncode == 2 and b"there is no ledger yet" in done.stderr:
            return 0, 0, None
        if done.returncode != 0:
            raise Wrong(f"report ends with {done.returncode}: {done.stderr.decode(errors='replace')}")
        totals = json.loads(done.stdout)["totals"]
        if not totals:
            return 0, 0, None
        return totals[0]["requests"], int(totals[0]["input_tokens"]), totals[0]["cost"]

    def sound(self):
        """Fails where the ledger is damaged. Asks llmcost itself where it can tell."""
        if not self.ledger.exists() or self.ledger.stat().st_size == 0:
            return
        if self.verifies is None:
            Home.verifies = b"\n  verify " in self.run("--help").stdout
        if self.verifies:
            done = self.run("verify")
            if done.returncode != 0 and b"there is no ledger yet" not in done.stderr:
                raise Wrong(f"verify ends with {done.returncode}: {(done.stdout + done.stderr).decode()[:500]}")
            return
        with sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True) as ledger:
            answer = ledger.execute("PRAGMA integrity_check").fetchall()
            broken = ledger.execute("PRAGMA foreign_key_check").fetchall()
        ledger.close()
        if answer != [("ok",)] or broken:
            raise Wrong(f"damaged: {answer[:3]} {broken[:3]}")


class Share:
    """The time that each of several pieces of work has; no end where none is set."""

    def __init__(self, seconds, pieces):
        self.seconds, self.end = seconds / max(pieces, 1), None

    def begin(self):
        self.end = time.monotonic() + self.seconds

    def is_left(self):
        return not self.seconds or time.monotonic() < self.end


class Wrong(Exception):
    """Something that must not happen."""


def ended_well(done):
    """No panic and no signal of its own."""
    said = done.stderr or b""
    if b"panicked" in said or done.returncode == 101 or done.returncode < 0:
        raise Wrong(f"ends with {done.returncode}: {said.decode(errors='replace')[:500]}")


def finish(name, figures, wrong):
    """Prints the figures of a script, and ends it."""
    told = ", ".join(f"{count} {what}" for what, count in figures.items())
    print(f"{name}: {told}, {len(wrong)} wrong", flush=True)
    for line in wrong[:20]:
        print(f"  wrong: {line}")
    sys.exit(1 if wrong else 0)


def skip(name, why):
    print(f"{name}: skipped: {why}", flush=True)
    sys.exit(0)


def needs_strace(name):
    probe = ["strace", "-qqq", "-o", "/dev/null", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO", "true"]
    try:
        works = subprocess.run(probe, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        works = False
    if not works:
        skip(name, "strace cannot inject faults here")
