/* SPDX-License-Identifier: MIT */
/*
 * Names on disk that must go if a run does not come to its end.  Knows nothing of their content.
 *
 * A signal handler walks the list at any moment.  So a name is complete before it is in the list,
 * and none is freed while the list has it.
 */
#include "emit/litter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/context.h"

struct name {
    struct name *next;
    bool is_directory;
    char path[];
};

struct fastabi_litter {
    struct fastabi_owned owned;
    struct name *names; /* the newest first; changed in one step */
};

static void free_litter(struct fastabi_owned *owned)
{
    struct fastabi_litter *litter = (struct fastabi_litter *)owned;

    fastabi_litter_forget(litter);
    free(litter);
}

struct fastabi_litter *fastabi_litter_of(struct fastabi_context *context)
{
    struct fastabi_litter *litter = (struct fastabi_litter *)fastabi_context_owned(context, NULL,
                                                                                   free_litter);

    if (litter)
        return litter;
    litter = calloc(1, sizeof(*litter));
    if (!litter)
        return NULL;
    litter->owned.free = free_litter;
    fastabi_context_own(context, &litter->owned);
    return litter;
}

int fastabi_litter_add(struct fastabi_litter *litter, const char *path, bool is_directory)
{
    size_t size = strlen(path) + 1;
    struct name *name = malloc(sizeof(*name) + size);

    if (!name)
        return -ENOMEM;
    memcpy(name->path, path, size);
    name->is_directory = is_directory;
    name->next = litter->names;
    __atomic_store_n(&litter->names, name, __ATOMIC_SEQ_CST);
    return 0;
}

void fastabi_litter_forget(struct fastabi_litter *litter)
{
    struct name *name = litter ? litter->names : NULL;

    if (litter)
        __atomic_store_n(&litter->names, NULL, __ATOMIC_SEQ_CST);
    while (name) {
        struct name *next = name->next;

        free(name);
        name = next;
    }
}

/* Async-signal-safe: it walks lists that are whole at any moment, and unlinks. */
void fastabi_context_abandon(const struct fastabi_context *context)
{
    const struct fastabi_owned *owned;
    int error = errno;

    owned = context ? fastabi_context_owned(context, NULL, free_litter) : NULL;
    if (owned) {
        const struct fastabi_litter *litter = (const struct fastabi_litter *)owned;

        for (const struct name *name = __atomic_load_n(&litter->names, __ATOMIC_SEQ_CST); name;
             name = name->next) {
            if (name->is_directory)
                rmdir(name->path);
            else
                unlink(name->path);
        }
    }
    errno = error;
}
