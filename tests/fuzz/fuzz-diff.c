/* SPDX-License-Identifier: MIT */
/*
 * Two specifications, with a line "%%%" between them: what changed can be told in both directions,
 * and nothing changed between a specification and itself.
 */
#include "fuzz.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BETWEEN "%%%\n"

/* 0, or -EINVAL and an error was told; notes may be told in any case. */
static int compare(struct fastabi_spec *old, struct fastabi_spec *new)
{
    struct fastabi_context *context = fuzz_context(FASTABI_CONTEXT_NOTES | FASTABI_CONTEXT_NO_ENV);
    int status = fastabi_spec_diff(context, &old, 1, &new, 1);

    fuzz_demand(!status || status == -EINVAL, "a comparison has two results");
    fuzz_demand(!status == !fastabi_context_error_count(context), "errors are told, and only they");
    fastabi_context_free(context);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fastabi_context *context = fuzz_context(FASTABI_CONTEXT_NO_ENV);
    struct fastabi_spec *old = NULL, *new = NULL;
    char *text = fuzz_text(data, size);
    char *second = strstr(text, BETWEEN);

    if (second) {
        size_t first = (size_t)(second - text);

        second += strlen(BETWEEN);
        fastabi_spec_parse(context, "old.yml", text, first, &old);
        fastabi_spec_parse(context, "new.yml", second, strlen(second), &new);
    } else {
        fastabi_spec_parse(context, "old.yml", text, strlen(text), &old);
    }
    if (old)
        fuzz_demand(!compare(old, old), "nothing changed");
    if (old && new) {
        compare(old, new);
        compare(new, old);
    }
    fastabi_spec_free(old);
    fastabi_spec_free(new);
    fastabi_context_free(context);
    free(text);
    return 0;
}
