/* SPDX-License-Identifier: MIT */
/*
 * The options of the C backend, and what a run has of them.  Each is plain: what a system needs is
 * a set of them, a profile, and no system is named here.
 */
#include "c.h"

#include <stdlib.h>
#include <string.h>

const struct fastabi_backend_option c_options[C_OPTION_COUNT] = {
    [C_OPTION_STYLE] = { "style", FASTABI_OPTION_CHOICE, "struct|value|bridge", "struct",
                         "struct: Xen's public structs, as the classic ABI has them; value: "
                         "scalars in, pointers out; bridge: struct, and a function with the "
                         "arguments of each classic hypercall" },
    [C_OPTION_TRANSFER] = { "transfer", FASTABI_OPTION_CHOICE,
                            "argument|vmcall|vmmcall|patch|macro", "argument",
                            "the instruction: chosen by an argument, fixed, patched at boot, or a "
                            "macro of "
                            "the includer" },
    [C_OPTION_HEADERS] = { "headers", FASTABI_OPTION_PREFIX, "none", "xen/",
                           "prefix of the names of Xen's public headers in #include <...>; none: "
                           "the includer has "
                           "included them" },
    [C_OPTION_PROFILE] = { "profile", FASTABI_OPTION_PROFILE, NULL, "freestanding",
                           "what --profile says too: a set of options for who includes the "
                           "headers" },
    [C_OPTION_TYPES] = { "types", FASTABI_OPTION_HEADERS, "stdint|linux|builtin|longlong|none",
                         "stdint",
                         "where uint32_t and the like are from: <stdint.h>, <linux/types.h>, the "
                         "compiler's own types (builtin, or with long long for 64 bits), "
                         "the includer (none), or other headers" },
    [C_OPTION_INTERFACE_VERSION] = { "interface_version", FASTABI_OPTION_NUMBER,
                                     "latest|none|0..0xffffffff", "latest",
                                     "the __XEN_INTERFACE_VERSION__ to define before Xen's "
                                     "headers, if the includer has not: "
                                     "their "
                                     "latest, none, or that number" },
    [C_OPTION_INLINE] = { "inline", FASTABI_OPTION_CODE, NULL,
                          "static __inline__ __attribute__((__always_inline__))",
                          "how an inline function starts" },
    [C_OPTION_HELPER] = { "helper", FASTABI_OPTION_CODE, NULL,
                          "static __inline__ __attribute__((__unused__))",
                          "how a function of fastabi.h starts, which is not always inlined" },
    [C_OPTION_RESULT] = { "result", FASTABI_OPTION_TYPE, NULL, "long",
                          "the type that functions return, signed: where long has 32 bits, one of "
                          "64, such as int64_t "
                          "or LONG_PTR; int cuts results off that are not errors" },
    [C_OPTION_ERRNO] = { "errno", FASTABI_OPTION_CHOICE, "negative|positive", "negative",
                         "the sign of errors; positive: the result is negated, so that what is not "
                         "an error is 0 or "
                         "negative" },
    [C_OPTION_PREFIX] = { "prefix", FASTABI_OPTION_NAME, NULL, "xen_hypercall",
                          "what the names of functions start with" },
    [C_OPTION_GUARD] = { "guard", FASTABI_OPTION_NAME, NULL, "XEN_FASTABI",
                         "what the names of include guards start with" },
    [C_OPTION_LICENCE] = { "licence", FASTABI_OPTION_LICENCE, NULL, "MIT",
                           "what the SPDX-License-Identifier of each file says" },
    [C_OPTION_BANNER] = { "banner", FASTABI_OPTION_COMMENT, NULL, "",
                          "a line of yours at the top of each file, such as a copyright" },
    [C_OPTION_WIDTH] = { "width", FASTABI_OPTION_NUMBER, "80..120", "100",
                         "columns that a line may have" },
    [C_OPTION_INSTRUCTION] = { "instruction", FASTABI_OPTION_CODE, NULL, "",
                               "transfer=macro: the assembly, as a string or what becomes one, "
                               "unless the includer has "
                               "defined XEN_FASTABI_TRANSFER" },
    [C_OPTION_INSTRUCTION_HEADERS] = { "instruction_headers", FASTABI_OPTION_HEADERS, NULL, "",
                                       "headers that the instruction needs" },
    [C_OPTION_INSTRUCTION_OUTPUTS] = { "instruction_outputs", FASTABI_OPTION_CODE, NULL, "",
                                       "transfer=macro: what else the instruction changes, as "
                                       "output operands, unless the includer has defined "
                                       "XEN_FASTABI_TRANSFER_OUTPUTS" },
};

static const char *read_text(const struct c_run *run, enum c_option option)
{
    return fastabi_emission_option(run->emission, c_options[option].name);
}

/* Which of its choices an option has. */
static int read_choice(const struct c_run *run, enum c_option option)
{
    const char *choices = c_options[option].choices;
    const char *value = fastabi_emission_option(run->emission, c_options[option].name);
    int chosen = 0;

    for (;; chosen++) {
        size_t length = strcspn(choices, "|");

        if (!strncmp(choices, value, length) && !value[length])
            return chosen;
        choices += length + 1;
    }
}

void c_read_options(struct c_run *run)
{
    run->style = (enum c_style)read_choice(run, C_OPTION_STYLE);
    run->is_bridge = run->style == C_STYLE_BRIDGE;
    if (run->is_bridge)
        run->style = C_STYLE_STRUCT;
    run->transfer = (enum c_transfer)read_choice(run, C_OPTION_TRANSFER);
    run->headers = read_text(run, C_OPTION_HEADERS);
    if (!strcmp(run->headers, "none"))
        run->headers = NULL;
    run->types = read_text(run, C_OPTION_TYPES);
    run->interface_version = read_text(run, C_OPTION_INTERFACE_VERSION);
    run->inlining = read_text(run, C_OPTION_INLINE);
    run->helper = read_text(run, C_OPTION_HELPER);
    run->result = read_text(run, C_OPTION_RESULT);
    run->is_negated = !strcmp(read_text(run, C_OPTION_ERRNO), "positive");
    run->prefix = read_text(run, C_OPTION_PREFIX);
    run->guard = read_text(run, C_OPTION_GUARD);
    run->licence = read_text(run, C_OPTION_LICENCE);
    run->banner = read_text(run, C_OPTION_BANNER);
    run->width = (unsigned int)strtoul(read_text(run, C_OPTION_WIDTH), NULL, 0);
    run->instruction = read_text(run, C_OPTION_INSTRUCTION);
    run->instruction_headers = read_text(run, C_OPTION_INSTRUCTION_HEADERS);
    run->instruction_outputs = read_text(run, C_OPTION_INSTRUCTION_OUTPUTS);
}
