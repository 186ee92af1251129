/* SPDX-License-Identifier: MIT */
/* A batch in several calls, for tests and for the count of what it costs.  Knows no operation. */
#include "run.h"

uint64_t run_batch(struct run *r, unsigned char *at, size_t size, uint32_t count, uint32_t most)
{
    unsigned seen = r->count[r->mode];
    uint64_t done = 0, part = 0;

    do {
        const struct input inputs[] = { IN("elements", at + done * size),
                                        IN("count", count - done),
                                        { NULL, 0 } };

        r->count[r->mode] = seen;
        run_loose(r, "count");
        run_call(r, inputs);
        part = r->mode == CLASSIC ? count : run_output(r, "count");
        run_check(r, r->mode == CLASSIC || part <= most, "%lu elements in one call", part);
        done += part;
    } while (!r->result && part && done < count);
    return done;
}
