/* SPDX-License-Identifier: MIT */
/* How differences are reported, and counted.  Knows none of them. */
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/context.h"
#include "spec/diff.h"

void fastabi_diff_say(struct fastabi_diff *diff, enum fastabi_diag_id id, struct fastabi_mark mark,
                      const char *format, ...)
{
    struct fastabi_place place = { diff->spec->path, mark.line, mark.column };
    struct fastabi_arena arena = { 0 };
    const char *message;
    va_list arguments;

    va_start(arguments, format);
    message = fastabi_arena_vprintf(&arena, format, arguments);
    va_end(arguments);
    diff->breaking += id != FASTABI_DIAG_DIFF_ADDED && id != FASTABI_DIAG_DIFF_CHANGED;
    if (message)
        fastabi_report(diff->context, id, &place, "%s: %s", diff->name, message);
    else
        fastabi_report_system(diff->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    fastabi_arena_free(&arena);
}

bool fastabi_diff_is_same_text(const char *a, const char *b)
{
    return a == b || (a && b && !strcmp(a, b));
}
