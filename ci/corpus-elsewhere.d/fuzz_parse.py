"""A target for atheris: counts the words of each line."""
import sys

import atheris


@atheris.instrument_func
def parse(data):
    words = 0
    for line in data.split(b"\n"):
        words += len(line.split(b" "))
    return words


atheris.Setup(sys.argv, parse)
atheris.Fuzz()
