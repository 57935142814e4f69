#!/usr/bin/env python3
"""Reads the ledger's views with DuckDB, datasette and sqlite-utils.

    python3 tests/tools/sql_tools.py target/debug/llmcost

Installs the tools into a temporary virtual environment, makes a ledger of fixtures/demo, compares
every view in DuckDB with the same view in SQLite, row by row, and runs the examples of docs/sql.md.
Where the tools cannot be installed it says so and succeeds. UPDATE_DOCS=1 rewrites the examples' output.
"""

import glob
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import venv

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "sql.md"
TOOLS = [
    "duckdb==1.5.5",
    "duckdb-extension-sqlite-scanner==1.5.5",
    "datasette==0.65.5",
    "sqlite-utils==4.2.1",
]
# Longest time that installing may take, in seconds.
PATIENCE = 180

COMPARE = """
import duckdb, sqlite3, sys
ledger, extension = sys.argv[1:]
plain = sqlite3.connect(ledger)
con = duckdb.connect()
con.execute("SET enable_progress_bar = false")
con.execute(f"LOAD '{extension}'")
con.execute(f"ATTACH '{ledger}' AS ledger (TYPE sqlite, READ_ONLY)")
views = [name for (name,) in plain.execute("SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name")]
assert len(views) >= 10, views
text = lambda rows: sorted(repr([None if cell is None else str(cell) for cell in row]) for row in rows)
for view in views:
    theirs = text(con.execute(f"SELECT * FROM ledger.{view}").fetchall())
    ours = text(plain.execute(f"SELECT * FROM {view}"))
    assert ours and theirs == ours, f"{view}: DuckDB reads other rows than SQLite"
    print(f"{view}: {len(ours)} rows, the same")
"""


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(0)


def install(folder):
    """The directory of the tools' programs."""
    venv.create(folder, with_pip=True)
    programs = folder / "bin"
    command = [programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *TOOLS]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        skip(f"the tools were not installed within {PATIENCE} seconds")
    if done.returncode != 0:
        skip("the tools cannot be installed: " + (done.stderr.strip().splitlines() or ["pip failed"])[-1])
    return programs


def make_ledger(llmcost, folder):
    """A ledger of the demo with something in every view."""
    ledger = folder / "ledger.db"
    home = {"HOME": str(folder), "PATH": os.environ["PATH"], "LLMCOST_NOW": "2026-11-22T00:00:00Z"}

    def run(*words):
        command = [llmcost, *words, "--ledger", str(ledger), "--quiet"]
        subprocess.run(command, check=True, env=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    run("ingest", str(ROOT / "fixtures" / "demo"))
    run("credits", "grant", "--user", "alice", "--amount", "5", "--currency", "USD")
    return ledger


def examples(extension, programs, folder):
    """Runs the examples of the page; what differs."""
    page = PAGE.read_text()
    environment = dict(os.environ, PATH=f"{programs}:{os.environ['PATH']}", LC_ALL="C.UTF-8")
    wrong, ran = [], 0

    def check(wanted, printed, what):
        nonlocal ran
        ran += 1
        if wanted.strip() != printed.strip():
            wrong.append(f"{what}\nprints:\n{printed}")

    def output(command, **options):
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, **options)

    def python(block):
        code = block[1].replace("INSTALL sqlite; LOAD sqlite", f"LOAD '{extension}'")
        done = output([programs / "python", "-c", code])
        printed = done.stdout + done.stderr
        check(block[2], printed, block[1])
        return f"```python\n{block[1]}```\n\n```text\n{printed}```\n"

    def shell(block):
        parts = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block[1], re.M)
        lines = []
        for command, wanted in parts:
            done = output(command, shell=True)
            printed = "".join(line.rstrip() + "\n" for line in (done.stdout + done.stderr).splitlines())
            check(wanted, printed, command)
            lines.append(f"$ {command}\n{printed}")
        return "```shell\n" + "".join(lines) + "```\n"

    rewritten = re.sub(r"```python\n(.*?)```\n\n```text\n(.*?)```\n", python, page, flags=re.S)
    rewritten = re.sub(r"```shell\n(.*?)```\n", shell, rewritten, flags=re.S)
    assert ran >= 4, f"only {ran} examples were found in {PAGE}"
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(rewritten)
        return []
    return wrong


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    llmcost = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        programs = install(folder / "tools")
        found = sorted(glob.glob(f"{folder}/tools/lib/**/sqlite_scanner.duckdb_extension", recursive=True))[-1]
        ledger = make_ledger(str(llmcost), folder)
        subprocess.run([programs / "python", "-c", COMPARE, ledger, found], check=True)
        wrong = examples(found, programs, folder)
    if wrong:
        sys.exit("docs/sql.md says otherwise:\n\n" + "\n\n".join(wrong))
    print("the examples of docs/sql.md print what stands there")


if __name__ == "__main__":
    main()
