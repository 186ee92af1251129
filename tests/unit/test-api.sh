#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What of tests/api needs no other tools than the build: comments, and messages about arguments.
set -u
. "${top_srcdir:?run by make check}/tests/unit/tap.sh"
BUILD=${top_builddir:?} "$top_srcdir/tests/api/run" comments arguments | tap_from_report
