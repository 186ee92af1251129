# SPDX-License-Identifier: MIT
# What scripts/quickstart and scripts/test share: messages, logged steps, Debian packages.
# To be sourced by bash, with $log_dir set. Changes nothing when sourced.
# shellcheck shell=bash

say()  { printf '%s\n' "$*"; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# Seconds between two signs of life of a long step.
progress_seconds=10

# run_logged TITLE LOG COMMAND...: run a command with its output in LOG; say how long it took, and
# every few seconds that it is still running. On failure show the end of the log and where it is.
run_logged() {
    local title=$1 log=$2 start=$SECONDS status=0 ticker pid
    shift 2
    mkdir -p "${log%/*}" || return 1
    printf '  %-40s' "$title ..."
    # The ticker ends when its input does, so it never outlives this step.
    exec {ticker}> >(while read -r -t "$progress_seconds" _; [ $? -gt 128 ]; do
                         elapsed=$((SECONDS - start))
                         # Every time in the first minute, then less often.
                         if [ "$elapsed" -lt 60 ] || [ $((elapsed % 60)) -lt "$progress_seconds" ]; then
                             printf ' %s s,' "$elapsed"
                         fi
                     done)
    pid=$!
    ( "$@" ) {ticker}>&- >"$log" 2>&1 </dev/null || status=$?
    exec {ticker}>&-
    wait "$pid"
    if [ "$status" -eq 0 ]; then
        say " done ($((SECONDS - start)) s)"
        return 0
    fi
    say " failed ($((SECONDS - start)) s)"
    show_failure "$log" >&2
    say "---- exit status $status; the whole log: $PWD/$log" >&2
    return "$status"
}

# show_failure LOG: what of a log a reader wants to see when a step failed.
show_failure() {
    say "---- the end of $1:"
    tail -n 30 "$1"
}

# as_root COMMAND...: run a command as root, through sudo where needed.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# Package lists may be missing (a fresh machine) or out of date (a package is gone from the mirror):
# then, and only then, they are read anew.
apt_install_updating() {
    apt_install "$@" && return 0
    say '---- reading the package lists anew, then once more'
    as_root apt-get update && apt_install "$@"
}

# need_packages TABLE: the table has lines "PACKAGE TEST", TEST being a shell command that succeeds
# where the package is not needed. Install what is missing.
need_packages() {
    local package test missing=()
    while read -r package test; do
        case $package in ''|'#'*) continue ;; esac
        eval "$test" >/dev/null 2>&1 </dev/null || missing+=("$package")
    done <<<"$1"
    if [ "${#missing[@]}" -eq 0 ]; then
        say '  Everything needed is installed.'
        return 0
    fi
    say "  Missing: ${missing[*]}"
    command -v apt-get >/dev/null ||
        fail 'there is no apt-get here; install these by hand (the names are Debian 12'\''s) and run this again'
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            fail 'neither root nor sudo is here: run this as root, or install these first: '"${missing[*]}"
        # Ask for a password here, where it can be seen; without a terminal nobody could type one.
        if [ -t 0 ]; then sudo -v; else sudo -n true; fi ||
            fail 'sudo does not let you install packages: run this as root, or install these first: '"${missing[*]}"
    fi
    run_logged "Installing ${#missing[@]} Debian packages" "$log_dir/packages.log" \
        apt_install_updating "${missing[@]}"
}

# What a build needs.
build_packages='
gcc         command -v gcc
libc6-dev   test -e /usr/include/stdio.h
make        command -v make
autoconf    command -v autoreconf
automake    command -v automake
libtool     command -v libtoolize
pkg-config  command -v pkg-config
libyaml-dev pkg-config --exists yaml-0.1
libclang-dev ls /usr/lib/llvm-*/include/clang-c/Index.h
llvm        ls /usr/bin/llvm-config*
'

# configure_in DIR CONFIGURE_ARGUMENTS...: make the source tree's configure up to date, and configure in
# DIR unless that was done with the same arguments in the same place. Make does the rest by itself.
configure_in() {
    local dir=$1 stamp
    shift
    mkdir -p "$dir" || return 1
    if [ ! -x configure ] || [ ! -f Makefile.in ] || [ configure.ac -nt configure ]; then
        autoreconf -fi || return 1
    fi
    # ../configure and the like, not an absolute path: configure refuses blanks in that.
    local up
    up=$(realpath --relative-to="$dir" .) || return 1
    stamp="$(cd "$dir" && pwd) $*"
    if [ -f "$dir/Makefile" ] && [ "$(cat "$dir/configured" 2>/dev/null)" = "$stamp" ]; then
        say "$dir is configured already"
        return 0
    fi
    (
        cd "$dir" || exit 1
        if [ -f Makefile ]; then make clean || exit 1; fi
        "$up/configure" "$@" || exit 1
        printf '%s\n' "$stamp" >configured
    )
}

# Tests and builds use every processor.
jobs=$(nproc 2>/dev/null || echo 2)
