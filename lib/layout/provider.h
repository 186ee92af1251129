/* SPDX-License-Identifier: MIT */
/*
 * Where layouts come from: one provider reads headers with libclang (a module, loaded when asked
 * for), one reads a snapshot, one knows nothing.  A provider is given a request, and hands what it
 * finds to a sink.  Knows nothing of specifications, and calls no function of the library: the
 * module does not link it.
 */
#ifndef FASTABI_LIB_LAYOUT_PROVIDER_H
#define FASTABI_LIB_LAYOUT_PROVIDER_H

#include <fastabi/layout.h>

#include "base/list.h"

#define FASTABI_LAYOUT_PROVIDER_VERSION 5u

/* Bounds on what a header can make us keep. */
#define FASTABI_LAYOUT_FIELDS_MAX 8192u /* of one struct */
#define FASTABI_LAYOUT_DEPTH_MAX  16u   /* structs in structs */
#define FASTABI_LAYOUT_PATH_MAX   512u

struct fastabi_layout_request {
    struct fastabi_context *context; /* for providers in the library */
    const char *snapshot;            /* of the snapshot provider; nothing else is set then */
    const char *base;                /* directory of the public headers */
    struct fastabi_list includes;    /* directories to search for what is included, in order */
    struct fastabi_list after;       /* and after the compiler's own headers */
    struct fastabi_list preludes;    /* files to include before the headers, in order */
    struct fastabi_list headers;     /* relative to base, to include */
    struct fastabi_list macros; /* to evaluate where they are defined; in strcmp order, each once */
    struct fastabi_list types;  /* C types whose width and sign are wanted */
    const char *target;
    const char *interface_version; /* or NULL: the latest */
};

struct fastabi_layout_place {
    const char *file; /* as the provider opened it; NULL: unknown */
    unsigned int line;
    unsigned int column;
};

/* What a provider calls.  Functions return 0, or a negative errno at which it must stop. */
struct fastabi_layout_sink {
    bool (*wants_struct)(struct fastabi_layout_sink *sink, const char *name);
    int (*add_struct)(struct fastabi_layout_sink *sink, const char *name,
                      const struct fastabi_layout_place *place, uint64_t size, bool is_union);
    /* Fields of the struct added last, in the order of struct fastabi_field. */
    int (*add_field)(struct fastabi_layout_sink *sink, const struct fastabi_field *field);
    int (*add_macro)(struct fastabi_layout_sink *sink, const char *name, int64_t value,
                     const struct fastabi_layout_place *place);
    /* kind INTEGER or POINTER; anything else: a type that fits no register. size in bytes. */
    int (*add_type)(struct fastabi_layout_sink *sink, const char *name,
                    enum fastabi_field_kind kind, uint64_t size, bool is_signed);
    /* The target, when it is the provider that knows it. */
    int (*set_target)(struct fastabi_layout_sink *sink, const char *target);
    int (*add_file)(struct fastabi_layout_sink *sink, const char *path);
    /* A header that was not there when the layout was made. */
    int (*add_missing)(struct fastabi_layout_sink *sink, const char *name);
    /* A fault of a header; is_missing: a file that it includes is not there.  Reading may go on. */
    int (*fault)(struct fastabi_layout_sink *sink, const struct fastabi_layout_place *place,
                 const char *text, bool is_missing);
};

struct fastabi_layout_provider {
    uint32_t version; /* FASTABI_LAYOUT_PROVIDER_VERSION it was compiled with */
    uint32_t size;    /* sizeof(struct fastabi_layout_provider) */
    const char *name;
    int (*read)(const struct fastabi_layout_request *request, struct fastabi_layout_sink *sink);
};

extern const struct fastabi_layout_provider fastabi_layout_none;
extern const struct fastabi_layout_provider fastabi_layout_snapshot;

/* The symbol that the module exports. */
typedef const struct fastabi_layout_provider *(*fastabi_layout_provider_func)(void);
#define FASTABI_LAYOUT_PROVIDER_ENTRY fastabi_layout_provider_entry

#endif
