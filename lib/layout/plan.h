/* SPDX-License-Identifier: MIT */
/* What specifications want to know of headers: the request to a provider. */
#ifndef FASTABI_LIB_LAYOUT_PLAN_H
#define FASTABI_LIB_LAYOUT_PLAN_H

#include "spec/ir.h"
#include "layout/model.h"

/* An operation whose struct might be the wrong one. */
struct fastabi_hint {
    const char *op_name;
    unsigned int common; /* words that its struct has in common with it */
};

struct fastabi_plan {
    struct fastabi_arena arena;
    fastabi_specs specs;
    size_t count;
    struct fastabi_layout_request request;
    struct fastabi_names structs; /* the wanted ones */
    struct fastabi_hint *hints;
    size_t hint_count;
    struct fastabi_list missing; /* headers that are not there */
};

/* Fill a zeroed plan.  base is the public directory, NULL for no headers at all.  0 or -ENOMEM. */
int fastabi_plan_make(struct fastabi_plan *plan, const char *base, fastabi_specs specs,
                      size_t count);
void fastabi_plan_free(struct fastabi_plan *plan);

/* Is a struct of that name wanted? */
bool fastabi_plan_wants(const struct fastabi_plan *plan, const char *name);

/* How many different words of a name ("evtchn_bind_virq" has three) another one has, too. */
unsigned int fastabi_common_words(const char *name, const char *other);

#endif
