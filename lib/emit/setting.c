/* SPDX-License-Identifier: MIT */
/* One option that somebody sets.  Knows nothing of what is done with it. */
#include "emit/setting.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/list.h"
#include "emit/option.h"

/* A file is at fault (a place), or a command line. */
static int fail(const struct fastabi_place *place)
{
    return place ? -EINVAL : -ENOTSUP;
}

/* "a, b, c", or "" where there are none; NULL: no memory. */
static const char *list_options(const struct fastabi_backend *backend, struct fastabi_arena *arena)
{
    struct fastabi_list names = { NULL, 0, 0 };

    for (uint32_t i = 0; i < backend->option_count; i++) {
        if (fastabi_list_add(&names, arena, backend->options[i].name))
            return NULL;
    }
    return fastabi_list_join(&names, arena);
}

static void report_unknown(struct fastabi_context *context, const struct fastabi_place *place,
                           const struct fastabi_backend *backend, const char *name, size_t length)
{
    struct fastabi_arena arena = { 0 };
    const char *joined = list_options(backend, &arena);
    char word[64];
    struct fastabi_guess guess = { .size = sizeof(guess), .word = word };

    snprintf(word, sizeof(word), "%.*s", (int)length, name);
    for (uint32_t i = 0; i < backend->option_count; i++)
        fastabi_guess_try(&guess, backend->options[i].name);
    if (!joined)
        fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    else if (guess.best)
        fastabi_report(context, FASTABI_DIAG_NO_SUCH_OPTION, place,
                       "backend '%s' has no option '%s'; did you mean '%s'?", backend->name, word,
                       guess.best);
    else if (*joined)
        fastabi_report(context, FASTABI_DIAG_NO_SUCH_OPTION, place,
                       "backend '%s' has no option '%.*s'; it has %s", backend->name, (int)length,
                       name, joined);
    else
        fastabi_report(context, FASTABI_DIAG_NO_SUCH_OPTION, place,
                       "backend '%s' has no option '%.*s'; it has no options", backend->name,
                       (int)length, name);
    fastabi_arena_free(&arena);
}

/* Is it how a user writes the name?  interface-version is interface_version. */
static bool is_name(const char *name, const char *written, size_t length)
{
    size_t i = 0;

    while (i < length && (name[i] == written[i] || (name[i] == '_' && written[i] == '-')))
        i++;
    return i == length && !name[i];
}

const struct fastabi_backend_option *fastabi_setting_find(struct fastabi_context *context,
                                                          const struct fastabi_place *place,
                                                          const struct fastabi_backend *backend,
                                                          const char *name, size_t length)
{
    for (uint32_t i = 0; i < backend->option_count; i++) {
        if (is_name(backend->options[i].name, name, length))
            return &backend->options[i];
    }
    report_unknown(context, place, backend, name, length);
    return NULL;
}

/* The choice that is most similar to a value, in best, or NULL. */
static const char *guess_choice(const char *choices, const char *value, char best[64])
{
    struct fastabi_guess guess = { .size = sizeof(struct fastabi_guess), .word = value };
    char choice[64];

    for (const char *next = choices; *next; next += strspn(next, "|")) {
        snprintf(choice, sizeof(choice), "%.*s", (int)strcspn(next, "|"), next);
        guess.best = guess.best ? best : NULL;
        if (!strstr(choice, ".."))
            fastabi_guess_try(&guess, choice);
        if (guess.best == choice)
            memcpy(best, choice, sizeof(choice));
        next += strcspn(next, "|");
    }
    return guess.best ? best : NULL;
}

int fastabi_setting_check(struct fastabi_context *context, const struct fastabi_place *place,
                          const struct fastabi_backend_option *option, const char *value)
{
    const char *choices = option->choices ? option->choices : "";
    const char *best;
    char word[64];

    if (fastabi_option_takes(option, value))
        return 0;
    best = guess_choice(choices, value, word);
    if (best)
        fastabi_report(context, FASTABI_DIAG_BAD_OPTION_VALUE, place,
                       "option '%s' does not take '%.100s'; did you mean '%s'?", option->name,
                       value, best);
    else if (*choices && fastabi_option_type_name(option->type))
        fastabi_report(context, FASTABI_DIAG_BAD_OPTION_VALUE, place,
                       "option '%s' does not take '%.100s'; write %s, or %s", option->name, value,
                       choices, fastabi_option_advice(option));
    else
        fastabi_report(context, FASTABI_DIAG_BAD_OPTION_VALUE, place,
                       "option '%s' does not take '%.100s'; write %s%s%s", option->name, value,
                       fastabi_option_advice(option), *choices ? " " : "", choices);
    return fail(place);
}
