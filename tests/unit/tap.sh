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

# Turns the report of a tests/*/run ("ok ...", "FAILED ...", "skipped ...", a closing line with the
# counts) into TAP. Without the closing line there is no plan, which is a failure.
tap_from_report() {
    awk '
        /^ok /      { sub(/^ok +/, "");      printf "ok %d - %s\n", ++count, $0; next }
        /^skipped / { sub(/^skipped +/, ""); printf "ok %d # SKIP %s\n", ++count, $0; next }
        /^FAILED /  { sub(/^FAILED +/, "");  printf "not ok %d - %s\n", ++count, $0; next }
        /^[0-9]+ passed, [0-9]+ failed/ { printf "1..%d\n", count }
                    { print "# " $0 }'
}
