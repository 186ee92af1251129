/* SPDX-License-Identifier: MIT */
/*
 * The options of a backend for a run: what the user set, else what the profile sets, else the
 * default.  Knows nothing of files.
 */
#include "emit/emission.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "emit/option.h"
#include "emit/profile.h"
#include "emit/setting.h"

/* "-O key" without "=value". */
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

/* Take "key=value".  Of several for one key the last holds, as with a compiler's options. */
static int take_setting(struct fastabi_emission *emission, const char *setting)
{
    const char *equals = strchr(setting, '=');
    size_t length = equals ? (size_t)(equals - setting) : strlen(setting);
    const struct fastabi_backend_option *option = fastabi_setting_find(emission->context, NULL,
                                                                       emission->backend, setting,
                                                                       length);
    int error;

    if (!option)
        return -ENOTSUP;
    if (!equals)
        return report_no_value(emission, setting, option);
    error = fastabi_setting_check(emission->context, NULL, option, equals + 1);
    if (!error)
        emission->values[option - emission->backend->options] = equals + 1;
    return error;
}

/* The profile that the user named, by an option of the backend or in the options of the run. */
static int find_profile_name(struct fastabi_emission *emission, const char **name)
{
    const struct fastabi_backend *backend = emission->backend;

    *name = emission->options.profile;
    for (uint32_t i = 0; i < backend->option_count; i++) {
        const char *value = emission->values[i];

        if (backend->options[i].type != FASTABI_OPTION_PROFILE || !value)
            continue;
        if (*name && strcmp(*name, value)) {
            fastabi_report(emission->context, FASTABI_DIAG_BAD_OPTION_VALUE, NULL,
                           "profiles '%.100s' and '%.100s' are both named, by --profile and by "
                           "option '%s'; name one",
                           *name, value, backend->options[i].name);
            return -ENOTSUP;
        }
        *name = value;
    }
    return 0;
}

/* What each option has that the user has not set. */
static void fill_in(struct fastabi_emission *emission)
{
    const struct fastabi_backend *backend = emission->backend;

    for (uint32_t i = 0; i < backend->option_count; i++)
        emission->defaults[i] = backend->options[i].default_value;
    for (size_t i = 0; i < fastabi_profile_option_count(emission->profile); i++) {
        const char *owner, *name;
        const char *value = fastabi_profile_option(emission->profile, i, &owner, &name);

        for (uint32_t j = 0; j < backend->option_count && !strcmp(owner, backend->name); j++) {
            if (!strcmp(backend->options[j].name, name))
                emission->defaults[j] = value;
        }
    }
    for (uint32_t i = 0; i < backend->option_count; i++) {
        if (!emission->values[i])
            emission->values[i] = emission->defaults[i];
    }
}

int fastabi_emission_take_settings(struct fastabi_emission *emission)
{
    size_t count = (size_t)emission->backend->option_count + 1;
    const char *name;
    int error = 0;

    emission->values = calloc(count, sizeof(*emission->values));
    emission->defaults = calloc(count, sizeof(*emission->defaults));
    if (!emission->values || !emission->defaults)
        return fastabi_report_system(emission->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    for (uint32_t i = 0; i < emission->options.setting_count; i++) {
        int result = take_setting(emission, emission->options.settings[i]);

        error = error ? error : result;
    }
    if (!error)
        error = find_profile_name(emission, &name);
    if (!error && name)
        error = fastabi_profile_load(emission->context, name, &emission->profile);
    if (!error)
        fill_in(emission);
    return error;
}
