/* SPDX-License-Identifier: MIT */
/* What the files that write functions share: a plan, and instructions in any syntax. */
#ifndef FASTABI_BACKENDS_ASM_FUNCTIONS_H
#define FASTABI_BACKENDS_ASM_FUNCTIONS_H

#include "asm.h"

/* Those of the ABI by their numbers, then what else a function uses. */
enum asm_register {
    ASM_RAX,
    ASM_RDI,
    ASM_RSI,
    ASM_R8,
    ASM_R9,
    ASM_R10,
    ASM_R11,
    ASM_R12,
    ASM_RCX,
    ASM_RDX,
    ASM_RSP,
};

/* An argument of a function. */
struct asm_argument {
    const struct fastabi_param *param;
    bool is_pointer; /* outputs are stored through it */
    bool is_kept;    /* it is needed after the call */
    bool is_spilled; /* it is written to its place before the call */
    int arrival;     /* the register that it arrives in; none: it is at its place */
    int place;       /* in memory, in bytes from the return address */
    int rest;        /* the register in which it is after the call; none: it is at its place */
};

/* One of the moves that are made at the same time, in effect. */
struct asm_move {
    int to;
    int from;           /* a register; none: memory at place */
    int place;          /* as of an argument */
    bool is_pointer;    /* it is the address of what is moved */
    bool is_exchange;   /* both change places */
    unsigned int width; /* from which it is extended */
    bool is_signed;
};

struct asm_plan {
    const struct fastabi_op *op;
    uint32_t changed; /* registers, by the call and what precedes it */
    int pushed[FASTABI_REGISTERS + 6];
    size_t pushed_count;
    size_t saved_count; /* the first of those; the others are arguments */
    struct asm_argument arguments[2 * FASTABI_REGISTERS];
    size_t argument_count;
    struct asm_move moves[3 * FASTABI_REGISTERS];
    size_t move_count;
};

/* How a syntax spells instructions, and the lines of a function; '@' stands for a name. */
struct asm_spelling {
    bool is_att;                /* operands: the source first, '%', '$' */
    const char *extend[2][3];   /* moves from 8, 16 and 32 bits, without a sign and with one */
    const char *sizes[4];       /* of 8 to 64 bits: of memory, or what a word ends with */
    const char *label_before;   /* before the name of a label */
    const char *label_between;  /* between the function's name and that; NULL: it is local */
    const char *far;            /* memory at a label */
    const char *begin;          /* before a function's first instruction */
    const char *hidden;         /* the same where other objects of the program see it only */
    const char *begin_leaf;     /* the same if nothing is pushed; NULL: there is no difference */
    const char *save, *restore; /* a register of the caller */
    const char *keep, *release; /* an argument; the bytes of all of them */
    const char *body;           /* after what is pushed; NULL: nothing */
    const char *end;            /* the return, and what follows */
    const char *numbers;        /* before constants */
    const char *number;         /* a constant's label and what precedes the number */
    const char *numbers_end;    /* after constants */
    const char *vmcall, *vmmcall, *patch, *macro; /* what makes the call; NULL: it cannot be */
};

extern const struct asm_spelling asm_spelling_gas, asm_spelling_nasm, asm_spelling_masm;

/* functions-plan.c */

void asm_make_plan(const struct fastabi_op *op, enum asm_convention convention,
                   struct asm_plan *plan);
/* Take the next move, in an order in which nothing is overwritten that is needed; false: none. */
bool asm_next_move(struct asm_plan *plan, struct asm_move *move);

/* functions-text.c: instructions.  Bytes of memory are at an offset from a register. */

/* "r9d" */
const char *asm_register_name(int reg, unsigned int width);
void asm_put_template(const struct asm_file *file, const char *text, const char *name);
void asm_put_move(const struct asm_file *file, int to, int from, unsigned int width,
                  bool is_signed);
void asm_put_load(const struct asm_file *file, int to, int base, int offset, unsigned int width,
                  bool is_signed);
void asm_put_store(const struct asm_file *file, int base, int offset, int from, unsigned int width);
void asm_put_exchange(const struct asm_file *file, int one, int other);
void asm_put_exchange_memory(const struct asm_file *file, int one, int base, int offset);
void asm_put_number(const struct asm_file *file, int to, uint32_t number);
void asm_put_clear(const struct asm_file *file, int reg);
void asm_put_test(const struct asm_file *file, int reg);
void asm_put_compare(const struct asm_file *file, int reg, unsigned int width, int64_t number);
void asm_put_compare_memory(const struct asm_file *file, int base, int offset, unsigned int width,
                            int64_t number);
/* With the number at a label. */
void asm_put_compare_far(const struct asm_file *file, int reg, const char *label);
/* The name of a label of a function: "keep" and 0. */
const char *asm_label(const struct asm_file *file, const char *function, const char *name,
                      size_t number);
/* The same of a constant, which precedes the function. */
const char *asm_number_label(const struct asm_file *file, const char *function, size_t number);
void asm_put_jump(const struct asm_file *file, const char *jump, const char *label);
void asm_put_label(const struct asm_file *file, const char *label);
void asm_put_constant(const struct asm_file *file, const char *label, int64_t number);

#endif
