/* SPDX-License-Identifier: MIT */
/* What the files of the C backend share.  Like a third party's backend, it sees the public API only. */
#ifndef FASTABI_BACKENDS_C_H
#define FASTABI_BACKENDS_C_H

#include <fastabi/fastabi.h>

enum c_style { C_STYLE_STRUCT, C_STYLE_VALUE };

enum c_transfer {
    C_TRANSFER_ARGUMENT,
    C_TRANSFER_VMCALL,
    C_TRANSFER_VMMCALL,
    C_TRANSFER_PATCH,
    C_TRANSFER_MACRO,
};

/* Longest name made here: a parameter's, with a prefix and an escape. */
#define C_NAME_MAX 160

/* One run: what the options say. */
struct c_run {
    enum c_style style;
    enum c_transfer transfer;
    const char *headers;             /* what stands before a Xen header's name: "xen/" */
    struct fastabi_writer *writer;   /* the file being written */
};

/* An argument of a stub that is not the struct. */
struct c_argument {
    const struct fastabi_param *param;
    char name[C_NAME_MAX];
    char type[C_NAME_MAX];           /* without the '*' of an output */
    bool is_pointer;                 /* stored through; read through if it is an input too */
};

/* The arguments of an operation in the run's style. */
struct c_arguments {
    struct c_argument items[2 * FASTABI_REGISTERS];
    size_t count;
    const char *structure;           /* of the argument "param", or NULL */
};

/* names.c */

/* "time[0]" to "time_0" */
void c_flatten(const char *path, char name[C_NAME_MAX]);
/* An argument's name: flattened, and moved out of the way of keywords and of what stubs use. */
void c_argument_name(const char *path, char name[C_NAME_MAX]);
/* "uint32_t" for a width and a sign */
const char *c_integer(unsigned int width, bool is_signed);
/* xen_hypercall_<name>_<operation>, without what comes before it */
const char *c_separator(const struct fastabi_op *op);
const char *c_op_name(const struct fastabi_op *op);
void c_collect_arguments(const struct c_run *run, const struct fastabi_op *op,
                         struct c_arguments *arguments);

/* doc.c: the comment above a stub */
void c_write_doc(const struct c_run *run, const struct fastabi_spec *spec,
                 const struct fastabi_op *op, const struct c_arguments *arguments);

/* stub.c: one operation */
void c_write_stub(const struct c_run *run, const struct fastabi_spec *spec,
                  const struct fastabi_op *op);

/* The lines of fastabi.h, NULL behind the last; made from backends/c/fastabi.h when building. */
extern const char *const c_support_lines[];

extern const struct fastabi_backend fastabi_backend_c;

#endif
