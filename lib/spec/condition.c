/* SPDX-License-Identifier: MIT */
/* Conditions: NAME OP INTEGER, joined by && or by ||.  Knows nothing of YAML. */
#include "spec/condition.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "read/hint.h"

#define STOP      " \t\n=!<>&|" /* what ends a name or a number */
#define SHOWN_MAX 60            /* characters of a wrong operator in a message */

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* The next word: up to what cannot be in a name or a number. */
static const char *take_word(const char **text, char *word, size_t size)
{
    size_t length = strcspn(*text, STOP);

    if (!length || length >= size)
        return NULL;
    memcpy(word, *text, length);
    word[length] = '\0';
    *text += length;
    return word;
}

/* What to write for a name that is not a parameter. */
static const char *refuse_name(const struct fastabi_op *op, const char *name, char *buffer,
                               size_t size)
{
    struct fastabi_guess guess = { .size = sizeof(struct fastabi_guess), .word = name };

    for (size_t i = 0; i < op->param_count; i++)
        fastabi_guess_try(&guess, op->params[i].name);
    if (guess.best)
        snprintf(buffer, size, "'%s' is not a parameter; did you mean '%s'?", name, guess.best);
    else
        snprintf(buffer, size, "'%s' is not a parameter; name one of this operation", name);
    return buffer;
}

/* Longer operators first: "<" is the start of "<=". */
static const struct {
    const char *text;
    enum fastabi_comparison comparison;
} operators[] = {
    { "==", FASTABI_EQUAL },         { "!=", FASTABI_NOT_EQUAL },
    { "<=", FASTABI_LESS_OR_EQUAL }, { ">=", FASTABI_GREATER_OR_EQUAL },
    { "<", FASTABI_LESS },           { ">", FASTABI_GREATER },
};

static bool take_operator(const char **text, enum fastabi_comparison *comparison)
{
    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        size_t length = strlen(operators[i].text);

        if (!strncmp(*text, operators[i].text, length)) {
            *text += length;
            *comparison = operators[i].comparison;
            return true;
        }
    }
    return false;
}

/* What to write for what is not an integer; status is that of parsing it. */
static const char *refuse_integer(const char *word, int status, char *buffer, size_t size)
{
    char hint[FASTABI_HINT_SIZE];

    if (status == -ERANGE)
        snprintf(buffer, size, "%.60s is out of range; a condition takes %" PRId64 " to %" PRId64,
                 word, INT64_MIN, INT64_MAX);
    else
        snprintf(buffer, size, "'%.60s' is not an integer; %s", word,
                 fastabi_hint_number(word, hint));
    return buffer;
}

/* What to write for a word that is longer than any integer. */
static const char *refuse_long(const char *word)
{
    const char *digits = word + (*word == '-');

    if (digits[strspn(digits, "0123456789")] && strncmp(digits, "0x", 2))
        return "a word is too long for an integer; write it decimal or 0x hexadecimal";
    if (digits[0] == '0')
        return "an integer has too many digits; write it without leading zeros";
    return "an integer has too many digits; a condition takes those of 64 bits";
}

/* The integer of a comparison; NULL or what is wrong. */
static const char *take_integer(const char **text, int64_t *number, char *buffer, size_t size)
{
    char word[FASTABI_IDENTIFIER_MAX + 1];
    int status;

    if (!strcspn(*text, STOP))
        return "an integer is missing; write it decimal or 0x hexadecimal after the operator";
    if (!take_word(text, word, sizeof(word)))
        return refuse_long(*text);
    status = fastabi_parse_integer(word, true, number);
    return status ? refuse_integer(word, status, buffer, size) : NULL;
}

/* The operator of a comparison, and nothing that looks like more of it; NULL or what is wrong. */
static const char *take_comparison(const char **text, enum fastabi_comparison *comparison,
                                   char *buffer, size_t size)
{
    const char *start = *text;
    size_t length = strspn(start, "=!<>");

    if (!length)
        return "an operator is missing; write one of == != < <= > >= after the name";
    if (take_operator(text, comparison) && *text == start + length)
        return NULL;
    snprintf(buffer, size, "'%.*s' is not a valid comparison; use == != < <= > or >=",
             (int)(length < SHOWN_MAX ? length : SHOWN_MAX), start);
    return buffer;
}

/* One comparison; NULL or what is wrong. */
static const char *take_term(const struct fastabi_op *op, const char **text,
                             struct fastabi_term *term, char *buffer, size_t size)
{
    char word[FASTABI_IDENTIFIER_MAX + 1];
    const char *fault;

    *text = skip_blanks(*text);
    if (!take_word(text, word, sizeof(word)))
        return "a name is missing; write NAME OPERATOR INTEGER, as in 'status >= 0'";
    term->param = fastabi_find_param(op, word);
    if (!term->param)
        return refuse_name(op, word, buffer, size);
    *text = skip_blanks(*text);
    fault = take_comparison(text, &term->comparison, buffer, size);
    if (fault)
        return fault;
    *text = skip_blanks(*text);
    fault = take_integer(text, &term->number, buffer, size);
    if (fault)
        return fault;
    *text = skip_blanks(*text);
    return NULL;
}

const char *fastabi_condition_fault(const struct fastabi_op *op, const char *text, char *buffer,
                                    size_t size)
{
    char joined = '\0';

    for (;;) {
        struct fastabi_term term;
        const char *fault = take_term(op, &text, &term, buffer, size);

        if (fault)
            return fault;
        if (!*text)
            return NULL;
        if ((*text != '&' && *text != '|') || text[1] != *text)
            return "a comparison is followed by something else; join comparisons by && or by ||";
        if (joined && joined != *text)
            return "&& and || cannot be mixed; use one of them";
        joined = *text;
        text += 2;
    }
}

/* ---- conditions without a fault ---- */

static size_t count_terms(const char *text)
{
    size_t count = 1;

    while ((text = strpbrk(text, "&|"))) {
        text += 2;
        count++;
    }
    return count;
}

/* An integer that a comparison looks at; a large one is above all int64_t. */
struct sample {
    int64_t value;
    bool is_large;
};

static bool holds(const struct fastabi_term *term, struct sample sample)
{
    int64_t value = sample.value, number = term->number;
    int order = sample.is_large ? 1 : (value > number) - (value < number);

    switch (term->comparison) {
    case FASTABI_EQUAL:
        return order == 0;
    case FASTABI_NOT_EQUAL:
        return order != 0;
    case FASTABI_LESS:
        return order < 0;
    case FASTABI_LESS_OR_EQUAL:
        return order <= 0;
    case FASTABI_GREATER:
        return order > 0;
    default:
        return order >= 0;
    }
}

/* Can a parameter have the value?  One without a type can have any. */
static bool is_possible(const struct fastabi_param *param, struct sample sample)
{
    bool settled = false, fits = true;

    if (!fastabi_param_is_typed(param))
        return true;
    if (sample.is_large)
        return fastabi_param_width(param) == 64 && !fastabi_param_is_signed(param);
    settled = fastabi_comparison_is_settled(FASTABI_EQUAL, sample.value, fastabi_param_width(param),
                                            fastabi_param_is_signed(param), &fits);
    return !settled;
}

/*
 * Can two comparisons of one parameter both have the outcome?  If so they have it for a number that
 * one of them names, for one beside it, or at the end of what a type can hold.
 */
static bool can_both_be(const struct fastabi_term *a, const struct fastabi_term *b, bool outcome)
{
    static const int64_t ends[] = { INT64_MIN,  INT32_MIN, INT16_MIN,  INT8_MIN,
                                    0,          INT8_MAX,  UINT8_MAX,  INT16_MAX,
                                    UINT16_MAX, INT32_MAX, UINT32_MAX, INT64_MAX };
    struct sample samples[sizeof(ends) / sizeof(ends[0]) + 7] = { { 0, true } };
    size_t count = 1;

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        samples[count++].value = ends[i];
    for (int i = 0; i < 2; i++) {
        int64_t number = i ? b->number : a->number;

        samples[count++].value = number;
        samples[count++].value = number > INT64_MIN ? number - 1 : number;
        samples[count++].value = number < INT64_MAX ? number + 1 : number;
    }
    for (size_t i = 0; i < count; i++) {
        if (is_possible(a->param, samples[i]) && holds(a, samples[i]) == outcome &&
            holds(b, samples[i]) == outcome)
            return true;
    }
    return false;
}

/*
 * A condition that two of its comparisons decide becomes one that every integer decides: compilers
 * warn of "x == 1 && x == 2", and generators need not know.
 */
static void fold(struct fastabi_param_rare *rare)
{
    for (size_t i = 1; i < rare->term_count; i++) {
        for (size_t j = 0; j < i; j++) {
            struct fastabi_term *a = &rare->terms[i];
            const struct fastabi_term *b = &rare->terms[j];

            if (a->param != b->param || can_both_be(a, b, !rare->is_any))
                continue;
            a->number = INT64_MIN;
            a->comparison = rare->is_any ? FASTABI_GREATER_OR_EQUAL : FASTABI_LESS;
            rare->terms = a;
            rare->term_count = 1;
            rare->is_folded = true;
            return;
        }
    }
}

int fastabi_condition_read(struct fastabi_arena *arena, const struct fastabi_op *op,
                           struct fastabi_param *param)
{
    struct fastabi_param_rare *rare = fastabi_param_fill_rare(arena, param);
    const char *text = param->rare->valid_when;
    size_t count = count_terms(text);

    if (rare)
        rare->terms = fastabi_arena_alloc(arena, count * sizeof(*rare->terms));
    if (!rare || !rare->terms)
        return -ENOMEM;
    rare->is_any = strchr(text, '|');
    for (; rare->term_count < count; rare->term_count++) {
        (void)take_term(op, &text, &rare->terms[rare->term_count], NULL, 0);
        text += *text ? 2 : 0;
    }
    return 0;
}

/*
 * Add an output to the order; before it those that its condition names.  One that is named in a
 * circle is looked at as it is.
 */
static void settle(const struct fastabi_op *op, struct fastabi_op_rare *rare,
                   const struct fastabi_param *param, uint32_t *seen)
{
    uint32_t bit = 1u << (param - op->params);

    if (!param->rare->term_count || *seen & bit)
        return;
    *seen |= bit;
    for (size_t i = 0; i < param->rare->term_count; i++)
        settle(op, rare, param->rare->terms[i].param, seen);
    rare->conditional[rare->conditional_count++] = (uint8_t)(param - op->params);
}

void fastabi_condition_settle(struct fastabi_arena *arena, struct fastabi_op *op,
                              struct fastabi_op_rare *rare)
{
    uint32_t seen = 0;

    for (size_t i = 0; i < op->param_count; i++)
        settle(op, rare, &op->params[i], &seen);
    /* the order is that of what was written */
    for (size_t i = 0; i < op->param_count; i++) {
        if (op->params[i].rare->term_count)
            fold(fastabi_param_fill_rare(arena, &op->params[i]));
    }
}

/* ---- what decides nothing ---- */

/* Is the same comparison there before? */
static bool is_repeated(const struct fastabi_param *param, size_t i)
{
    const struct fastabi_term *term = &param->rare->terms[i];

    for (size_t j = 0; j < i; j++) {
        const struct fastabi_term *other = &param->rare->terms[j];

        if (other->param == term->param && other->comparison == term->comparison &&
            other->number == term->number)
            return true;
    }
    return false;
}

bool fastabi_condition_is_idle(const struct fastabi_param *param, size_t i, char *text, size_t size)
{
    const struct fastabi_term *term = &param->rare->terms[i];
    uint64_t greatest;
    bool holds;

    if (param->rare->is_folded) {
        snprintf(text, size, "two comparisons of '%.100s' %s", term->param->name,
                 term->comparison == FASTABI_LESS ? "exclude each other, and it never holds"
                                                  : "leave nothing out, and it always holds");
        return true;
    }
    if (!fastabi_param_condition_is_settled(param, i, true, &holds) || is_repeated(param, i))
        return false;
    greatest = UINT64_MAX >> (64 - term->param->width + term->param->is_signed);
    snprintf(text, size,
             "'%.100s %s %" PRId64 "' %s holds: the type is %c%u, %s%" PRIu64 " to %" PRIu64,
             term->param->name, fastabi_comparison_text(term->comparison), term->number,
             holds ? "always" : "never", term->param->is_signed ? 'i' : 'u', term->param->width,
             term->param->is_signed ? "-" : "", term->param->is_signed ? greatest + 1 : 0,
             greatest);
    return true;
}
