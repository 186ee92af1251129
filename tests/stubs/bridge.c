/* SPDX-License-Identifier: MIT */
/*
 * Runs bridges and plays the hypervisor twice: once as the classic ABI is called, on a copy of the
 * caller's memory, and once as FastABI is, from registers, at the traps that stand for transfers.
 * What an operation does is invented: outputs are a hash of inputs.  Whatever the bridge carries
 * must leave the same bytes and the same result; whatever it leaves to the classic call must have
 * had no effect.  Knows neither the generator nor any operation.
 */
#define _GNU_SOURCE
#include "bridge.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define PAGE   4096ul
#define ARENA  (16 * PAGE)
#define PARAMS 16
#define ARRAYS 4

/* The caller's memory: structs in the first half, arrays in the second. */
static uint8_t arena[ARENA] __attribute__((__aligned__(4096)));
static uint8_t before[ARENA], expected[ARENA], carried[ARENA];
unsigned char xen_fastabi_bridge_flag;

/* What happens in this trial. */
static struct {
    int fail_at;      /* the element that fails, counted over all calls; -1: none */
    int64_t error;    /* how */
    int64_t success;  /* else */
    uint64_t refused; /* operations that give a fallback error, a bit each */
    bool no_phys;
    uint64_t portions; /* how much a call does before it is interrupted */
} script;
static int elements;     /* executed so far */
static uint64_t effects; /* a hash of what they were given */
static const struct hypercall *call;
static struct {
    const struct operation *op;
    uint64_t inputs[PARAMS];
    int64_t result;
} trace[64];
static int traps, failures, checks;

static uint64_t seed = 1;

static uint64_t random64(void)
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

static uint64_t extend(uint64_t value, unsigned int width, bool is_signed)
{
    unsigned int shift = 64 - width;
    value <<= shift;
    return is_signed ? (uint64_t)((int64_t)value >> shift) : value >> shift;
}

static uint64_t load(const uint8_t *at, unsigned int size)
{
    uint64_t value = 0;
    memcpy(&value, at, size);
    return value;
}

static void store(uint8_t *at, unsigned int size, uint64_t value)
{
    memcpy(at, &value, size);
}

uint64_t find_phys(const void *linear)
{
    return script.no_phys ? UINT64_MAX : (uint64_t)(uintptr_t)linear + BIAS;
}

/* ---- what an operation does ---- */

struct inputs {
    uint64_t values[PARAMS];
    uint8_t *arrays[ARRAYS]; /* linear; NULL: none */
};

static bool is_invented(const struct parameter *p)
{
    return p->where != IN_ADDRESS && p->where != IN_COUNT;
}

static uint64_t count_of(const struct array *array, const struct inputs *in)
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
        hash = mix(hash, in->values[i] + (op->loop != ONCE && p->advances ? element : 0));
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

static uint64_t field_value(const uint8_t *at, struct place field, const struct parameter *p)
{
    return extend(load(at + field.offset, field.size), p->width, p->is_signed);
}

static void read_inputs(const struct operation *op, const uint64_t *args, const uint8_t *at,
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

/* Does an output mean something?  Those of abi/ depend on outputs without a condition. */
static bool is_valid(const struct operation *op, int i, const uint64_t *outputs)
{
    const struct parameter *p = &op->params[i];
    bool all = true, any = false;

    for (int j = 0; j < p->term_count; j++) {
        const struct parameter *named = &op->params[p->terms[j].param];
        bool holds = compares(outputs[p->terms[j].param], &p->terms[j], named);

        all &= holds;
        any |= holds;
    }
    return !p->term_count || (p->is_any ? any : all);
}

static void write_outputs(const struct operation *op, uint8_t *at, const struct inputs *in,
                          const uint64_t *outputs)
{
    for (int i = 0; i < op->param_count; i++) {
        const struct parameter *p = &op->params[i];

        if (p->out < 0 || !is_valid(op, i, outputs))
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
                in->values[j] = load(in->arrays[0] + i * 8, 8);
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

static int64_t classic_call(const struct operation *op, const uint64_t *args, uint8_t *at)
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
            if (op->params[j].where == IN_SEQUENCE)
                one.values[j] += i << (op->arrays[0].order >= 0 ? in->values[op->arrays[0].order]
                                                                : 0);
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

/* ---- what a bridge must carry ---- */

static bool in_page(uint64_t at, uint64_t size)
{
    return (at & (PAGE - 1)) + size <= PAGE;
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
            if (at[op->zeros[i].offset + j])
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
        return true;
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

            for (int32_t j = 0; good && j < count; j++)
                good = has_constants(op, args, at + (size_t)j * op->struct_size);
            *is_carried |= good;
            found = op;
        } else if (op->elements_of >= 0) {
            const struct operation *single = &call->operations[op->elements_of];

            *is_carried |= args[single->count_arg] != 1 && fits(op, args, at);
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

static void choose_script(void)
{
    static const int64_t errors[] = { -22, -14, -95, -4095 };

    script.fail_at = random64() % 3 ? -1 : (int)(random64() % 5);
    script.error = errors[random64() % 4];
    script.success = random64() % 2 ? 0 : (int64_t)(random64() >> 1);
    script.refused = random64() % 4 ? 0 : random64();
    script.no_phys = random64() % 8 == 0;
    script.portions = random64();
    xen_fastabi_bridge_flag = random64() % 16 != 0;
}

/* A buffer that may or may not leave its page. */
static uint64_t choose_buffer(uint64_t size, int n)
{
    uint64_t page = (uint64_t)(uintptr_t)arena + (8 + 2 * (uint64_t)n) * PAGE;

    switch (random64() % 4) {
    case 0:
        return page;
    case 1:
        return page + PAGE - (size & (PAGE - 1));
    case 2:
        return page + PAGE - (size ? (size - 1) & (PAGE - 1) : 0);
    default:
        return page + (random64() % 64) * 8;
    }
}

static uint64_t choose_count(void)
{
    static const uint64_t counts[] = { 0, 1, 1, 2, 3, 5, 7 };

    return counts[random64() % 7];
}

static void fill_array(const struct operation *op, const struct array *array, uint64_t handle,
                       uint64_t count, uint64_t order)
{
    uint8_t *at = (uint8_t *)(uintptr_t)handle;
    uint64_t value = random64() >> 16;

    for (uint64_t i = 0; op->loop == RUNS && array->direction == SEQUENCE && i < count; i++) {
        store(at + i * 8, 8, value);
        static const uint64_t steps[] = { 0, 1, 17 };

        value += random64() % 2 ? (uint64_t)1 << (order & 63) : steps[random64() % 3];
    }
}

/* One struct's fields, and the arrays that they point to. */
static void fill_struct(const struct operation *op, uint64_t *args, uint8_t *at)
{
    uint64_t count = choose_count(), order = random64() % 4 ? random64() % 12 : random64() % 80;

    for (int i = 0; i < op->constant_count; i++) {
        const struct constant *c = &op->constants[i];

        if (c->field.size && random64() % 12)
            store(at + c->field.offset, c->field.size, (uint64_t)c->number);
        else if (!c->field.size)
            args[c->arg] = random64() % 8 ? (uint64_t)c->number : choose_count();
    }
    for (int i = 0; i < op->zero_count; i++)
        memset(at + op->zeros[i].offset, 0, op->zeros[i].size);
    if (op->zero_count && random64() % 8 == 0) {
        const struct place *zero = &op->zeros[random64() % (unsigned int)op->zero_count];

        at[zero->offset + random64() % zero->size] = (uint8_t)(1u << random64() % 8);
    }
    for (int i = 0; i < op->param_count; i++) {
        const struct parameter *p = &op->params[i];
        bool counts = op->loop != ONCE && i == op->count_param;

        for (int j = 0; j < op->array_count; j++)
            counts |= op->arrays[j].count_param == i;
        if (counts && p->where == IN_FIELD)
            store(at + p->field.offset, p->field.size, count);
        else if (counts && p->where == IN_ARG)
            args[p->arg] = random64() % 16 ? count : random64();
        if (op->loop == RUNS && i == op->arrays[0].order)
            store(at + p->field.offset, p->field.size, order);
    }
    for (int i = 0; i < op->array_count; i++) {
        const struct array *array = &op->arrays[i];
        uint64_t n = array->count_param >= 0 ? count : array->count;
        uint64_t handle = choose_buffer(n * array->size, i);

        fill_array(op, array, handle, n, order);
        if (array->is_optional && random64() % 4 == 0)
            handle = 0;
        if (array->arg >= 0)
            args[array->arg] = handle;
        else
            store(at + array->field.offset, 8, handle);
    }
}

static void restore(const uint8_t *image)
{
    memcpy(arena, image, ARENA);
}

static void trial_linear(const struct operation *op, const uint64_t *args, uint8_t *at,
                         bool is_constant, const char *title)
{
    const struct operation *physical = NULL;
    uint64_t linear = random64() % 4 ? choose_buffer(op->linear_size, 0) : 0, wanted;
    bool done, crosses, none = !linear && op->has_none;
    int64_t first;
    long result = 77;

    for (int i = 0; i < call->operation_count; i++) {
        if (!call->operations[i].is_linear && call->operations[i].index == op->index)
            physical = &call->operations[i];
    }
    store(at + op->linear.offset, 8, linear);
    crosses = !none && (script.no_phys || !in_page(linear, op->linear_size));
    wanted = none || (crosses && op->has_none) ? (uint64_t)op->none : linear + BIAS;
    memcpy(before, arena, ARENA);
    done = (is_constant ? call->constant : call->variable)(op->command, args, &result);
    checks++;
    if (memcmp(arena, before, ARENA))
        complain(title, "the struct was changed");
    if (!xen_fastabi_bridge_flag) {
        if (done || traps)
            complain(title, "a call although the guard is off");
        return;
    }
    if (!traps || trace[0].op != physical) {
        complain(title, "the area was not given by its guest-physical address");
        return;
    }
    first = trace[0].result;
    for (int i = 0; i < physical->param_count; i++) {
        const struct parameter *p = &physical->params[i];
        uint64_t value = p->where == IN_ARG ? extend(args[p->arg], p->width, p->is_signed) : wanted;

        if (trace[0].inputs[i] != value)
            complain(title, "an input is wrong");
    }
    if (crosses ? done || traps != 1 : done != (first >= 0))
        complain(title, "carried, or not, wrongly");
    if (!crosses && first >= 0 && (traps != 1 || result != first))
        complain(title, "the result is not that of the call");
    if (!crosses && first < 0 && op->has_none) {
        if (traps != (is_refused(physical) ? 1 : 2))
            complain(title, "an area that was given before stays in use");
        for (int i = 0; traps == 2 && i < physical->param_count; i++) {
            if (physical->params[i].where == IN_FIELD && trace[1].inputs[i] != (uint64_t)op->none)
                complain(title, "the area before is not taken away");
        }
    }
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
    if (op && !op->is_linear) {
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
    struct sigaction action = { .sa_sigaction = trap, .sa_flags = SA_SIGINFO | SA_NODEFER };
    int trials = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 400;

    seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    sigaction(SIGILL, &action, NULL);
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
