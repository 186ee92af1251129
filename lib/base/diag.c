/* SPDX-License-Identifier: MIT */
/* Diagnostics: formatting, keeping and handing them out; knows nothing of what they are about. */
#undef _GNU_SOURCE
#define _POSIX_C_SOURCE 200809L /* the standard's strerror_r(), not the one of GNU */

#include "base/diag.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/c-locale.h"
#include "base/context.h"
#include "base/escape.h"

/* The registry's words for severities, so that its table reads well. */
#define SEVERITY_NOTE    FASTABI_NOTE
#define SEVERITY_WARNING FASTABI_WARNING
#define SEVERITY_ERROR   FASTABI_ERROR

static const struct entry {
    unsigned int id;
    enum fastabi_severity severity;
    const char *name;
    const char *meaning;
} entries[] = {
#define ID(number, name, severity, meaning) { (number), SEVERITY_##severity, #name, meaning },
#include "base/diag-ids.h"
#undef ID
};

#define PLAIN_MAX 512 /* bytes of a message that needs no memory, with its NUL */

#define ENTRY_COUNT (sizeof(entries) / sizeof(entries[0]))

enum fastabi_severity fastabi_diag_severity(enum fastabi_diag_id id)
{
    for (size_t i = 0; i < ENTRY_COUNT; i++) {
        if (entries[i].id == id)
            return entries[i].severity;
    }
    return FASTABI_ERROR;
}

size_t fastabi_diag_registry(size_t i, unsigned int *id, const char **name, const char **meaning)
{
    static const struct entry none = { 0, FASTABI_NOTE, NULL, NULL };
    const struct entry *entry = i < ENTRY_COUNT ? &entries[i] : &none;

    if (id)
        *id = entry->id;
    if (name)
        *name = entry->name;
    if (meaning)
        *meaning = entry->meaning;
    return ENTRY_COUNT;
}

/* Keep a copy.  A diagnostic that does not fit in memory is lost, but counted. */
static void keep(struct fastabi_context *context, const struct fastabi_diag *diag)
{
    struct fastabi_diag *slot;

    if (context->diag_count == context->diag_capacity) {
        size_t capacity = context->diag_capacity ? 2 * context->diag_capacity : 16;
        struct fastabi_diag *diags = realloc(context->diags, capacity * sizeof(*diags));

        if (!diags)
            return;
        context->diags = diags;
        context->diag_capacity = capacity;
    }
    slot = &context->diags[context->diag_count];
    *slot = *diag;
    slot->file = diag->file ? strdup(diag->file) : NULL;
    slot->message = strdup(diag->message);
    if ((diag->file && !slot->file) || !slot->message) {
        free((char *)slot->file);
        free((char *)slot->message);
        return;
    }
    context->diag_count++;
}

static bool is_plain(const char *text)
{
    while (*text >= 0x20 && *text < 0x7f)
        text++;
    return !*text;
}

__attribute__((__format__(__printf__, 4, 0))) static void
hand_out(struct fastabi_context *context, struct fastabi_diag *diag,
         const struct fastabi_place *place, const char *format, va_list arguments)
{
    struct fastabi_arena arena = { 0 };
    char plain[PLAIN_MAX];
    va_list again;
    int length;

    va_copy(again, arguments);
    length = vsnprintf(plain, sizeof(plain), format, arguments);
    diag->message = plain;
    if (length < 0 || (size_t)length >= sizeof(plain) || !is_plain(plain)) {
        const char *text = fastabi_arena_vprintf(&arena, format, again);

        /* one line, whatever the input put into it */
        diag->message = text ? fastabi_escape(&arena, text) : NULL;
        if (!diag->message)
            diag->message = "(no memory for the message)";
    }
    va_end(again);
    if (place) {
        diag->file = place->file;
        diag->line = place->line;
        diag->column = place->column;
    }
    if (diag->severity == FASTABI_ERROR)
        context->error_count++;
    if (context->on_diag)
        context->on_diag(diag, context->data);
    else
        keep(context, diag);
    diag->message = NULL; /* it ends here */
    fastabi_arena_free(&arena);
}

static bool is_shown(const struct fastabi_context *context, enum fastabi_diag_id id)
{
    return fastabi_diag_severity(id) != FASTABI_NOTE || context->flags & FASTABI_CONTEXT_NOTES;
}

int fastabi_report_va(struct fastabi_context *context, enum fastabi_diag_id id,
                      const struct fastabi_place *place, const char *format, va_list arguments)
{
    struct fastabi_diag diag = {
        .size = sizeof(diag),
        .id = id,
        .severity = fastabi_diag_severity(id),
    };

    if (is_shown(context, id))
        hand_out(context, &diag, place, format, arguments);
    return -EINVAL;
}

int fastabi_report(struct fastabi_context *context, enum fastabi_diag_id id,
                   const struct fastabi_place *place, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fastabi_report_va(context, id, place, format, arguments);
    va_end(arguments);
    return -EINVAL;
}

void fastabi_report_also_va(struct fastabi_context *context, enum fastabi_diag_id id,
                            const struct fastabi_place *place, const char *format,
                            va_list arguments)
{
    struct fastabi_diag diag = { .size = sizeof(diag), .id = id, .severity = FASTABI_NOTE };

    if (is_shown(context, id))
        hand_out(context, &diag, place, format, arguments);
}

int fastabi_refuse_argument(struct fastabi_context *context, const char *function, const char *text)
{
    if (context)
        fastabi_report(context, FASTABI_DIAG_BAD_ARGUMENT, NULL, "%s: %s", function, text);
    return -EINVAL;
}

/* What to do when the system fails so. */
static const char *system_advice(int error)
{
    static const struct {
        int error;
        const char *advice;
    } rows[] = {
        { ENOENT, "; check the path" },
        { ENOTDIR, "; check the path, a part of which is a file" },
        { EISDIR, "; name a file" },
        { EACCES, "; change its permissions, or name another path" },
        { EPERM, "; change its permissions, or name another path" },
        { EROFS, "; name a path that can be written to" },
        { ENOSPC, "; free some space, or name another path" },
        { EFBIG, "; raise the limit of file sizes, or name another path" },
        { ENOMEM, "; free some memory, or divide the input" },
        { EMFILE, "; raise the limit of open files" },
        { ENFILE, "; close other programs" },
        { ENAMETOOLONG, "; shorten the path" },
        { ELOOP, "; remove the link to itself" },
        { EEXIST, "; remove it, or name another path" },
        { EPIPE, "; the reader of the pipe has gone" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].error == error)
            return rows[i].advice;
    }
    return "; try again, or name another path";
}

int fastabi_report_system(struct fastabi_context *context, enum fastabi_diag_id id,
                          const char *file, int error)
{
    struct fastabi_place place = { .file = file };
    struct fastabi_c_locale locale;
    char text[128];

    fastabi_c_locale_enter(&locale);
    if (strerror_r(-error, text, sizeof(text)))
        snprintf(text, sizeof(text), "error %d", -error);
    fastabi_c_locale_leave(&locale);
    fastabi_report(context, id, &place, "%s%s", text, system_advice(-error));
    return error;
}

int fastabi_diag_print(const struct fastabi_diag *diag, FILE *stream)
{
    static const char *const names[] = { "note", "warning", "error" };
    struct fastabi_diag known;

    if (!diag || !stream || fastabi_options_copy(&known, sizeof(known), diag) || !known.message ||
        (unsigned int)known.severity > FASTABI_ERROR)
        return -EINVAL;
    diag = &known;
    if (diag->file) {
        fastabi_text_print(diag->file, stream);
        if (diag->line && diag->column)
            fprintf(stream, ":%u:%u", diag->line, diag->column);
        else if (diag->line)
            fprintf(stream, ":%u", diag->line);
        fputs(": ", stream);
    }
    fprintf(stream, "%s: %s [FA%04u]\n", names[diag->severity], diag->message, diag->id);
    return ferror(stream) ? -EIO : 0;
}
