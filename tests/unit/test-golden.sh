#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Output, byte by byte: tests/golden/run, as TAP.
set -u
. "${top_srcdir:?run by make check}/tests/unit/tap.sh"
"$top_srcdir/tests/golden/run" | tap_from_report
