/* SPDX-License-Identifier: MIT */
/*
 * Finding the headers of a request that include a file that is not there, by reading each header by
 * itself.  Knows neither specifications nor how a provider reads.
 */
#include "layout/probe.h"

#include <errno.h>
#include <string.h>

#include "base/list.h"

struct probe {
    struct fastabi_layout_sink sink; /* first: providers hand it back */
    struct fastabi_arena *arena;
    const char *why; /* the first file that is not there */
    bool failed;     /* no memory */
};

/* ---- a sink that keeps only what is missing ---- */

static bool wants_nothing(struct fastabi_layout_sink *sink, const char *name)
{
    (void)sink;
    (void)name;
    return false;
}

static int drop_name(struct fastabi_layout_sink *sink, const char *name)
{
    (void)sink;
    (void)name;
    return 0;
}

static int take_fault(struct fastabi_layout_sink *sink, const struct fastabi_layout_place *place,
                      const char *text, bool is_missing)
{
    struct probe *probe = (struct probe *)sink;

    (void)place;
    if (!is_missing || probe->why)
        return 0;
    probe->why = fastabi_arena_printf(probe->arena, "a file that it includes is missing: %s", text);
    probe->failed |= !probe->why;
    return 0;
}

/* Why a header cannot be read; NULL: it can, or for other reasons. */
static const char *find_gap(struct probe *probe, const struct fastabi_layout_provider *provider,
                            const struct fastabi_layout_request *request, const char *header)
{
    struct fastabi_layout_request one = *request;
    const char *items[] = { header };

    one.headers.items = items;
    one.headers.count = 1;
    one.macros.count = one.types.count = 0;
    probe->why = NULL;
    if (provider->read(&one, &probe->sink) == -ENOMEM)
        probe->failed = true;
    return probe->why;
}

int fastabi_probe_headers(const struct fastabi_layout_provider *provider,
                          struct fastabi_layout_request *request, struct fastabi_arena *arena,
                          struct fastabi_names *missing)
{
    struct probe probe = {
        .sink = { .wants_struct = wants_nothing,
                  .set_target = drop_name,
                  .add_file = drop_name,
                  .fault = take_fault },
        .arena = arena,
    };
    size_t count = 0;
    const void *there;

    if (find_gap(&probe, provider, request, "xen.h"))
        return 0;
    for (size_t i = 0; i < request->headers.count && !probe.failed; i++) {
        const char *header = request->headers.items[i];
        const char *why = find_gap(&probe, provider, request, header);

        if (!why) {
            request->headers.items[count++] = header;
            continue;
        }
        header = fastabi_arena_copy(arena, header, strlen(header));
        if (!header || fastabi_names_add(missing, arena, header, why, &there))
            probe.failed = true;
    }
    request->headers.count = count;
    return probe.failed ? -ENOMEM : 0;
}
