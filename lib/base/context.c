/* SPDX-License-Identifier: MIT */
/* Contexts: flags, limits and what was reported; knows nothing of YAML or output. */
#include "base/context.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct fastabi_limits default_limits = {
    .size = sizeof(struct fastabi_limits),
    .file_bytes = (size_t)64 << 20,
    .total_nodes = (size_t)1 << 23,
    .mapping_keys = (size_t)1 << 17,
    .scalar_bytes = (size_t)64 << 10,
    .line_bytes = (size_t)64 << 10,
    .depth = 32,
    .errors = 50,
    .plugin_seconds = 60,
    .plugin_memory = (size_t)1 << 30,
    .plugin_output = (size_t)256 << 20,
};

int fastabi_options_copy(void *copy, size_t known, const void *options)
{
    const unsigned char *bytes = options;
    size_t size;

    memset(copy, 0, known);
    memcpy(&size, options, sizeof(size));
    if (size < sizeof(size))
        return -EINVAL;
    for (size_t i = known; i < size; i++) {
        if (bytes[i])
            return -EINVAL;
    }
    memcpy(copy, options, size < known ? size : known);
    return 0;
}

/* The caller's limits, with defaults in place of zeroes.  0 or -EINVAL. */
static int take_limits(struct fastabi_limits *limits, const struct fastabi_limits *given)
{
    if (fastabi_options_copy(limits, sizeof(*limits), given ? given : &default_limits))
        return -EINVAL;
#define DEFAULT(field)                                                                             \
    do {                                                                                           \
        if (!limits->field)                                                                        \
            limits->field = default_limits.field;                                                  \
    } while (0)
    DEFAULT(file_bytes);
    DEFAULT(total_nodes);
    DEFAULT(mapping_keys);
    DEFAULT(scalar_bytes);
    DEFAULT(line_bytes);
    DEFAULT(depth);
    DEFAULT(errors);
    DEFAULT(plugin_seconds);
    DEFAULT(plugin_memory);
    DEFAULT(plugin_output);
#undef DEFAULT
    return 0;
}

int fastabi_context_new(const struct fastabi_context_options *options,
                        struct fastabi_context **context)
{
    const struct fastabi_context_options none = { .size = sizeof(none) };
    struct fastabi_context_options known;
    struct fastabi_limits limits;
    struct fastabi_context *made;

    if (!context)
        return -EINVAL;
    *context = NULL;
    if (fastabi_options_copy(&known, sizeof(known), options ? options : &none) ||
        known.flags & ~FASTABI_CONTEXT_FLAGS || known.reserved ||
        take_limits(&limits, known.limits))
        return -EINVAL;
    made = calloc(1, sizeof(*made));
    if (!made)
        return -ENOMEM;
    made->flags = known.flags;
    made->on_diag = known.on_diag;
    made->data = known.data;
    made->limits = limits;
    *context = made;
    return 0;
}

void fastabi_context_free(struct fastabi_context *context)
{
    if (!context)
        return;
    fastabi_context_clear(context);
    free(context->diags);
    for (size_t i = 0; i < context->spec_dir_count; i++)
        free(context->spec_dirs[i]);
    free(context->spec_dirs);
    while (context->owned) {
        struct fastabi_owned *owned = context->owned;

        context->owned = owned->next;
        owned->free(owned);
    }
    free(context);
}

void fastabi_context_own(struct fastabi_context *context, struct fastabi_owned *owned)
{
    owned->next = context->owned;
    __atomic_store_n(&context->owned, owned, __ATOMIC_SEQ_CST); /* a signal handler may read it */
}

struct fastabi_owned *fastabi_context_owned(const struct fastabi_context *context,
                                            const struct fastabi_owned *after,
                                            void (*free)(struct fastabi_owned *owned))
{
    struct fastabi_owned *owned = after ? after->next : context->owned;

    while (owned && owned->free != free)
        owned = owned->next;
    return owned;
}

/* ---- what was reported ---- */

size_t fastabi_context_diag_count(const struct fastabi_context *context)
{
    return context ? context->diag_count : 0;
}

const struct fastabi_diag *fastabi_context_diag(const struct fastabi_context *context, size_t i)
{
    return context && i < context->diag_count ? &context->diags[i] : NULL;
}

size_t fastabi_context_error_count(const struct fastabi_context *context)
{
    return context ? context->error_count : 0;
}

void fastabi_context_clear(struct fastabi_context *context)
{
    if (!context)
        return;
    for (size_t i = 0; i < context->diag_count; i++) {
        free((char *)context->diags[i].file);
        free((char *)context->diags[i].message);
    }
    context->diag_count = 0;
    context->error_count = 0;
}

/* ---- version ---- */

#define STRINGIFY_(text) #text
#define STRINGIFY(text)  STRINGIFY_(text)

const char *fastabi_version(void)
{
    return STRINGIFY(FASTABI_VERSION_MAJOR) "." STRINGIFY(FASTABI_VERSION_MINOR) "." STRINGIFY(
        FASTABI_VERSION_PATCH);
}

unsigned int fastabi_version_number(void)
{
    return FASTABI_VERSION_NUMBER;
}
