/* SPDX-License-Identifier: MIT */
/*
 * The translation unit that is parsed, once for all specifications: the integer types, the headers,
 * and a question a line for each macro and C type.  Knows nothing of libclang.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "layout/clang.h"

/* <stdint.h> is what xen.h needs before it; for no target has this any other form. */
static const char prologue[] =
    "typedef __INT8_TYPE__ int8_t; typedef __UINT8_TYPE__ uint8_t; "
    "typedef __INT16_TYPE__ int16_t; typedef __UINT16_TYPE__ uint16_t; "
    "typedef __INT32_TYPE__ int32_t; typedef __UINT32_TYPE__ uint32_t; "
    "typedef __INT64_TYPE__ int64_t; typedef __UINT64_TYPE__ uint64_t; "
    "typedef __INTPTR_TYPE__ intptr_t; typedef __UINTPTR_TYPE__ uintptr_t; "
    "typedef __SIZE_TYPE__ size_t;\n";

static void print_unit(struct fastabi_buffer *out, const struct fastabi_layout_request *request)
{
    fastabi_buffer_put(out, prologue);
    for (size_t i = 0; i < request->headers.count; i++)
        fastabi_buffer_printf(out, "#include \"%s\"\n", request->headers.items[i]);
    for (size_t i = 0; i < request->macros.count; i++)
        fastabi_buffer_printf(out, "#ifdef %s\nenum { " CLANG_MACRO_NAME "%zu = (%s) };\n#endif\n",
                              request->macros.items[i], i, request->macros.items[i]);
    for (size_t i = 0; i < request->types.count; i++)
        fastabi_buffer_printf(out, "typedef %s " CLANG_TYPE_NAME "%zu;\n", request->types.items[i],
                              i);
    fastabi_buffer_put(out, "typedef int fastabi_end;\n"); /* where an unterminated header shows */
}

int clang_unit_make(const struct fastabi_layout_request *request, struct clang_unit *unit)
{
    static const char name[] = "/fastabi-layout.c";

    print_unit(&unit->text, request);
    unit->path = malloc(strlen(request->base) + sizeof(name));
    if (!unit->path || !fastabi_buffer_text(&unit->text))
        return -ENOMEM;
    memcpy(unit->path, request->base, strlen(request->base));
    memcpy(unit->path + strlen(request->base), name, sizeof(name));
    unit->first_header = 2;
    unit->first_macro = unit->first_header + (unsigned int)request->headers.count;
    unit->first_type = unit->first_macro + CLANG_MACRO_LINES * (unsigned int)request->macros.count;
    unit->end = unit->first_type + (unsigned int)request->types.count;
    return 0;
}

void clang_unit_free(struct clang_unit *unit)
{
    free(unit->path);
    fastabi_buffer_free(&unit->text);
}

enum clang_probe_kind clang_unit_probe(const struct clang_unit *unit, unsigned int line, size_t *i)
{
    if (line < unit->first_header || line >= unit->end)
        return CLANG_PROBE_NONE;
    if (line < unit->first_macro) {
        *i = line - unit->first_header;
        return CLANG_PROBE_HEADER;
    }
    if (line < unit->first_type) {
        *i = (line - unit->first_macro) / CLANG_MACRO_LINES;
        return CLANG_PROBE_MACRO;
    }
    *i = line - unit->first_type;
    return CLANG_PROBE_TYPE;
}
