/* SPDX-License-Identifier: MIT */
/* A layout in memory, filled by a provider through a sink.  Knows nothing of specifications. */
#ifndef FASTABI_LIB_LAYOUT_MODEL_H
#define FASTABI_LIB_LAYOUT_MODEL_H

#include "base/arena.h"
#include "base/list.h"
#include "base/names.h"
#include "layout/provider.h"

/* A header: as messages show it, and relative to the public directory. */
struct fastabi_layout_file {
    const char *shown;
    const char *relative;
};

struct fastabi_struct {
    const char *name;
    const struct fastabi_layout_file *file;
    struct fastabi_field *fields;
    size_t field_count;
    size_t field_capacity;
    uint64_t size;
    unsigned int line;
    bool is_union;
};

struct fastabi_layout_macro {
    const char *name;
    const struct fastabi_layout_file *file;
    int64_t value;
    unsigned int line;
};

struct fastabi_layout_type {
    const char *name;
    enum fastabi_field_kind kind;
    uint64_t size;
    bool is_signed;
};

/* Things in the order they were found, and by name. */
struct fastabi_layout_table {
    void **items;
    size_t count;
    size_t capacity;
    struct fastabi_names names;
};

struct fastabi_layout {
    struct fastabi_arena arena;
    const struct fastabi_layout_provider *provider;
    void *module;              /* what dlopen returned */
    const char *base;          /* directory of the headers, or NULL */
    struct fastabi_list roots; /* other directories that headers were looked for in */
    const char *target;
    bool is_versioned; /* it was read for an interface version, which may hide something */
    struct fastabi_layout_table structs;
    struct fastabi_layout_table macros;
    struct fastabi_layout_table types;
    struct fastabi_layout_table files; /* struct fastabi_layout_file */
    struct fastabi_names missing;      /* headers that specifications name and that are not there */
    struct fastabi_layout_table inputs; /* const char: for dependencies */
};

/* Does a text look like a target triple?  If so, any command line or comment can contain it. */
bool fastabi_layout_is_target(const char *text);

/* Add; *there, if not NULL, says that the name was there, and nothing was added. 0 or -ENOMEM. */
int fastabi_layout_add_struct(struct fastabi_layout *layout, const char *name,
                              const struct fastabi_layout_place *place, uint64_t size,
                              bool is_union, struct fastabi_struct **made);
int fastabi_layout_add_field(struct fastabi_layout *layout, struct fastabi_struct *structure,
                             const struct fastabi_field *field);
int fastabi_layout_add_macro(struct fastabi_layout *layout, const char *name, int64_t value,
                             const struct fastabi_layout_place *place);
int fastabi_layout_add_type(struct fastabi_layout *layout, const char *name,
                            enum fastabi_field_kind kind, uint64_t size, bool is_signed);
int fastabi_layout_add_input(struct fastabi_layout *layout, const char *path);

const struct fastabi_layout_macro *fastabi_layout_find_macro(const struct fastabi_layout *layout,
                                                             const char *name);
const struct fastabi_layout_type *fastabi_layout_find_type(const struct fastabi_layout *layout,
                                                           const char *name);

/* ---- field paths ---- */

/* Why a path leads nowhere. */
enum fastabi_path_fault {
    FASTABI_PATH_OK,
    FASTABI_PATH_NO_FIELD, /* no such field in what comes before */
    FASTABI_PATH_NOT_AN_ARRAY,
    FASTABI_PATH_OUT_OF_BOUNDS,
    FASTABI_PATH_FLEXIBLE, /* an array of unknown length */
};

struct fastabi_resolved {
    const struct fastabi_field *field; /* what the path leads to; else the last that was found */
    uint64_t offset;                   /* with indices applied */
    uint64_t bound;                    /* of the array that an index left */
    size_t good;                       /* characters of the path that lead to field */
};

enum fastabi_path_fault fastabi_layout_resolve(const struct fastabi_struct *structure,
                                               const char *path, struct fastabi_resolved *found);

#endif
