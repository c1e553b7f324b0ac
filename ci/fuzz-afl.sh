# shellcheck shell=bash
# What is different with AFL++ (Debian: afl++).  ci/fuzz.sh sources it when that is the engine.
: "${seconds:=}" "${logs:=}"

# fuzz_with_afl TARGET: runs it, in persistent mode; its state is build/afl-state/TARGET.  What it finds goes to
# build/corpus/TARGET, which the next run by libFuzzer makes small.  An input is too slow when libFuzzer calls it so.
fuzz_with_afl() {
    local target=$1 corpus=build/corpus/$1 state=build/afl-state/$1 row folder sum file arguments=()
    read -ra row < <(fuzz_row "$target")
    ! fuzz_dictionary "$target" "$logs/$target.dict" || arguments=(-x "$logs/$target.dict")
    rm -rf "$state"
    mkdir -p "$state" "$corpus" "$logs/$target.in"
    while read -r folder; do
        find "$folder" -type f -size -"$((row[1] + 1))"c -exec cp --backup=numbered -t "$logs/$target.in" {} +
    done < <(fuzz_seeds "$target" && echo "$corpus")
    AFL_NO_UI=1 AFL_NO_AFFINITY=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_HANG_TMOUT=25000 \
        afl-fuzz -V "$seconds" -i "$logs/$target.in" -o "$state" -G "${row[1]}" -t 1000 -m none "${arguments[@]}" -- \
        "build/afl/fuzz/fuzz_$target" >"$logs/$target.log" 2>&1 || return 1
    find "$state/default/queue" -name 'id:*' ! -name '*,orig:*' -exec sha1sum {} + |
        while read -r sum file; do cp "$file" "$corpus/$sum"; done
    [ -z "$(fuzz_found "$target")" ]
}

# fuzz_found TARGET: one input that this run has found wanting, or nothing.
fuzz_found() {
    local state=build/afl-state/$1/default
    find "$state/crashes" "$state/hangs" -name 'id:*' 2>/dev/null | head -n 1
}

# fuzz_shrink TARGET INPUT SMALL: writes the input as small as half a minute makes it.
fuzz_shrink() { AFL_HANG_TMOUT=25000 timeout 30 afl-tmin -i "$2" -o "$3" -m none -- "build/afl/fuzz/fuzz_$1" >/dev/null 2>&1; }

# fuzz_figures TARGET: executions, edges and inputs of the run.
fuzz_figures() {
    awk '{ of[$1] = $3 } END { print of["execs_done"] + 0, of["edges_found"] + 0, of["corpus_count"] + 0 }' \
        "build/afl-state/$1/default/fuzzer_stats"
}

# fuzz_log TARGET: what it has said.
fuzz_log() { cat "$logs/$1.log"; }

# fuzz_rates TARGET: its executions for each second of the clock, and how many of its edges an input reaches each time.
fuzz_rates() {
    awk '{ of[$1] = $3 } END { print int(of["execs_per_sec"]), of["stability"], "-", "-" }' "build/afl-state/$1/default/fuzzer_stats"
}

# fuzz_requests TARGET: is not counted.
fuzz_requests() { :; }
