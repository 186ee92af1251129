/* SPDX-License-Identifier: MIT */
/*
 * What the files of the assembly backend share.  Like a third party's backend, it sees the public
 * API only.
 */
#ifndef FASTABI_BACKENDS_ASM_H
#define FASTABI_BACKENDS_ASM_H

#include <fastabi/fastabi.h>

struct asm_file;

/* One of the two languages: what differs between them in the text around the macros. */
struct asm_syntax {
    const char *name;            /* as in -O syntax= */
    const char *extension;       /* "S.h": fastabi/<name>.S.h */
    const char *const *support;  /* lines of fastabi.<extension>, NULL after the last */
    const char *comment_start;   /* a line, or "" */
    const char *comment;         /* before each line of a comment */
    const char *comment_gap;     /* an empty line of it */
    const char *comment_end;     /* a line */
    const char *define;          /* "#define" */
    const char *register_prefix; /* "%" */
    void (*write_head)(struct fastabi_writer *writer, const char *name);
    void (*write_foot)(struct fastabi_writer *writer, const char *name);
    void (*write_macro)(const struct asm_file *file, const struct fastabi_op *op);
};

/* A specification's file being written. */
struct asm_file {
    struct fastabi_emission *emission;
    struct fastabi_writer *writer;
    const struct asm_syntax *syntax;
    const struct fastabi_spec *spec;
};

extern const struct asm_syntax asm_gas, asm_nasm;

/* names.c */

/* "time_0", and out of the way of what the C preprocessor knows */
const char *asm_param_name(const struct asm_file *file, const struct fastabi_param *param);
/* The names of the inputs in the specification's order, each followed by end. */
void asm_write_input_names(const struct asm_file *file, const struct fastabi_op *op,
                           const char *end);
/* Can a name be next to "__" and be told from it? */
bool asm_is_plain(const char *name);
/* The part of a register that that many bits are in: "r9d" for 4 and 32. */
const char *asm_register_part(int reg, unsigned int width);

/* doc.c: the comment above a macro */
void asm_write_doc(const struct asm_file *file, const struct fastabi_op *op);

/*
 * condition.c: inputs that conditions name and the call overwrites, kept before it; and after it,
 * outputs cleared whose condition does not hold.
 */
void asm_write_saves(const struct asm_file *file, const struct fastabi_op *op);
void asm_write_conditions(const struct asm_file *file, const struct fastabi_op *op);

/* The lines of the support files; made from fastabi.S and fastabi.inc when building. */
extern const char *const asm_gas_lines[];
extern const char *const asm_nasm_lines[];

extern const struct fastabi_backend fastabi_backend_asm;

#endif
