/* SPDX-License-Identifier: MIT */
/* What the documentation backends share.  Knows no markup. */
#include "doc.h"

#include <string.h>

const char *const doc_calling[] = {
    "FastABI passes parameters and results of hypercalls in registers. The caller puts the number "
    "of the hypercall, "
    "with bit 30 (0x40000000) set, into rax, the number of the sub-operation into rdi, and the "
    "inputs into the "
    "registers listed here, each zero- or sign-extended to 64 bits by its type. It then executes "
    "vmcall on Intel or "
    "vmmcall on AMD, in 64-bit mode at CPL 0.",
    "Afterwards rax holds the result: 0 or above for success, a negative errno for failure. "
    "Outputs mean something "
    "only after a success, and only as many of their bits as the type has. Every register that is "
    "not listed as an "
    "output, or as changed, keeps its value.",
    "Outputs come from the hypervisor. A confidential guest does not trust them, and exposes no "
    "other registers than "
    "those that an operation lists.",
    NULL,
};

const char *doc_representation(unsigned int width, bool is_signed)
{
    switch (width) {
    case 8:
        return is_signed ? "i8" : "u8";
    case 16:
        return is_signed ? "i16" : "u16";
    case 32:
        return is_signed ? "i32" : "u32";
    default:
        return is_signed ? "i64" : "u64";
    }
}

size_t doc_first_sentence(const char *text)
{
    const char *end = text;

    while ((end = strpbrk(end, ".\n"))) {
        if (*end == '\n' || end[1] == ' ' || end[1] == '\n' || !end[1])
            return (size_t)(end - text);
        end++;
    }
    return strlen(text);
}

size_t doc_next_paragraph(const char **text)
{
    *text += strspn(*text, " \n");
    return strcspn(*text, "\n");
}

bool doc_type_is_known(const struct fastabi_emission *emission, size_t before,
                       const struct fastabi_type *type)
{
    for (size_t i = 0; i < before; i++) {
        const struct fastabi_spec *spec = fastabi_emission_spec(emission, i);

        for (size_t j = 0; j < fastabi_spec_type_count(spec); j++) {
            if (!strcmp(fastabi_type_name(fastabi_spec_type(spec, j)), fastabi_type_name(type)))
                return true;
        }
    }
    return false;
}

int doc_check_names(struct fastabi_emission *emission)
{
    size_t count = fastabi_emission_spec_count(emission);

    for (size_t i = 0; i < count; i++) {
        const struct fastabi_spec *spec = fastabi_emission_spec(emission, i);

        for (size_t j = 0; j < i; j++) {
            if (!strcmp(fastabi_spec_name(fastabi_emission_spec(emission, j)),
                        fastabi_spec_name(spec)))
                return fastabi_emission_error(emission, spec, NULL,
                                              "another specification has this name");
        }
    }
    return 0;
}
