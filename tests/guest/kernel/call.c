/* SPDX-License-Identifier: MIT */
/*
 * Three ways to make a call: through the classic ABI, which is the oracle; through the stub in the
 * language under test; and with all registers given, to see which of them change.  Must not know
 * any operation by name.
 */
#include "operation.h"

const uint8_t fastabi_registers[8] = { RAX, RDI, RSI, R8, R9, R10, R11, R12 };

const struct operation *operation_find(const char *name)
{
    for (const struct operation *op = operations; op->name; op++)
        if (!strcmp(op->name, name))
            return op;
    tap_bail("no specification has an operation %s", name);
}

unsigned param_count(const struct operation *op)
{
    unsigned n = 0;

    while (op->params[n].width)
        n++;
    return n;
}

int param_find(const struct operation *op, const char *name)
{
    for (unsigned n = 0; op->params[n].width; n++)
        if (!strcmp(op->params[n].name, name))
            return (int)n;
    return -1;
}

/* ---- classic ---- */

/* The struct and the values that fields point to: of each vCPU its own, as two may call at once. */
struct memory {
    unsigned char area[1024], before[1024], fields[1024];
    uint64_t cells[MAX_PARAMS];
    uint64_t list[2048];
    uint64_t seed;
};

static struct memory memories[MAX_CPUS];

static uint64_t item_value(const struct operation *op, const struct item *item, const uint64_t *in,
                           struct memory *m)
{
    switch (item->source) {
    case FROM_SUBOP:
        return op->subop;
    case FROM_STRUCT:
        return op->struct_size ? (uintptr_t)m->area : 0;
    case FROM_PARAM:
        return value_extend(&op->params[item->param], in[item->param]) << item->shift;
    case FROM_CONSTANT:
        return item->constant;
    case FROM_ADDRESS:
        return (uintptr_t)&m->cells[item->param];
    case FROM_PART:
        return in[item->param] >> item->shift & item->constant;
    case FROM_SEQUENCE:
        for (uint64_t i = 0; i < in[item->constant] && i < ARRAY_LENGTH(m->list); i++)
            m->list[i] = in[item->param] + (i << in[item->shift]);
        return (uintptr_t)m->list;
    default:
        return 0;
    }
}

/* Does the handler get the address of a value outside the struct, and may it change that? */
static bool is_in_cell(const struct operation *op, unsigned n)
{
    for (unsigned i = 0; i < 5 && op->args[i].source != FROM_NOTHING; i++)
        if (op->args[i].source == FROM_ADDRESS && n >= op->args[i].param)
            return true;
    return false;
}

/* Poison is random, with the top bit of each byte set, which few bytes of small values have. */
static void struct_fill(const struct operation *op, const uint64_t *in, struct memory *m)
{
    for (unsigned i = 0; i < sizeof(m->area); i++)
        m->area[i] = (unsigned char)(0x80 | random_next(&m->seed) >> 56);
    for (unsigned n = 0; op->params[n].width; n++) {
        const struct param *p = &op->params[n];

        m->cells[n] = in[n];
        if (p->reg_in != NO_REGISTER && p->size)
            memcpy(m->area + p->offset, &(uint64_t){ value_extend(p, in[n]) }, p->size);
    }
    for (const struct item *f = op->fields; f->source != FROM_NOTHING; f++)
        memcpy(m->area + f->offset, &(uint64_t){ item_value(op, f, in, m) }, f->size);
    memcpy(m->before, m->area, sizeof(m->area));
}

bool param_is_filled(const struct operation *op, unsigned n)
{
    for (const struct item *f = op->fields; f->source != FROM_NOTHING; f++)
        if (op->params[n].size && f->offset == op->params[n].offset)
            return true;
    return op->params[n].reg_in != NO_REGISTER;
}

static bool is_declared(const struct operation *op, unsigned offset)
{
    for (const struct param *p = op->params; p->width; p++)
        if (p->reg_out != NO_REGISTER && offset >= p->offset &&
            offset < (unsigned)p->offset + p->size)
            return true;
    for (const struct item *f = op->omitted; f->size; f++)
        if (offset >= f->offset && offset < (unsigned)f->offset + f->size)
            return true;
    return false;
}

static void struct_compare(const struct operation *op, struct memory *m,
                           struct struct_report *report)
{
    memset(report, 0, sizeof(*report));
    memset(m->fields, 0xff, sizeof(m->fields));
    if (op->mark)
        op->mark(m->fields);
    for (unsigned n = 0; op->params[n].width; n++) {
        const struct param *p = &op->params[n];

        if (p->reg_out != NO_REGISTER && p->size &&
            memcmp(m->area + p->offset, m->before + p->offset, p->size))
            report->changed |= 1ull << n;
    }
    for (unsigned i = sizeof(m->area); i-- > 0;) {
        if (m->area[i] != m->before[i] && m->fields[i] && !is_declared(op, i)) {
            report->undeclared = true;
            report->offset = (uint16_t)i;
        }
    }
}

static bool is_changed(const struct memory *m, unsigned offset, unsigned size)
{
    return memcmp(m->area + offset, m->before + offset, size);
}

/*
 * An output, what the handler left alone of it being zero, as FastABI has it.  Two bytes at a time,
 * since one may well look like its poison.
 */
static uint64_t field_value(const struct param *p, const struct memory *m, bool is_filled)
{
    unsigned step = p->size % 2 ? 1 : 2;
    uint64_t value = 0;

    for (unsigned i = 0; i < p->size; i += step)
        if (is_filled || is_changed(m, p->offset + i, step))
            memcpy((char *)&value + i, m->area + p->offset + i, step);
    return value & value_mask(p);
}

long call_classic(const struct operation *op, const uint64_t *in, uint64_t *out,
                  struct struct_report *report)
{
    struct memory *m = &memories[cpu_current()->id];
    struct struct_report unread;
    uint64_t args[5] = { 0 };
    long result;

    if (!m->seed)
        m->seed = random_state(100 + cpu_current()->id);
    struct_fill(op, in, m);
    for (unsigned i = 0; i < 5 && op->args[i].source != FROM_NOTHING; i++)
        args[i] = item_value(op, &op->args[i], in, m);
    result = hypercall(op->hypercall, args[0], args[1], args[2], args[3], args[4]);
    struct_compare(op, m, report ? report : &unread);
    for (unsigned n = 0; result >= 0 && op->params[n].width; n++) {
        const struct param *p = &op->params[n];

        if (p->reg_out != NO_REGISTER && p->size)
            out[n] = field_value(p, m, param_is_filled(op, n));
        else if (p->reg_out != NO_REGISTER && is_in_cell(op, n))
            out[n] = m->cells[n] & value_mask(p);
    }
    return result;
}

/* ---- FastABI ---- */

long call_stub(const struct operation *op, const uint64_t *in, uint64_t *out)
{
    return op->stub(in, out);
}

void registers_fill(struct registers *r, uint64_t *seed)
{
    for (unsigned i = 0; i < REGISTERS; i++)
        r->general[i] = random_next(seed);
    r->flags = random_next(seed) & FLAGS_GIVEN;
    r->mxcsr = 0x1f80 |
               (uint32_t)(random_next(seed) & 0x603f); /* exceptions masked; rounding and status */
    for (unsigned i = 0; i < 16; i++)
        for (unsigned j = 0; j < 16; j += 8)
            memcpy(&r->xmm[i][j], &(uint64_t){ random_next(seed) }, 8);
}

void registers_set(struct registers *r, const struct operation *op, const uint64_t *in)
{
    r->general[RAX] = FASTABI_MASK | op->hypercall;
    if (!op->direct)
        r->general[RDI] = op->subop;
    for (unsigned n = 0; op->params[n].width; n++) {
        const struct param *p = &op->params[n];

        if (p->reg_in != NO_REGISTER) {
            uint64_t *at = &r->general[fastabi_registers[p->reg_in]];

            *at = (*at & ~value_mask(p)) | (in[n] & value_mask(p));
        }
    }
}

uint32_t registers_changeable(const struct operation *op)
{
    uint32_t set = 1u << RAX | 1u << RSP;

    for (const struct param *p = op->params; p->width; p++)
        if (p->reg_out != NO_REGISTER)
            set |= 1u << fastabi_registers[p->reg_out];
    for (unsigned reg = 0; reg < 8; reg++)
        if (op->clobbers & 1u << reg)
            set |= 1u << fastabi_registers[reg];
    return set;
}

static void lose(struct register_report *report, const char *what, uint64_t before, uint64_t after)
{
    if (report->lost)
        return;
    report->lost = true;
    text_format(report->what, sizeof(report->what), "%s", what);
    report->before = before;
    report->after = after;
}

void registers_compare(const struct registers *before, const struct registers *after,
                       uint32_t changeable, struct register_report *report)
{
    static const char *const names[REGISTERS] = { "rax", "rcx", "rdx", "rbx", "rsp", "rbp",
                                                  "rsi", "rdi", "r8",  "r9",  "r10", "r11",
                                                  "r12", "r13", "r14", "r15" };

    memset(report, 0, sizeof(*report));
    for (unsigned i = 0; i < REGISTERS; i++)
        if (!(changeable & 1u << i) && before->general[i] != after->general[i])
            lose(report, names[i], before->general[i], after->general[i]);
    if ((before->flags ^ after->flags) & FLAGS_GIVEN)
        lose(report, "flags", before->flags, after->flags);
    if (before->mxcsr != after->mxcsr)
        lose(report, "mxcsr", before->mxcsr, after->mxcsr);
    for (unsigned i = 0; i < 16; i++)
        if (memcmp(before->xmm[i], after->xmm[i], 16))
            lose(report, "xmm", i, i);
}

long call_registers(const struct operation *op, const uint64_t *in, uint64_t *out, uint64_t *seed,
                    struct register_report *report)
{
    struct registers before, after;
    uint32_t changeable = registers_changeable(op);

    registers_fill(&before, seed);
    registers_set(&before, op, in);
    after = before;
    registers_call(&after);
    /* A call that fails has no outputs: all but rax and what may be clobbered stays. */
    if ((int64_t)after.general[RAX] < 0)
        for (const struct param *p = op->params; p->width; p++)
            if (p->reg_out != NO_REGISTER && !(op->clobbers & 1u << p->reg_out))
                changeable &= ~(1u << fastabi_registers[p->reg_out]);
    registers_compare(&before, &after, changeable, report);
    for (unsigned n = 0; (int64_t)after.general[RAX] >= 0 && op->params[n].width; n++)
        if (op->params[n].reg_out != NO_REGISTER)
            out[n] = after.general[fastabi_registers[op->params[n].reg_out]];
    return (long)after.general[RAX];
}
