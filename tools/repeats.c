/* SPDX-License-Identifier: MIT */
/* Messages that repeat: which are printed, and what is said of the others.  Knows no id. */
#include "repeats.h"

#include <stdlib.h>
#include <string.h>

struct repeats_kind {
    unsigned int id;
    enum fastabi_severity severity;
    char *file; /* NULL: of none */
    size_t count;
};

static bool is_file(const struct repeats_kind *kind, const char *file)
{
    return kind->file && file ? !strcmp(kind->file, file) : kind->file == file;
}

/* The kind of a message, a new one if there is none; NULL: no memory. */
static struct repeats_kind *find_kind(struct repeats *repeats, const struct fastabi_diag *diag)
{
    struct repeats_kind *kind;

    for (size_t i = repeats->count; i > 0; i--) {
        kind = &repeats->kinds[i - 1];
        if (kind->id == diag->id && kind->severity == diag->severity && is_file(kind, diag->file))
            return kind;
    }
    if (repeats->count == repeats->capacity) {
        size_t capacity = repeats->capacity ? 2 * repeats->capacity : 16;

        kind = realloc(repeats->kinds, capacity * sizeof(*kind));
        if (!kind)
            return NULL;
        repeats->kinds = kind;
        repeats->capacity = capacity;
    }
    kind = &repeats->kinds[repeats->count];
    *kind = (struct repeats_kind){ .id = diag->id, .severity = diag->severity };
    kind->file = diag->file ? strdup(diag->file) : NULL;
    if (diag->file && !kind->file)
        return NULL;
    repeats->count++;
    return kind;
}

/*
 * A note that tells the other place of the message before it goes with that one.  It has the same
 * id; if that message is a note too, only the other place, which is a header's, has no column.
 */
static bool is_other_place(const struct repeats *repeats, const struct fastabi_diag *diag)
{
    return repeats->last && diag->severity == FASTABI_NOTE && repeats->last->id == diag->id &&
           (repeats->last_severity != FASTABI_NOTE || !diag->column);
}

static size_t shown_of(enum fastabi_severity severity)
{
    return severity == FASTABI_NOTE ? REPEATS_SHOWN_NOTES : REPEATS_SHOWN;
}

void repeats_print(const struct fastabi_diag *diag, void *data)
{
    struct repeats *repeats = data;

    if (!is_other_place(repeats, diag)) {
        repeats->last = repeats->is_all ? NULL : find_kind(repeats, diag);
        repeats->last_severity = diag->severity;
        repeats->was_printed = !repeats->last || repeats->last->count++ < shown_of(diag->severity);
    }
    if (repeats->was_printed)
        tool_print_diag(diag, NULL);
}

void repeats_finish(struct repeats *repeats)
{
    for (size_t i = 0; i < repeats->count; i++) {
        struct repeats_kind *kind = &repeats->kinds[i];
        char text[100];
        const struct fastabi_diag diag = {
            .size = sizeof(diag),
            .id = kind->id,
            .severity = kind->severity,
            .file = kind->file,
            .message = text,
        };

        if (kind->count > shown_of(kind->severity)) {
            snprintf(text, sizeof(text), "%zu more like this; '--all' prints them",
                     kind->count - shown_of(kind->severity));
            tool_print_diag(&diag, NULL);
        }
        free(kind->file);
    }
    free(repeats->kinds);
    *repeats = (struct repeats){ .is_all = repeats->is_all };
}
