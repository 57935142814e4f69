#!/usr/bin/env python3
"""Runs the Python and the TypeScript function of docs/logging.md on fixtures/logging/calls.json.

    python3 tests/tools/logging_examples.py

Both must write fixtures/logging/app.jsonl, byte for byte. TypeScript runs in Node.js 22.6 or newer as it is, and in
an older one through esbuild, where that can be fetched; else it is left out, and the output says so. UPDATE_DOCS=1 rewrites the fixture.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures" / "logging"
DRIVER = """
import { readFileSync } from "node:fs";
for (const { call, response, prompt } of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  console.log(logLine(call, response, prompt ?? undefined));
}
"""


def code(language):
    page = (ROOT / "docs" / "logging.md").read_text(encoding="utf-8")
    blocks = re.findall(rf"```{language}\n(.*?)```", page, flags=re.DOTALL)
    assert len(blocks) == 1, f"docs/logging.md has {len(blocks)} blocks of {language}"
    return blocks[0]


def in_python():
    names = {}
    exec(code("python"), names)
    calls = json.loads((FIXTURES / "calls.json").read_text(encoding="utf-8"))
    return "".join(names["log_line"](**call) + "\n" for call in calls)


def node(*arguments):
    run = subprocess.run(["node", *map(str, arguments)], capture_output=True, check=True)
    return run.stdout.decode()


def in_typescript():
    """What the function writes; None where nothing here runs TypeScript."""
    with tempfile.TemporaryDirectory() as directory:
        script = pathlib.Path(directory) / "log.mts"
        script.write_text(code("typescript") + DRIVER, encoding="utf-8")
        try:
            major, minor = (int(part) for part in node("--version").lstrip("v").split(".")[:2])
        except (OSError, subprocess.CalledProcessError):
            return None
        if (major, minor) >= (22, 6):
            return node("--experimental-strip-types", "--no-warnings", script, FIXTURES / "calls.json")
        compiler = ["npx", "--yes", "--package", "esbuild", "esbuild", script, "--format=esm"]
        try:
            compiled = subprocess.run(compiler, capture_output=True, check=True, timeout=120).stdout
        except (OSError, subprocess.SubprocessError):
            return None
        script = script.with_suffix(".mjs")
        script.write_bytes(compiled)
        return node(script, FIXTURES / "calls.json")


def compare(language, written):
    wanted = (FIXTURES / "app.jsonl").read_text(encoding="utf-8")
    for number, (has, wants) in enumerate(zip(written.splitlines(), wanted.splitlines()), 1):
        if has != wants:
            sys.exit(f"{language}, line {number}:\n  wrote  {has}\n  wanted {wants}")
    if written != wanted:
        sys.exit(f"{language} wrote another number of lines than fixtures/logging/app.jsonl has")
    print(f"{language}: the {len(wanted.splitlines())} lines of fixtures/logging/app.jsonl")


def main():
    python = in_python()
    if os.environ.get("UPDATE_DOCS"):
        (FIXTURES / "app.jsonl").write_text(python, encoding="utf-8")
    compare("Python", python)
    typescript = in_typescript()
    if typescript is None:
        print("TypeScript: left out, because there is neither Node.js 22.6 nor a compiler")
    else:
        compare("TypeScript", typescript)


main()
