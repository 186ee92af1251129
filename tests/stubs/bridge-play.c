/* SPDX-License-Identifier: MIT */
/*
 * Plays the hypervisor twice: as the classic ABI is called, on the caller's memory, and as FastABI
 * is, from registers, at the traps that stand for transfers.  What an operation does is invented:
 * outputs are a hash of inputs.  Knows neither the generator nor any operation, nor what a bridge
 * must do.
 */
#define _GNU_SOURCE
#include "bridge-play.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

uint8_t arena[ARENA] __attribute__((__aligned__(4096)));
struct script script;
const struct hypercall *call;
int elements, traps;
uint64_t effects, seed = 1;
struct trace trace[TRACES];

uint64_t random64(void)
{
    uint64_t z = (seed += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t z = (a ^ b) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 29)) * 0xbf58476d1ce4e5b9u;
    return z ^ (z >> 32);
}

uint64_t extend(uint64_t value, unsigned int width, bool is_signed)
{
    unsigned int shift = 64 - width;
    value <<= shift;
    return is_signed ? (uint64_t)((int64_t)value >> shift) : value >> shift;
}

uint64_t load(const uint8_t *at, unsigned int size)
{
    uint64_t value = 0;
    memcpy(&value, at, size);
    return value;
}

void store(uint8_t *at, unsigned int size, uint64_t value)
{
    memcpy(at, &value, size);
}

uint64_t find_phys(const void *linear)
{
    return script.no_phys ? UINT64_MAX : (uint64_t)(uintptr_t)linear + BIAS;
}
/* ---- what an operation does ---- */

static bool is_invented(const struct parameter *p)
{
    return p->where != IN_ADDRESS && p->where != IN_COUNT;
}

uint64_t count_of(const struct array *array, const struct inputs *in)
{
    return array->count_param >= 0 ? in->values[array->count_param] : array->count;
}

/* One element, or all of an operation that knows none: a hash of everything that goes in. */
static uint64_t digest(const struct operation *op, const struct inputs *in, uint64_t element)
{
    uint64_t hash = 12345;

    for (int i = 0; i < op->param_count; i++) {
        const struct parameter *p = &op->params[i];

        if (p->in < 0 || !is_invented(p) || (op->loop != ONCE && i == op->count_param))
            continue;
        hash = mix(hash, extend(in->values[i] + (op->loop != ONCE && p->advances ? element : 0),
                                p->width, p->is_signed));
    }
    for (int i = 0; i < op->array_count; i++) {
        const struct array *array = &op->arrays[i];
        uint64_t count = op->loop == ONCE ? count_of(array, in) : 1;
        const uint8_t *at = in->arrays[i];

        if ((array->direction != FROM && array->direction != BOTH) || !at)
            continue;
        at += op->loop == ONCE ? 0 : element * array->size;
        for (uint64_t j = 0; j < count * array->size; j++)
            hash = mix(hash, at[j]);
    }
    return hash;
}

static void write_arrays(const struct operation *op, const struct inputs *in, uint64_t hash,
                         uint64_t element, uint64_t told)
{
    for (int i = 0; i < op->array_count; i++) {
        const struct array *array = &op->arrays[i];
        uint64_t count = op->loop == ONCE ? count_of(array, in) : 1;
        uint8_t *at = in->arrays[i];

        if ((array->direction != TO && array->direction != BOTH) || !at)
            continue;
        if (op->loop == ONCE && told < count)
            count = told;
        at += op->loop == ONCE ? 0 : element * array->size;
        for (uint64_t j = 0; j < count * array->size; j++)
            at[j] = (uint8_t)mix(hash, j + (uint64_t)i * 77);
    }
}

/*
 * Execute one element: 0 or more, or the error.  outputs: what each parameter is afterwards.  The
 * counter and the script are the trial's, so that the classic call and all of FastABI's together
 * meet the same failure.
 */
static int64_t execute(const struct operation *op, const struct inputs *in, uint64_t element,
                       uint64_t *outputs)
{
    uint64_t hash = digest(op, in, element), told = UINT64_MAX;
    int64_t result = script.success;

    if (elements == script.fail_at) {
        elements += op->loop != RUNS; /* which is tried again */
        return script.error;
    }
    elements++;
    effects = mix(effects, hash + (uint64_t)(op - call->operations));
    for (int i = 0; i < op->param_count; i++) {
        const struct parameter *p = &op->params[i];

        if (p->out < 0)
            continue;
        outputs[i] = extend(mix(hash, (uint64_t)p->out), p->width, p->is_signed);
        if (p->where == IN_FIELD && p->in >= 0) {
            for (int j = 0; j < op->array_count; j++) {
                if (op->arrays[j].count_param == i && op->loop == ONCE)
                    told = outputs[i] %= in->values[i] + 1;
            }
        }
    }
    for (int j = 0; j < op->array_count; j++) {
        if (op->arrays[j].stores_result)
            told = (uint64_t)(result = (int64_t)(hash % (count_of(&op->arrays[j], in) + 1)));
    }
    write_arrays(op, in, hash, element, told);
    return result;
}

/* ---- the classic ABI ---- */

static uint8_t *handle_of(const struct array *array, const uint64_t *args, const uint8_t *at)
{
    uint64_t handle = array->arg >= 0 ? args[array->arg] : load(at + array->field.offset, 8);

    return (uint8_t *)(uintptr_t)handle;
}

uint64_t field_value(const uint8_t *at, struct place field, const struct parameter *p)
{
    return extend(load(at + field.offset, field.size), p->width, p->is_signed);
}

void read_inputs(const struct operation *op, const uint64_t *args, const uint8_t *at,
                 struct inputs *in)
{
    memset(in, 0, sizeof(*in));
    for (int i = 0; i < op->array_count; i++)
        in->arrays[i] = handle_of(&op->arrays[i], args, at);
    for (int i = 0; i < op->param_count; i++) {
        const struct parameter *p = &op->params[i];
        uint64_t *value = &in->values[i];

        if (p->in < 0)
            continue;
        switch (p->where) {
        case IN_FIELD:
            *value = field_value(at, p->field, p);
            break;
        case IN_ARG:
            *value = extend(args[p->arg], p->width, p->is_signed);
            break;
        case IN_ELEMENT:
            *value = extend(load(in->arrays[p->array] + (size_t)p->element * p->width / 8,
                                 p->width / 8),
                            p->width, p->is_signed);
            break;
        case IN_PARTS:
            for (int j = 0; j < p->part_count; j++)
                *value |= extend(load(at + p->parts[j].field.offset, p->parts[j].field.size),
                                 p->parts[j].width, false)
                          << p->parts[j].shift;
            break;
        case IN_FRAME:
            *value = mix(load(at, 8), load(at + 8, 8));
            break;
        default:
            break;
        }
    }
}

static bool compares(uint64_t value, const struct term *term, const struct parameter *p)
{
    int64_t a = (int64_t)value, b = term->number;
    bool below = p->is_signed ? a < b : b >= 0 && value < (uint64_t)b;
    bool equal = p->is_signed ? a == b : b >= 0 && value == (uint64_t)b;

    switch (term->comparison) {
    case '=':
        return equal;
    case '!':
        return !equal;
    case '<':
        return below;
    case 'l':
        return below || equal;
    case '>':
        return !below && !equal;
    default:
        return !below;
    }
}

/* Does an output mean something?  Conditions are about inputs, and outputs that are settled. */
static bool is_valid(const struct operation *op, int i, const struct inputs *in,
                     const uint64_t *outputs)
{
    const struct parameter *p = &op->params[i];
    bool all = true, any = false;

    for (int j = 0; j < p->term_count; j++) {
        int named = p->terms[j].param;
        uint64_t value = op->params[named].out >= 0 ? outputs[named] : in->values[named];
        bool holds = compares(value, &p->terms[j], &op->params[named]);

        all &= holds;
        any |= holds;
    }
    return !p->term_count || (p->is_any ? any : all);
}

/* Which outputs mean something; one that does not counts as 0 in the condition of another one. */
static void settle(const struct operation *op, const struct inputs *in, const uint64_t *outputs,
                   bool *valid)
{
    uint64_t values[PARAMS];

    memcpy(values, outputs, sizeof(values));
    for (int i = 0; i < op->param_count; i++)
        valid[i] = true;
    for (int i = 0; i < op->settled_count; i++) {
        int n = op->settled[i];

        valid[n] = is_valid(op, n, in, values);
        if (!valid[n])
            values[n] = 0;
    }
}

static void write_outputs(const struct operation *op, uint8_t *at, const struct inputs *in,
                          const uint64_t *outputs)
{
    bool valid[PARAMS];

    settle(op, in, outputs, valid);
    for (int i = 0; i < op->param_count; i++) {
        const struct parameter *p = &op->params[i];

        if (p->out < 0 || !valid[i])
            continue;
        if (p->where == IN_FIELD &&
            (op->loop != PROGRESS || i != op->count_param || !in->values[i]))
            store(at + p->field.offset, p->field.size, outputs[i]);
        else if (p->where == IN_ELEMENT)
            store(in->arrays[p->array] + (size_t)p->element * p->width / 8, p->width / 8,
                  outputs[i]);
    }
    for (int i = 0; i < op->success_count; i++)
        store(at + op->success[i].field.offset, op->success[i].field.size,
              (uint64_t)op->success[i].number);
}

static int64_t classic_loop(const struct operation *op, struct inputs *in, uint64_t *outputs)
{
    uint64_t count = in->values[op->count_param];
    int64_t result = 0;

    for (uint64_t i = 0; i < (op->loop == RANGE && !count ? 1 : count); i++) {
        for (int j = 0; j < op->param_count; j++) {
            if (op->params[j].where == IN_SEQUENCE)
                in->values[j] = load(in->arrays[0] + i * op->arrays[0].size, op->arrays[0].size);
        }
        result = execute(op, in, op->loop == RUNS ? 0 : i, outputs);
        if (result < 0)
            return op->loop == RUNS ? (int64_t)i : result;
        result = 0;
    }
    if (op->loop == PROGRESS && !count)
        result = execute(op, in, 0, outputs) < 0 ? script.error : 0;
    return op->loop == RUNS ? (int64_t)count : result;
}

int64_t classic_call(const struct operation *op, const uint64_t *args, uint8_t *at)
{
    uint64_t count = op->count_arg >= 0 ? (uint32_t)args[op->count_arg] : 1,
             outputs[PARAMS] = { 0 };
    struct inputs in;
    int64_t result = 0;

    for (uint64_t i = 0; i < count; i++, at += op->struct_size) {
        read_inputs(op, args, at, &in);
        result = op->loop == ONCE ? execute(op, &in, 0, outputs) : classic_loop(op, &in, outputs);
        if (result < 0)
            break;
        write_outputs(op, at, &in, outputs);
    }
    return result;
}

/* ---- FastABI ---- */

static const int greg[8] = { REG_RAX, REG_RDI, REG_RSI, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12 };

static uint64_t portion(uint64_t of)
{
    script.portions = mix(script.portions, 3);
    return script.portions & 1 ? of : 1 + script.portions % of;
}

static void read_registers(const struct operation *op, const greg_t *gregs, struct inputs *in)
{
    memset(in, 0, sizeof(*in));
    for (int i = 0; i < op->param_count; i++) {
        const struct parameter *p = &op->params[i];

        if (p->in < 0)
            continue;
        in->values[i] = extend((uint64_t)gregs[greg[p->in]], p->width, p->is_signed);
        if (p->where == IN_ADDRESS && in->values[i])
            in->arrays[p->array] = (uint8_t *)(uintptr_t)(in->values[i] - BIAS);
    }
    memcpy(trace[traps].inputs, in->values, sizeof(in->values));
    for (int i = 0; i < op->param_count; i++) {
        const uint8_t *frame = (const uint8_t *)(uintptr_t)((in->values[i] << 12) - BIAS);

        if (op->params[i].where == IN_FRAME)
            in->values[i] = mix(load(frame, 8), load(frame + 8, 8));
    }
}

/* A part of a loop. */
static int64_t fast_loop(const struct operation *op, struct inputs *in, uint64_t *outputs)
{
    uint64_t count = in->values[op->count_param], part = count ? portion(count) : 0;
    int64_t result = 0;

    for (uint64_t i = 0; i < part; i++) {
        struct inputs one = *in;

        for (int j = 0; j < op->param_count; j++) {
            const struct parameter *p = &op->params[j];

            if (p->where == IN_SEQUENCE) {
                int order = op->arrays[0].order;

                one.values[j] += i << (order >= 0 ? in->values[order] : 0);
                one.values[j] = extend(one.values[j], p->width, p->is_signed);
            }
        }
        result = execute(op, &one, op->loop == RUNS ? 0 : i, outputs);
        if (result < 0)
            return op->loop == RUNS ? (int64_t)i : result;
    }
    if (!part && op->loop != RUNS)
        result = execute(op, in, 0, outputs);
    if (op->loop == PROGRESS && part)
        outputs[op->count_param] = part;
    if (result < 0)
        return result;
    return op->loop == RUNS ? (int64_t)part : op->loop == RANGE && part < count ? (int64_t)part : 0;
}

/* A batch: the elements are structs of another operation. */
static int64_t fast_batch(const struct operation *op, struct inputs *in, uint64_t *outputs)
{
    const struct operation *single = &call->operations[op->elements_of];
    uint64_t args[8] = { 0 }, part = portion(in->values[op->count_param]);

    args[single->count_arg] = part;
    outputs[op->count_param] = part;
    return classic_call(single, args, in->arrays[0]);
}

static const struct operation *find_fast(const greg_t *gregs)
{
    for (int i = 0; i < call->operation_count; i++) {
        const struct operation *op = &call->operations[i];

        if (!op->is_linear && ((uint64_t)gregs[REG_RAX] == (call->index | 0x40000000u)) &&
            (op->is_direct || op->index == (uint64_t)gregs[REG_RDI]))
            return op;
    }
    return NULL;
}

static void trap(int signal, siginfo_t *info, void *context)
{
    greg_t *gregs = ((ucontext_t *)context)->uc_mcontext.gregs;
    const struct operation *op = find_fast(gregs);
    uint64_t outputs[PARAMS] = { 0 };
    struct inputs in;
    int64_t result;

    (void)signal;
    (void)info;
    if (!op || traps >= 63) {
        printf("FAIL %s: a call that the specification does not have, rdi %llu\n", call->name,
               (unsigned long long)gregs[REG_RDI]);
        exit(1);
    }
    read_registers(op, gregs, &in);
    if (script.refused >> (op - call->operations) & 1)
        result = -op->fallback[(script.refused >> 56) % (unsigned int)op->fallback_count];
    else if (op->elements_of >= 0)
        result = fast_batch(op, &in, outputs);
    else
        result = op->loop == ONCE ? execute(op, &in, 0, outputs) : fast_loop(op, &in, outputs);
    trace[traps].op = op;
    trace[traps++].result = result;
    gregs[REG_RAX] = result;
    for (int i = 0; result >= 0 && i < op->param_count; i++) {
        if (op->params[i].out >= 0)
            gregs[greg[op->params[i].out]] = (greg_t)outputs[i];
    }
    gregs[REG_RIP] += 2;
}

void catch_traps(void)
{
    struct sigaction action = { .sa_sigaction = trap, .sa_flags = SA_SIGINFO | SA_NODEFER };

    sigaction(SIGILL, &action, NULL);
}
