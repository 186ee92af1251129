/* SPDX-License-Identifier: MIT */
/*
 * What the files of the Rust backend share.  Like a third party's backend, it sees the public API
 * only.
 */
#ifndef FASTABI_BACKENDS_RUST_H
#define FASTABI_BACKENDS_RUST_H

#include <fastabi/fastabi.h>

/* Columns of generated text, as rustfmt has them. */
#define RUST_WIDTH 100

/* A named type, once for the crate though several specifications have it. */
struct rust_type {
    const struct fastabi_type *type;
    const struct fastabi_spec *spec; /* the first that has it */
    const char *name;                /* "EvtchnPort" */
};

/* One run. */
struct rust_run {
    struct fastabi_emission *emission;
    bool is_module; /* form=module: all in one file, to be included by another crate */
    bool in_part;   /* of it */
    struct fastabi_writer *writer; /* the file being written */
    struct rust_type *types;
    size_t type_count;
};

/* One operation, with the names that its text is made of. */
struct rust_op {
    const struct fastabi_spec *spec;
    const struct fastabi_op *op;
    const char *name;   /* of the functions: "alloc_unbound", "r#yield" */
    const char *result; /* of the struct for several outputs: "GetRunstateInfo" */
    const struct fastabi_param *inputs[FASTABI_REGISTERS]; /* in the specification's order */
    const struct fastabi_param *outputs[FASTABI_REGISTERS];
    size_t input_count, output_count;
};

/* names.c */
const char *rust_module_name(const struct rust_run *run, const struct fastabi_spec *spec);
/* The module's file, without directory and ending: its name without "r#". */
const char *rust_without_prefix(const char *name);
const char *rust_function_name(const struct rust_run *run, const struct fastabi_spec *spec,
                               const struct fastabi_op *op);
const char *rust_argument_name(const struct rust_run *run, const char *name);
const char *rust_param_name(const struct rust_run *run, const struct fastabi_param *param);
/* "get_runstate_info" to "GetRunstateInfo"; two names never become one. */
const char *rust_camel_case(const struct rust_run *run, const char *name);
void rust_prepare(const struct rust_run *run, const struct fastabi_spec *spec,
                  const struct fastabi_op *op, struct rust_op *out);

/* types.c: the newtypes */
int rust_collect_types(struct rust_run *run);
int rust_write_types(struct rust_run *run);
/* "EvtchnPort" for a parameter with a named type, else NULL */
const char *rust_newtype(const struct rust_run *run, const struct fastabi_param *param);

/* doc.c: comments, in Markdown */
int rust_write_prose(struct fastabi_writer *writer, const char *prefix, const char *text);
int rust_write_op_doc(const struct rust_run *run, const struct rust_op *op);
int rust_write_short_doc(const struct rust_run *run, const struct rust_op *op, bool is_raw);

/* transfer.c: the trait, with an asm statement for each combination of registers */
int rust_write_transfer(struct rust_run *run);
void rust_write_shape_name(struct fastabi_writer *writer, const struct fastabi_op *op);

/* op.c: one operation */
int rust_write_op(const struct rust_run *run, const struct rust_op *op);
int rust_write_with(const struct rust_run *run, const struct rust_op *op);
int rust_write_raw(const struct rust_run *run, const struct rust_op *op);
void rust_write_call(const struct rust_run *run, const struct rust_op *op);

/*
 * condition.c: where in the transfer's tuple a register is; the tuple's name in a raw function,
 * which no input that a condition names has; and the tuple once more for each output with a
 * condition, with 0 where it does not hold.
 */
unsigned int rust_place_of(const struct rust_op *op, int reg);
const char *rust_tuple_name(const struct rust_run *run, const struct rust_op *op);
void rust_write_conditions(const struct rust_run *run, const struct rust_op *op);

/* pack.c: functions that make packed inputs of their fields, a module for each operation */
void rust_write_packs(const struct rust_run *run, const struct fastabi_spec *spec);

/*
 * file.c: open a file of the crate and write its banner (spec: whose it is, or NULL), or begin that
 * part of the module; end the last part.
 */
int rust_open(struct rust_run *run, const char *path, uint32_t flags,
              const struct fastabi_spec *spec);
void rust_end_part(struct rust_run *run);
/*
 * How code in a part, or in a module of a part (depth 1), names the root: "crate", "super::super".
 */
const char *rust_root(const struct rust_run *run, int depth);

/*
 * The lines of support.rs, NULL after the last; made from backends/rust/support.rs when building.
 */
extern const char *const rust_support_lines[];

extern const struct fastabi_backend fastabi_backend_rust;

#endif
