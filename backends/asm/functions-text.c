/* SPDX-License-Identifier: MIT */
/* Instructions in three syntaxes, from a table of spellings.  Knows nothing of calls. */
#include <inttypes.h>
#include <string.h>

#include "functions.h"

static const char *const register_names[][4] = {
    [ASM_RAX] = { "al", "ax", "eax", "rax" },      [ASM_RDI] = { "dil", "di", "edi", "rdi" },
    [ASM_RSI] = { "sil", "si", "esi", "rsi" },     [ASM_R8] = { "r8b", "r8w", "r8d", "r8" },
    [ASM_R9] = { "r9b", "r9w", "r9d", "r9" },      [ASM_R10] = { "r10b", "r10w", "r10d", "r10" },
    [ASM_R11] = { "r11b", "r11w", "r11d", "r11" }, [ASM_R12] = { "r12b", "r12w", "r12d", "r12" },
    [ASM_RCX] = { "cl", "cx", "ecx", "rcx" },      [ASM_RDX] = { "dl", "dx", "edx", "rdx" },
    [ASM_RSP] = { "spl", "sp", "esp", "rsp" },
};

const struct asm_spelling asm_spelling_gas = {
    .is_att = true,
    .extend = { { "movzbl", "movzwl", "mov" }, { "movsbq", "movswq", "movslq" } },
    .sizes = { "b", "w", "l", "q" },
    .label_before = ".L",
    .label_between = "_",
    .far = "@(%rip)",
    .begin = "    xen_fastabi_fn_begin @\n",
    .hidden = "#ifdef __ELF__\n    .hidden @\n#endif\n    xen_fastabi_fn_begin @\n",
    .save = "    xen_fastabi_fn_save %@\n",
    .keep = "    xen_fastabi_fn_keep %@\n",
    .body = "    xen_fastabi_fn_body\n",
    .release = "    xen_fastabi_fn_release @\n",
    .restore = "    xen_fastabi_fn_restore %@\n",
    .end = "    xen_fastabi_fn_end @\n",
    .numbers = "    xen_fastabi_fn_numbers\n",
    .number = "@:\n    .quad ",
    .numbers_end = "    .text\n",
    .vmcall = "vmcall",
    .vmmcall = "vmmcall",
    .patch = "xen_fastabi_fn_site",
    .macro = "XEN_FASTABI_TRANSFER",
};

const struct asm_spelling asm_spelling_nasm = {
    .extend = { { "movzx", "movzx", "mov" }, { "movsx", "movsx", "movsxd" } },
    .sizes = { "byte ", "word ", "dword ", "qword " },
    .far = "[rel @]",
    .begin = "    xen_fastabi_fn_begin @\n",
    .hidden = "    xen_fastabi_fn_begin @, hidden\n",
    .save = "    xen_fastabi_fn_save @\n",
    .keep = "    xen_fastabi_fn_keep @\n",
    .release = "    xen_fastabi_fn_release @\n",
    .restore = "    xen_fastabi_fn_restore @\n",
    .end = "    xen_fastabi_fn_end @\n",
    .numbers = "    xen_fastabi_fn_numbers\n",
    .number = "@:\n    dq ",
    .numbers_end = "    __?SECT?__\n",
    .vmcall = "vmcall",
    .vmmcall = "vmmcall",
    .patch = "xen_fastabi_fn_site",
    .macro = "xen_fastabi_fn_transfer",
};

/* Not every MASM knows both instructions. */
const struct asm_spelling asm_spelling_masm = {
    .extend = { { "movzx", "movzx", "mov" }, { "movsx", "movsx", "movsxd" } },
    .sizes = { "byte ptr ", "word ptr ", "dword ptr ", "qword ptr " },
    .label_before = "",
    .label_between = "$",
    .far = "qword ptr [@]",
    .begin = "@ proc frame\n    XEN_FASTABI_ENDBR\n",
    .save = "    push @\n    .pushreg @\n",
    .keep = "    push @\n    .allocstack 8\n",
    .body = "    .endprolog\n",
    .release = "    add rsp, @\n",
    .restore = "    pop @\n",
    .end = "    ret\n@ endp\n",
    .begin_leaf = "@ proc\n    XEN_FASTABI_ENDBR\n",
    .numbers = "_RDATA segment readonly\n",
    .number = "@ dq ",
    .numbers_end = "_RDATA ends\n.code\n",
    .vmcall = "db 0fh, 01h, 0c1h ; vmcall",
    .vmmcall = "db 0fh, 01h, 0d9h ; vmmcall",
    .macro = "XEN_FASTABI_TRANSFER",
};

/* ---- operands ---- */

static unsigned int row_of(unsigned int width)
{
    return width == 8 ? 0 : width == 16 ? 1 : width == 32 ? 2 : 3;
}

const char *asm_register_name(int reg, unsigned int width)
{
    return register_names[reg][row_of(width)];
}

static const char *register_operand(const struct asm_file *file, int reg, unsigned int width)
{
    return file->spelling->is_att
               ? fastabi_emission_printf(file->emission, "%%%s", asm_register_name(reg, width))
               : asm_register_name(reg, width);
}

static const char *memory_operand(const struct asm_file *file, unsigned int width, int base,
                                  int offset)
{
    const char *name = asm_register_name(base, 64);
    struct fastabi_emission *emission = file->emission;

    if (file->spelling->is_att)
        return offset ? fastabi_emission_printf(emission, "%d(%%%s)", offset, name)
                      : fastabi_emission_printf(emission, "(%%%s)", name);
    return offset ? fastabi_emission_printf(emission, "%s[%s+%d]",
                                            file->spelling->sizes[row_of(width)], name, offset)
                  : fastabi_emission_printf(emission, "%s[%s]",
                                            file->spelling->sizes[row_of(width)], name);
}

static const char *number_operand(const struct asm_file *file, int64_t number)
{
    return fastabi_emission_printf(file->emission,
                                   file->spelling->is_att ? "$%" PRId64 : "%" PRId64, number);
}

/* The destination is the first operand of Intel's syntax, and the last one of AT&T's. */
static void put(const struct asm_file *file, const char *word, const char *to, const char *from)
{
    const bool is_att = file->spelling->is_att;

    fastabi_write(file->writer, "    %s %s, %s\n", word, is_att ? from : to, is_att ? to : from);
}

/* ---- instructions ---- */

static void put_extended(const struct asm_file *file, int to, const char *from, unsigned int width,
                         bool is_signed)
{
    const char *word = width == 64 ? "mov" : file->spelling->extend[is_signed][row_of(width)];

    put(file, word, register_operand(file, to, width == 64 || is_signed ? 64 : 32), from);
}

void asm_put_move(const struct asm_file *file, int to, int from, unsigned int width, bool is_signed)
{
    put_extended(file, to, register_operand(file, from, width), width, is_signed);
}

void asm_put_load(const struct asm_file *file, int to, int base, int offset, unsigned int width,
                  bool is_signed)
{
    put_extended(file, to, memory_operand(file, width, base, offset), width, is_signed);
}

void asm_put_store(const struct asm_file *file, int base, int offset, int from, unsigned int width)
{
    put(file, "mov", memory_operand(file, width, base, offset),
        register_operand(file, from, width));
}

void asm_put_exchange(const struct asm_file *file, int one, int other)
{
    put(file, "xchg", register_operand(file, one, 64), register_operand(file, other, 64));
}

void asm_put_exchange_memory(const struct asm_file *file, int one, int base, int offset)
{
    put(file, "xchg", memory_operand(file, 64, base, offset), register_operand(file, one, 64));
}

void asm_put_number(const struct asm_file *file, int to, uint32_t number)
{
    put(file, "mov", register_operand(file, to, 32), number_operand(file, number));
}

void asm_put_clear(const struct asm_file *file, int reg)
{
    put(file, "xor", register_operand(file, reg, 32), register_operand(file, reg, 32));
}

void asm_put_test(const struct asm_file *file, int reg)
{
    put(file, "test", register_operand(file, reg, 64), register_operand(file, reg, 64));
}

void asm_put_compare(const struct asm_file *file, int reg, unsigned int width, int64_t number)
{
    put(file, "cmp", register_operand(file, reg, width), number_operand(file, number));
}

void asm_put_compare_memory(const struct asm_file *file, int base, int offset, unsigned int width,
                            int64_t number)
{
    const char *word = file->spelling->is_att
                           ? fastabi_emission_printf(file->emission, "cmp%s",
                                                     file->spelling->sizes[row_of(width)])
                           : "cmp";

    put(file, word, memory_operand(file, width, base, offset), number_operand(file, number));
}

void asm_put_compare_far(const struct asm_file *file, int reg, const char *label)
{
    const char *far = file->spelling->far;
    const size_t before = strcspn(far, "@");

    put(file, "cmp", register_operand(file, reg, 64),
        fastabi_emission_printf(file->emission, "%.*s%s%s", (int)before, far, label,
                                &far[before + 1]));
}

/* ---- lines ---- */

void asm_put_template(const struct asm_file *file, const char *text, const char *name)
{
    while (text && *text) {
        size_t length = strcspn(text, "@");

        fastabi_write_text(file->writer, text, length);
        text += length;
        if (*text) {
            fastabi_write(file->writer, "%s", name);
            text++;
        }
    }
}

const char *asm_label(const struct asm_file *file, const char *function, const char *name,
                      size_t number)
{
    const struct asm_spelling *spelling = file->spelling;

    if (!spelling->label_between)
        return fastabi_emission_printf(file->emission, ".%s%zu", name, number);
    return fastabi_emission_printf(file->emission, "%s%s%s%s%zu", spelling->label_before, function,
                                   spelling->label_between, name, number);
}

const char *asm_number_label(const struct asm_file *file, const char *function, size_t number)
{
    return file->spelling->label_between
               ? asm_label(file, function, "number", number)
               : fastabi_emission_printf(file->emission, "%s.number%zu", function, number);
}

void asm_put_jump(const struct asm_file *file, const char *jump, const char *label)
{
    fastabi_write(file->writer, "    %s %s\n", jump, label);
}

void asm_put_label(const struct asm_file *file, const char *label)
{
    fastabi_write(file->writer, "%s:\n", label);
}

void asm_put_constant(const struct asm_file *file, const char *label, int64_t number)
{
    asm_put_template(file, file->spelling->number, label);
    fastabi_write(file->writer, "%" PRId64 "\n", number);
}
