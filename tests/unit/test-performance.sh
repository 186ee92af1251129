#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The limits of scripts/bench guest, and the page with its numbers, as TAP.
set -u
. "${top_srcdir:?run by make check}/tests/unit/tap.sh"
/usr/bin/python3 "$top_srcdir/tests/bench/check_guest.py" | tap_from_report
