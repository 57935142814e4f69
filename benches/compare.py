#!/usr/bin/env python3
"""Measures llmcost against what people would run instead, on logs that are the same every time.

    cargo build --release && cargo build --release --example corpus
    python3 benches/compare.py --quick            # minutes; without it ten times as many records
    python3 benches/compare.py --scale 10         # ten times more again: ledgers of 10 M records
    python3 benches/compare.py --only DuckDB --only ccusage --scale 10   # large logs, without the slow peers
    python3 benches/compare.py --write            # also puts the table into docs/performance.md

Peers are installed into a temporary directory (--work DIR keeps it); what cannot be is said and left
out. Programs run by turns, ours and theirs, so that whatever else the machine does weighs on both; a
figure is the median of the ratios ours / theirs of all rounds, with the lowest and the highest. Below 1
is faster, or smaller. Only the standard library drives it; DuckDB counts in DECIMAL, and its totals must
be ours to the last digit.
"""
import argparse
import json
import os
import pathlib
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from decimal import Decimal

ROOT = pathlib.Path(__file__).resolve().parent.parent
RELEASE = ROOT / "target" / "release"
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- comparison: written by benches/compare.py -->\n", "<!-- end of comparison -->"
PYTHON_PEERS = ["duckdb", "polars", "genai-prices", "litellm", "llm-usage-report"]
# Records of each log where --scale is 1.
SIZES = {"chat": 100_000, "messages": 30_000, "rows": 100_000, "transcripts": 20_000}
# Where each log says what DuckDB groups by; the columns that are read are named, which helps it.
LAYOUTS = {
    "chat": dict(
        columns="user_id:'VARCHAR', provider:'VARCHAR', response:'STRUCT(id VARCHAR, created BIGINT, model VARCHAR, usage STRUCT(prompt_tokens BIGINT, completion_tokens BIGINT, prompt_tokens_details STRUCT(cached_tokens BIGINT)))'",
        id="response.id", model="response.model", day="CAST(to_timestamp(response.created) AS DATE)",
        input="response.usage.prompt_tokens - response.usage.prompt_tokens_details.cached_tokens",
        read="response.usage.prompt_tokens_details.cached_tokens", written="0",
        output="response.usage.completion_tokens"),
    "messages": dict(
        columns="timestamp:'TIMESTAMP', user_id:'VARCHAR', provider:'VARCHAR', response:'STRUCT(id VARCHAR, model VARCHAR, usage STRUCT(input_tokens BIGINT, cache_creation_input_tokens BIGINT, cache_read_input_tokens BIGINT, output_tokens BIGINT))'",
        id="response.id", model="response.model", day="CAST(timestamp AS DATE)",
        input="response.usage.input_tokens", read="response.usage.cache_read_input_tokens",
        written="response.usage.cache_creation_input_tokens", output="response.usage.output_tokens"),
    "rows": dict(
        columns="timestamp:'TIMESTAMP', response_id:'VARCHAR', user_id:'VARCHAR', provider:'VARCHAR', model:'VARCHAR', prompt_tokens:'BIGINT', cached_tokens:'BIGINT', completion_tokens:'BIGINT'",
        id="response_id", model="model", day="CAST(timestamp AS DATE)",
        input="prompt_tokens - cached_tokens", read="cached_tokens", written="0", output="completion_tokens"),
}
COST = ("sum(CAST(l.input AS DECIMAL(18,0)) * p.input + CAST(l.read AS DECIMAL(18,0)) * p.cache_read"
        " + CAST(l.written AS DECIMAL(18,0)) * p.cache_write + CAST(l.output AS DECIMAL(18,0)) * p.output)")


def calls(kind, folder):
    """The SQL that reads a log, every call once."""
    at = LAYOUTS[kind]
    fields = ", ".join(f"{at[name]} AS {name}" for name in ("id", "model", "day", "input", "read", "written", "output"))
    return (f"SELECT DISTINCT ON (id) {fields}, user_id, provider FROM read_json('{folder}/{kind}.jsonl',"
            f" format='newline_delimited', columns={{{at['columns']}}})")


def prices(folder):
    rates = ", ".join(f"{name}:'DECIMAL(9,3)'" for name in ("input", "cache_read", "cache_write", "output"))
    return (f"CREATE TEMP TABLE prices AS SELECT * FROM read_csv('{folder}/prices.csv', header=true,"
            f" columns={{provider:'VARCHAR', model:'VARCHAR', {rates}}});")


def grouped(source, by="l.model", where=""):
    return (f"SELECT {by}, count(*), sum(l.input + l.read + l.written), sum(l.output), {COST} FROM {source} l"
            f" JOIN prices p ON p.provider = l.provider AND p.model = l.model {where} GROUP BY {by} ORDER BY 5 DESC;")


# Run by the interpreter that has the peers: a database file or :memory:, and statements; the rows of the
# last one are printed as text.
DUCKDB = ("import sys, duckdb\nc = duckdb.connect(sys.argv[1])\nc.execute('SET enable_progress_bar = false')\nfor q in sys.argv[2:]: rows = c.execute(q).fetchall()\n"
          "for row in rows: print('\\t'.join(map(str, row)))\n")
POLARS = ("import sys, polars as pl\np = pl.read_csv(sys.argv[2])\n"
          "l = pl.scan_ndjson(sys.argv[1]).unique('response_id').join(p.lazy(), on=['provider', 'model'])\n"
          "i = pl.col('prompt_tokens') - pl.col('cached_tokens')\n"
          "c = (i * pl.col('input') + pl.col('cached_tokens') * pl.col('cache_read') + pl.col('completion_tokens') * pl.col('output')).sum()\n"
          "print(l.group_by('model').agg(c.alias('cost'), pl.len()).collect())\n")
GENAI = ("import sys, json\nfrom genai_prices import Usage, calc_price\nseen, total, bad = set(), 0, 0\n"
         "for line in open(sys.argv[1]):\n r = json.loads(line)\n if r['response_id'] in seen: continue\n seen.add(r['response_id'])\n"
         " try: total += calc_price(Usage(input_tokens=r['prompt_tokens'], cache_read_tokens=r['cached_tokens'], output_tokens=r['completion_tokens']), model_ref=r['model'], provider_id=r['provider']).total_price\n"
         " except LookupError: bad += 1\nprint(total, bad)\n")
LITELLM = ("import sys, json, litellm\nseen, total, bad = set(), 0, 0\n"
           "for line in open(sys.argv[1]):\n r = json.loads(line)\n if r['response_id'] in seen: continue\n seen.add(r['response_id'])\n"
           " try: total += sum(litellm.cost_per_token(model=r['model'], prompt_tokens=r['prompt_tokens'], completion_tokens=r['completion_tokens'], cache_read_input_tokens=r['cached_tokens'], custom_llm_provider=r['provider']))\n"
           " except Exception: bad += 1\nprint(total, bad)\n")
JQ_SQLITE = ("set -e; rm -f \"$3\"; jq -r '[.response_id,.provider,.model,.prompt_tokens-.cached_tokens,.cached_tokens,.completion_tokens]|@csv' \"$1\""
             " | sqlite3 -csv \"$3\" 'CREATE TABLE l(id PRIMARY KEY,provider,model,i INT,r INT,o INT)' '.import --csv /dev/stdin l'"
             " '.import --csv '\"$2\"' p' 'SELECT l.model, count(*), sum(l.i*p.input+l.r*p.cache_read+l.o*p.output) FROM l JOIN p USING(provider,model) GROUP BY 1' 2>/dev/null")


class Bench:
    """Where everything is, and what was measured."""

    def __init__(self, options, work):
        self.options, self.work, self.rows, self.notes, self.versions = options, work, [], [], {}
        self.home = work / "home"
        self.home.mkdir(parents=True, exist_ok=True)
        keep = ("PATH", "LANG", "TMPDIR", "LD_LIBRARY_PATH")
        self.env = {name: os.environ[name] for name in keep if name in os.environ}
        self.env.update(HOME=str(self.home), CLAUDE_CONFIG_DIR=str(work / "transcripts"), LITELLM_LOCAL_MODEL_COST_MAP="True")
        self.ours = str(RELEASE / "llmcost")
        self.python = str(work / "venv" / "bin" / "python")
        self.ledgers = 0

    def note(self, text):
        print(f"note: {text}", file=sys.stderr)
        self.notes.append(text)

    def run(self, command):
        """Runs a command; its wall and cpu seconds, peak KiB and standard output."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            start = time.monotonic()
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=self.env, cwd=self.work)
            _, status, usage = os.wait4(child.pid, 0)
            wall = time.monotonic() - start
            child.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            err.seek(0)
            if child.returncode:
                raise RuntimeError(f"{command[0]} ended with {child.returncode}: {err.read().decode()[-500:]}")
            return (wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss), out.read().decode()

    def chain(self, commands):
        """Runs commands one after the other as one: sums of time, the highest peak, the last output."""
        ran = [self.run(command) for command in commands]
        figures = [figures for figures, _ in ran]
        wall, cpu, peak = zip(*figures)
        return (sum(wall), sum(cpu), max(peak)), ran[-1][1]

    def wants(self, work, peer):
        """Whether a row is asked for: some word of --only is in it, and none of --skip."""
        row = f"{work} / {peer}".lower()
        named = [[word.lower() in row for word in words] for words in (self.options.only, self.options.skip)]
        return (any(named[0]) or not named[0]) and not any(named[1])

    def compare(self, work, theirs_name, ours, theirs, same=None):
        """Both by turns. Each is a function that gives the commands of a round, so that a ledger is new."""
        if not self.wants(work, theirs_name):
            return
        figures, medians = [], []
        try:
            for _ in range(self.options.rounds):
                mine, mine_out = self.chain(ours())
                other, other_out = self.chain(theirs())
                figures.append((mine, other))
            agree = "" if same is None else ("same totals" if same(mine_out, other_out) else "**TOTALS DIFFER**")
        except (RuntimeError, OSError) as error:
            self.note(f"{work} / {theirs_name}: could not be measured: {error}")
            return
        cells = []
        # A process starts with the peak of the one that forked it: below ours nothing can be told.
        floor = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1.05
        for at in range(3):
            if at == 2 and all(max(mine[at], other[at]) <= floor for mine, other in figures):
                cells.append("–")
                continue
            ratios = sorted(mine[at] / max(other[at], 1e-6) for mine, other in figures)
            cells.append(f"{statistics.median(ratios):.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})")
        for side in range(2):
            cpu = statistics.median(pair[side][1] for pair in figures)
            medians.append(f"{cpu:.2f}")
        self.rows.append([work, theirs_name, *cells, " / ".join(medians), agree])
        print(" | ".join(self.rows[-1]), file=sys.stderr, flush=True)

    def ledger(self):
        """The name of a ledger that is not there yet; the last one is gone."""
        for old in self.work.glob("fresh-*.db*"):
            old.unlink()
        self.ledgers += 1
        return str(self.work / f"fresh-{self.ledgers}.db")

    def llmcost(self, *words):
        return [self.ours, "--quiet", *words]

    def ingest(self, ledger, path):
        return self.llmcost("--ledger", ledger, "ingest", "--prices", str(self.work / "prices.yaml"), str(path))

    def report(self, ledger, *words):
        return self.llmcost("--ledger", ledger, "report", "--format", "json", *(words or ("--by", "model")))

    def duckdb(self, database, *statements):
        return [self.python, "-c", DUCKDB, str(database), *statements]


def install(bench):
    """Puts the peers into the working directory; what cannot be installed is left out."""
    if not (bench.work / "venv").exists():
        subprocess.run([sys.executable, "-m", "venv", str(bench.work / "venv")], check=True)
    for peer in PYTHON_PEERS:
        if any(word.lower() in peer for word in bench.options.skip):
            continue
        done = subprocess.run([bench.python, "-m", "pip", "install", "-q", peer], capture_output=True, text=True)
        if done.returncode:
            bench.note(f"{peer} could not be installed")
        shown = subprocess.run([bench.python, "-m", "pip", "show", peer], capture_output=True, text=True).stdout
        versions = [line.split()[1] for line in shown.splitlines() if line.startswith("Version:")]
        if versions:
            bench.versions[peer] = versions[0]
    npm = shutil.which("npm")
    binary = bench.work / "npm" / "node_modules" / ".bin" / "ccusage"
    if npm:
        machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), "x64")
        packages = ["ccusage", f"@ccusage/ccusage-{platform.system().lower()}-{machine}"]
        subprocess.run([npm, "install", "--silent", "--prefix", str(bench.work / "npm"), *packages], capture_output=True)
    try:
        bench.versions["ccusage"] = bench.run([str(binary), "--version"])[1].split()[-1]
    except (OSError, RuntimeError):
        bench.note("ccusage could not be installed")
    for tool in ("jq", "sqlite3"):
        if shutil.which(tool):
            bench.versions[tool] = subprocess.run([tool, "--version"], capture_output=True, text=True).stdout.split()[0]
        else:
            bench.note(f"{tool} is not there")


def generate(bench, kind, records, seed=1, folder=None):
    """Writes a log; what its generator says is in it."""
    corpus = RELEASE / "examples" / "corpus"
    done = subprocess.run([str(corpus), kind, str(folder or bench.work), str(records), str(seed)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def ours_total(text):
    total = json.loads(text)["totals"][0]
    return total["requests"], Decimal(total["cost"])


def duck_total(text):
    rows = [line.split("\t") for line in text.splitlines()]
    return sum(int(row[1]) for row in rows), sum(Decimal(row[4]) for row in rows) / 1_000_000


def logs(bench, stated):
    """Logs into a ledger or past it, against DuckDB."""
    for kind, size in (("messages", "8 KB"), ("chat", "1.2 KB"), ("rows", "0.4 KB")):
        path, table = bench.work / f"{kind}.jsonl", bench.work / f"{kind}.duckdb"
        want = (stated[kind]["records"], Decimal(stated[kind]["cost"]))

        def same(mine, other, want=want):
            return ours_total(mine) == want == duck_total(other)

        def stored(path=path):
            ledger = bench.ledger()
            return [bench.ingest(ledger, path), bench.report(ledger)]

        def storing(kind=kind, table=table):
            table.unlink(missing_ok=True)
            return [bench.duckdb(table, prices(bench.work), f"CREATE TABLE calls AS {calls(kind, bench.work)};", grouped("calls"))]

        bench.compare(f"ingest + report, {size}", "DuckDB storing a table", stored, storing, same)
        bench.compare(
            f"report PATH, {size}", "DuckDB query",
            lambda path=path: [bench.llmcost("report", "--by", "model", "--format", "json", "--prices", str(bench.work / "prices.yaml"), str(path))],
            lambda kind=kind: [bench.duckdb(":memory:", prices(bench.work), grouped(f"({calls(kind, bench.work)})"))],
            same)


def others(bench):
    """Flat rows against the libraries and pipes that people use."""
    path, table, database = bench.work / "rows.jsonl", str(bench.work / "prices.csv"), str(bench.work / "jq.db")

    def stored():
        ledger = bench.ledger()
        return [bench.ingest(ledger, path), bench.report(ledger)]

    peers = [("polars", "polars (floats)", [bench.python, "-c", POLARS, str(path), table]),
             ("genai-prices", "genai-prices (its own prices)", [bench.python, "-c", GENAI, str(path)]),
             ("litellm", "LiteLLM (its own prices, floats)", [bench.python, "-c", LITELLM, str(path)]),
             ("jq", "jq piped to sqlite3 (floats)", ["bash", "-c", JQ_SQLITE, "-", str(path), table, database])]
    for peer, name, command in peers:
        if peer in bench.versions:
            bench.compare("ingest + report, 0.4 KB", name, stored, lambda command=command: [command])
    if "llm-usage-report" in bench.versions:
        # It reads bare responses, which the application's log wraps.
        bare = bench.work / "bare.jsonl"
        with open(bench.work / "chat.jsonl") as log, open(bare, "w") as out:
            for line in log:
                out.write(json.dumps(json.loads(line)["response"]) + "\n")

        def ours():
            ledger = bench.ledger()
            return [bench.ingest(ledger, bare), bench.report(ledger)]

        tool = str(bench.work / "venv" / "bin" / "llm-usage-report")
        bench.compare("ingest + report, 1.2 KB bare", "llm-usage-report (no dedupe)", ours, lambda: [[tool, "--format", "json", str(bare)]])


def transcripts(bench, stated):
    """A coding agent's transcripts, fresh and unchanged, against ccusage."""
    if "ccusage" not in bench.versions:
        return
    ccusage = [str(bench.work / "npm" / "node_modules" / ".bin" / "ccusage"), "monthly", "--json", "--offline"]
    folder = bench.work / "transcripts"

    def fresh():
        ledger = bench.ledger()
        return [bench.ingest(ledger, folder), bench.report(ledger)]

    def same(mine, other):
        theirs = json.loads(other)["totals"]
        both = [int(theirs[name]) for name in ("inputTokens", "cacheReadTokens", "cacheCreationTokens")]
        return sum(both) == int(json.loads(mine)["totals"][0]["input_tokens"]) == int(stated["transcripts"]["input_tokens"])

    bench.compare("transcripts, fresh ingest + report", "ccusage", fresh, lambda: [ccusage], same)
    kept = str(bench.work / f"transcripts-{stated['transcripts']['records']}.db")
    if not os.path.exists(kept):
        time.sleep(2.1)  # a file that has just been written is read again
        bench.run(bench.ingest(kept, folder))
    bench.compare("unchanged re-run + report", "ccusage", lambda: [bench.ingest(kept, folder), bench.report(kept)], lambda: [ccusage], same)


def big(bench):
    """Questions to a big ledger, against DuckDB on its own table; and small steps into it."""
    records = SIZES["rows"] * bench.options.scale
    ledger, table = str(bench.work / f"rows-{int(records)}.db"), bench.work / "rows.duckdb"
    if not os.path.exists(ledger):
        bench.run(bench.ingest(ledger, bench.work / "rows.jsonl"))
    size = f"{records:,.0f} records"
    for words, by, where in ((("--by", "model"), "l.model", ""), (("--by", "day"), "l.day", ""), (("--by", "user"), "l.user_id", ""),
                             (("--by", "model", "--where", "user=user-1*"), "l.model", "WHERE l.user_id LIKE 'user-1%'")):
        bench.compare(f"report {' '.join(words)}, {size}", "DuckDB on its table", lambda words=words: [bench.report(ledger, *words)],
                      lambda by=by, where=where: [bench.duckdb(table, prices(bench.work), grouped("calls", by, where))],
                      lambda mine, other: ours_total(mine) == duck_total(other))
    turn = iter(range(2, 1_000_000))
    ten = bench.work / "ten"

    def ten_into(base):
        target = bench.ledger()
        if base:
            copy(base, target)
        generate(bench, "rows", 10, next(turn), ten)
        return [bench.ingest(target, ten / "rows.jsonl")]

    bench.compare(f"ten lines into {size}", "into an empty ledger", lambda: ten_into(ledger), lambda: ten_into(None))
    part = bench.work / "part"
    generate(bench, "rows", int(records) // 10, 99, part)

    def part_into(base):
        target = bench.ledger()
        if base:
            copy(base, target)
        return [bench.ingest(target, part / "rows.jsonl")]

    bench.compare(f"{int(records) // 10:,} more rows into {size}", "the same into an empty ledger", lambda: part_into(ledger), lambda: part_into(None))
    tiny = str(bench.work / "tiny.db")
    if not os.path.exists(tiny):
        bench.run(bench.ingest(tiny, ten / "rows.jsonl"))
    for name, command in (("report on ten records", bench.report(tiny)), ("--help", [bench.ours, "--help"])):
        bench.compare(f"{name}, 20 times", "/bin/true", lambda command=command: [command] * 20, lambda: [["/bin/true"]] * 20)


def copy(base, target):
    """Copies a ledger and waits for the disk, which is not a part of what is measured next."""
    shutil.copyfile(base, target)
    with open(target, "rb") as copied:
        os.fsync(copied.fileno())


def written(bench):
    """The table as it stands in the documentation."""
    versions = ", ".join(f"{name} {version}" for name, version in sorted(bench.versions.items()))
    revision = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    sizes = ", ".join(f"{kind} {int(size * bench.options.scale):,}" for kind, size in SIZES.items())
    chosen = "".join(f" --{name} '{word}'" for name in ("only", "skip") for word in getattr(bench.options, name))
    lines = [f"`benches/compare.py --scale {bench.options.scale} --rounds {bench.options.rounds}{chosen}` at {revision}, {time.strftime('%Y-%m-%d')}, "
             f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[1]:.1f} at its end. Records: {sizes}. {versions}.", "",
             "| work | peer | wall | cpu | peak memory | cpu seconds, ours / theirs | |", "|---|---|---|---|---|---|---|"]
    lines += ["| " + " | ".join(row) + " |" for row in bench.rows]
    lines += ["", *(f"- Left out: {note}" for note in bench.notes)]
    return "\n".join(lines).rstrip() + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the records, and three rounds")
    parser.add_argument("--scale", type=Decimal, help="times the records (1)")
    parser.add_argument("--rounds", type=int, help="how often each program runs (5)")
    parser.add_argument("--only", action="append", default=[], metavar="WORD", help="only rows whose work or peer has this word (repeatable)")
    parser.add_argument("--skip", action="append", default=[], metavar="WORD", help="no rows whose work or peer has this word (repeatable)")
    parser.add_argument("--work", type=pathlib.Path, help="where logs and peers are kept (temporary, and gone afterwards)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    options = parser.parse_args()
    options.scale = options.scale or Decimal("0.1" if options.quick else 1)
    options.rounds = options.rounds or (3 if options.quick else 5)
    kept = options.work
    work = kept.resolve() if kept else pathlib.Path(tempfile.mkdtemp())
    work.mkdir(parents=True, exist_ok=True)
    try:
        bench = Bench(options, work)
        install(bench)
        stated = {kind: generate(bench, kind, int(size * options.scale)) for kind, size in SIZES.items()}
        logs(bench, stated)
        transcripts(bench, stated)
        big(bench)
        others(bench)
        table = written(bench)
        print(table)
        if options.write:
            text = PAGE.read_text()
            before, rest = text.split(BEGIN)
            PAGE.write_text(before + BEGIN + table + rest[rest.index(END):])
    finally:
        if not kept:
            shutil.rmtree(work)
    return any("DIFFER" in row[-1] for row in bench.rows)


if __name__ == "__main__":
    sys.exit(main())
