# SPDX-License-Identifier: MIT
# TAP for shell tests; knows nothing of what is tested.
# shellcheck shell=bash

tap_count=0
tap_failed=0

# check NAME COMMAND...: one test; what the command prints is shown when it fails.
check() {
    local name=$1 output
    shift
    tap_count=$((tap_count + 1))
    if output=$("$@" 2>&1 </dev/null); then
        printf 'ok %d - %s\n' "$tap_count" "$name"
    else
        tap_failed=$((tap_failed + 1))
        printf 'not ok %d - %s\n' "$tap_count" "$name"
        printf '%s\n' "$output" | sed 's/^/# /'
    fi
}

# The last command of a test script: the plan, and the exit status.
tap_done() {
    printf '1..%d\n' "$tap_count"
    exit $((tap_failed != 0))
}
