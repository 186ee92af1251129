/* SPDX-License-Identifier: MIT */
/*
 * What must be refused, and leave every register as it was.  Made from the tables: no operation is
 * known by name.
 */
#include "plans.h"

#include <xen/errno.h>

static uint64_t seed;

/* Every register as given, but rax, which is the result. */
static bool is_refused(struct registers *before, long errno_wanted, const char *what,
                       const char *name)
{
    struct registers after = *before;
    struct register_report report;

    registers_call(&after);
    registers_compare(before, &after, 1u << RAX | 1u << RSP, &report);
    if (report.lost)
        tap_note("%s, %s: %s was %lx and is %lx", name, what, report.what, report.before,
                 report.after);
    if ((long)after.general[RAX] != errno_wanted)
        tap_note("%s, %s: the result is %ld, not %ld", name, what, (long)after.general[RAX],
                 errno_wanted);
    return !report.lost && (long)after.general[RAX] == errno_wanted;
}

/* Random values, each within its type. */
static void fill(struct registers *r, const struct operation *op)
{
    uint64_t in[MAX_PARAMS];

    for (unsigned n = 0; op->params[n].width; n++)
        in[n] = random_next(&seed) & value_mask(&op->params[n]);
    registers_fill(r, &seed);
    registers_set(r, op, in);
}

/* The upper half of reg0 is the hypervisor's, for calls that go on. */
static void check_state(const struct operation *op)
{
    bool good = true;

    for (unsigned bit = 32; bit < 64 && !op->clobbers; bit++) {
        struct registers r;

        fill(&r, op);
        r.general[RAX] |= 1ull << bit;
        good = is_refused(&r, -XEN_EINVAL, "state in reg0", op->name) && good;
    }
    if (!op->clobbers)
        tap_check(good, "%s: a state in reg0 that no hypervisor left is refused", op->name);
}

/*
 * What a handler might take for the address of something: not one in the argument area, or after
 * it, nor one before it that something as large as the area would reach into it from.
 */
static void check_area(const struct operation *op)
{
    static const uint64_t values[] = {
        ARGUMENT_HANDLE - ARGUMENT_AREA_SIZE + 1,
        ARGUMENT_HANDLE - 8,
        ARGUMENT_HANDLE,
        ARGUMENT_HANDLE + ARGUMENT_AREA_SIZE - 8,
        ARGUMENT_HANDLE + 2 * ARGUMENT_AREA_SIZE - 1,
    };
    bool good = true, any = false;

    for (unsigned n = 0; op->struct_size && op->params[n].width; n++) {
        const struct param *p = &op->params[n];

        if (p->reg_in == NO_REGISTER || p->width != 64 || p->size != 8)
            continue;
        any = true;
        for (unsigned i = 0; i < ARRAY_LENGTH(values); i++) {
            struct registers r;

            fill(&r, op);
            r.general[fastabi_registers[p->reg_in]] = values[i];
            good = is_refused(&r, -XEN_EINVAL, p->name, op->name) && good;
        }
    }
    if (any)
        tap_check(good, "%s: addresses of the argument area are refused", op->name);
}

static bool is_known(unsigned hypercall, uint64_t subop)
{
    for (const struct operation *op = operations; op->name; op++)
        if (op->hypercall == hypercall && (op->direct || op->subop == subop))
            return true;
    return false;
}

static bool has_hypercall(unsigned hypercall)
{
    for (const struct operation *op = operations; op->name; op++)
        if (op->hypercall == hypercall)
            return true;
    return false;
}

static bool subop_is_refused(unsigned hypercall, uint64_t subop)
{
    struct registers r;
    char name[40];

    registers_fill(&r, &seed);
    r.general[RAX] = FASTABI_MASK | hypercall;
    r.general[RDI] = subop;
    text_format(name, sizeof(name), "hypercall %u, sub-operation %lx", hypercall, subop);
    return is_refused(&r, -XEN_ENOSYS, "unknown", name);
}

/* Sub-operations that do not exist, and those that do, with bits in reg1's upper half. */
static void check_subops(unsigned hypercall)
{
    bool good = true;

    tap_doing("hypercall %u, sub-operations that do not exist", hypercall);
    for (uint64_t subop = 0; subop < 256; subop++) {
        if (!is_known(hypercall, subop))
            good = subop_is_refused(hypercall, subop) && good;
        good = subop_is_refused(hypercall, subop | 1ull << (32 + subop % 32)) && good;
    }
    for (unsigned i = 0; i < 64; i++) {
        uint64_t subop = random_next(&seed);

        good = (is_known(hypercall, subop) || subop_is_refused(hypercall, subop)) && good;
    }
    tap_check(good, "hypercall %u: unknown sub-operations are refused", hypercall);
}

static void check_hypercalls(void)
{
    bool good = true;

    for (unsigned i = 0; i < 192; i++) {
        unsigned hypercall = i < 128 ? i : (unsigned)random_next(&seed) & 0x3fffffff;

        if (!has_hypercall(hypercall))
            good = subop_is_refused(hypercall, i % 16) && good;
    }
    tap_check(good, "unknown hypercalls are refused");
}

void errors_plan(void)
{
    bool done[128] = { false };

    seed = random_state(2);
    tap_doing("hypercalls that do not exist");
    check_hypercalls();
    for (const struct operation *op = operations; op->name; op++) {
        if (!op->direct && op->hypercall < ARRAY_LENGTH(done) && !done[op->hypercall]) {
            done[op->hypercall] = true;
            check_subops(op->hypercall);
        }
        tap_doing("%s, with a state in reg0", op->name);
        check_state(op);
        check_area(op);
    }
}
