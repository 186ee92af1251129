#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Wrong specifications and their messages: tests/errors/run, as TAP.
set -u
. "${top_srcdir:?run by make check}/tests/unit/tap.sh"
"$top_srcdir/tests/errors/run" | tap_from_report
