# shellcheck shell=bash
# What the scripts of this folder share.  Source it; it changes into the repository's root.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 2

# say TEXT: progress, on standard error, so that what a script prints as its result stays clean.
say() { printf '== %s\n' "$*" >&2; }

# die TEXT: an error of the script itself.
die() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 2
}

# build PRESET [TARGET...]: configures when needed and builds; prints the compiler's output only when it fails.  One at a
# time in each preset's folder.
build() {
    local preset=$1 log lock
    shift
    log=$(mktemp)
    mkdir -p build
    exec {lock}>"build/$preset.lock"
    flock "$lock"
    if ! { [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset"; } >"$log" 2>&1 ||
        ! cmake --build --preset "$preset" ${1:+--target "$@"} >>"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        exec {lock}>&-
        return 1
    fi
    rm -f "$log"
    exec {lock}>&-
}

# sources: every C file of the project, one a line.
sources() { git ls-files --cached --others --exclude-standard -- '*.c' '*.h'; }
