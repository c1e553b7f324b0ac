# shellcheck shell=bash
# What the scripts around fuzzing share.  Source it behind ci/lib.sh.  Those that run targets want these set: seconds or
# runs (the budget), logs (a folder for TARGET.log), seeds (a folder that `syncspec seeds` has filled), engine, preset (which
# build libFuzzer runs).
: "${seconds:=}" "${runs:=}" "${logs:=}" "${seeds:=}" "${engine:=libfuzzer}" "${preset:=fuzz}"

# fuzz_targets: the names of all targets, one a line.
fuzz_targets() { sed -n 's/^\([a-z0-9_]\{1,\}\) .*/\1/p' fuzz/targets; }

# Allocations are cheap without the stacks that are kept of them, and as long as freed memory stays in the cache.  A finding
# is run again without these.
quick=${ASAN_OPTIONS:-malloc_context_size=1:quarantine_size_mb=1}
export quick

# fuzz_row TARGET: its usual and its longest input, dictionaries and folders of seeds, as fuzz/targets has them.
fuzz_row() { awk -v target="$1" '$1 == target { $1 = ""; print }' fuzz/targets; }

# fuzz_seeds TARGET: the folders that it starts from, one a line.
fuzz_seeds() {
    local folder row
    read -ra row < <(fuzz_row "$1")
    for folder in "fuzz/corpus/$1" "${row[@]:3}"; do
        [[ $folder != seeds/* ]] || folder=$seeds/${folder#seeds/}
        [ ! -d "$folder" ] || echo "$folder"
    done
}

# fuzz_dictionary TARGET FILE: writes its dictionaries as one; false when it has none.
fuzz_dictionary() {
    local name row
    read -ra row < <(fuzz_row "$1")
    [ "${row[2]:--}" != - ] || return 1
    for name in ${row[2]//,/ }; do cat "fuzz/dict/$name.dict"; done >"$2"
}

# fuzz_short_and_long TARGET CORPUS ARGUMENT...: three quarters of the budget on inputs of the usual length, from seeds that
# are no longer, and the rest on all: what most inputs show, short ones show many times as fast.
fuzz_short_and_long() {
    local target=$1 corpus=$2 short=$logs/$1.short row folders
    shift 2
    read -ra row < <(fuzz_row "$target")
    mapfile -t folders < <(fuzz_seeds "$target")
    mkdir -p "$short"
    find "${folders[@]}" -type f -size -"$((row[0] + 1))c" -exec cp --parents -t "$short" {} +
    fuzz_once "$target" usual "$@" -max_len="${row[0]}" "$corpus" "$short" &&
        fuzz_once "$target" all "$@" -max_len="${row[1]}" "$corpus" "${folders[@]}"
}

# fuzz_once TARGET PART ARGUMENT...: one part of the budget, of which `usual` is three quarters and `all` the rest; TARGET may
# be idle_TARGET.  What it says goes to $logs/TARGET.PART, what it takes to $logs/TARGET.PART.time.
fuzz_once() {
    local name=$1 part=$2 program=build/$preset/fuzz/fuzz_$1 quarters=1 budget
    [ "$part" = all ] || quarters=3
    budget=-max_total_time=$((seconds * quarters / 4))
    [ -z "$runs" ] || budget=-runs=$((runs * quarters / 4))
    [[ $name != idle_* ]] || program=build/$preset/fuzz/$name
    shift 2
    TIMEFORMAT='%U %S'
    { time ASAN_OPTIONS=$quick "$program" "$budget" "$@" >"$logs/$name.$part" 2>&1; } 2>"$logs/$name.$part.time"
}

# fuzz_idle TARGET ARGUMENT...: some seconds of the same engine with the inputs, the dictionary and the mutator of the target,
# that does nothing with them: its rate is what the target's own work is measured by.
fuzz_idle() {
    local target=$1 seconds=4 row
    shift
    read -ra row < <(fuzz_row "$target")
    find "build/corpus/$target" -type f -size -"$((row[0] + 1))c" -exec cp --parents -t "$logs/$target.short" {} +
    fuzz_once "idle_$target" usual "$@" -max_len="${row[0]}" -keep_seed=1 "$logs/$target.short"
}

# fuzz_with_libfuzzer TARGET: runs it; what it finds goes to build/corpus/TARGET, made small again, or to nowhere when
# the budget is a number of executions.
fuzz_with_libfuzzer() {
    local target=$1 corpus=build/corpus/$1 row arguments
    read -ra row < <(fuzz_row "$target")
    arguments=(-timeout=25 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="build/findings/$target-")
    ! fuzz_dictionary "$target" "$logs/$target.dict" || arguments+=(-dict="$logs/$target.dict")
    if [ -n "$runs" ]; then
        corpus=$logs/$target.corpus
        arguments+=(-seed=1)
    fi
    mkdir -p "$corpus" build/findings
    fuzz_short_and_long "$target" "$corpus" "${arguments[@]}" || return 1
    [ -z "$runs" ] || return 0
    rm -rf "$corpus.merged"
    mkdir "$corpus.merged"
    "build/$preset/fuzz/fuzz_$target" -max_len="${row[1]}" -merge=1 "$corpus.merged" "fuzz/corpus/$target" "$corpus" \
        >"$logs/$target.merge" 2>&1 || return 1
    rm -rf "$corpus"
    mv "$corpus.merged" "$corpus"
    [ "$target" = empty ] || fuzz_idle "$target" "${arguments[@]}"
}

# fuzz_log TARGET: what its runs have said, the later one last.
fuzz_log() { cat "$logs/$1.usual" "$logs/$1.all" 2>/dev/null || true; }

# fuzz_figures TARGET: executions, edges and inputs of the run.
fuzz_figures() {
    fuzz_log "$1" | awk '$1 ~ /^#[0-9]+$/ { for (i = 2; i < NF; i++) {
            if ($i == "cov:") cov = $(i + 1); if ($i == "corp:") corp = $(i + 1) } }
        $1 == "stat::number_of_executed_units:" { done += $2 }
        END { sub("/.*", "", corp); print done + 0, cov + 0, corp + 0 }'
}

# fuzz_rate TARGET PART [WHAT]: executions, or what else it counts, for each second of processor time; at least 1.
fuzz_rate() {
    awk -v what="${3:-stat::number_of_executed_units:}" 'NR == FNR { if ($1 == what) done = $2; next }
        NF == 2 { took = $1 + $2 } END { rate = took > 0 ? int(done / took) : 0; print (rate > 0 ? rate : 1) }' \
        "$logs/$1.$2" <(grep -E '^[0-9.]+ [0-9.]+$' "$logs/$1.$2.time")
}

# fuzz_rates TARGET: its rate on inputs of the usual length, as a part of that of the empty target and of that of its idle one
# where that was run, and its rate on all inputs.
fuzz_rates() {
    local rate idle=- all=-
    rate=$(fuzz_rate "$1" usual)
    [ ! -f "$logs/idle_$1.usual" ] || idle=$((rate * 100 / $(fuzz_rate "idle_$1" usual)))%
    [ ! -f "$logs/$1.all" ] || all=$(fuzz_rate "$1" all)
    echo "$rate $((rate * 100 / $(fuzz_rate empty usual)))% $idle $all"
}

# fuzz_requests TARGET: how many requests its sessions sent for each second of processor time; or nothing.
fuzz_requests() {
    ! grep -qs '^requests:' "$logs/$1.usual" || echo "  $(fuzz_rate "$1" usual requests:) requests/s"
}

# fuzz_found TARGET: an input that this run has found wanting, or nothing.
fuzz_found() { find build/findings -newer "$logs/begun" -name "$1-*-*" | head -n 1; }

# fuzz_shrink TARGET INPUT SMALL: writes the input as small as half a minute makes it.
fuzz_shrink() { "build/$preset/fuzz/fuzz_$1" -minimize_crash=1 -max_total_time=30 -exact_artifact_path="$3" "$2" >/dev/null 2>&1; }

# fuzz_tell TARGET: the finding of the run, made small, and how to see it again.
fuzz_tell() {
    local target=$1 program=build/$preset/fuzz/fuzz_$1 input small=build/findings/$1-small
    local said='^[./a-z0-9_]+\.[ch]:[0-9]+: |ERROR: |runtime error|SUMMARY'
    echo "$target: a finding"
    input=$(fuzz_found "$target")
    if [ -z "$input" ]; then
        fuzz_log "$target" | tail -n 20
        return
    fi
    rm -f "$small"
    [ "$(stat -c %s "$input")" -le 1 ] || fuzz_shrink "$target" "$input" "$small" || true
    [ ! -s "$small" ] || input=$small
    { timeout 60 "$program" "$input" >"$logs/$target.again" 2>&1; } 2>/dev/null || true
    grep -E -m 5 "$said" "$logs/$target.again" || fuzz_log "$target" | grep -E -m 5 "$said" ||
        fuzz_log "$target" | tail -n 20
    echo "    input, base64: $(base64 -w 0 "$input" | head -c 4000)"
    echo "    again: cmake --build --preset $preset --target fuzz_$target && $program $input"
    echo "    kept: once it is fixed, cp $input fuzz/corpus/$target/WHAT-IT-BROKE; then ctest --preset asan -R replay/$target"
}

if [ "$engine" = afl ]; then
    # shellcheck source=ci/fuzz-afl.sh
    . ci/fuzz-afl.sh
fi
