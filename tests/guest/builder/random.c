/* SPDX-License-Identifier: MIT */
#include "runtime.h"

#include "builder.h"

void
random_run(const struct random_plan *plan)
{
    (void)plan;
}
