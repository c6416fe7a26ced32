#!/usr/bin/env python3
"""Runs the chapters' programs and keeps what they print and draw for the pages: capture.py [--update]

A chapter's program runs twice: as it is, and with --figures where it has that flag. What it prints
must be its expected.txt, and what it draws the pictures in its folder, byte for byte; --update
rewrites these instead. Writes build/generated/output/ID.txt. Prints each fault; exit 1 if there is one.
"""

import difflib
import os
import pathlib
import subprocess
import sys

from chapters import ROOT, read_cards

GENERATED = ROOT / "build/generated"
ENVIRONMENT = {**os.environ, "LC_ALL": "C", "TOKENWALK_DATA": str(ROOT / "data")}


def run(program, *flags):
    done = subprocess.run([program, *flags], capture_output=True, env=ENVIRONMENT, check=False)
    if done.returncode != 0 or done.stderr:
        raise SystemExit(f"{program} ended with {done.returncode}:\n{done.stderr.decode(errors='replace')}")
    return done.stdout


def differences(stored, fresh):
    """The first lines that differ, as a diff."""
    lines = difflib.unified_diff(stored.decode().splitlines(), fresh.decode().splitlines(),
                                 "stored", "this run", lineterm="", n=0)
    return "\n".join(list(lines)[:8])


def compare(path, fresh, update):
    stored = path.read_bytes() if path.exists() else b""
    if stored == fresh:
        return []
    if update:
        path.write_bytes(fresh)
        print(f"wrote {path.relative_to(ROOT)}")
        return []
    return [f"{path.relative_to(ROOT)} is not what the program gives now\n{differences(stored, fresh)}"]


def capture(card, update):
    program = ROOT / "build/chapters" / card["id"]
    chapter = ROOT / "chapters" / card["id"]
    printed = run(program)
    output = GENERATED / "output" / f"{card['id']}.txt"
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(printed)
    faults = compare(chapter / "expected.txt", printed, update)
    if b"--figures" in run(program, "--help"):
        figures = GENERATED / "figures" / card["id"]
        run(program, "--figures", figures)
        for drawn in sorted(figures.glob("*.svg")):
            faults += compare(chapter / drawn.name, drawn.read_bytes(), update)
    return faults


def main():
    faults = [fault for card in read_cards() for fault in capture(card, "--update" in sys.argv)]
    for fault in faults:
        print(fault)
    print(f"{len(read_cards())} programs run, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
