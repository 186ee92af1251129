/* SPDX-License-Identifier: MIT */
/*
 * Runs bridges: whatever one carries must leave the same bytes and the same result as the classic
 * call, made on a copy of the caller's memory; whatever it leaves to the classic call must have had
 * no effect.  Knows neither the generator nor any operation.
 */
#include "bridge-play.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint8_t before[ARENA], expected[ARENA], carried[ARENA];
unsigned char xen_fastabi_bridge_flag;
static int failures, checks;

/* hooks.S: a sanitizer found something. */
void harness_report(const char *what);

/* ---- what a bridge must carry ---- */

static bool in_page(uint64_t at, uint64_t size)
{
    return (at & (PAGE - 1)) + size <= PAGE;
}

static bool holds(const struct place *place, uint32_t offset)
{
    return offset - place->offset < place->size;
}

/* A byte of an omitted field is 0, unless something fills it. */
static bool is_filled(const struct operation *op, uint32_t offset)
{
    for (int i = 0; i < op->param_count; i++) {
        const struct parameter *p = &op->params[i];

        if (holds(&p->field, offset))
            return true;
        for (int j = 0; j < p->part_count; j++) {
            if (holds(&p->parts[j].field, offset))
                return true;
        }
    }
    for (int i = 0; i < op->constant_count; i++) {
        if (holds(&op->constants[i].field, offset))
            return true;
    }
    for (int i = 0; i < op->success_count; i++) {
        if (holds(&op->success[i].field, offset))
            return true;
    }
    for (int i = 0; i < op->array_count; i++) {
        if (op->arrays[i].arg < 0 && holds(&op->arrays[i].field, offset))
            return true;
    }
    return false;
}

static bool has_constants(const struct operation *op, const uint64_t *args, const uint8_t *at)
{
    for (int i = 0; i < op->constant_count; i++) {
        const struct constant *c = &op->constants[i];
        uint64_t value = c->field.size ? load(at + c->field.offset, c->field.size) : args[c->arg];

        if (extend(value ^ (uint64_t)c->number, c->field.size ? 8 * c->field.size : 32, false))
            return false;
    }
    for (int i = 0; i < op->zero_count; i++) {
        for (uint32_t j = 0; j < op->zeros[i].size; j++) {
            uint32_t offset = op->zeros[i].offset + j;

            if (at[offset] && !is_filled(op, offset))
                return false;
        }
    }
    return true;
}

static bool is_beyond(const struct operation *op, const struct place *place)
{
    return place->offset + place->size > op->struct_size;
}

/* What comes after the struct a caller need not have. */
static bool is_whole(const struct operation *op)
{
    for (int i = 0; i < op->param_count; i++) {
        const struct parameter *p = &op->params[i];

        if (p->where == IN_FIELD && is_beyond(op, &p->field))
            return false;
        for (int j = 0; j < p->part_count; j++) {
            if (is_beyond(op, &p->parts[j].field))
                return false;
        }
    }
    for (int i = 0; i < op->constant_count; i++) {
        if (op->constants[i].field.size && is_beyond(op, &op->constants[i].field))
            return false;
    }
    return true;
}

/* Of ranges that overlap nobody says which elements are left when a part is done. */
static bool is_apart(const struct operation *op, const struct inputs *in)
{
    uint64_t count = op->loop == ONCE ? 0 : in->values[op->count_param];

    for (int i = 0; i < op->param_count; i++) {
        for (int j = 0; j < i; j++) {
            uint64_t apart = in->values[i] - in->values[j];

            if (op->params[i].advances && op->params[j].advances && op->params[i].in >= 0 &&
                op->params[j].in >= 0 && apart && (apart < count || -apart < count))
                return false;
        }
    }
    return true;
}

static bool has_addresses(const struct operation *op, const uint64_t *args, const uint8_t *at)
{
    struct inputs in;

    read_inputs(op, args, at, &in);
    for (int i = 0; i < op->param_count; i++) {
        const struct parameter *p = &op->params[i];
        const struct array *array = &op->arrays[p->array >= 0 ? p->array : 0];
        uint64_t address, count;

        if (p->in < 0 || (p->where != IN_ADDRESS && p->where != IN_FRAME))
            continue;
        if (p->where == IN_FRAME) {
            if (script.no_phys || ((uintptr_t)at & (PAGE - 1)))
                return false;
            continue;
        }
        address = (uint64_t)(uintptr_t)in.arrays[p->array];
        count = count_of(array, &in);
        if (!address && array->is_optional)
            continue;
        if (script.no_phys || !count || count > 0x100000 || !in_page(address, count * array->size))
            return false;
    }
    if (op->loop != RUNS)
        return is_whole(op) && is_apart(op, &in);
    return in.values[op->count_param] &&
           (op->arrays[0].order < 0 || in.values[op->arrays[0].order] < 64);
}

static bool is_refused(const struct operation *op)
{
    return script.refused >> (op - call->operations) & 1;
}

static bool fits(const struct operation *op, const uint64_t *args, const uint8_t *at)
{
    return op->is_carried && !is_refused(op) && has_constants(op, args, at) &&
           has_addresses(op, args, at);
}

/* Are there addresses, which may not be known of each struct of an array? */
static bool has_memory(const struct operation *op)
{
    bool found = false;

    for (int i = 0; i < op->param_count; i++)
        found |= op->params[i].where == IN_ADDRESS;
    return found;
}

/* The operation that stands for the classic call in a model, and whether it must be carried. */
static const struct operation *find_classic(uint32_t command, const uint64_t *args,
                                            const uint8_t *at, bool *is_carried)
{
    const struct operation *found = NULL;

    *is_carried = false;
    for (int i = 0; i < call->operation_count; i++) {
        const struct operation *op = &call->operations[i];

        if (op->is_linear || op->command != command)
            continue;
        if (op->count_arg >= 0) {
            int32_t count = (int32_t)args[op->count_arg];
            bool good = op->is_carried && count > 0 && !is_refused(op);

            good &= count == 1 || (op->loop == ONCE && !has_memory(op));
            good &= has_addresses(op, args, at);
            for (int32_t j = 0; good && j < count; j++)
                good = has_constants(op, args, at + (size_t)j * op->struct_size);
            *is_carried |= good;
            found = op;
        } else if (op->elements_of >= 0) {
            const struct operation *single = &call->operations[op->elements_of];

            *is_carried |= (args[single->count_arg] != 1 || !single->is_carried) &&
                           fits(op, args, at);
        } else if (!found || fits(op, args, at)) {
            *is_carried |= fits(op, args, at);
            found = op;
        }
    }
    return found;
}

/* ---- trials ---- */

static void complain(const char *title, const char *what)
{
    if (failures++ < 20)
        printf("FAIL %s: %s\n", title, what);
}

void harness_report(const char *what)
{
    complain(call->name, what);
}

static void restore(const uint8_t *image)
{
    memcpy(arena, image, ARENA);
}

/* What a bridge does with a linear address: calls, the first with what, and is it carried? */
struct linear {
    const struct operation *physical;
    uint64_t wanted;
    bool is_none, is_kept; /* none is asked for; it is left to the classic call */
};

static struct linear plan_linear(const struct operation *op, const uint64_t *args, uint8_t *at)
{
    uint64_t address = random64() % 4 ? choose_buffer(op->linear_size, 0) : 0;
    struct linear plan = { .is_none = !address && op->has_none };

    for (int i = 0; i < call->operation_count; i++) {
        if (!call->operations[i].is_linear && call->operations[i].index == op->index)
            plan.physical = &call->operations[i];
    }
    store(at + op->linear.offset, 8, address);
    plan.is_kept = !has_constants(op, args, at) || plan.is_none || script.no_phys ||
                   !in_page(address, op->linear_size);
    plan.wanted = plan.is_none || (plan.is_kept && op->has_none) ? (uint64_t)op->none
                                                                 : address + BIAS;
    return plan;
}

/* The inputs of a call: those of the caller, except for the address. */
static void check_linear_inputs(const struct operation *op, const struct trace *made,
                                const uint64_t *args, const uint8_t *at, uint64_t address,
                                const char *title)
{
    for (int i = 0; i < made->op->param_count; i++) {
        const struct parameter *p = &made->op->params[i];
        uint64_t value = p->where == IN_ARG     ? extend(args[p->arg], p->width, p->is_signed)
                         : p->where == IN_PARTS ? made->inputs[i]
                         : p->field.offset == op->physical.offset ? address
                                                                  : field_value(at, p->field, p);

        if (made->inputs[i] != value)
            complain(title, "an input is wrong");
    }
}

/* Does the hypervisor say that it does not have the operation? */
static bool is_lacking(const struct operation *op, int64_t result)
{
    for (int i = 0; i < op->fallback_count; i++) {
        if (op->fallback[i] == ENOSYS && result == -ENOSYS)
            return true;
    }
    return false;
}

static void trial_linear(const struct operation *op, const uint64_t *args, uint8_t *at,
                         bool is_constant, const char *title)
{
    struct linear plan = plan_linear(op, args, at);
    bool done, again;
    long result = 77;

    memcpy(before, arena, ARENA);
    done = (is_constant ? call->constant : call->variable)(op->command, args, &result);
    checks++;
    if (memcmp(arena, before, ARENA))
        complain(title, "the struct was changed");
    if (!xen_fastabi_bridge_flag || (plan.is_kept && !op->has_none)) {
        if (done || traps)
            complain(title, "a call that is not to be made");
        return;
    }
    if (!traps || trace[0].op != plan.physical) {
        complain(title, "the area was not given by its guest-physical address");
        return;
    }
    check_linear_inputs(op, &trace[0], args, at, plan.wanted, title);
    again = !plan.is_kept && trace[0].result < 0 && op->has_none &&
            !is_lacking(plan.physical, trace[0].result);
    if (done != (!plan.is_kept && trace[0].result >= 0))
        complain(title, "carried, or not, wrongly");
    if (done && result != trace[0].result)
        complain(title, "the result is not that of the call");
    if (traps != 1 + again)
        complain(title, "an area that was given before stays in use, or more than it is taken");
    else if (again)
        check_linear_inputs(op, &trace[1], args, at, (uint64_t)op->none, title);
}

static void trial(const struct operation *op, uint32_t command, bool is_constant)
{
    uint64_t args[8];
    uint8_t *at = arena + (random64() % 4 ? 0 : 8 * (random64() % 200));
    const struct operation *model;
    bool is_carried, done;
    int64_t wanted = 0;
    uint64_t wanted_effects;
    long result = 77;
    char title[200];

    for (size_t i = 0; i < ARENA; i += 8)
        store(arena + i, 8, random64() % 4 ? random64() : random64() % 3 ? 0 : UINT64_MAX);
    choose_script();
    for (int i = 0; i < 8; i++)
        args[i] = call->pointers >> i & 1 ? (uint64_t)(uintptr_t)at : random64();
    if (op && op->count_arg >= 0)
        args[op->count_arg] = random64() % 16 ? choose_count() : 0x80000000u + choose_count();
    traps = elements = 0;
    effects = 0;
    if (op) {
        int structs = op->count_arg >= 0 && (int32_t)args[op->count_arg] > 1
                          ? (int)args[op->count_arg]
                          : 1;

        if (structs > 1 && random64() % 2)
            args[op->struct_arg] = (uint64_t)(uintptr_t)(at = arena + PAGE - op->struct_size);
        for (int i = 0; i < structs; i++)
            fill_struct(op, args, at + (size_t)i * op->struct_size);
    }
    snprintf(title, sizeof(title), "%s.%s (command %u, %s%s)", call->name, op ? op->name : "?",
             command, is_constant ? "constant" : "variable",
             xen_fastabi_bridge_flag ? "" : ", guard off");
    if (op && op->is_linear) {
        trial_linear(op, args, at, is_constant, title);
        return;
    }
    memcpy(before, arena, ARENA);
    model = find_classic(command, args, at, &is_carried);
    is_carried &= xen_fastabi_bridge_flag;
    if (is_carried)
        wanted = classic_call(model, args, at);
    memcpy(expected, arena, ARENA);
    restore(before);
    wanted_effects = effects;
    elements = 0;
    effects = 0;
    done = (is_constant ? call->constant : call->variable)(command, args, &result);
    memcpy(carried, arena, ARENA);
    checks++;
    if (done != is_carried)
        complain(title, done ? "carried, where the classic call must be made"
                             : "left to the classic call, and can be carried");
    else if (memcmp(carried, expected, ARENA))
        complain(title, done ? "memory is not as the classic call leaves it"
                             : "memory was changed, and the classic call is still to be made");
    else if (done && result != wanted)
        complain(title, "the result is not that of the classic call");
    else if (done && effects != wanted_effects)
        complain(title, "the hypervisor was given something else than in the classic call");
    else if (!done && elements)
        complain(title, "it had an effect, and the classic call is still to be made");
}

int main(int argc, char **argv)
{
    int trials = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 400;

    seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    catch_traps();
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 0; i < hypercall_count; i++) {
        call = &hypercalls[i];
        for (int j = 0; j < call->operation_count; j++) {
            /* A batch is met in the trials of the operation that its elements are of. */
            for (int k = 0; k < trials && call->operations[j].elements_of < 0; k++)
                trial(&call->operations[j], call->operations[j].command, k & 1);
        }
        for (int k = 0; k < trials && call->command_arg >= 0; k++) {
            uint32_t command = (uint32_t)(random64() % 2 ? random64() % 64 : random64());
            bool is_known = false;

            for (int j = 0; j < call->operation_count; j++)
                is_known |= call->operations[j].command == command;
            if (!is_known)
                trial(NULL, command, false);
        }
    }
    printf("%d checks, %d failures\n", checks, failures);
    return failures || !checks ? 1 : 0;
}
