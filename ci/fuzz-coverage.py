#!/usr/bin/env python3
"""ci/fuzz-coverage.py LCOV REASONS: the lines that the corpora reach, a row for each file and folder.

REASONS has rows `FILE: TEXT: WHY`: lines of FILE that hold TEXT are not reached because of WHY; FILE may be * for all.
"""
import collections
import os
import sys

HELD = ("http", "record", "auth", "core")
LEAST = 95.0


def read_lines(path):
    """The hits of each line, by file below harness/; a line that any of several builds reached counts as reached."""
    files, current = collections.defaultdict(dict), None
    with open(path, encoding="utf-8") as lcov:
        for row in lcov:
            if row.startswith("SF:"):
                name = os.path.normpath(row[3:].strip())
                current = files[name.split("/harness/")[1]] if "/harness/" in name else None
            elif row.startswith("DA:") and current is not None:
                line, hits = row[3:].strip().split(",")[:2]
                current[int(line)] = max(current.get(int(line), 0), int(hits))
    return files


def read_reasons(path):
    reasons = []
    with open(path, encoding="utf-8") as rows:
        for row in rows:
            if row.strip() and not row.startswith("#"):
                reasons.append([part.strip() for part in row.split(": ", 2)])
    return reasons


def reason_of(reasons, name, text):
    for file, part, why in reasons:
        if file in (name, "*") and part in text:
            return why
    return None


def percent(hits):
    return 100.0 * sum(1 for count in hits if count) / len(hits) if hits else 100.0


def main():
    files, reasons = read_lines(sys.argv[1]), read_reasons(sys.argv[2])
    folders = collections.defaultdict(list)
    print(f"{'file':40} {'lines':>6} {'reached':>8}")
    for name in sorted(files):
        hits = list(files[name].values())
        folders[name.split("/")[0]] += hits
        print(f"{name:40} {len(hits):6} {percent(hits):7.1f}%")
    unexplained, explained = [], collections.Counter()
    for name in sorted(files):
        if name.split("/")[0] not in HELD:
            continue
        with open(os.path.join("harness", name), encoding="utf-8") as source:
            text = source.read().split("\n")
        for line, count in sorted(files[name].items()):
            if count or text[line - 1].strip() in ("}", "{", ""):
                continue
            why = reason_of(reasons, name, text[line - 1])
            if why:
                explained[why] += 1
            else:
                unexplained.append(f"{name}:{line}: {text[line - 1].strip()}")
    print()
    for why, count in explained.most_common():
        print(f"not reached, {count} lines: {why}")
    for row in unexplained:
        print(f"not reached: {row}")
    print()
    low = []
    for folder in sorted(folders):
        reached = percent(folders[folder])
        held = f", at least {LEAST:.0f} % are asked for" if folder in HELD else ""
        print(f"{folder + '/':40} {len(folders[folder]):6} {reached:7.1f}%{held}")
        if folder in HELD and reached < LEAST:
            low.append(folder)
    if low:
        print(f"too few lines are reached in: {', '.join(low)}")
    return 1 if low else 0


sys.exit(main())
