/* SPDX-License-Identifier: MIT */
/*
 * The provider that knows nothing: the shortest example of the interface.  Knows the interface
 * only.
 */
#include "layout/provider.h"

static int read_nothing(const struct fastabi_layout_request *request,
                        struct fastabi_layout_sink *sink)
{
    (void)request;
    (void)sink;
    return 0;
}

const struct fastabi_layout_provider fastabi_layout_none = {
    .version = FASTABI_LAYOUT_PROVIDER_VERSION,
    .size = sizeof(struct fastabi_layout_provider),
    .name = "none",
    .read = read_nothing,
};
