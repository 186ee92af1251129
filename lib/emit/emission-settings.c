/* SPDX-License-Identifier: MIT */
/* The options of a backend as the user set them.  Knows nothing of files. */
#include "emit/emission.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/list.h"
#include "emit/option.h"

static int report_unknown_option(struct fastabi_emission *emission, const char *setting,
                                 size_t length)
{
    const struct fastabi_backend *backend = emission->backend;
    struct fastabi_arena arena = { 0 };
    struct fastabi_list names = { NULL, 0, 0 };
    char word[64];
    struct fastabi_guess guess = { .size = sizeof(guess), .word = word };
    const char *joined;
    int error = 0;

    for (uint32_t i = 0; i < backend->option_count && !error; i++)
        error = fastabi_list_add(&names, &arena, backend->options[i].name);
    joined = error ? NULL : fastabi_list_join(&names, &arena);
    snprintf(word, sizeof(word), "%.*s", (int)length, setting);
    for (uint32_t i = 0; i < backend->option_count; i++)
        fastabi_guess_try(&guess, backend->options[i].name);
    if (!joined)
        fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    else if (guess.best)
        fastabi_report(emission->context, FASTABI_DIAG_NO_SUCH_OPTION, NULL,
                       "backend '%s' has no option '%s'; did you mean '%s'?", backend->name, word,
                       guess.best);
    else if (*joined)
        fastabi_report(emission->context, FASTABI_DIAG_NO_SUCH_OPTION, NULL,
                       "backend '%s' has no option '%.*s'; it has %s", backend->name, (int)length,
                       setting, joined);
    else
        fastabi_report(emission->context, FASTABI_DIAG_NO_SUCH_OPTION, NULL,
                       "backend '%s' has no option '%.*s'; it has no options", backend->name,
                       (int)length, setting);
    fastabi_arena_free(&arena);
    return joined ? -ENOTSUP : -ENOMEM;
}

static int report_value(struct fastabi_emission *emission,
                        const struct fastabi_backend_option *option, const char *value)
{
    struct fastabi_guess guess = { .size = sizeof(struct fastabi_guess), .word = value };
    const char *choices = option->choices ? option->choices : "";
    char choice[64], best[64];

    for (const char *next = choices; *next; next += strspn(next, "|")) {
        snprintf(choice, sizeof(choice), "%.*s", (int)strcspn(next, "|"), next);
        guess.best = guess.best ? best : NULL;
        fastabi_guess_try(&guess, choice);
        if (guess.best == choice)
            memcpy(best, choice, sizeof(best));
        next += strcspn(next, "|");
    }
    if (guess.best)
        fastabi_report(emission->context, FASTABI_DIAG_BAD_OPTION_VALUE, NULL,
                       "option '%s' does not take '%.100s'; did you mean '%s'?", option->name,
                       value, best);
    else if (*choices && fastabi_option_type_name(option->type))
        fastabi_report(emission->context, FASTABI_DIAG_BAD_OPTION_VALUE, NULL,
                       "option '%s' does not take '%.100s'; write %s, or %s", option->name, value,
                       choices, fastabi_option_advice(option));
    else
        fastabi_report(emission->context, FASTABI_DIAG_BAD_OPTION_VALUE, NULL,
                       "option '%s' does not take '%.100s'; write %s%s%s", option->name, value,
                       fastabi_option_advice(option), *choices ? " " : "", choices);
    return -ENOTSUP;
}

static int report_no_value(struct fastabi_emission *emission, const char *setting,
                           const struct fastabi_backend_option *option)
{
    const char *kind = fastabi_option_type_name(option->type);

    fastabi_report(emission->context, FASTABI_DIAG_BAD_OPTION_VALUE, NULL,
                   "option '%s' has no value; write %s=%s%s%s", setting, setting,
                   option->choices ? option->choices : "", option->choices && kind ? "|" : "",
                   kind ? kind : "");
    return -ENOTSUP;
}

/* Is it how a user writes the name?  interface-version is interface_version. */
static bool is_name(const char *name, const char *written, size_t length)
{
    size_t i = 0;

    while (i < length && (name[i] == written[i] || (name[i] == '_' && written[i] == '-')))
        i++;
    return i == length && !name[i];
}

/* Take "key=value".  Of several for one key the last holds, as with a compiler's options. */
static int take_setting(struct fastabi_emission *emission, const char *setting)
{
    const struct fastabi_backend *backend = emission->backend;
    const char *equals = strchr(setting, '=');
    size_t length = equals ? (size_t)(equals - setting) : strlen(setting);

    for (uint32_t i = 0; i < backend->option_count; i++) {
        const struct fastabi_backend_option *option = &backend->options[i];

        if (!is_name(option->name, setting, length))
            continue;
        if (!equals)
            return report_no_value(emission, setting, option);
        if (!fastabi_option_takes(option, equals + 1))
            return report_value(emission, option, equals + 1);
        emission->values[i] = equals + 1;
        return 0;
    }
    return report_unknown_option(emission, setting, length);
}

int fastabi_emission_take_settings(struct fastabi_emission *emission)
{
    const struct fastabi_backend *backend = emission->backend;
    int error = 0;

    emission->values = calloc((size_t)backend->option_count + 1, sizeof(*emission->values));
    if (!emission->values) {
        return fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    }
    for (uint32_t i = 0; i < backend->option_count; i++)
        emission->values[i] = backend->options[i].default_value;
    for (uint32_t i = 0; i < emission->options.setting_count; i++) {
        int result = take_setting(emission, emission->options.settings[i]);

        error = error ? error : result;
    }
    return error;
}
