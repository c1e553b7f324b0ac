# shellcheck shell=bash
# Real servers for the gates: started on ports that the kernel chooses, stopped when the gate ends.

live_pids=()
live_folder=$(mktemp -d)
live_stop() {
    local pid
    for pid in "${live_pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${live_pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$live_folder"
}
trap live_stop EXIT

# live_serve BINARY [OPTION...]: starts `syncspec serve` with a secret of its own; sets live_url, live_secret (a file),
# live_pid, and live_line, which it printed.
live_serve() {
    local binary=$1 line
    shift
    live_secret=$live_folder/secret
    printf 'current secret of the gate\nolder secret of the gate\n' >"$live_secret"
    mkfifo "$live_folder/ready"
    "$binary" serve --listen 127.0.0.1:0 --secret-file "$live_secret" "$@" \
        >"$live_folder/ready" 2>"$live_folder/serve.err" &
    live_pid=$!
    live_pids+=("$live_pid")
    if ! IFS= read -r -t 30 line <"$live_folder/ready"; then
        cat "$live_folder/serve.err"
        echo "serve did not start"
        return 1
    fi
    rm -f "$live_folder/ready"
    # shellcheck disable=SC2034  # for whoever sources this
    live_line=$line
    live_url=$(grep -o 'http://[^ ]*' <<<"$line")
    live_url=${live_url%/}
}

# live_verdicts REPORT: "OUTCOME ID" of each case of a JSON report, sorted by id.
live_verdicts() {
    /usr/bin/python3 -c '
import json, sys
for case in sorted(json.load(open(sys.argv[1]))["verdicts"], key=lambda case: case["id"]):
    print(case["outcome"], case["id"])' "$1"
}

# Of such lines those whose cases need no hook, which the built-in core has by itself.
live_hookless() { sed '/over-a-restart$/d; /that-an-operator-sets$/d'; }
