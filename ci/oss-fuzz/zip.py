#!/usr/bin/env python3
"""zip.py ARCHIVE FOLDER...: each file of the folders once, named after what is in it, but for the long ones."""
import hashlib
import pathlib
import sys
import zipfile

LONGEST = 32 * 1024

seeds = {}
for folder in sys.argv[2:]:
    for path in pathlib.Path(folder).iterdir():
        if path.is_file() and path.stat().st_size <= LONGEST:
            seed = path.read_bytes()
            seeds[hashlib.sha1(seed).hexdigest()] = seed
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
    for name in sorted(seeds):
        archive.writestr(name, seeds[name])
