/* SPDX-License-Identifier: MIT */
/* What the public API says of conditions.  Knows nothing of their text. */
#include "spec/ir.h"

size_t fastabi_op_conditional_count(const struct fastabi_op *op)
{
    return op ? op->rare->conditional_count : 0;
}

const struct fastabi_param *fastabi_op_conditional(const struct fastabi_op *op, size_t i)
{
    return op && i < op->rare->conditional_count ? &op->params[op->rare->conditional[i]] : NULL;
}

size_t fastabi_param_condition_count(const struct fastabi_param *param)
{
    return param ? param->rare->term_count : 0;
}

bool fastabi_param_condition_is_any(const struct fastabi_param *param)
{
    return param && param->rare->is_any;
}

const struct fastabi_param *fastabi_param_condition(const struct fastabi_param *param, size_t i,
                                                    enum fastabi_comparison *comparison,
                                                    int64_t *number)
{
    const struct fastabi_term *term = param && i < param->rare->term_count ? &param->rare->terms[i]
                                                                           : NULL;

    if (comparison)
        *comparison = term ? term->comparison : FASTABI_EQUAL;
    if (number)
        *number = term ? term->number : 0;
    return term ? term->param : NULL;
}

const char *fastabi_comparison_text(enum fastabi_comparison comparison)
{
    switch (comparison) {
    case FASTABI_EQUAL:
        return "==";
    case FASTABI_NOT_EQUAL:
        return "!=";
    case FASTABI_LESS:
        return "<";
    case FASTABI_LESS_OR_EQUAL:
        return "<=";
    case FASTABI_GREATER:
        return ">";
    case FASTABI_GREATER_OR_EQUAL:
        return ">=";
    default:
        return NULL;
    }
}

/* How number compares to all integers of a type: -1 below them, 1 above, 0 it is one of them. */
static int place(int64_t number, unsigned int width, bool is_signed, bool *is_least,
                 bool *is_greatest)
{
    int64_t greatest = INT64_MAX, least = 0;

    if (width < 64)
        greatest = (int64_t)((UINT64_C(1) << (width - is_signed)) - 1);
    if (is_signed)
        least = -greatest - 1;
    *is_least = number == least;
    *is_greatest = number == greatest && (width < 64 || is_signed);
    return number < least ? -1 : number > greatest ? 1 : 0;
}

bool fastabi_comparison_is_settled(enum fastabi_comparison comparison, int64_t number,
                                   unsigned int width, bool is_signed, bool *holds)
{
    bool is_least, is_greatest;
    int side = place(number, width, is_signed, &is_least, &is_greatest);
    bool below = comparison == FASTABI_LESS || comparison == FASTABI_LESS_OR_EQUAL;
    bool above = comparison == FASTABI_GREATER || comparison == FASTABI_GREATER_OR_EQUAL;
    bool outcome = comparison == FASTABI_NOT_EQUAL || (side < 0 ? above : side > 0 && below);
    bool settled = side != 0;

    if (side == 0) {
        outcome = (comparison == FASTABI_LESS_OR_EQUAL && is_greatest) ||
                  (comparison == FASTABI_GREATER_OR_EQUAL && is_least);
        settled = outcome || (comparison == FASTABI_LESS && is_least) ||
                  (comparison == FASTABI_GREATER && is_greatest);
    }
    if (holds)
        *holds = settled && outcome;
    return settled;
}

bool fastabi_param_condition_is_settled(const struct fastabi_param *param, size_t i, bool any_type,
                                        bool *holds)
{
    const struct fastabi_term *term = param && i < param->rare->term_count ? &param->rare->terms[i]
                                                                           : NULL;

    if (holds)
        *holds = false;
    if (!term || (any_type && !term->param->is_typed))
        return false;
    return fastabi_comparison_is_settled(term->comparison, term->number, term->param->width,
                                         term->param->is_signed, holds);
}

enum fastabi_outcome fastabi_param_outcome(const struct fastabi_param *param, bool any_type)
{
    bool any = fastabi_param_condition_is_any(param), holds;
    enum fastabi_outcome outcome = any ? FASTABI_NEVER : FASTABI_ALWAYS;

    for (size_t i = 0; i < fastabi_param_condition_count(param); i++) {
        if (!fastabi_param_condition_is_settled(param, i, any_type, &holds))
            outcome = FASTABI_DEPENDS;
        else if (holds == any)
            return any ? FASTABI_ALWAYS : FASTABI_NEVER;
    }
    return outcome;
}
