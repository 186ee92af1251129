/* SPDX-License-Identifier: MIT */
/* MASM: functions only, as its macros cannot take operands apart. */
#include "functions.h"

const struct asm_syntax asm_masm = {
    .name = "masm",
    .comment_start = "",
    .comment = "; ",
    .comment_gap = ";\n",
    .comment_end = ";\n",
    .function_extension = "asm",
    .function_support = asm_masm_function_lines,
    .transfer_check = "ifndef XEN_FASTABI_TRANSFER\n"
                      ".err <define XEN_FASTABI_TRANSFER: vmcall, vmmcall, or a macro>\n"
                      "endif\n",
    .function_end = "end\n",
    .spelling = &asm_spelling_masm,
};
