/* SPDX-License-Identifier: MIT */
/*
 * What the files of the assembly backend share.  Like a third party's backend, it sees the public
 * API only.
 */
#ifndef FASTABI_BACKENDS_ASM_H
#define FASTABI_BACKENDS_ASM_H

#include <fastabi/fastabi.h>

struct asm_file;
struct asm_spelling; /* functions.h */

enum asm_convention { ASM_SYSV, ASM_MICROSOFT };

/* What the options say of functions. */
struct asm_options {
    bool are_functions; /* otherwise macros */
    enum asm_convention convention;
    const char *prefix;   /* of their names */
    const char *transfer; /* as in -O transfer= */
    bool is_hidden;       /* other objects of the program see them only */
    bool are_all_plain;   /* the names of operations */
};

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
    const char *function_extension;      /* "S": fastabi/<name>.S */
    const char *const *function_support; /* lines before functions, NULL after the last */
    const char *transfer_check;          /* is the includer's macro defined?  NULL: not asked */
    const char *function_end;            /* the last line, or NULL */
    const struct asm_spelling *spelling; /* of functions */
};

/* A specification's file being written. */
struct asm_file {
    struct fastabi_emission *emission;
    struct fastabi_writer *writer;
    const struct asm_syntax *syntax;
    const struct fastabi_spec *spec;
    const struct asm_options *options;
    const struct asm_spelling *spelling; /* of functions */
};

extern const struct asm_syntax asm_gas, asm_nasm, asm_masm;

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
/*
 * Do constants have the name of a parameter?  XEN_FASTABI_IN_a__b may be of something else: of an
 * operation, or of another parameter.
 */
bool asm_has_constants(const struct asm_file *file, const struct fastabi_op *op,
                       const struct fastabi_param *param);
/* How far the fields of a packed input are shifted, where constants have its name. */
void asm_write_shifts(const struct asm_file *file, const struct fastabi_op *op,
                      const struct fastabi_param *param);

/* doc.c: the comments at the top of a file and above a macro, and parts of that */
void asm_write_banner(const struct asm_file *file);
void asm_write_doc(const struct asm_file *file, const struct fastabi_op *op);
/* Text after the comment's sign and that many blanks. */
void asm_write_prose(const struct asm_file *file, int indent, const char *text);
void asm_write_about(const struct asm_file *file, const struct fastabi_op *op);
void asm_write_return(const struct asm_file *file, const struct fastabi_op *op, const char *result);

/*
 * condition.c: inputs that conditions name and the call overwrites, kept before it; and after it,
 * outputs cleared whose condition does not hold.
 */
void asm_write_saves(const struct asm_file *file, const struct fastabi_op *op);
void asm_write_conditions(const struct asm_file *file, const struct fastabi_op *op);
/* Is an input overwritten by the call, and not by an output of the same parameter? */
bool asm_is_lost(const struct fastabi_op *op, const struct fastabi_param *param);
/* The number as a signed integer of the parameter's width, which assemblers encode best. */
int64_t asm_signed_number(const struct fastabi_param *param, int64_t number);
/* The jump that is taken where the comparison holds; or, inverted, where it does not. */
const char *asm_jump_of(const struct fastabi_param *param, enum fastabi_comparison comparison,
                        bool inverted);
/* The last comparison of a condition that has to be made. */
size_t asm_last_comparison(const struct fastabi_param *param);

/* functions.c and functions-header.c: a function, and the C header of a specification */
void asm_write_function(const struct asm_file *file, const struct fastabi_op *op);
int asm_write_header(struct fastabi_emission *emission, const struct asm_options *options,
                     const struct fastabi_spec *spec);
/* "xen_hypercall_sched_yield" */
const char *asm_function_name(const struct asm_file *file, const struct fastabi_op *op);

/* The lines of the support files and of what precedes functions; made when building. */
extern const char *const asm_gas_lines[];
extern const char *const asm_nasm_lines[];
extern const char *const asm_gas_function_lines[];
extern const char *const asm_nasm_function_lines[];
extern const char *const asm_masm_function_lines[];

extern const struct fastabi_backend fastabi_backend_asm;

#endif
