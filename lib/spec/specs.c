/* SPDX-License-Identifier: MIT */
/* Arrays of specifications as arguments of public functions.  Knows nothing of what is in one. */
#include "spec/specs.h"

#include "base/diag.h"

int fastabi_specs_check(struct fastabi_context *context, const char *function, fastabi_specs specs,
                        size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!specs || !specs[i]) {
            return fastabi_refuse_argument(context, function,
                                           "a specification is NULL; pass only those that were "
                                           "read");
        }
    }
    return 0;
}
