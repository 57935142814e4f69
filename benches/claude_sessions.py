#!/usr/bin/env python3
"""Writes sessions in the shape of Claude Code's, about 50 lines each: `claude_sessions.py FOLDER COUNT`.

The same arguments write the same files. A response stands on one to three lines, as its blocks do.
"""
import datetime
import json
import pathlib
import random
import sys
import uuid

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
chance = random.Random(7)


def word(length):
    return "".join(chance.choice(ALPHABET) for _ in range(length))


def name():
    return str(uuid.UUID(int=chance.getrandbits(128)))


def usage():
    written = chance.randint(0, 5000)
    return {
        "input_tokens": chance.randint(1, 20),
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": chance.randint(0, 90000),
        "cache_creation": {"ephemeral_5m_input_tokens": written, "ephemeral_1h_input_tokens": 0},
        "output_tokens": chance.randint(1, 2000),
        "service_tier": "standard",
    }


def session(number):
    time = 1_791_000_000 + number * 600
    always = {"sessionId": name(), "version": "2.0.1", "cwd": "/home/dev/shop", "isSidechain": False}
    lines = []

    def add(kind, message, **more):
        at = datetime.datetime.fromtimestamp(time, datetime.timezone.utc)
        stamp = at.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        lines.append({"type": kind, "uuid": name(), "timestamp": stamp, "message": message} | always | more)

    while len(lines) < 50:
        add("user", {"role": "user", "content": "x" * chance.randint(50, 800)})
        message = {"id": "msg_01" + word(22), "type": "message", "role": "assistant"}
        message |= {"model": "claude-sonnet-4-5-20250929", "stop_reason": "end_turn", "usage": usage()}
        request = "req_011" + word(21)
        for _ in range(chance.randint(1, 3)):
            time += 3
            block = {"type": "text", "text": "y" * chance.randint(100, 1500)}
            add("assistant", message | {"content": [block]}, requestId=request)
    return always["sessionId"], lines


folder = pathlib.Path(sys.argv[1], "projects")
for number in range(int(sys.argv[2])):
    own, lines = session(number)
    place = folder / f"project-{number % 20}"
    place.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    (place / f"{own}.jsonl").write_text(text)
