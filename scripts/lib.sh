# SPDX-License-Identifier: MIT
# What scripts/quickstart and scripts/test share: messages, logged steps, Debian packages.
# To be sourced by bash, with $log_dir set. Changes nothing when sourced.
# shellcheck shell=bash
# What is set here is for those who source this, and $log_dir is theirs.
# shellcheck disable=SC2034,SC2154

say()  { printf '%s\n' "$*"; }
fail() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# Seconds between two signs of life of a long step.
progress_seconds=10

# run_logged TITLE LOG COMMAND...: run a command with its output in LOG; say how long it took, and
# every few seconds that it is still running. On failure show the end of the log and where it is.
run_logged() {
    local title=$1 log=$2 start=$SECONDS status=0 ticker pid
    shift 2
    start_log "$log" || return 1
    printf '  %-40s' "$title ..."
    # The ticker ends when its input does, so it never outlives this step.
    exec {ticker}> >(while read -r -t "$progress_seconds" _; [ $? -gt 128 ]; do
                         elapsed=$((SECONDS - start))
                         # Every time in the first minute, then less often.
                         if [ "$elapsed" -lt 60 ] ||
                            [ $((elapsed % 60)) -lt "$progress_seconds" ]; then
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

# start_log LOG: an empty log, so that nobody takes the one of an earlier run for that of this run.
start_log() {
    mkdir -p "${1%/*}" && rm -f "$1" && : >"$1" && return 0
    printf '%s: cannot write %s; whose is %s?\n' "${0##*/}" "$PWD/$1" "$PWD/build" >&2
    return 1
}

# show_failure LOG: what of a log a reader wants to see when a step failed.
show_failure() {
    say "---- the end of $1:"
    tail -n 30 "$1"
}

# ---- whose files ----

# What builds and autoreconf write, as far as it is there.
written_here() {
    local path
    for path in build aclocal.m4 autom4te.cache build-aux config.h.in* configure configure~ \
                Makefile.in m4; do
        [ ! -e "$path" ] || printf '%s\0' "$path"
    done
}

# take_build: make sure that this user can write in build/. What another user has left there is
# moved out of the way, as it cannot be removed.
take_build() {
    local path owner aside
    [ "$(id -u)" -ne 0 ] || return 0
    [ -w . ] || fail "you cannot write in $PWD: use a copy of your own"
    while IFS= read -r -d '' path; do
        owner=$(find "$path" ! -type l ! -writable -printf '%u\n' -quit)
        [ -n "$owner" ] || continue
        case $path in build) aside=build-of-$owner ;; *) aside=build-of-$owner-$path ;; esac
        mv -T -- "$path" "$aside" 2>/dev/null ||
            fail "$PWD/$path has files of $owner; remove it: sudo rm -rf '$PWD/$path'"
        say "$path has files of $owner, so it is $aside now: sudo rm -rf '$PWD/$aside'"
    done < <(written_here)
}

# hand_over: after a run as root in somebody's tree, what was written there is theirs.
hand_over() {
    [ "$(id -u)" -eq 0 ] && [ "$(stat -c %u .)" -ne 0 ] || return 0
    written_here | xargs -0 -r -I PATH find PATH -user 0 -exec chown -h --reference=. {} +
}

# ---- packages ----

# as_root COMMAND...: run a command as root, through sudo where needed.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# Package lists may be missing (a fresh machine) or out of date (a package is gone from the mirror):
# then, and only then, they are read again.
apt_install_updating() {
    apt_install "$@" && return 0
    say '---- reading the package lists again, then once more'
    as_root apt-get update && apt_install "$@"
}

# missing_packages TABLE: the packages of a table of lines "PACKAGE TEST" whose test fails, TEST
# being a shell command that succeeds where the package is not needed.
missing_packages() {
    local package test
    while read -r package test; do
        case $package in ''|'#'*) continue ;; esac
        eval "$test" >/dev/null 2>&1 </dev/null || printf '%s\n' "$package"
    done <<<"$1"
}

# say_size PACKAGE...: what installing them means, as far as apt-get knows by now. A minute is what
# 150 MB on disk take on a plain machine with a good connection.
say_size() {
    LC_ALL=C apt-get install -o Debug::NoLocking=1 --assume-no --no-install-recommends "$@" \
        2>/dev/null </dev/null | awk '
        /^[0-9]+ upgraded, /        { count = $3 }
        sub(/^Need to get /, "")    { sub(/ of archives.*/, ""); get = $0 }
        /^After this operation, /   { disk = $4; unit = $5 }
        END {
            if (!count) exit
            megabytes = disk; gsub(/,/, "", megabytes)
            if (unit == "kB") megabytes /= 1000
            if (unit == "GB") megabytes *= 1000
            printf "  With what they need: %d packages, ", count
            printf "%s to download, %s %s on disk; ", get, disk, unit
            printf "about %d min\n", 1 + megabytes / 150
        }'
}

# need_packages TABLE: install what is missing of a table as above.
need_packages() {
    local missing
    mapfile -t missing < <(missing_packages "$1")
    if [ "${#missing[@]}" -eq 0 ]; then
        say '  Everything needed is installed.'
        return 0
    fi
    say "  Missing: ${missing[*]}"
    command -v apt-get >/dev/null ||
        fail 'apt-get was not found; install these by hand (the names are Debian 12'\''s) and' \
            'run this again'
    say_size "${missing[@]}"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            fail 'neither root nor sudo is here: run this as root, or install these first:' \
                "${missing[*]}"
        # Ask for a password here, where it can be seen; without a terminal nobody could type one.
        if [ -t 0 ]; then sudo -v; else sudo -n true; fi ||
            fail 'sudo does not let you install packages: run this as root, or install these' \
                "first: ${missing[*]}"
    fi
    run_logged "Installing ${#missing[@]} Debian packages" "$log_dir/packages.log" \
        apt_install_updating "${missing[@]}" || return 1
    mapfile -t missing < <(missing_packages "$1")
    [ "${#missing[@]}" -eq 0 ] || { say "  Installed, but not there: ${missing[*]}"; return 1; }
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

# The source tree's configure, up to date. Others may ask for it at the same time.
make_configure() {
    mkdir -p build || return 1
    (
        flock 9 || exit 1
        if [ ! -x configure ] || [ ! -f Makefile.in ] || [ configure.ac -nt configure ] ||
           [ Makefile.am -nt Makefile.in ]; then
            autoreconf -fi
        fi
    ) 9>build/autoreconf.lock
}

# configure_in DIR CONFIGURE_ARGUMENTS...: configure in DIR unless that was done with the same
# arguments in the same place. Make does the rest by itself.
configure_in() {
    local dir=$1 stamp
    shift
    mkdir -p "$dir" && make_configure || return 1
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

# own_lists DIR: options of apt-get, in apt_options, that make it keep its package lists in DIR.
own_lists() {
    mkdir -p "$1/lists/partial" || return 1
    apt_options=(-o "Dir::State::Lists=$1/lists" -o APT::Sandbox::User= -o Acquire::Languages=none
                 -o Acquire::Retries=3)
}

# own_sources DIR: the same, with the sources in DIR/parts and a cache in DIR.
own_sources() {
    own_lists "$1" && mkdir -p "$1/cache/archives/partial" || return 1
    apt_options+=(-o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$1/parts"
                  -o "Dir::Cache=$1/cache")
}

# The machine's package sources, as ones of source packages, in DIR.
private_sources() {
    local dir=$1 list parts file
    eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d)"
    rm -rf "$dir" && mkdir -p "$dir" || return 1
    for file in "$list" "$parts"/*.list; do
        [ -f "$file" ] || continue
        grep -E '^deb(-src)? ' "$file" | sed 's/^deb /deb-src /' >>"$dir/lines.list"
    done
    for file in "$parts"/*.sources; do
        [ -f "$file" ] || continue
        { grep -v '^#' "$file" | sed 's/^Types:.*/Types: deb-src/'; echo; } >>"$dir/stanzas.sources"
    done
    [ -n "$(cat "$dir"/* 2>/dev/null)" ] ||
        { say 'this machine has no package source of a Debian archive'; return 1; }
}
