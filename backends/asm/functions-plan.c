/* SPDX-License-Identifier: MIT */
/*
 * Where the arguments of a function are: how they arrive by the calling convention, what has to
 * move for the call, and where the rest waits until after it.  Writes nothing.
 */
#include <string.h>

#include "functions.h"

/* A calling convention.  Masks have a bit for each register of enum asm_register. */
struct convention {
    int registers[6];        /* of the first arguments, in their order */
    size_t register_count;   /* how many of them */
    int home;                /* bytes above the return address that belong to the function */
    uint32_t saved;          /* what a function has to leave as it was */
    const int *save_order;   /* these, in the order in which they are saved */
    size_t save_order_count; /* how many */
};

#define BIT(reg) (UINT32_C(1) << (reg))

static const int save_order[] = { ASM_RDI, ASM_RSI, ASM_R12 };

/* Of the registers that FastABI uses. */
static const struct convention conventions[] = {
    [ASM_SYSV] = { { ASM_RDI, ASM_RSI, ASM_RDX, ASM_RCX, ASM_R8, ASM_R9 },
                   6,
                   0,
                   BIT(ASM_R12),
                   &save_order[2],
                   1 },
    [ASM_MICROSOFT] = { { ASM_RCX, ASM_RDX, ASM_R8, ASM_R9 },
                        4,
                        32,
                        BIT(ASM_RDI) | BIT(ASM_RSI) | BIT(ASM_R12),
                        save_order,
                        3 },
};

/* What may keep an argument during the call, if the call leaves it alone. */
static const int spare[] = { ASM_RCX, ASM_RDX, ASM_R11, ASM_R10, ASM_R9, ASM_R8, ASM_RSI, ASM_RDI };

/* ---- arguments ---- */

static bool is_named(const struct fastabi_op *op, const struct fastabi_param *param)
{
    for (size_t i = 0; i < fastabi_op_conditional_count(op); i++) {
        const struct fastabi_param *other = fastabi_op_conditional(op, i);

        if (fastabi_param_outcome(other, false) != FASTABI_DEPENDS)
            continue;
        for (size_t j = 0; j < fastabi_param_condition_count(other); j++) {
            if (fastabi_param_condition(other, j, NULL, NULL) == param)
                return true;
        }
    }
    return false;
}

static void add_argument(struct asm_plan *plan, const struct convention *convention,
                         const struct fastabi_param *param)
{
    size_t n = plan->argument_count++;
    struct asm_argument *argument = &plan->arguments[n];
    const int stack = 8 + convention->home;

    argument->param = param;
    argument->is_pointer = fastabi_param_out(param) != FASTABI_NO_REGISTER;
    argument->is_kept = argument->is_pointer ||
                        (is_named(plan->op, param) && asm_is_lost(plan->op, param));
    argument->arrival = argument->rest = FASTABI_NO_REGISTER;
    if (n < convention->register_count) {
        argument->arrival = convention->registers[n];
        argument->place = 8 + 8 * (int)n;
    } else {
        argument->place = stack + 8 * (int)(n - convention->register_count);
    }
}

/* ---- what waits until after the call ---- */

static bool is_arrival(const struct asm_plan *plan, int reg)
{
    for (size_t i = 0; i < plan->argument_count; i++) {
        if (plan->arguments[i].arrival == reg)
            return true;
    }
    return false;
}

/* A register that the call leaves alone, best one in which nothing arrives; or none. */
static int find_spare(const struct asm_plan *plan, uint32_t taken)
{
    int found = FASTABI_NO_REGISTER;

    for (size_t i = 0; i < sizeof(spare) / sizeof(spare[0]); i++) {
        if (taken & BIT(spare[i]))
            continue;
        if (!is_arrival(plan, spare[i]))
            return spare[i];
        if (found == FASTABI_NO_REGISTER)
            found = spare[i];
    }
    return found;
}

/* Where it is, in a spare register, or in memory: at home if there is one, else pushed. */
static void find_rests(struct asm_plan *plan, const struct convention *convention)
{
    uint32_t taken = plan->changed | convention->saved;

    for (size_t i = 0; i < plan->argument_count; i++) {
        struct asm_argument *argument = &plan->arguments[i];

        if (!argument->is_kept || argument->arrival == FASTABI_NO_REGISTER ||
            plan->changed & BIT(argument->arrival))
            continue;
        argument->rest = argument->arrival;
        taken |= BIT(argument->rest);
    }
    for (size_t i = 0; i < plan->argument_count; i++) {
        struct asm_argument *argument = &plan->arguments[i];

        if (!argument->is_kept || argument->arrival == FASTABI_NO_REGISTER ||
            argument->rest != FASTABI_NO_REGISTER)
            continue;
        argument->rest = find_spare(plan, taken);
        if (argument->rest != FASTABI_NO_REGISTER) {
            taken |= BIT(argument->rest);
        } else if (convention->home) {
            argument->is_spilled = true;
        } else {
            plan->pushed[plan->pushed_count++] = argument->arrival;
            argument->place = -8 * (int)plan->pushed_count;
        }
    }
}

/* ---- moves ---- */

static void add_move(struct asm_plan *plan, const struct asm_move *move)
{
    plan->moves[plan->move_count++] = *move;
}

static void find_moves(struct asm_plan *plan)
{
    for (size_t i = 0; i < plan->argument_count; i++) {
        const struct asm_argument *argument = &plan->arguments[i];
        const bool arrives = argument->arrival != FASTABI_NO_REGISTER;

        if (fastabi_param_in(argument->param) != FASTABI_NO_REGISTER)
            add_move(plan, &(struct asm_move){
                               .to = fastabi_param_in(argument->param),
                               .from = argument->arrival,
                               .place = argument->place,
                               .is_pointer = argument->is_pointer,
                               .width = fastabi_param_width(argument->param),
                               .is_signed = fastabi_param_is_signed(argument->param),
                           });
        if (argument->is_kept && arrives && argument->rest != FASTABI_NO_REGISTER)
            add_move(plan, &(struct asm_move){
                               .to = argument->rest,
                               .from = argument->arrival,
                               .width = 64,
                           });
    }
}

void asm_make_plan(const struct fastabi_op *op, enum asm_convention which, struct asm_plan *plan)
{
    const struct convention *convention = &conventions[which];

    memset(plan, 0, sizeof(*plan));
    plan->op = op;
    plan->changed = BIT(ASM_RAX) | fastabi_op_input_mask(op) | fastabi_op_output_mask(op) |
                    fastabi_op_clobber_mask(op);
    if (!fastabi_op_is_direct(op))
        plan->changed |= BIT(ASM_RDI);
    for (size_t i = 0; i < convention->save_order_count; i++) {
        if (plan->changed & BIT(convention->save_order[i]))
            plan->pushed[plan->pushed_count++] = convention->save_order[i];
    }
    plan->saved_count = plan->pushed_count;
    for (size_t i = 0; i < fastabi_op_param_count(op); i++)
        add_argument(plan, convention, fastabi_op_param(op, i));
    find_rests(plan, convention);
    find_moves(plan);
}

/* ---- their order ---- */

static bool reads(const struct asm_move *move, int reg)
{
    return move->from == reg;
}

static bool is_nothing(const struct asm_move *move)
{
    return move->to == move->from && move->width == 64 && !move->is_pointer;
}

/* Another move that reads what this one overwrites; -1: none. */
static int find_reader(const struct asm_plan *plan, size_t n)
{
    for (size_t i = 0; i < plan->move_count; i++) {
        if (i != n && reads(&plan->moves[i], plan->moves[n].to))
            return (int)i;
    }
    return -1;
}

static void remove_move(struct asm_plan *plan, size_t n)
{
    plan->move_count--;
    memmove(&plan->moves[n], &plan->moves[n + 1], (plan->move_count - n) * sizeof(plan->moves[0]));
}

/* Every move waits for another one: a move that is in a circle, best one of a whole register. */
static size_t find_in_circle(const struct asm_plan *plan)
{
    size_t n = 0, first;

    for (size_t i = 0; i < plan->move_count; i++)
        n = (size_t)find_reader(plan, n);
    first = n;
    do {
        if (plan->moves[n].width == 64 && !plan->moves[n].is_pointer)
            return n;
        n = (size_t)find_reader(plan, n);
    } while (n != first);
    return n;
}

static void rename_reads(struct asm_plan *plan, int one, int other, bool both)
{
    for (size_t i = 0; i < plan->move_count; i++) {
        if (plan->moves[i].from == one)
            plan->moves[i].from = other;
        else if (both && plan->moves[i].from == other)
            plan->moves[i].from = one;
    }
}

/*
 * An exchange, or a copy in rax, which is set last.  No other copy waits there: as each move waits,
 * what is read are the registers that are overwritten.
 */
static struct asm_move break_circle(struct asm_plan *plan)
{
    const struct asm_move move = plan->moves[find_in_circle(plan)];

    if (move.width != 64 || move.is_pointer) {
        rename_reads(plan, move.to, ASM_RAX, false);
        return (struct asm_move){ .to = ASM_RAX, .from = move.to, .width = 64 };
    }
    rename_reads(plan, move.to, move.from, true);
    return (struct asm_move){ .to = move.to, .from = move.from, .width = 64, .is_exchange = true };
}

bool asm_next_move(struct asm_plan *plan, struct asm_move *move)
{
    for (size_t i = 0; i < plan->move_count; i++) {
        if (is_nothing(&plan->moves[i]))
            remove_move(plan, i--);
    }
    if (!plan->move_count)
        return false;
    for (size_t i = 0; i < plan->move_count; i++) {
        if (find_reader(plan, i) >= 0)
            continue;
        *move = plan->moves[i];
        remove_move(plan, i);
        return true;
    }
    *move = break_circle(plan);
    return true;
}
