/* SPDX-License-Identifier: MIT */
/*
 * A backend that is not ours: what it must look like, a copy of it, and a description that a
 * process sends which has loaded it.  Knows not where it is from.
 */
#include "emit/plugin.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "emit/option.h"

#define OPTIONS_MAX 256u /* of one backend */

#define KNOWN_FLAGS                                                                                \
    (FASTABI_BACKEND_STUBS | FASTABI_BACKEND_ONE_FILE | FASTABI_BACKEND_FLAT_NAMES |               \
     FASTABI_BACKEND_UNIQUE_INDEX | FASTABI_BACKEND_STRUCTS | FASTABI_BACKEND_HANDLERS)

/* ---- what a backend must look like ---- */

/* What is wrong with an option, or NULL. */
static const char *find_option_fault(const struct fastabi_backend *backend, uint32_t i)
{
    const struct fastabi_backend_option *option = &backend->options[i];

    if (!option->name || !fastabi_is_identifier(option->name))
        return "the name of an option is not a valid identifier; rename it";
    if (!option->help || !option->default_value)
        return "an option without help or default; add both";
    if (!fastabi_option_type_is_known(option->type))
        return "an option of an unknown type; use one of enum fastabi_option_type";
    if (fastabi_option_type_choices(option->type) == (option->choices ? -1 : 1))
        return "choices for an option that is not a choice, or a choice without them; set both or "
               "neither";
    if (!fastabi_option_takes(option, option->default_value))
        return "a default that its option does not take; use one of the choices, or what the type "
               "takes";
    for (uint32_t j = 0; j < i; j++) {
        if (!strcmp(backend->options[j].name, option->name))
            return "two options of one name; rename one";
    }
    return NULL;
}

/* What is wrong with a backend of the right version, or NULL. */
static const char *find_fault(const struct fastabi_backend *backend)
{
    const char *fault = NULL;

    if (!backend->name || !fastabi_is_identifier(backend->name))
        return "its name is not a valid identifier; rename it";
    if (!backend->description)
        return "it has no description; add one";
    if (backend->flags & ~KNOWN_FLAGS)
        return "it has unknown flags; leave them out";
    if (backend->option_count > OPTIONS_MAX || (backend->option_count && !backend->options))
        return "its options are missing, or too many; correct option_count";
    for (uint32_t i = 0; i < backend->option_count && !fault; i++)
        fault = find_option_fault(backend, i);
    if (!fault && backend->structs_unless &&
        !fastabi_option_is_setting(backend, backend->structs_unless))
        fault = "structs_unless names no choice of an option; write OPTION=CHOICE";
    if (!fault && backend->fields_if && !fastabi_option_is_setting(backend, backend->fields_if))
        fault = "fields_if names no choice of an option; write OPTION=CHOICE";
    return fault;
}

/* ---- copies ---- */

/* Copy the options, whose size may be that of another version.  0, or what is wrong. */
static const char *copy_options(struct fastabi_backend_option *copy,
                                const struct fastabi_backend *backend)
{
    const char *bytes = (const char *)backend->options;
    size_t size = backend->option_size ? backend->option_size : sizeof(*copy);

    if (size < sizeof(*copy) || size % _Alignof(struct fastabi_backend_option))
        return "an option_size that no version has; write sizeof(struct fastabi_backend_option)";
    for (uint32_t i = 0; i < backend->option_count; i++) {
        const char *option = bytes + i * size;

        for (size_t j = sizeof(*copy); j < size; j++) {
            if (option[j])
                return "an option with members that this version does not have; install a newer "
                       "library";
        }
        memcpy(&copy[i], option, sizeof(*copy));
    }
    return NULL;
}

static struct fastabi_plugin *make(uint32_t option_count)
{
    struct fastabi_plugin *plugin = calloc(1, sizeof(*plugin));

    if (!plugin)
        return NULL;
    plugin->options = calloc(option_count + 1, sizeof(*plugin->options));
    if (plugin->options)
        return plugin;
    free(plugin);
    return NULL;
}

static struct fastabi_plugin *keep_if(struct fastabi_plugin *plugin, const char *fault)
{
    if (!fault)
        return plugin;
    fastabi_plugin_free(plugin);
    return NULL;
}

struct fastabi_plugin *fastabi_plugin_copy(const struct fastabi_backend *backend,
                                           const char **fault)
{
    uint32_t count = backend->option_count <= OPTIONS_MAX ? backend->option_count : 0;
    struct fastabi_plugin *plugin = make(count);

    *fault = NULL;
    if (!plugin)
        return NULL;
    memcpy(&plugin->backend, backend,
           backend->size < sizeof(*backend) ? backend->size : sizeof(*backend));
    if (backend->options && count) {
        *fault = copy_options(plugin->options, backend);
        plugin->backend.options = plugin->options;
    }
    if (!*fault)
        *fault = find_fault(&plugin->backend);
    return keep_if(plugin, *fault);
}

void fastabi_plugin_free(struct fastabi_plugin *plugin)
{
    if (!plugin)
        return;
    if (plugin->handle)
        dlclose(plugin->handle);
    free(plugin->path);
    free(plugin->options);
    free(plugin->texts);
    free(plugin);
}

/* ---- descriptions: texts, each "=TEXT" or "-" for none, and a NUL ---- */

struct pen {
    int (*write)(void *data, const char *bytes, size_t length);
    void *data;
    int error;
};

static void write_text(struct pen *pen, const char *text)
{
    if (!pen->error)
        pen->error = pen->write(pen->data, text ? "=" : "-", 1);
    if (!pen->error && text)
        pen->error = pen->write(pen->data, text, strlen(text));
    if (!pen->error)
        pen->error = pen->write(pen->data, "", 1);
}

static void write_number(struct pen *pen, unsigned int number)
{
    char text[16];

    snprintf(text, sizeof(text), "%u", number);
    write_text(pen, text);
}

int fastabi_plugin_describe(const struct fastabi_backend *backend,
                            int (*write)(void *data, const char *bytes, size_t length), void *data)
{
    struct pen pen = { write, data, 0 };

    write_text(&pen, backend->name);
    write_text(&pen, backend->description);
    write_text(&pen, backend->structs_unless);
    write_text(&pen, backend->fields_if);
    write_number(&pen, backend->flags);
    write_number(&pen, backend->option_count);
    for (uint32_t i = 0; i < backend->option_count; i++) {
        const struct fastabi_backend_option *option = &backend->options[i];

        write_text(&pen, option->name);
        write_number(&pen, (unsigned int)option->type);
        write_text(&pen, option->choices);
        write_text(&pen, option->default_value);
        write_text(&pen, option->help);
    }
    return pen.error;
}

struct cursor {
    const char *next;
    const char *end;
    bool is_bad;
};

static const char *read_text(struct cursor *cursor)
{
    const char *text = cursor->next;
    const char *end = memchr(text, '\0', (size_t)(cursor->end - text));

    if (!end || (*text != '=' && (*text != '-' || text[1]))) {
        cursor->is_bad = true;
        return NULL;
    }
    cursor->next = end + 1;
    return *text == '=' ? text + 1 : NULL;
}

static uint32_t read_number(struct cursor *cursor)
{
    const char *text = read_text(cursor);
    char *end = NULL;
    unsigned long number = text ? strtoul(text, &end, 10) : 0;

    if (!text || !*text || *end || number > UINT32_MAX)
        cursor->is_bad = true;
    return (uint32_t)number;
}

static void read_option(struct cursor *cursor, struct fastabi_backend_option *option)
{
    option->name = read_text(cursor);
    option->type = (enum fastabi_option_type)read_number(cursor);
    option->choices = read_text(cursor);
    option->default_value = read_text(cursor);
    option->help = read_text(cursor);
}

struct fastabi_plugin *fastabi_plugin_read(char *texts, size_t length, const char **fault)
{
    struct cursor cursor = { texts, texts ? texts + length : NULL, !texts };
    struct fastabi_backend backend = {
        .abi_version = FASTABI_BACKEND_ABI_VERSION,
        .size = sizeof(backend),
    };
    struct fastabi_plugin *plugin;

    *fault = NULL;
    if (texts) {
        backend.name = read_text(&cursor);
        backend.description = read_text(&cursor);
        backend.structs_unless = read_text(&cursor);
        backend.fields_if = read_text(&cursor);
        backend.flags = read_number(&cursor);
        backend.option_count = read_number(&cursor);
    }
    plugin = make(backend.option_count <= OPTIONS_MAX ? backend.option_count : 0);
    if (!plugin) {
        free(texts);
        return NULL;
    }
    plugin->texts = texts;
    for (uint32_t i = 0; i < backend.option_count && backend.option_count <= OPTIONS_MAX; i++)
        read_option(&cursor, &plugin->options[i]);
    plugin->backend = backend;
    plugin->backend.options = plugin->options;
    *fault = cursor.is_bad ? "what it says of itself is damaged; correct the backend"
                           : find_fault(&plugin->backend);
    return keep_if(plugin, *fault);
}
