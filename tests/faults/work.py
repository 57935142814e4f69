"""Pieces of work whose ledger is known before and after: what a fault may leave, and what must come of
doing it again."""

import shutil

from common import ROOT, Wrong, log, wanted

FIXTURES = ROOT / "fixtures"


DEAR = """\
format: llmcost-prices/1
book: {name: dear, version: 2026-11-22, currency: USD}
sources:
  page: {url: "https://example.com/prices", checked: 2026-11-20}
models:
  - id: openai/gpt-4o
    match: [gpt-4o-2024-08-06]
    prices:
      - source: [page]
        per_1m: {input: 100, output: 200}
"""


class Work:
    """One command. `states` are the reports that are allowed after a fault; the last is the end."""

    def __init__(self, name, words, prepare, target=None):
        self.name, self.words, self.prepare, self.target = name, words, prepare, target

    def make_ready(self, home):
        """The home before the work, from which every fault begins."""
        for path in home.folder.iterdir():
            path.unlink()
        for name, content in self.ready.items():
            path = home.folder / name
            path.write_bytes(content)
            path.chmod(0o600)

    def learn(self, home):
        """Does the work once without a fault."""
        for path in home.folder.iterdir():
            path.unlink()
        self.prepare(home)
        before = home.report() if self.name != "migrate" else None
        # What a reader leaves beside a ledger is empty.
        kept = [path for path in home.folder.iterdir() if not path.name.endswith(("-wal", "-shm"))]
        self.ready = {path.name: path.read_bytes() for path in kept}
        self.make_ready(home)
        home.ok(self.words)
        after = home.report()
        self.states = [state for state in (before, after) if state]
        self.result = (home.folder / self.target).read_bytes() if self.target else None

    def check(self, home, acknowledged):
        """After a fault: half of nothing, and all of what was acknowledged."""
        home.sound()
        state = home.report()
        if state not in self.states:
            raise Wrong(f"{state} is neither of {self.states}")
        if acknowledged and state != self.states[-1]:
            raise Wrong(f"acknowledged, but {state}")
        if self.target:
            path = home.folder / self.target
            if path.exists() and not self.is_whole(home, path):
                raise Wrong(f"half of {self.target}")
            if acknowledged and not path.exists():
                raise Wrong(f"no {self.target}, and nothing said")

    def is_whole(self, home, path):
        if self.name != "backup":
            return path.read_bytes() == self.result
        ledger, home.ledger = home.ledger, path
        try:
            home.sound()
            return home.report() == self.states[-1]
        finally:
            home.ledger = ledger

    def again(self, home):
        """Without a fault everything ends as if there had been none."""
        words = f"{self.words} --force" if self.target else self.words
        home.ok(words)
        home.sound()
        state = home.report()
        if state != self.states[-1]:
            raise Wrong(f"after doing it again {state}, not {self.states[-1]}")
        if self.target and not self.is_whole(home, home.folder / self.target):
            raise Wrong(f"{self.target} is another one after doing it again")


def calls(home, numbers=range(60)):
    home.write("log.jsonl", log(numbers))


def ledger(home):
    calls(home)
    home.ok("-q ingest log.jsonl")


def grown(home):
    ledger(home)
    calls(home, range(120))


def dearer(home):
    ledger(home)
    home.write("dear.yaml", DEAR)


def old(home):
    shutil.copy(FIXTURES / "ledgers" / "v2.db", home.ledger)
    home.ledger.chmod(0o600)


WORK = [
    Work("ingest", "-q ingest log.jsonl", calls),
    Work("grow", "-q ingest log.jsonl", grown),
    Work("reprice", "-q reprice --prices dear.yaml --apply", dearer),
    Work("migrate", "-q sources", old),
    Work("export", "-q export records --format jsonl -o out.jsonl", ledger, "out.jsonl"),
    Work("backup", "-q backup copy.db", ledger, "copy.db"),
]


def chosen(names):
    return [work for work in WORK if not names or work.name in names]


__all__ = ["WORK", "Work", "chosen", "wanted"]
