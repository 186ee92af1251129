/* SPDX-License-Identifier: MIT */
/*
 * Profiles: files that set options of backends.  Knows nothing of what the options mean, nor where
 * profiles are looked for.
 */
#include "emit/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "emit/registry.h"
#include "emit/setting.h"
#include "read/form.h"

/* ---- the options ---- */

/* Keep one more option, whose texts the arena has. */
static int add_option(struct fastabi_form *form, struct fastabi_profile *profile,
                      const struct fastabi_profile_option *option)
{
    struct fastabi_profile_option *options = profile->options;

    if (profile->count == profile->capacity) {
        size_t capacity = 2 * profile->capacity + 8;

        options = realloc(options, capacity * sizeof(*options));
        if (!options)
            return fastabi_no_memory(form);
        profile->options = options;
        profile->capacity = capacity;
    }
    options[profile->count++] = *option;
    return 0;
}

/* A name that the registry or a backend refused with a report: it counts as a complaint. */
static int count_complaint(struct fastabi_form *form, int status)
{
    form->errors++;
    return status == -ENOMEM ? status : 0;
}

static int read_option(struct fastabi_form *form, struct fastabi_profile *profile,
                       const struct fastabi_backend *backend, const struct fastabi_node *key)
{
    const struct fastabi_node *value = key->next;
    struct fastabi_place place = { form->reader.source.name, key->line, key->column };
    const struct fastabi_backend_option *option;
    struct fastabi_profile_option kept = { .backend = backend->name };
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, &ok);

    if (status || !ok)
        return status;
    option = fastabi_setting_find(form->context, &place, backend, key->text, key->length);
    if (!option)
        return count_complaint(form, 0);
    if (option->type == FASTABI_OPTION_PROFILE)
        return fastabi_complain(form, FASTABI_DIAG_BAD_OPTION_VALUE, fastabi_mark_of(key),
                                "a profile cannot name another one by '%s'; write its options "
                                "here instead",
                                option->name);
    place.line = value->line;
    place.column = value->column;
    if (fastabi_setting_check(form->context, &place, option, value->text))
        return count_complaint(form, 0);
    kept.name = fastabi_keep(form, option->name);
    kept.value = fastabi_keep(form, value->text);
    kept.backend = fastabi_keep(form, backend->name);
    if (!kept.name || !kept.value || !kept.backend)
        return fastabi_no_memory(form);
    return add_option(form, profile, &kept);
}

/* What "backend: { option: value }" says. */
static int read_backend(struct fastabi_form *form, struct fastabi_profile *profile,
                        const struct fastabi_node *key)
{
    struct fastabi_place place = { form->reader.source.name, key->line, key->column };
    const struct fastabi_backend *backend;
    bool ok;
    int status = fastabi_expect(form, key, key->next, FASTABI_MAPPING, &ok);

    if (status || !ok)
        return status;
    backend = fastabi_backend_by_name(form->context, key->text);
    if (!backend)
        return count_complaint(form,
                               fastabi_registry_report_missing(form->context, &place, key->text));
    for (const struct fastabi_node *option = key->next->child; option && !status;
         option = option->next->next)
        status = read_option(form, profile, backend, option);
    return status;
}

static int read_options(struct fastabi_form *form, const struct fastabi_node *key,
                        const struct fastabi_node *value, void *target)
{
    struct fastabi_profile *profile = target;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_MAPPING, &ok);

    if (!ok)
        return status;
    for (const struct fastabi_node *backend = value->child; backend && !status;
         backend = backend->next->next)
        status = read_backend(form, profile, backend);
    return status;
}

/* ---- the file ---- */

static const struct fastabi_key profile_keys[] = {
    { .name = "doc",
      .text = fastabi_read_text,
      .place = FASTABI_INSIDE(struct fastabi_profile, doc) },
    { .name = "options", .read = read_options },
};

static const struct fastabi_key_table file_table = FASTABI_KEY_TABLE("in a profile", profile_keys);

static int read_file(struct fastabi_form *form, struct fastabi_profile *profile)
{
    struct fastabi_mark whole = { 0, 0 };
    int status = fastabi_form_read(form, &file_table, profile);

    if (!status && !profile->doc && !form->errors)
        status = fastabi_complain(form, FASTABI_DIAG_MISSING_KEY, whole,
                                  "a profile has no 'doc'; say there in a line what it is for");
    return !status && form->errors ? -EINVAL : status;
}

static int read_place(struct fastabi_context *context, struct fastabi_profile *profile,
                      const struct fastabi_profile_place *place)
{
    struct fastabi_form form;
    const char *text = place->path ? NULL : place->text;
    const char *name = place->path ? place->path : profile->name;
    int status = fastabi_form_open(&form, context, &profile->arena, place->path, name, text,
                                   text ? strlen(text) : 0);

    if (!status)
        status = read_file(&form, profile);
    fastabi_form_close(&form);
    return status;
}

/* The name of a file without directory and ending. */
static const char *name_of(struct fastabi_arena *arena, const char *path)
{
    const char *file = fastabi_path_name(path);
    const char *dot = strrchr(file, '.');

    return fastabi_arena_copy(arena, file, dot && dot > file ? (size_t)(dot - file) : strlen(file));
}

int fastabi_profile_load(struct fastabi_context *context, const char *name,
                         struct fastabi_profile **profile)
{
    struct fastabi_profile_place place;
    struct fastabi_profile *made;
    int status;

    if (profile)
        *profile = NULL;
    if (!context || !name || !profile)
        return fastabi_refuse_argument(context, __func__,
                                       "it needs a name and a place for the result");
    made = calloc(1, sizeof(*made));
    if (!made)
        return fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    status = fastabi_profile_place(context, &made->arena, name, &place);
    if (!status) {
        made->name = name_of(&made->arena, name);
        made->path = place.path ? fastabi_arena_copy(&made->arena, place.path, strlen(place.path))
                                : NULL;
        if (!made->name || (place.path && !made->path))
            status = fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    }
    if (!status)
        status = read_place(context, made, &place);
    if (status)
        fastabi_profile_free(made);
    else
        *profile = made;
    return status;
}

void fastabi_profile_free(struct fastabi_profile *profile)
{
    if (!profile)
        return;
    free(profile->options);
    fastabi_arena_free(&profile->arena);
    free(profile);
}

/* ---- what it says ---- */

const char *fastabi_profile_name(const struct fastabi_profile *profile)
{
    return profile ? profile->name : NULL;
}

const char *fastabi_profile_path(const struct fastabi_profile *profile)
{
    return profile ? profile->path : NULL;
}

const char *fastabi_profile_doc(const struct fastabi_profile *profile)
{
    return profile ? profile->doc : NULL;
}

size_t fastabi_profile_option_count(const struct fastabi_profile *profile)
{
    return profile ? profile->count : 0;
}

const char *fastabi_profile_option(const struct fastabi_profile *profile, size_t i,
                                   const char **backend, const char **option)
{
    const struct fastabi_profile_option *found = profile && i < profile->count
                                                     ? &profile->options[i]
                                                     : NULL;

    if (backend)
        *backend = found ? found->backend : NULL;
    if (option)
        *option = found ? found->name : NULL;
    return found ? found->value : NULL;
}
