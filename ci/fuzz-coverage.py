#!/usr/bin/env python3
"""ci/fuzz-coverage.py LCOV REASONS: the lines that the corpora reach, a row for each file and folder.

Each line of the folders HELD that is not reached has to stand in REASONS: below `= WHY` rows `FILE FUNCTION: TEXT`, one
for each line; a row without such a line is stale.  A file of theirs of which no target has any code stands there as
`FILE: no code`.  Fails below LEAST percent in one of HELD, and when REASONS is not as it has to be.
"""
import bisect
import collections
import glob
import os
import sys

HELD = ("http", "record", "auth", "core")
LEAST = 95.0


class File:
    def __init__(self):
        self.hits = {}  # by line; one that any of several builds reached counts as reached
        self.functions = {}  # by the line in which one begins

    def function_of(self, line):
        begins = sorted(self.functions)
        return self.functions[begins[bisect.bisect_right(begins, line) - 1]] if begins else "-"

    def percent(self):
        return percent(self.hits.values())


def percent(hits):
    return 100.0 * sum(1 for count in hits if count) / len(hits) if hits else 100.0


def read_lines(path):
    files, current = collections.defaultdict(File), File()
    with open(path, encoding="utf-8") as lcov:
        for row in lcov:
            kind, _, rest = row.strip().partition(":")
            if kind == "SF":
                name = os.path.normpath(rest)
                current = files[name.split("/harness/")[1]] if "/harness/" in name else File()
            elif kind == "FN":
                line, name = rest.split(",")[:2]
                current.functions[int(line)] = name.split(":")[-1]
            elif kind == "DA":
                line, hits = rest.split(",")[:2]
                current.hits[int(line)] = max(current.hits.get(int(line), 0), int(hits))
    return files


def unreached(files):
    """`FILE FUNCTION: TEXT` of each line; a brace or `else` alone goes with what stands beside it."""
    rows = []
    for name in sorted(files):
        if name.split("/")[0] not in HELD:
            continue
        with open(os.path.join("harness", name), encoding="utf-8") as source:
            text = source.read().split("\n")
        for line, count in sorted(files[name].hits.items()):
            stripped = text[line - 1].strip()
            if not count and stripped.strip("{} ") not in ("", "else"):
                rows.append(f"{name} {files[name].function_of(line)}: {stripped}")
    for folder in HELD:
        for path in sorted(glob.glob(f"harness/{folder}/*.c")):
            if path[len("harness/") :] not in files:
                rows.append(f"{path[len('harness/'):]}: no code")
    return rows


def read_reasons(path):
    """Why, by row; a row that stands there twice explains two lines."""
    reasons, why = collections.defaultdict(list), None
    with open(path, encoding="utf-8") as rows:
        for row in rows:
            row = row.rstrip("\n")
            if row.startswith("= "):
                why = row[2:]
            elif row and not row.startswith("#"):
                reasons[row].append(why)
    return reasons


def judge(rows, reasons):
    """What is wrong with the reasons; how many lines each explains."""
    wrong, explained = [], collections.Counter()
    left = {row: list(whys) for row, whys in reasons.items()}
    for row in rows:
        if left.get(row):
            explained[left[row].pop()] += 1
        else:
            wrong.append(f"not reached: {row}")
    for row, whys in left.items():
        wrong += [f"stale, as it is reached or gone: {row}"] * len(whys)
    return wrong, explained


def main():
    files = read_lines(sys.argv[1])
    folders = collections.defaultdict(list)
    print(f"{'file':40} {'lines':>6} {'reached':>8}")
    for name in sorted(files):
        folders[name.split("/")[0]] += files[name].hits.values()
        print(f"{name:40} {len(files[name].hits):6} {files[name].percent():7.1f}%")
    wrong, explained = judge(unreached(files), read_reasons(sys.argv[2]))
    print()
    for why, count in explained.most_common():
        print(f"not reached, {count} line{'' if count == 1 else 's'}: {why}")
    print()
    for folder in sorted(folders):
        reached = percent(folders[folder])
        held = f", at least {LEAST:.0f} % are asked for" if folder in HELD else ""
        print(f"{folder + '/':40} {len(folders[folder]):6} {reached:7.1f}%{held}")
        if folder in HELD and reached < LEAST:
            wrong.append(f"too few lines are reached in {folder}")
    for row in wrong:
        print(row)
    if wrong:
        print("fuzz/uncovered says why lines are not reached: it has to be made right")
    return 1 if wrong else 0


sys.exit(main())
