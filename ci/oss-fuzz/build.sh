#!/usr/bin/env bash
# Builds all targets by the contract of OSS-Fuzz and ClusterFuzzLite: CC, CXX, CFLAGS, CXXFLAGS and LIB_FUZZING_ENGINE say
# how, OUT where to; SANITIZER=memory, that only those targets are wanted which MemorySanitizer can run.  For each target OUT
# gets TARGET, TARGET_seed_corpus.zip, TARGET.dict and TARGET.options.  Where the targets run there are no libraries but
# those of the system: they are linked statically where there is an archive of them, and the others go to OUT/lib.
# SYNCSPEC_PROGRAM, the program that writes the seeds, need not be there: it is built then.
set -euo pipefail
root=$(dirname "$0")/../..
[ -z "${SRC:-}" ] || root=$SRC/syncspec # what OSS-Fuzz runs is a copy, $SRC/build.sh
cd -P "$root"
: "${OUT:?the folder for the targets}" "${LIB_FUZZING_ENGINE:?what they are linked to}"
work=${WORK:-$(mktemp -d)}

# 1. The program that writes the seeds: without sanitizers, by the system's compiler.
program=${SYNCSPEC_PROGRAM:-$work/host/harness/cli/syncspec}
if [ -z "${SYNCSPEC_PROGRAM:-}" ]; then
    env -u CFLAGS -u CXXFLAGS -u LIB_FUZZING_ENGINE CC="${HOST_CC:-gcc}" cmake -G Ninja -S . -B "$work/host" \
        -DCMAKE_BUILD_TYPE=RelWithDebInfo >"$work/log" || { cat "$work/log"; exit 1; }
    cmake --build "$work/host" --target syncspec >"$work/log" || { tail -n 40 "$work/log"; exit 1; }
fi
rm -rf "$work/seeds"
"$program" seeds "$work/seeds"

# 2. The targets.
memory=OFF
[ "${SANITIZER:-}" != memory ] || memory=ON
cmake -G Ninja -S . -B "$work/engine" -DCMAKE_BUILD_TYPE=None -DSYNCSPEC_STATIC=ON -DSYNCSPEC_MEMORY=$memory \
    -DSYNCSPEC_ENGINE="$LIB_FUZZING_ENGINE" >"$work/log" || { cat "$work/log"; exit 1; }
cmake --build "$work/engine" --target fuzz_targets >"$work/log" || { tail -n 40 "$work/log"; exit 1; }

# 3. What goes with them.
# shellcheck source=ci/fuzz.sh
. ci/fuzz.sh
seeds=$work/seeds
export seeds
mkdir -p "$OUT/lib"
for target in $(fuzz_targets | grep -vx empty); do
    [ -x "$work/engine/fuzz/fuzz_$target" ] || continue
    cp "$work/engine/fuzz/fuzz_$target" "$OUT/$target"
    read -ra row < <(fuzz_row "$target")
    printf '[libfuzzer]\nmax_len = %s\ntimeout = 25\n' "${row[1]}" >"$OUT/$target.options"
    ! fuzz_dictionary "$target" "$OUT/$target.dict" || printf 'dict = %s.dict\n' "$target" >>"$OUT/$target.options"
    mapfile -t folders < <(fuzz_seeds "$target")
    rm -f "$OUT/${target}_seed_corpus.zip"
    ci/oss-fuzz/zip.py "$OUT/${target}_seed_corpus.zip" "${folders[@]}"
done

# 4. Libraries without an archive, and what they want themselves: beside the targets, which look there first.
find "$OUT" -maxdepth 1 -type f -executable -exec ldd {} + | awk '$2 == "=>" && $3 ~ "^/" &&
    $1 !~ /^(lib(c|m|dl|rt|pthread|resolv|gcc_s|stdc\+\+)|ld-linux[-a-z0-9]*)\.so/ { print $3 }' |
    sort -u | xargs -r cp -Lt "$OUT/lib"
