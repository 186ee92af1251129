/* SPDX-License-Identifier: MIT */
/*
 * Layouts: what Xen's public headers say about structs, constants and types, from the headers
 * themselves or from a snapshot of them; and specifications checked against it.  context.h states
 * the rules for all functions: NULL, bounds, out-parameters, errors.
 *
 * A layout owns everything reachable from it and is freed in one call.  Nothing here changes a
 * layout after it was opened, so several threads may read one.
 */
#ifndef FASTABI_LAYOUT_H
#define FASTABI_LAYOUT_H

#include <fastabi/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fastabi_layout;
/* A struct or union with a name. */
struct fastabi_struct;

#define FASTABI_DEFAULT_TARGET "x86_64-unknown-linux-gnu"

/* ---- opening ---- */

/* Read every struct of the headers, not only what the specifications need. */
#define FASTABI_LAYOUT_ALL (1u << 0)

/*
 * A header that includes a file that is not there counts as missing; without this flag it is an
 * error.
 */
#define FASTABI_LAYOUT_PARTIAL (1u << 1)

/* Where a layout comes from: header_dirs or snapshot, not both.  Without either it is empty. */
struct fastabi_layout_options {
    /* sizeof(struct fastabi_layout_options) */
    size_t size;
    /* FASTABI_LAYOUT_* */
    uint32_t flags;
    /* Number of header_dirs. */
    uint32_t header_dir_count;
    /*
     * Directories to look for the headers in.  The first one that has them counts: as DIR/xen/xen.h
     * (installed), DIR/xen.h (the public directory itself), or DIR/xen/include/public/xen.h and
     * DIR/include/public/xen.h (a source tree of Xen).
     */
    const char *const *header_dirs;
    /* A file that fastabi_layout_save() wrote. */
    const char *snapshot;
    /* Triple of the guest; NULL: FASTABI_DEFAULT_TARGET. */
    const char *target;
    /* Value of __XEN_INTERFACE_VERSION__, "0x00040e00"; NULL: the latest of the headers. */
    const char *interface_version;
    /* Directories for what the headers include as <...>, searched in this order. */
    const char *const *include_dirs;
    /* Number of include_dirs. */
    uint32_t include_dir_count;
    /* Number of include_files. */
    uint32_t include_file_count;
    /*
     * Files that are included before the headers, in this order: types and macros of the tree that
     * its copy of the headers needs.
     */
    const char *const *include_files;
};

/*
 * Open a layout.  What is read from headers is what the specifications need, in one parse.
 * *layout is the caller's to free; NULL on failure.  -EINVAL if the headers do not parse or the
 * file is not a snapshot; -ENOTSUP for a target that is not valid, or if the module that reads
 * headers (built where libclang was found) is not there.
 * Since 0.1.
 */
FASTABI_API int fastabi_layout_open(struct fastabi_context *context, fastabi_specs specs,
                                    size_t count, const struct fastabi_layout_options *options,
                                    struct fastabi_layout **layout);

/*
 * Free a layout.
 * Since 0.1.
 */
FASTABI_API void fastabi_layout_free(struct fastabi_layout *layout);

/*
 * Save what the specifications need as a snapshot, a file of readable YAML.  path "-" is standard
 * output.  The content depends on the headers and the specifications, not on where they are.
 * Since 0.1.
 */
FASTABI_API int fastabi_layout_save(struct fastabi_context *context,
                                    const struct fastabi_layout *layout, fastabi_specs specs,
                                    size_t count, const char *path);

/* ---- specifications against a layout ---- */

/* Warnings count as errors in the result. */
#define FASTABI_CHECK_STRICT (1u << 0)
/*
 * What the headers lack is not reported, only what they have and is different: for headers that
 * have a part of what the specifications need.  fastabi_generate() leaves out what needs the rest.
 */
#define FASTABI_CHECK_PARTIAL (1u << 1)

/*
 * Check specifications against a layout.  flags: FASTABI_CHECK_*.  -EINVAL, with diagnostics 6xx,
 * if they do not agree.
 * Since 0.1.
 */
FASTABI_API int fastabi_layout_check(struct fastabi_context *context,
                                     const struct fastabi_layout *layout, fastabi_specs specs,
                                     size_t count, uint32_t flags);

/*
 * Give a specification what the layout knows: width and sign of parameters without a type, size of
 * structs and offset of fields.  No other thread may use the specification meanwhile.
 * Since 0.1.
 */
FASTABI_API int fastabi_layout_apply(struct fastabi_context *context,
                                     const struct fastabi_layout *layout,
                                     struct fastabi_spec *spec);

/*
 * Whether a layout gave the size of the operation's struct.  Stores it, in bytes.
 * Since 0.1.
 */
FASTABI_API bool fastabi_op_c_struct_size(const struct fastabi_op *op, uint64_t *size);

/*
 * Whether a layout gave the place of the parameter's field.  Stores its offset in the struct, in
 * bytes.
 * Since 0.1.
 */
FASTABI_API bool fastabi_param_field_offset(const struct fastabi_param *param, uint64_t *offset);

/*
 * Compare two sets of specifications.  Each difference is a diagnostic 62x: an error if it breaks
 * callers, a note if it does not.  -EINVAL if one breaks callers.
 * Since 0.1.
 */
FASTABI_API int fastabi_spec_diff(struct fastabi_context *context, fastabi_specs old_specs,
                                  size_t old_count, fastabi_specs new_specs, size_t new_count);

/*
 * The same for two layouts.
 * Since 0.1.
 */
FASTABI_API int fastabi_layout_diff(struct fastabi_context *context,
                                    const struct fastabi_layout *old_layout,
                                    const struct fastabi_layout *new_layout);

/*
 * Whether a file looks like a snapshot: its first key is "layout".
 * Since 0.1.
 */
FASTABI_API bool fastabi_layout_is_snapshot(const char *path);

/* ---- what a layout knows ---- */

/* What a field is. */
enum fastabi_field_kind {
    /* Also an enumeration or a boolean. */
    FASTABI_FIELD_INTEGER,
    FASTABI_FIELD_POINTER,
    /* A guest handle: a struct around a pointer. */
    FASTABI_FIELD_HANDLE,
    FASTABI_FIELD_STRUCT,
    FASTABI_FIELD_UNION,
    FASTABI_FIELD_ARRAY,
    /* A bit-field: it has no address, and fits no register. */
    FASTABI_FIELD_BITS,
    /* Floating point and the like. */
    FASTABI_FIELD_OTHER,
};

/* Which side writes a field, as comments in the header say. */
enum fastabi_direction {
    /* The header does not say. */
    FASTABI_DIRECTION_UNKNOWN = 0,
    FASTABI_DIRECTION_IN = 1,
    FASTABI_DIRECTION_OUT = 2,
    FASTABI_DIRECTION_BOTH = 3,
};

/*
 * A field.  Members follow what they are in: "u" (a union), "u.interdomain" (a struct),
 * "u.interdomain.port"; "time" (an array), then "time[]", its first element.  Members of anonymous
 * structs and unions appear as if they were the outer one's.
 */
struct fastabi_field {
    /* Names joined by dots, as above. */
    const char *path;
    /* Bytes from the start of the struct. */
    uint64_t offset;
    /* Bytes; 0: a flexible array. */
    uint64_t size;
    /* Of an array: its elements. */
    uint64_t count;
    /* What it is. */
    enum fastabi_field_kind kind;
    /* Which side writes it. */
    enum fastabi_direction direction;
    /* Of an integer. */
    bool is_signed;
    /* Line in the struct's header, from 1; 0: unknown. */
    unsigned int line;
};

/*
 * Triple of the guest whose layout it is.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_layout_target(const struct fastabi_layout *layout);

/*
 * Where it comes from: "clang", "snapshot" or "none".
 * Since 0.1.
 */
FASTABI_API const char *fastabi_layout_provider(const struct fastabi_layout *layout);

/*
 * Number of files that it was read from: headers, or the snapshot.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_layout_file_count(const struct fastabi_layout *layout);

/*
 * Path of the i-th of those files.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_layout_file(const struct fastabi_layout *layout, size_t i);

/*
 * Number of structs and unions.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_layout_struct_count(const struct fastabi_layout *layout);

/*
 * The i-th struct or union.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_struct *fastabi_layout_struct(const struct fastabi_layout *layout,
                                                               size_t i);

/*
 * The struct or union of that name, without "struct".
 * Since 0.1.
 */
FASTABI_API const struct fastabi_struct *
fastabi_layout_struct_by_name(const struct fastabi_layout *layout, const char *name);

/*
 * Whether the headers define a macro that is an integer.  Stores its value.  A layout only knows
 * macros that its specifications name.
 * Since 0.1.
 */
FASTABI_API bool fastabi_layout_macro(const struct fastabi_layout *layout, const char *name,
                                      int64_t *value);

/*
 * Name of the i-th macro that the specifications name and the headers define.  Stores its value.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_layout_macro_at(const struct fastabi_layout *layout, size_t i,
                                                int64_t *value);

/*
 * Name of a struct, without "struct".
 * Since 0.1.
 */
FASTABI_API const char *fastabi_struct_name(const struct fastabi_struct *structure);

/*
 * Whether it is a union.
 * Since 0.1.
 */
FASTABI_API bool fastabi_struct_is_union(const struct fastabi_struct *structure);

/*
 * Header that defines it, relative to the public include directory, "vcpu.h", or NULL.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_struct_header(const struct fastabi_struct *structure);

/*
 * Line of its definition in that header, from 1; 0: unknown.
 * Since 0.1.
 */
FASTABI_API unsigned int fastabi_struct_line(const struct fastabi_struct *structure);

/*
 * Its size in bytes.
 * Since 0.1.
 */
FASTABI_API uint64_t fastabi_struct_size(const struct fastabi_struct *structure);

/*
 * Number of fields, those of nested structs and unions included.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_struct_field_count(const struct fastabi_struct *structure);

/*
 * The i-th field, in the order of the header.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_field *fastabi_struct_field(const struct fastabi_struct *structure,
                                                             size_t i);

#ifdef __cplusplus
}
#endif
#endif
