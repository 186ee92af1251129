/* SPDX-License-Identifier: MIT */
/*
 * What the files of the C backend share.  Like a third party's backend, it sees the public API
 * only.
 */
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

/* Who includes the headers: what differs from a freestanding program. */
struct c_profile {
    const char *integers;   /* the #include that brings uint32_t and the like */
    const char *headers;    /* what comes before a Xen header's name */
    bool interface_version; /* Xen's headers ask which interface version is meant */
    const char *transfer; /* transfer=macro: what the macro is unless the includer says; or NULL */
};

/* One run: what the options say. */
struct c_run {
    struct fastabi_emission *emission;
    enum c_style style;
    enum c_transfer transfer;
    const struct c_profile *profile;
    const char *headers;           /* what comes before a Xen header's name: "xen/" */
    struct fastabi_writer *writer; /* the file being written */
};

/* An argument of a stub that is not the struct. */
struct c_argument {
    const struct fastabi_param *param;
    const char *name;
    const char *type; /* without the '*' of an output */
    bool is_pointer;  /* stored through; read through if it is an input too */
};

/* One operation as the run's style sees it, with the names that its text is made of. */
struct c_stub {
    const struct fastabi_spec *spec;
    const struct fastabi_op *op;
    const char *id;        /* "event_channel_status" */
    const char *structure; /* of the argument "param", or NULL */
    bool compat;           /* other structs may be passed for it */
    struct c_argument arguments[2 * FASTABI_REGISTERS];
    size_t argument_count;
    const struct fastabi_param *inputs[FASTABI_REGISTERS];
    const struct fastabi_param *outputs[FASTABI_REGISTERS];
    const char *in[FASTABI_REGISTERS]; /* flattened names of inputs and outputs */
    const char *out[FASTABI_REGISTERS];
};

/* names.c */

/*
 * What an argument is called: the name and '_', or more of them where that is taken.  How many
 * depends on what precedes the name's own '_', so two names never become one.
 */
const char *c_argument_name(const struct c_run *run, const char *name);
void c_prepare(const struct c_run *run, const struct fastabi_spec *spec,
               const struct fastabi_op *op, struct c_stub *stub);
/* The argument that carries a parameter, or NULL: it is a field of the struct. */
const struct c_argument *c_find_argument(const struct c_stub *stub,
                                         const struct fastabi_param *param);

/* doc.c: the comment above a stub */
void c_write_doc(const struct c_run *run, const struct c_stub *stub);

/* stub.c: one operation */
void c_write_stub(const struct c_run *run, const struct fastabi_spec *spec,
                  const struct fastabi_op *op);

/* pack.c: functions that make packed inputs of their fields */
void c_write_packs(const struct c_run *run, const struct c_stub *stub);

/* store.c: where outputs go */

/* Is a parameter's integer type another one than that of the register? */
bool c_needs_cast(const struct fastabi_param *param);
/* A field of the struct, to be read or written. */
void c_write_field(struct fastabi_writer *writer, const struct c_stub *stub,
                   const struct fastabi_param *param);
/* The outputs that have a condition are stored after the others. */
void c_write_stores(const struct c_run *run, const struct c_stub *stub);

/* The lines of fastabi.h, NULL after the last; made from backends/c/fastabi.h when building. */
extern const char *const c_support_lines[];

extern const struct fastabi_backend fastabi_backend_c;

#endif
