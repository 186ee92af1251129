/* SPDX-License-Identifier: MIT */
/*
 * Layouts: what Xen's public headers say about structs, constants and types, from the
 * headers themselves or from a snapshot of them; and specifications checked against it.
 *
 * Ownership: a layout owns everything reachable from it and is freed in one call.  Nothing here
 * changes a layout after it was opened, so several threads may read one.
 */
#ifndef FASTABI_LAYOUT_H
#define FASTABI_LAYOUT_H

#include <fastabi/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fastabi_layout;

#define FASTABI_DEFAULT_TARGET "x86_64-unknown-linux-gnu"

/* ---- opening ---- */

#define FASTABI_LAYOUT_ALL (1u << 0) /* every struct of the headers, not only what is asked for */

/*
 * Where a layout comes from: header_dirs or snapshot, not both; with neither it is empty.
 * size as in struct fastabi_context_options.
 */
struct fastabi_layout_options {
    size_t size;
    uint32_t flags; /* FASTABI_LAYOUT_* */
    uint32_t header_dir_count;
    /*
     * Folders to look for the headers in.  The first one that has them counts: as DIR/xen/xen.h
     * (installed), DIR/xen.h (the public folder itself) or DIR/xen/include/public/xen.h and
     * DIR/include/public/xen.h (a source tree of Xen).
     */
    const char *const *header_dirs;
    const char *snapshot;          /* file that fastabi_layout_save wrote */
    const char *target;            /* triple of the guest; NULL: FASTABI_DEFAULT_TARGET */
    const char *interface_version; /* "0x00040e00"; NULL: the latest of the headers */
    /* Folders for what the headers include as <...>, searched in this order. */
    const char *const *include_dirs;
    uint32_t include_dir_count;
    uint32_t reserved; /* 0 */
};

/*
 * Open a layout.  What is read from headers is what the specifications need: one parse for all of
 * them.  -EINVAL with diagnostics when the headers do not parse, or the snapshot is none; -ENOTSUP
 * when headers are asked for and the module that reads them (built where libclang was found) is not
 * there.
 */
FASTABI_API int fastabi_layout_open(struct fastabi_context *context,
                                    const struct fastabi_spec *const *specs, size_t count,
                                    const struct fastabi_layout_options *options,
                                    struct fastabi_layout **layout);

/* Free a layout.  NULL is fine. */
FASTABI_API void fastabi_layout_free(struct fastabi_layout *layout);

/*
 * Save what the specifications need, as a file of readable YAML.  path "-" is standard output.
 * The content depends on the headers and the specifications, not on where they are.
 */
FASTABI_API int fastabi_layout_save(struct fastabi_context *context,
                                    const struct fastabi_layout *layout,
                                    const struct fastabi_spec *const *specs, size_t count,
                                    const char *path);

/* ---- specifications against a layout ---- */

#define FASTABI_CHECK_STRICT (1u << 0) /* warnings count as errors in the result */

/* Check specifications against a layout: 0, or -EINVAL with diagnostics 6xx. */
FASTABI_API int fastabi_layout_check(struct fastabi_context *context,
                                     const struct fastabi_layout *layout,
                                     const struct fastabi_spec *const *specs, size_t count,
                                     uint32_t flags);

/*
 * Give a specification the layout's knowledge: width and sign of parameters without a type, size of
 * structs and offset of fields (below).  The specification must be the caller's alone meanwhile.
 */
FASTABI_API int fastabi_layout_apply(struct fastabi_context *context,
                                     const struct fastabi_layout *layout,
                                     struct fastabi_spec *spec);

/* What a layout told of an operation's struct, and of a parameter's field in it; false: nothing. */
FASTABI_API bool fastabi_op_c_struct_size(const struct fastabi_op *op, uint64_t *size);
FASTABI_API bool fastabi_param_field_offset(const struct fastabi_param *param, uint64_t *offset);

/*
 * Compare two specifications, or two snapshots.  Each difference is a diagnostic 62x: an error when
 * it breaks callers, a note when it does not.  -EINVAL when something breaks.
 */
FASTABI_API int fastabi_spec_diff(struct fastabi_context *context,
                                  const struct fastabi_spec *const *old_specs, size_t old_count,
                                  const struct fastabi_spec *const *new_specs, size_t new_count);
FASTABI_API int fastabi_layout_diff(struct fastabi_context *context,
                                    const struct fastabi_layout *old_layout,
                                    const struct fastabi_layout *new_layout);

/* Whether a file looks like a snapshot: its first key is "layout". */
FASTABI_API bool fastabi_layout_is_snapshot(const char *path);

/* ---- what a layout knows ---- */

enum fastabi_field_kind {
    FASTABI_FIELD_INTEGER, /* enumerations and booleans too */
    FASTABI_FIELD_POINTER,
    FASTABI_FIELD_HANDLE, /* a guest handle: a struct around a pointer */
    FASTABI_FIELD_STRUCT,
    FASTABI_FIELD_UNION,
    FASTABI_FIELD_ARRAY,
    FASTABI_FIELD_BITS,  /* a bit-field: no address, no register */
    FASTABI_FIELD_OTHER, /* floating point and the like */
};

enum fastabi_direction {
    FASTABI_DIRECTION_UNKNOWN = 0, /* the header does not say */
    FASTABI_DIRECTION_IN = 1,
    FASTABI_DIRECTION_OUT = 2,
    FASTABI_DIRECTION_BOTH = 3,
};

/*
 * A field.  Members follow what they are in: "u" (a union), "u.interdomain" (a struct),
 * "u.interdomain.port"; "time" (an array), then "time[]", its first element.  Members of
 * anonymous structs and unions stand as if they were the outer one's.
 */
struct fastabi_field {
    const char *path;
    uint64_t offset; /* bytes from the start of the struct */
    uint64_t size;   /* bytes; 0: a flexible array */
    uint64_t count;  /* of an array: elements */
    enum fastabi_field_kind kind;
    enum fastabi_direction direction; /* what comments in the header say */
    bool is_signed;                   /* of an integer */
    unsigned int line;                /* in the struct's header; 0: unknown */
};

/* A struct or union with a name. */
struct fastabi_struct;

FASTABI_API const char *fastabi_layout_target(const struct fastabi_layout *layout);
FASTABI_API const char *
fastabi_layout_provider(const struct fastabi_layout *layout); /* "clang", "snapshot", "none" */
/* Files that the layout was read from: headers, or the snapshot. */
FASTABI_API size_t fastabi_layout_file_count(const struct fastabi_layout *layout);
FASTABI_API const char *fastabi_layout_file(const struct fastabi_layout *layout, size_t i);

FASTABI_API size_t fastabi_layout_struct_count(const struct fastabi_layout *layout);
FASTABI_API const struct fastabi_struct *fastabi_layout_struct(const struct fastabi_layout *layout,
                                                               size_t i);
FASTABI_API const struct fastabi_struct *
fastabi_layout_struct_by_name(const struct fastabi_layout *layout, const char *name);
/* false: the headers define no such macro, or nobody asked for it. */
FASTABI_API bool fastabi_layout_macro(const struct fastabi_layout *layout, const char *name,
                                      int64_t *value);
/*
 * The name of the i-th macro that was asked for and is defined, and its value; NULL: there are
 * fewer.
 */
FASTABI_API const char *fastabi_layout_macro_at(const struct fastabi_layout *layout, size_t i,
                                                int64_t *value);

FASTABI_API const char *fastabi_struct_name(const struct fastabi_struct *structure);
FASTABI_API bool fastabi_struct_is_union(const struct fastabi_struct *structure);
FASTABI_API const char *
fastabi_struct_header(const struct fastabi_struct *structure); /* "vcpu.h" */
FASTABI_API unsigned int fastabi_struct_line(const struct fastabi_struct *structure);
FASTABI_API uint64_t fastabi_struct_size(const struct fastabi_struct *structure);
FASTABI_API size_t fastabi_struct_field_count(const struct fastabi_struct *structure);
FASTABI_API const struct fastabi_field *fastabi_struct_field(const struct fastabi_struct *structure,
                                                             size_t i);

#ifdef __cplusplus
}
#endif
#endif
