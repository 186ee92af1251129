/* SPDX-License-Identifier: MIT */
/*
 * Chooses what happens in a trial, and fills the caller's memory for it: counts around 0 and 1,
 * buffers at the edges of pages, constants that are violated now and then.
 */
#include <string.h>

#include "bridge-play.h"

void choose_script(void)
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
uint64_t choose_buffer(uint64_t size, int n)
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

uint64_t choose_count(void)
{
    static const uint64_t counts[] = { 0, 1, 1, 2, 3, 5, 7 };

    return counts[random64() % 7];
}

static void fill_array(const struct operation *op, const struct array *array, uint64_t handle,
                       uint64_t count, uint64_t order)
{
    uint8_t *at = (uint8_t *)(uintptr_t)handle;
    static const uint64_t steps[] = { 0, 1, 17 };
    uint64_t value = random64() >> 16;

    for (uint64_t i = 0; op->loop == RUNS && array->direction == SEQUENCE && i < count; i++) {
        store(at + i * array->size, array->size, value);
        value += random64() % 2 ? (uint64_t)1 << (order & 63) : steps[random64() % 3];
    }
}

/* Is a loop over too many elements refused, because its arrays are too long? */
static bool is_bounded(const struct operation *op)
{
    bool bounded = op->loop == ONCE;

    for (int i = 0; op->loop == PROGRESS && i < op->array_count; i++)
        bounded |= !op->arrays[i].is_optional;
    return bounded;
}

/* One struct's fields, and the arrays that they point to. */
void fill_struct(const struct operation *op, uint64_t *args, uint8_t *at)
{
    uint64_t count = choose_count(), order = random64() % 4 ? random64() % 12 : random64() % 80;

    for (int i = 0; i < op->zero_count; i++)
        memset(at + op->zeros[i].offset, 0, op->zeros[i].size);
    if (op->zero_count && random64() % 8 == 0) {
        const struct place *zero = &op->zeros[random64() % (unsigned int)op->zero_count];

        at[zero->offset + random64() % zero->size] = (uint8_t)(1u << random64() % 8);
    }
    for (int i = 0; i < op->constant_count; i++) {
        const struct constant *c = &op->constants[i];

        if (c->field.size && random64() % 12)
            store(at + c->field.offset, c->field.size, (uint64_t)c->number);
        else if (!c->field.size)
            args[c->arg] = random64() % 8 ? (uint64_t)c->number : choose_count();
    }
    for (int i = 0; i < op->param_count; i++) {
        const struct parameter *p = &op->params[i];
        bool counts = op->loop != ONCE && i == op->count_param;

        for (int j = 0; j < op->array_count; j++)
            counts |= op->arrays[j].count_param == i;
        if (counts && p->where == IN_FIELD)
            store(at + p->field.offset, p->field.size, count);
        else if (counts && p->where == IN_ARG)
            args[p->arg] = random64() % 16 || !is_bounded(op) ? count : random64();
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
