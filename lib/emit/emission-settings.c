/* SPDX-License-Identifier: MIT */
/* The options of a backend as the user set them.  Knows nothing of files. */
#include "emit/emission.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/list.h"
#include "emit/registry.h"

static int report_unknown_option(struct fastabi_emission *emission, const char *setting,
                                 size_t length)
{
    const struct fastabi_backend *backend = emission->backend;
    struct fastabi_arena arena = { 0 };
    struct fastabi_list names = { NULL, 0, 0 };
    const char *joined;
    int error = 0;

    for (uint32_t i = 0; i < backend->option_count && !error; i++)
        error = fastabi_list_add(&names, &arena, backend->options[i].name);
    joined = error ? NULL : fastabi_list_join(&names, &arena);
    if (!joined)
        fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    else if (*joined)
        fastabi_report(emission->context, FASTABI_DIAG_NO_SUCH_OPTION, NULL,
                       "backend '%s' has no option '%.*s'; it has %s", backend->name, (int)length,
                       setting, joined);
    else
        fastabi_report(emission->context, FASTABI_DIAG_NO_SUCH_OPTION, NULL,
                       "backend '%s' has no option '%.*s', nor any other", backend->name,
                       (int)length, setting);
    fastabi_arena_free(&arena);
    return joined ? -ENOTSUP : -ENOMEM;
}

/* A text goes into banners, so it is one line. */
static bool is_one_line(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    }
    return true;
}

/* Take "key=value".  Of several for one key the last holds, as with a compiler's options. */
static int take_setting(struct fastabi_emission *emission, const char *setting)
{
    const struct fastabi_backend *backend = emission->backend;
    const char *equals = strchr(setting, '=');
    size_t length = equals ? (size_t)(equals - setting) : strlen(setting);

    for (uint32_t i = 0; i < backend->option_count; i++) {
        const struct fastabi_backend_option *option = &backend->options[i];

        if (strncmp(option->name, setting, length) || option->name[length])
            continue;
        if (!equals) {
            fastabi_report(emission->context, FASTABI_DIAG_BAD_OPTION_VALUE, NULL,
                           "option '%s' needs a value: %s=%s", setting, setting,
                           option->choices ? option->choices : "TEXT");
            return -ENOTSUP;
        }
        if (option->type == FASTABI_OPTION_CHOICE ? !fastabi_is_choice(option->choices, equals + 1)
                                                  : !is_one_line(equals + 1)) {
            fastabi_report(emission->context, FASTABI_DIAG_BAD_OPTION_VALUE, NULL,
                           "option '%s' does not take '%s', but %s", option->name, equals + 1,
                           option->choices ? option->choices : "text of one line");
            return -ENOTSUP;
        }
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
