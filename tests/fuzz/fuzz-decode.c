/* SPDX-License-Identifier: MIT */
/*
 * Any text as a register dump: on standard input of show --decode, and as arguments, one
 * per line.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGUMENTS_MOST 16

static const char specification[] = "name: small\n"
                                    "hypercall_index: 5\n"
                                    "subops:\n"
                                    "  first:\n"
                                    "    index: 0\n"
                                    "    input: { a: { reg: 2, type: u16 }, b: 3 }\n"
                                    "    output: { c: { reg: 4, type: i32 } }\n"
                                    "    errors: { ENOENT: \"nothing is there\" }\n";

int fuzz_main(int argc, char **argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_start();
    fuzz_write("small.yml", specification, "", 0);
    return 0;
}

static void decode(char **arguments)
{
    int count = 0;

    while (arguments[count])
        count++;
    count = fuzz_main(count, arguments);
    fuzz_demand(count >= 0 && count <= 3, "a status that the manual has");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *arguments[ARGUMENTS_MOST + 5] = { (char[]){ "fastabi-gen" }, (char[]){ "show" },
                                            (char[]){ "--decode" }, (char[]){ "small.yml" },
                                            (char[]){ "-" } };
    char *text = fuzz_text(data, size), *rest = text;

    fuzz_write("dump", "", data, size);
    __fpurge(stdin);
    if (!freopen("dump", "r", stdin))
        abort();
    decode(arguments);
    for (int i = 0; i < ARGUMENTS_MOST; i++)
        arguments[4 + i] = rest ? strsep(&rest, "\n") : NULL;
    if (!strchr(text, '/'))
        decode(arguments);
    free(text);
    return 0;
}
