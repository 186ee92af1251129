/* SPDX-License-Identifier: MIT */
/*
 * libclang's own parse of the headers that the specifications name, and nothing else: what a check
 * is compared with.
 */
#include <stdio.h>
#include <string.h>

#include <clang-c/Index.h>

/* clang-peer INCLUDE_DIR SOURCE */
int main(int argc, char **argv)
{
    const char *const arguments[] = {
        "-x",
        "c",
        "-std=gnu11",
        "-ffreestanding",
        "-w",
        "-target",
        "x86_64-unknown-linux-gnu",
        "-D__XEN_INTERFACE_VERSION__=__XEN_LATEST_INTERFACE_VERSION__",
        "-isystem",
        argv[1],
    };
    CXIndex index = clang_createIndex(0, 0);
    CXTranslationUnit unit;

    if (argc != 3 || clang_parseTranslationUnit2(index, argv[2], arguments,
                                                 sizeof(arguments) / sizeof(arguments[0]), NULL, 0,
                                                 CXTranslationUnit_None, &unit))
        return 1;
    if (clang_getNumDiagnostics(unit)) {
        fputs("the headers do not parse\n", stderr);
        return 1;
    }
    clang_disposeTranslationUnit(unit);
    clang_disposeIndex(index);
    return 0;
}
