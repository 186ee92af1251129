/* SPDX-License-Identifier: MIT */
/* Conditions: NAME OP INTEGER, joined by && or by ||.  Knows nothing of YAML. */
#include "spec/condition.h"

#include <stdio.h>
#include <string.h>

#include "base/names.h"

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* The next word: up to a blank or one of stop. */
static const char *take_word(const char **text, const char *stop, char *word, size_t size)
{
    size_t length = strcspn(*text, stop);

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

static bool skip_operator(const char **text)
{
    static const char *const operators[] = { "==", "!=", "<=", ">=", "<", ">" };

    for (size_t i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
        size_t length = strlen(operators[i]);

        if (!strncmp(*text, operators[i], length)) {
            *text += length;
            return true;
        }
    }
    return false;
}

/* One comparison; NULL or what is wrong. */
static const char *check_comparison(const struct fastabi_op *op, const char **text, char *buffer,
                                    size_t size)
{
    char word[FASTABI_IDENTIFIER_MAX + 1];
    int64_t integer;

    *text = skip_blanks(*text);
    if (!take_word(text, " \t\n=!<>&|", word, sizeof(word)))
        return "a name is missing; write NAME OPERATOR INTEGER, as in 'status >= 0'";
    if (!fastabi_find_param(op, word))
        return refuse_name(op, word, buffer, size);
    *text = skip_blanks(*text);
    if (!skip_operator(text))
        return "an operator is missing; write one of == != < <= > >= after the name";
    *text = skip_blanks(*text);
    if (!take_word(text, " \t\n=!<>&|", word, sizeof(word)) ||
        fastabi_parse_integer(word, true, &integer))
        return "an integer is missing; write it decimal or 0x hexadecimal after the operator";
    *text = skip_blanks(*text);
    return NULL;
}

const char *fastabi_condition_fault(const struct fastabi_op *op, const char *text, char *buffer,
                                    size_t size)
{
    char joined = '\0';

    for (;;) {
        const char *fault = check_comparison(op, &text, buffer, size);

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
