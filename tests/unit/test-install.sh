#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# An installed libfastabi, as its users meet it: pkg-config, the example, the command, its data.
# make check installs into a scratch directory first (DESTDIR; the paths compiled in are then wrong,
# which the environment mends). make installcheck (INSTALLED=yes) takes what is installed, with
# nothing mended.
set -u
. "${top_srcdir:?run by make check}/tests/unit/tap.sh"
: "${top_builddir:?}" "${prefix:?}" "${libdir:?}" "${bindir:?}" "${abidir:?}" "${CC:?}"
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

root=${DESTDIR-}
if [ "${INSTALLED-}" != yes ]; then
    root=$scratch/root
    export PKG_CONFIG_SYSROOT_DIR=$root
    export LD_LIBRARY_PATH=$root$libdir
    export FASTABI_ABI_PATH=$root$abidir
    install_it() { env -u MAKEFLAGS -u MFLAGS "$MAKE" -C "$top_builddir" DESTDIR="$root" install; }
    check 'make install DESTDIR' install_it
fi
export PKG_CONFIG_PATH=$root$libdir/pkgconfig
command=$root$bindir/fastabi-gen
# Somewhere that has nothing to do with the source or the build directory.
mkdir "$scratch/elsewhere" && cd "$scratch/elsewhere" || exit 1

version=$(sed -n 's/^AC_INIT(\[libfastabi\], \[\(.*\)\])$/\1/p' "$top_srcdir/configure.ac")
pkg_version()   { test "$("$PKG_CONFIG" --modversion fastabi)" = "$version"; }
installed_abi() { ls "$root$abidir"/*.yml "$root$abidir"/common/types.yml; }
# A path in the first lines of an installed specification leads to an installed schema.
modelines() {
    local file schema
    for file in "$root$abidir"/*.yml "$root$abidir"/common/types.yml; do
        schema=$(sed -n 's/^# yaml-language-server: [$]schema=//p' "$file")
        if [ -z "$schema" ] || [ ! -s "${file%/*}/$schema" ]; then
            echo "$file: $schema"
            return 1
        fi
    done
}
manual()        { find "$root$prefix" -name fastabi-gen.1 | grep .; }

# An option struct with its size, a backend name, no other header: each header stands alone.
headers_alone() {
    local header
    for header in "$top_srcdir"/include/fastabi/*.h; do
        printf '#include <fastabi/%s>\n' "${header##*/}" >alone.c
        # shellcheck disable=SC2046 # pkg-config prints several words
        $CC -std=c11 -Wall -Wextra -pedantic -Werror -fsyntax-only \
            $("$PKG_CONFIG" --cflags fastabi) alone.c || return 1
    done
}

build_example() {
    cp "$top_srcdir"/examples/list-calls/* . &&
        env -u MAKEFLAGS -u MFLAGS "$MAKE" CC="$CC" CFLAGS="$CFLAGS -Wall -Wextra -Werror" \
            PKG_CONFIG="$PKG_CONFIG"
}

# The example run with PATH_OR_NAME prints an operation of event_channel.
run_example() {
    LD_LIBRARY_PATH=$root$libdir ./list-calls "$1" | tee list.txt
    grep -q '^event_channel\.status ' list.txt
}

# The same for the example that reads headers, with headers of its own. Without libclang it has to
# say so.
check_headers() {
    mkdir -p headers/xen &&
        printf '%s\n' '#define __XEN_LATEST_INTERFACE_VERSION__ 0x00040e00' \
            '#define __HYPERVISOR_demo_op 3' >headers/xen/xen.h &&
        printf '%s\n' '#define DEMOOP_go 1' 'struct demo_go { uint32_t a, b; };' \
            >headers/xen/demo.h &&
        printf '%s\n' 'name: demo' 'hypercall_index: 3' 'hypercall_macro: __HYPERVISOR_demo_op' \
            'index_prefix: DEMOOP_' 'headers: [demo.h]' 'subops:' '  go:' '    index: 1' \
            '    input: { a: 2 }' '    output: { b: 3 }' '    c_lang: { struct: demo_go }' \
            >demo.yml &&
        cp "$top_srcdir"/examples/check-headers/* . &&
        env -u MAKEFLAGS -u MFLAGS "$MAKE" CC="$CC" CFLAGS="$CFLAGS -Wall -Wextra -Werror" \
            PKG_CONFIG="$PKG_CONFIG" || return 1
    LD_LIBRARY_PATH=$root$libdir ./check-headers headers ./demo.yml >structs.txt 2>said.txt
    cat structs.txt said.txt
    if [ -e "$root$libdir/fastabi/fastabi-layout-clang.so" ]; then
        grep -q '^struct demo_go, 8 bytes$' structs.txt &&
            grep -q '^  b  *at   4, u32$' structs.txt && ! [ -s said.txt ]
    else
        grep -q 'FA0602' said.txt
    fi
}

version_printed() { "$command" --version | grep -F "$version"; }
check_by_name()   { "$command" check --strict event_channel vcpu; }
generate_by_name() {
    "$command" generate -b c -o out event_channel &&
        grep -q xen_hypercall_event_channel_status out/fastabi/event_channel.h
}
# pkg-config itself is asked, because a variable named before it is set reads as empty.
variables='bindir libdir includedir fastabi_gen abidir profiledir schemadir moduledir aclocaldir'
variables_exist() {
    local name value status=0
    for name in $variables; do
        value=$("$PKG_CONFIG" "$@" --variable="$name" fastabi)
        case $value in "$root"/*) ;; *) echo "$name is '$value'"; status=1 ;; esac
        [ -e "$value" ] || { echo "$name: there is no '$value'"; status=1; }
    done
    return "$status"
}
variables_say() {
    [ "$("$PKG_CONFIG" --variable=abidir fastabi)" = "$root$abidir" ] &&
        [ "$("$PKG_CONFIG" --variable=backenddir fastabi)" = "$root$libdir/fastabi/backends" ] &&
        [ -e "$("$PKG_CONFIG" --variable=profiledir fastabi)/netbsd.yml" ] &&
        [ -e "$("$PKG_CONFIG" --variable=schemadir fastabi)/fastabi.schema.json" ] &&
        "$("$PKG_CONFIG" --variable=fastabi_gen fastabi)" --version
}
every_variable_is_asked() {
    sed -n 's/^\([a-z_]*\)=.*/\1/p' "$top_srcdir/fastabi.pc.in" |
        grep -vE '^(prefix|exec_prefix|datadir|datarootdir|backenddir)$' >defined.txt
    [ "$(tr ' ' '\n' <<<"$variables" | sort)" = "$(sort defined.txt)" ]
}
# The whole prefix somewhere else; pkg-config finds it by the directory of fastabi.pc.
variables_moved() {
    rm -rf "$scratch/moved" && mkdir "$scratch/moved" &&
        cp -a "$root$prefix" "$scratch/moved/new" || return 1
    env -u PKG_CONFIG_SYSROOT_DIR \
        PKG_CONFIG_PATH="$scratch/moved/new${libdir#"$prefix"}/pkgconfig" \
        bash -c "$(declare -f variables_exist); root=\$1 variables='$variables'
            variables_exist --define-prefix" - "$scratch/moved/new"
}
# A program with the library inside: no libfastabi.so is looked for, and the backends are there.
static_program() {
    # shellcheck disable=SC2046,SC2086 # CFLAGS and pkg-config are several words
    printf '%s\n' '#include <fastabi/fastabi.h>' '#include <stdio.h>' 'int main(void)' '{' \
        'struct fastabi_context_options options = { .size = sizeof(options) };' \
        'struct fastabi_context *context;' \
        'if (fastabi_context_new(&options, &context)) return 1;' \
        'const struct fastabi_backend *backend;' \
        'for (size_t i = 0; (backend = fastabi_backend_at(context, i)); i++) puts(backend->name);' \
        'fastabi_context_free(context);' 'return 0;' '}' >static.c &&
        $CC $CFLAGS -static -o static static.c $("$PKG_CONFIG" --static --cflags --libs fastabi) &&
        env -u LD_LIBRARY_PATH ./static | sort >static.txt && "$command" backends >backends.txt &&
        [ -s static.txt ] &&
        while read -r name; do grep -q "^$name: " backends.txt || return 1; done <static.txt
}
# Except in what a debugger reads.
not_the_build_tree() {
    strip -o stripped "$command" && ! strings -a stripped | grep -F "$top_srcdir"
}

check 'pkg-config knows the version' pkg_version
check 'the variables of pkg-config are places that exist' variables_exist
check 'the variables of pkg-config are the right places' variables_say
check 'every variable of fastabi.pc is asked for' every_variable_is_asked
if [ "${INSTALLED-}" != yes ]; then
    case $libdir in "$prefix/lib") check 'pkg-config --define-prefix' variables_moved ;; esac
fi
if [ -e "$root$libdir/libfastabi.a" ]; then
    check 'a program with the static library' static_program
fi
check 'the example that reads headers' check_headers
check 'specifications and types are installed' installed_abi
check 'the schema that each specification names is installed' modelines
check 'the manual page is installed' manual
check 'each header compiles alone' headers_alone
check 'the example builds with pkg-config' build_example
check 'the example reads an installed specification by name' run_example event_channel
check 'the example reads a specification by path' run_example "$root$abidir/event_channel.yml"
check 'fastabi-gen --version' version_printed
check 'fastabi-gen check finds specifications by name' check_by_name
check 'fastabi-gen generate finds specifications by name' generate_by_name
check 'the installed command knows nothing of the source directory' not_the_build_tree
tap_done
