/* SPDX-License-Identifier: MIT */
/* Specifications against a layout: what the check files share. */
#ifndef FASTABI_LIB_LAYOUT_CHECK_H
#define FASTABI_LIB_LAYOUT_CHECK_H

#include "base/diag.h"
#include "read/hint.h"
#include "spec/ir.h"
#include "layout/model.h"

/* What a check looked at: what a snapshot must hold. */
struct fastabi_used {
    struct fastabi_arena arena;
    struct fastabi_names structs;
    struct fastabi_names macros;
    struct fastabi_names types;
    bool failed; /* no memory */
};

struct fastabi_check {
    struct fastabi_context *context; /* NULL: say nothing */
    const struct fastabi_layout *layout;
    fastabi_specs specs;
    size_t count;
    struct fastabi_used *used; /* or NULL */
    unsigned int release;  /* the headers are of this Xen release or a later one: 4017 is 4.17 */
    bool is_partial;       /* what the headers lack is not reported */
    unsigned int searches; /* of the headers for names */
    unsigned int errors;
    unsigned int warnings;
};

/* Run all checks.  0, or -EINVAL when there were errors. */
int fastabi_check_run(struct fastabi_check *check);

/* ---- for the check files: check-report.c ---- */

/* Report at a place of the specification; its severity decides whether it is an error. */
void fastabi_check_report(struct fastabi_check *check, enum fastabi_diag_id id,
                          const struct fastabi_spec *spec, struct fastabi_mark mark,
                          const char *format, ...) __attribute__((__format__(__printf__, 5, 6)));

/* The other place: a header's.  line 0 and file NULL are fine. */
void fastabi_check_also(struct fastabi_check *check, enum fastabi_diag_id id,
                        const struct fastabi_layout_file *file, unsigned int line,
                        const char *format, ...) __attribute__((__format__(__printf__, 5, 6)));

/* Look something up, and remember that it was looked at. */
const struct fastabi_struct *fastabi_check_struct(struct fastabi_check *check, const char *name);
const struct fastabi_layout_macro *fastabi_check_macro(struct fastabi_check *check,
                                                       const char *name);
const struct fastabi_layout_type *fastabi_check_type(struct fastabi_check *check, const char *name);

/* check-near.c: what to do about a name that the headers or a struct lack.  Return hint. */
enum fastabi_near_kind {
    FASTABI_NEAR_MACRO,
    FASTABI_NEAR_STRUCT,
    FASTABI_NEAR_TYPE,
    FASTABI_NEAR_HEADER,
};
const char *fastabi_check_near(struct fastabi_check *check, enum fastabi_near_kind kind,
                               const char *name, char hint[FASTABI_HINT_SIZE]);
/* The same of a macro; *is_defined: the headers define it, and not as an integer. */
const char *fastabi_check_near_macro(struct fastabi_check *check, const char *name,
                                     bool *is_defined, char hint[FASTABI_HINT_SIZE]);
const char *fastabi_check_near_field(const struct fastabi_struct *structure, const char *path,
                                     char hint[FASTABI_HINT_SIZE]);

/* ---- what a release lacks ---- */

/* The lowest release that the headers can be of. */
unsigned int fastabi_check_release(struct fastabi_check *check);
/* May the headers be older than that release? */
bool fastabi_check_may_predate(const struct fastabi_check *check, const char *since);
/* May the headers lack what the operation needs, because it is of a later release? */
bool fastabi_check_is_newer(const struct fastabi_check *check, const struct fastabi_op *op);
/* The same of a hypercall: the release of its first operation; NULL: they should have it. */
const char *fastabi_check_newer_hypercall(const struct fastabi_check *check,
                                          const struct fastabi_spec *spec);
/* Report that the headers are older than their user, an operation or a hypercall. */
void fastabi_check_lacks(struct fastabi_check *check, const struct fastabi_spec *spec,
                         struct fastabi_mark mark, const char *what, const char *name,
                         const char *user, const char *since);

/* "the headers have" or "the snapshot has" */
const char *fastabi_check_source(const struct fastabi_check *check);

/* check-numbers.c */
void fastabi_check_numbers(struct fastabi_check *check, const struct fastabi_spec *spec);
void fastabi_check_constants(struct fastabi_check *check);

/* check-struct.c: the struct of an operation and the fields that it names */
void fastabi_check_fields(struct fastabi_check *check, const struct fastabi_op *op);
/* A field by its path; NULL: there is none, and that was reported. */
const struct fastabi_field *fastabi_check_path(struct fastabi_check *check,
                                               const struct fastabi_op *op,
                                               struct fastabi_mark mark,
                                               const struct fastabi_struct *structure,
                                               const char *path);
/* The same of an integer. */
const struct fastabi_field *fastabi_check_scalar(struct fastabi_check *check,
                                                 const struct fastabi_op *op,
                                                 struct fastabi_mark mark,
                                                 const struct fastabi_struct *structure,
                                                 const char *path);
/* Has a parameter the width and the sign of its field? */
void fastabi_check_field_type(struct fastabi_check *check, const struct fastabi_op *op,
                              const struct fastabi_param *param,
                              const struct fastabi_struct *structure,
                              const struct fastabi_field *field, const char *path);
/* Does a constant fit its field? */
void fastabi_check_number(struct fastabi_check *check, const struct fastabi_op *op,
                          struct fastabi_mark mark, const struct fastabi_struct *structure,
                          const char *path, int64_t number);
void fastabi_check_no_struct(struct fastabi_check *check, const struct fastabi_op *op,
                             struct fastabi_mark mark, const char *name);
void fastabi_check_part(struct fastabi_check *check, const struct fastabi_op *op,
                        const struct fastabi_part *part, const struct fastabi_struct *structure);
bool fastabi_is_scalar(const struct fastabi_field *field);

/* check-xen.c: the struct of the hypervisor's handler, of an operation that has a section xen */
void fastabi_check_handler(struct fastabi_check *check, const struct fastabi_op *op);

/* Can the layout's target be the hypervisor's? */
bool fastabi_check_sees_handler(const struct fastabi_check *check);
/* Is anything compared with the handler's struct?  Not where it comes from memory as it is. */
bool fastabi_check_compares_handler(const struct fastabi_op *op);
/* A field of the handler's struct that an array or the status names. */
struct fastabi_named {
    const char *path;
    struct fastabi_mark mark;
    bool is_handle; /* else an integer */
};
/* The i-th of them; false: there is none. */
bool fastabi_check_named(const struct fastabi_op *op, size_t i, struct fastabi_named *named);

/* check-bytes.c: fields that the operation does not name, and bytes that it fills twice */
void fastabi_check_uncarried(struct fastabi_check *check, const struct fastabi_op *op,
                             const struct fastabi_struct *structure);
void fastabi_check_twice(struct fastabi_check *check, const struct fastabi_op *op,
                         const struct fastabi_struct *structure);

/* check-direction.c: input and output against the header's comments */
void fastabi_check_directions(struct fastabi_check *check, const struct fastabi_op *op,
                              const struct fastabi_struct *structure);

#endif
