#!/usr/bin/env python3
"""ci/fuzz-pump.py SEEDS OUT BYTES: inputs of BYTES bytes, made of seeds by repeating a part of each.

For each of the first seeds, and for three places in it: what stands before the place, a part repeated, what stands behind.
The places depend on nothing but the seed, so that the same input comes out in every size.
"""
import os
import sys

SEEDS_MAX = 6
PARTS = ((0, 1), (1, 4), (2, 24))


def pump(seed, third, length, size):
    at = min(third * len(seed) // 3, len(seed) - 1)
    part = seed[at : at + length]
    head, tail = seed[:at], seed[at + len(part) :]
    times = max(1, (size - len(head) - len(tail)) // len(part))
    return head + part * times + tail


def main():
    folder, out, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
    os.makedirs(out)
    names = sorted(os.listdir(folder))
    for index in range(min(SEEDS_MAX, len(names))):
        name = names[index * len(names) // min(SEEDS_MAX, len(names))]
        with open(os.path.join(folder, name), "rb") as file:
            seed = file.read()
        for number, (third, length) in enumerate(PARTS):
            if seed:
                with open(os.path.join(out, f"{index}-{number}"), "wb") as file:
                    file.write(pump(seed, third, length, size))


main()
