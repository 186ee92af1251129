/* SPDX-License-Identifier: MIT */
/*
 * Any text as a C type, a path of fields, a name and a number: what is accepted means the same when
 * it is read again as it was written down, and has nothing in it that could be other code.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "spec/c-type.h"
#include "spec/types.h"

static const char type_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789_ *";
static const char path_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789_.[]";

static void try_type(const char *text)
{
    struct fastabi_c_type type, again;

    if (fastabi_c_type_parse(text, &type))
        return;
    fuzz_demand(!type.spelling[strspn(type.spelling, type_characters)], "a type is only a type");
    fuzz_demand(!strstr(type.spelling, "  "), "blanks are single");
    fuzz_demand(!fastabi_c_type_parse(type.spelling, &again), "what is written can be read");
    fuzz_demand(!strcmp(type.spelling, again.spelling), "it is written as before");
    fuzz_demand(type.kind == again.kind && type.width == again.width &&
                    type.is_signed == again.is_signed,
                "it means the same");
}

static void try_number(const char *text)
{
    int64_t value, positive;
    int status = fastabi_parse_integer(text, true, &value);

    if (!status)
        fuzz_demand(*text == '-' ? value < 0 : value >= 0, "the sign is the text's");
    if (!status && *text != '-')
        fuzz_demand(!fastabi_parse_integer(text, false, &positive) && positive == value,
                    "the same number without signs");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    bool is_signed;
    uint8_t width;

    try_type(text);
    try_number(text);
    if (fastabi_is_field_path(text))
        fuzz_demand(!text[strspn(text, path_characters)], "a path is only a path");
    if (fastabi_is_identifier(text))
        fuzz_demand(fastabi_is_field_path(text), "a name is a path");
    if (fastabi_parse_repr(text, &width, &is_signed))
        fuzz_demand(width == 8 || width == 16 || width == 32 || width == 64, "a width");
    free(text);
    return 0;
}
