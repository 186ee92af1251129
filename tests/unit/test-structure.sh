#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The layers of the sources, by tests/structure/run.
set -u
. "${top_srcdir:-.}/tests/unit/tap.sh"

"${top_srcdir:-.}/tests/structure/run" "${top_builddir:-build}" 2>&1 | tap_from_report
