/* SPDX-License-Identifier: MIT */
/*
 * What the headers have that is called almost like something they lack: looked for in their text,
 * or in the layout where there are none.  Called only when a message is about to be printed.  Knows
 * nothing of specifications.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "layout/check.h"
#include "layout/scan.h"

#define SEARCHES_MAX 20u /* of the headers' text in one check: a wrong directory lacks everything */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

/* The best name so far. */
struct near {
    enum fastabi_near_kind kind;
    const char *word;
    char best[FASTABI_IDENTIFIER_MAX + 1];
    unsigned int distance;
    bool is_read;  /* the header that is looked at was read for the layout */
    bool is_there; /* the word itself is in one that was */
};

static void try_name(struct near *near, const char *name)
{
    struct fastabi_guess guess = { .size = sizeof(struct fastabi_guess),
                                   .word = near->word,
                                   .best = *near->best ? near->best : NULL,
                                   .distance = near->distance };

    if (!strcmp(name, near->word))
        near->is_there |= near->is_read;
    if (strlen(name) >= sizeof(near->best) || !strcmp(name, near->word))
        return;
    fastabi_guess_try(&guess, name);
    if (guess.best != name)
        return;
    strcpy(near->best, name);
    near->distance = guess.distance;
}

/* Try the identifier that text starts with. */
static void try_identifier(struct near *near, const char *text)
{
    size_t length = strspn(text, letters);
    char name[FASTABI_IDENTIFIER_MAX + 1];

    if (length && length < sizeof(name)) {
        memcpy(name, text, length);
        name[length] = '\0';
        try_name(near, name);
    }
}

static bool starts_with(const char **text, const char *word)
{
    size_t length = strlen(word);

    *text += strspn(*text, " \t");
    if (strncmp(*text, word, length) || !strchr(" \t", (*text)[length]))
        return false;
    *text += length;
    *text += strspn(*text, " \t");
    return true;
}

/* The last identifier before the ';' of a typedef in one line. */
static void try_typedef(struct near *near, const char *text)
{
    size_t end = strcspn(text, ";\n");
    size_t start;

    if (text[end] != ';')
        return;
    while (end && !strchr(letters, text[end - 1]))
        end--;
    for (start = end; start && strchr(letters, text[start - 1]);)
        start--;
    try_identifier(near, text + start);
}

static void try_line(struct near *near, const char *line)
{
    const char *text = line + strspn(line, " \t");

    switch (near->kind) {
    case FASTABI_NEAR_MACRO:
        text += *text == '#';
        if (text > line && text[-1] == '#' && starts_with(&text, "define"))
            try_identifier(near, text);
        break;
    case FASTABI_NEAR_STRUCT:
        if (starts_with(&text, "struct"))
            try_identifier(near, text);
        break;
    default:
        if (starts_with(&text, "typedef"))
            try_typedef(near, text);
        break;
    }
}

/* ---- where the names are ---- */

/* Was a header read for the layout?  What else is in the tree defines nothing. */
static bool was_read(struct fastabi_arena *arena, const struct fastabi_layout *layout,
                     const char *header)
{
    const char *path = fastabi_path_join(arena, layout->base, header);

    for (size_t i = 0; path && i < fastabi_layout_file_count(layout); i++) {
        if (!strcmp(path, fastabi_layout_file(layout, i)))
            return true;
    }
    return false;
}

static void search_headers(struct near *near, const struct fastabi_layout *layout)
{
    static const char *const directories[] = { "", "hvm", "arch-x86" };
    struct fastabi_arena arena = { 0 };
    struct fastabi_list headers = { NULL, 0, 0 };

    for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
        if (fastabi_scan_list(&arena, layout->base, directories[i], &headers))
            break; /* without memory there is no hint */
    }
    for (size_t i = 0; i < headers.count; i++) {
        char *text;

        if (near->kind == FASTABI_NEAR_HEADER) {
            try_name(near, headers.items[i]);
            continue;
        }
        near->is_read = was_read(&arena, layout, headers.items[i]);
        text = fastabi_scan_read(&arena, layout->base, headers.items[i]);
        for (const char *line = text; line;
             line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
            try_line(near, line);
        free(text);
    }
    fastabi_arena_free(&arena);
}

/* All things of a layout start with their name. */
static void search_table(struct near *near, const struct fastabi_layout_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        try_name(near, *(const char *const *)table->items[i]);
}

static void search_layout(struct near *near, const struct fastabi_layout *layout)
{
    if (near->kind == FASTABI_NEAR_STRUCT)
        search_table(near, &layout->structs);
    else if (near->kind == FASTABI_NEAR_MACRO)
        search_table(near, &layout->macros);
    else if (near->kind == FASTABI_NEAR_TYPE)
        search_table(near, &layout->types);
}

static const char *find_near(struct fastabi_check *check, struct near *near,
                             char hint[FASTABI_HINT_SIZE])
{
    static const char *const advice[] = {
        [FASTABI_NEAR_MACRO] = "correct the name, or use headers that have it",
        [FASTABI_NEAR_STRUCT] = "correct the name, or add its header under 'headers'",
        [FASTABI_NEAR_TYPE] = "correct the name, or add its header under 'headers'",
        [FASTABI_NEAR_HEADER] = "correct the name, or use headers that have it",
    };

    *hint = '\0';
    if (!check->context)
        return hint;
    if (!check->layout->base)
        search_layout(near, check->layout);
    else if (check->searches++ < SEARCHES_MAX)
        search_headers(near, check->layout);
    if (near->kind == FASTABI_NEAR_MACRO && near->is_there)
        snprintf(hint, FASTABI_HINT_SIZE, "name one that is an integer for this target");
    else if (*near->best)
        snprintf(hint, FASTABI_HINT_SIZE, "did you mean '%s'?", near->best);
    else
        snprintf(hint, FASTABI_HINT_SIZE, "%s", advice[near->kind]);
    return hint;
}

const char *fastabi_check_near(struct fastabi_check *check, enum fastabi_near_kind kind,
                               const char *name, char hint[FASTABI_HINT_SIZE])
{
    struct near near = { .kind = kind, .word = name };

    return find_near(check, &near, hint);
}

const char *fastabi_check_near_macro(struct fastabi_check *check, const char *name,
                                     bool *is_defined, char hint[FASTABI_HINT_SIZE])
{
    struct near near = { .kind = FASTABI_NEAR_MACRO, .word = name };

    find_near(check, &near, hint);
    *is_defined = near.is_there;
    return hint;
}

const char *fastabi_check_near_field(const struct fastabi_struct *structure, const char *path,
                                     char hint[FASTABI_HINT_SIZE])
{
    struct near near = { .word = path };

    for (size_t i = 0; i < structure->field_count; i++)
        try_name(&near, structure->fields[i].path);
    /* the last part of a path, in whatever it is */
    for (size_t i = 0; i < structure->field_count && !*near.best; i++) {
        const char *own = strrchr(structure->fields[i].path, '.');
        const char *last = strrchr(path, '.');

        if (!strcmp(own ? own + 1 : structure->fields[i].path, last ? last + 1 : path) &&
            strlen(structure->fields[i].path) < sizeof(near.best))
            strcpy(near.best, structure->fields[i].path);
    }
    if (*near.best)
        snprintf(hint, FASTABI_HINT_SIZE, "did you mean '%s'?", near.best);
    else
        snprintf(hint, FASTABI_HINT_SIZE, "name one of its fields under 'mapping'");
    return hint;
}
