/* SPDX-License-Identifier: MIT */
/*
 * The command line: each line of the input is an argument.  The command runs in a directory of its
 * own, and an argument with a slash or ".." is not tried: it could name any file of the machine.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGUMENTS_MOST 32

int fuzz_main(int argc, char **argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_start();
    /* no child process that outlives the call, and no file of the machine but those here */
    if (setenv("FASTABI_NO_FINISH", "1", 1) || setenv("FASTABI_ABI_PATH", fuzz_folder, 1) ||
        setenv("FASTABI_BACKEND_PATH", fuzz_folder, 1) ||
        setenv("FASTABI_PROFILE_PATH", fuzz_folder, 1))
        abort();
    return 0;
}

static void copy_file(const char *from, const char *to)
{
    FILE *stream = fopen(from, "rb");
    char buffer[1 << 16];

    fuzz_demand(stream != NULL, "a file of the tree is there");
    fuzz_write(to, "", buffer, fread(buffer, 1, sizeof(buffer), stream));
    fclose(stream);
}

static void restore_folder(void)
{
    fuzz_clear();
    copy_file(FUZZ_SPEC, "layout.yml");
    copy_file(FUZZ_SNAPSHOT, "snapshot.yml");
    fuzz_write("small.yml", "name: small\nhypercall_index: 5\nsubops:\n  first: { index: 0 }\n", "",
               0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *arguments[ARGUMENTS_MOST + 2] = { (char[]){ "fastabi-gen" } };
    char *text = fuzz_text(data, size), *rest = text;
    int count = 1, status;

    while (rest && *rest && count <= ARGUMENTS_MOST)
        arguments[count++] = strsep(&rest, "\n");
    if (!strchr(text, '/') && !strstr(text, "..")) {
        restore_folder();
        status = fuzz_main(count, arguments);
        fuzz_demand(status >= 0 && status <= 3, "a status that the manual has");
    }
    free(text);
    return 0;
}
