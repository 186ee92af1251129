/* SPDX-License-Identifier: MIT */
/* What the documentation backends share.  Knows no markup. */
#include "doc.h"

#include <string.h>

const char *const doc_calling[] = {
    "FastABI passes the parameters and results of a hypercall in registers. The caller puts the "
    "hypercall's number, with bit 30 (0x40000000) set, into rax, the sub-operation's number into "
    "rdi, and each input into the register listed for it, zero- or sign-extended to 64 bits by its "
    "type. It then executes vmcall on Intel or vmmcall on AMD, in 64-bit mode at CPL 0.",
    "Afterwards rax holds the result: 0 or above for success, a negative errno for failure. "
    "Outputs have a meaning only after success, and only in the bits of their type. Every register "
    "that is not listed as an output, or as changed, keeps its value.",
    "Outputs come from the hypervisor. A confidential guest does not trust them, and exposes only "
    "the registers that an operation lists.",
    NULL,
};

#define BEFORE "An input, or anything."
#define AFTER  "An output, or what it held before."

const char *const doc_register_before[FASTABI_REGISTERS] = {
    "The hypercall's number, with bit 30 set.",
    "The sub-operation's number; an input where there are no sub-operations.",
    BEFORE,
    BEFORE,
    BEFORE,
    BEFORE,
    BEFORE,
    BEFORE,
};

const char *const doc_register_after[FASTABI_REGISTERS] = {
    "The result, or a negative errno.", AFTER, AFTER, AFTER, AFTER, AFTER, AFTER, AFTER,
};

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
    *text += strspn(*text, " \t\n");
    return strcspn(*text, "\n");
}

bool doc_type_is_known(const struct fastabi_emission *emission, size_t before,
                       const struct fastabi_type *type)
{
    for (size_t i = 0; i < before; i++) {
        const struct fastabi_spec *spec = fastabi_emission_spec(emission, i);

        for (size_t j = 0; j < fastabi_spec_type_count(spec); j++) {
            const struct fastabi_type *other = fastabi_spec_type(spec, j);

            if (!strcmp(fastabi_type_name(other), fastabi_type_name(type)) &&
                !strcmp(fastabi_type_repr(other), fastabi_type_repr(type)))
                return true;
        }
    }
    return false;
}
