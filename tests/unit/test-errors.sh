#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/errors/run, its lines turned into TAP. Without its closing line there is no plan: a failure.
set -u
"${top_srcdir:?run by make check}/tests/errors/run" | awk '
    /^ok /      { sub(/^ok +/, "");      printf "ok %d - %s\n", ++count, $0; next }
    /^skipped / { sub(/^skipped +/, ""); printf "ok %d # SKIP %s\n", ++count, $0; next }
    /^FAILED /  { sub(/^FAILED +/, "");  printf "not ok %d - %s\n", ++count, $0; next }
    /^[0-9]+ passed, [0-9]+ failed/ { printf "1..%d\n", count }
                { print "# " $0 }'
