/* SPDX-License-Identifier: MIT */
/* Files by tables of keys.  Knows nothing of hypercalls. */
#include "read/form.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/context.h"
#include "read/hint.h"

/* ---- complaints ---- */

static int too_many(struct fastabi_form *form, struct fastabi_mark mark)
{
    struct fastabi_place place = { form->reader.source.name, mark.line, mark.column };

    return fastabi_report(
        form->context, FASTABI_DIAG_TOO_MANY_ERRORS, &place,
        "too many errors to report; correct those above, and check the rest of the file again");
}

__attribute__((__format__(__printf__, 4, 0))) static void
report(struct fastabi_form *form, enum fastabi_diag_id id, struct fastabi_mark mark,
       const char *format, va_list arguments)
{
    struct fastabi_place place = { form->reader.source.name, mark.line, mark.column };

    fastabi_report_va(form->context, id, &place, format, arguments);
}

int fastabi_complain(struct fastabi_form *form, enum fastabi_diag_id id, struct fastabi_mark mark,
                     const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    report(form, id, mark, format, arguments);
    va_end(arguments);
    return ++form->errors < form->context->limits.errors ? 0 : too_many(form, mark);
}

void fastabi_remark(struct fastabi_form *form, enum fastabi_diag_id id, struct fastabi_mark mark,
                    const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    report(form, id, mark, format, arguments);
    va_end(arguments);
}

int fastabi_no_memory(struct fastabi_form *form)
{
    return fastabi_report_system(form->context, FASTABI_DIAG_OUT_OF_MEMORY,
                                 form->reader.source.name, -ENOMEM);
}

const char *fastabi_form_at(struct fastabi_form *form, struct fastabi_mark mark)
{
    const char *text = fastabi_arena_printf(&form->scratch, "%s:%u:%u", form->reader.source.name,
                                            mark.line, mark.column);

    return text ? text : "another place";
}

struct fastabi_mark fastabi_mark_of(const struct fastabi_node *node)
{
    return (struct fastabi_mark){ node->line, node->column };
}

size_t fastabi_count_children(const struct fastabi_node *collection)
{
    size_t count = 0;

    for (const struct fastabi_node *node = collection->child; node; node = node->next)
        count++;
    return count;
}

/*
 * Parameters of many operations have the same names and texts.  The last text of each shape is
 * remembered: its length and three of its characters tell most texts apart.
 */
const char *fastabi_keep(struct fastabi_form *form, const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = strlen(text);
    size_t shape = 31 * length + (length ? bytes[length - 1] : 0u);
    const char **kept;

    shape += (size_t)7 * bytes[0] + (size_t)3 * bytes[length / 2];
    kept = &form->kept[shape % FASTABI_KEPT];
    if (!*kept || strcmp(*kept, text))
        *kept = fastabi_arena_copy(form->arena, text, length);
    return *kept;
}

/* ---- values ---- */

static bool is_empty(const struct fastabi_node *value)
{
    return value->kind == FASTABI_SCALAR ? value->plain && !value->length : !value->child;
}

int fastabi_expect(struct fastabi_form *form, const struct fastabi_node *key,
                   const struct fastabi_node *value, enum fastabi_node_kind kind, bool *ok)
{
    static const char *const names[] = { "a single value", "a mapping", "a list" };

    *ok = false;
    if (is_empty(value))
        return fastabi_complain(
            form, FASTABI_DIAG_EMPTY_SECTION, fastabi_mark_of(key),
            kind == FASTABI_SCALAR
                ? "'%.100s' is empty; write its value after the ':', or leave it out"
                : "'%.100s' is empty; indent what belongs to it, or leave it out",
            key->text);
    if (value->kind != kind)
        return fastabi_complain(form, FASTABI_DIAG_WRONG_KIND, fastabi_mark_of(value),
                                "'%.100s' must be %s, not %s; %s", key->text, names[kind],
                                names[value->kind], fastabi_hint_kind(kind, value));
    *ok = true;
    return 0;
}

int fastabi_read_text(struct fastabi_form *form, const struct fastabi_node *key,
                      const struct fastabi_node *value, const char **text)
{
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, &ok);

    if (status || !ok)
        return status;
    if (!value->text[strspn(value->text, " \t\n")])
        return fastabi_complain(form, FASTABI_DIAG_EMPTY_TEXT, fastabi_mark_of(value),
                                "'%.100s' is an empty text; write it, or leave the key out",
                                key->text);
    *text = fastabi_keep(form, value->text);
    return *text ? 0 : fastabi_no_memory(form);
}

int fastabi_expect_identifier(struct fastabi_form *form, const struct fastabi_node *key, bool *ok)
{
    char hint[FASTABI_HINT_SIZE];

    *ok = fastabi_is_identifier(key->text);
    if (*ok)
        return 0;
    return fastabi_complain(form, FASTABI_DIAG_NOT_AN_IDENTIFIER, fastabi_mark_of(key),
                            "'%.60s' is not a valid name; %s", key->text,
                            fastabi_hint_identifier(key->text, hint));
}

int fastabi_expect_field_path(struct fastabi_form *form, const struct fastabi_node *key, bool *ok)
{
    char hint[FASTABI_HINT_SIZE];

    *ok = fastabi_is_field_path(key->text);
    if (*ok)
        return 0;
    return fastabi_complain(form, FASTABI_DIAG_NOT_A_FIELD_PATH, fastabi_mark_of(key),
                            "'%.60s' is not a field path; %s", key->text,
                            fastabi_hint_field_path(key->text, hint));
}

/* A name into a place, by the check of its kind. */
static int read_name(struct fastabi_form *form, const struct fastabi_node *key,
                     const struct fastabi_node *value, const char **name,
                     int (*check)(struct fastabi_form *, const struct fastabi_node *, bool *))
{
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, &ok);

    if (!status && ok)
        status = check(form, value, &ok);
    if (status || !ok)
        return status;
    *name = fastabi_keep(form, value->text);
    return *name ? 0 : fastabi_no_memory(form);
}

int fastabi_read_identifier(struct fastabi_form *form, const struct fastabi_node *key,
                            const struct fastabi_node *value, const char **identifier)
{
    return read_name(form, key, value, identifier, fastabi_expect_identifier);
}

int fastabi_read_field_path(struct fastabi_form *form, const struct fastabi_node *key,
                            const struct fastabi_node *value, const char **path)
{
    return read_name(form, key, value, path, fastabi_expect_field_path);
}

/* The limits in the base that the value is written in. */
static int refuse_range(struct fastabi_form *form, const struct fastabi_node *key,
                        const struct fastabi_node *value, int64_t minimum, int64_t maximum)
{
    struct fastabi_mark mark = fastabi_mark_of(value);

    if (!strncmp(value->text, "0x", 2) && minimum >= 0)
        return fastabi_complain(form, FASTABI_DIAG_OUT_OF_RANGE, mark,
                                "%.60s is out of range; '%.100s' takes 0x%llx to 0x%llx",
                                value->text, key->text, (unsigned long long)minimum,
                                (unsigned long long)maximum);
    return fastabi_complain(form, FASTABI_DIAG_OUT_OF_RANGE, mark,
                            "%.60s is out of range; '%.100s' takes %lld to %lld", value->text,
                            key->text, (long long)minimum, (long long)maximum);
}

int fastabi_read_integer(struct fastabi_form *form, const struct fastabi_node *key,
                         const struct fastabi_node *value, int64_t minimum, int64_t maximum,
                         int64_t *integer, bool *ok)
{
    char hint[FASTABI_HINT_SIZE];
    int64_t parsed = 0;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, ok);

    if (status || !*ok)
        return status;
    *ok = false;
    status = value->plain ? fastabi_parse_integer(value->text, true, &parsed) : -EINVAL;
    if (status == -EINVAL)
        return fastabi_complain(form, FASTABI_DIAG_NOT_AN_INTEGER, fastabi_mark_of(value),
                                "'%.60s' is not an integer; %s", value->text,
                                fastabi_hint_integer(value, hint));
    if (status || parsed < minimum || parsed > maximum)
        return refuse_range(form, key, value, minimum, maximum);
    *integer = parsed;
    *ok = true;
    return 0;
}

int fastabi_read_boolean(struct fastabi_form *form, const struct fastabi_node *key,
                         const struct fastabi_node *value, bool *boolean)
{
    char hint[FASTABI_HINT_SIZE];
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, &ok);

    if (status || !ok)
        return status;
    if (value->plain && !strcmp(value->text, "true"))
        *boolean = true;
    else if (value->plain && !strcmp(value->text, "false"))
        *boolean = false;
    else
        return fastabi_complain(form, FASTABI_DIAG_NOT_A_BOOLEAN, fastabi_mark_of(value),
                                "'%.100s' is neither true nor false; %s", key->text,
                                fastabi_hint_boolean(value, hint));
    return 0;
}

int fastabi_read_release(struct fastabi_form *form, const struct fastabi_node *key,
                         const struct fastabi_node *value, const char **release)
{
    char hint[FASTABI_HINT_SIZE];
    const char *text = NULL;
    size_t major, minor;
    int status = fastabi_read_text(form, key, value, &text);

    if (status || !text)
        return status;
    major = strspn(text, "0123456789");
    minor = text[major] == '.' ? strspn(text + major + 1, "0123456789") : 0;
    if (!major || !minor || text[major + 1 + minor] || major > 3 || minor > 3 ||
        (text[0] == '0' && major > 1) || (text[major + 1] == '0' && minor > 1))
        return fastabi_complain(form, FASTABI_DIAG_BAD_RELEASE, fastabi_mark_of(value),
                                "'%.60s' is not a release of Xen; %s", text,
                                fastabi_hint_release(text, hint));
    *release = text;
    return 0;
}

/* ---- keys ---- */

static void *find_member(const struct fastabi_member *member, void *target)
{
    char *object = target;

    if (member->is_behind)
        // cppcheck-suppress pointerSize -- the member is a pointer, and that is what is read
        memcpy(&object, object + member->pointer, sizeof(object));
    return object + member->offset;
}

static bool has_key(const struct fastabi_key_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (!strcmp(table->keys[i].name, name))
            return true;
    }
    return false;
}

/* The keys of a table, "a, b, c". */
static void list_keys(const struct fastabi_key_table *table, char *text, size_t size)
{
    size_t used = 0;

    *text = '\0';
    for (size_t i = 0; i < table->count && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i ? ", " : "",
                                 table->keys[i].name);
}

static int refuse_key(struct fastabi_form *form, const struct fastabi_node *key,
                      const struct fastabi_key_table *table)
{
    struct fastabi_guess guess = { .size = sizeof(struct fastabi_guess), .word = key->text };
    const struct fastabi_key_table *const *other = form->tables;
    struct fastabi_mark mark = fastabi_mark_of(key);
    const char *colon;
    char names[256];

    for (size_t i = 0; i < table->count; i++)
        fastabi_guess_try(&guess, table->keys[i].name);
    while (other && *other && !has_key(*other, key->text))
        other++;
    if (other && *other && guess.best)
        return fastabi_complain(form, FASTABI_DIAG_UNKNOWN_KEY, mark,
                                "unknown key '%.60s' %s; did you mean '%s'? ('%.60s' belongs %s)",
                                key->text, table->where, guess.best, key->text, (*other)->where);
    if (other && *other)
        return fastabi_complain(form, FASTABI_DIAG_UNKNOWN_KEY, mark,
                                "unknown key '%.60s' %s; '%.60s' belongs %s", key->text,
                                table->where, key->text, (*other)->where);
    colon = strchr(key->text, ':');
    if (colon)
        return fastabi_complain(
            form, FASTABI_DIAG_UNKNOWN_KEY, mark,
            "unknown key '%.60s' %s; put a space after the ':', as in '%.*s: %.60s'", key->text,
            table->where, (int)(colon - key->text), key->text, colon + 1);
    if (guess.best)
        return fastabi_complain(form, FASTABI_DIAG_UNKNOWN_KEY, mark,
                                "unknown key '%.60s' %s; did you mean '%s'?", key->text,
                                table->where, guess.best);
    for (other = form->tables; other && *other && !guess.best; other++) {
        for (size_t i = 0; i < (*other)->count; i++)
            fastabi_guess_try(&guess, (*other)->keys[i].name);
        if (guess.best)
            return fastabi_complain(form, FASTABI_DIAG_UNKNOWN_KEY, mark,
                                    "unknown key '%.60s' %s; did you mean '%s', which belongs %s?",
                                    key->text, table->where, guess.best, (*other)->where);
    }
    list_keys(table, names, sizeof(names));
    return fastabi_complain(form, FASTABI_DIAG_UNKNOWN_KEY, mark,
                            "unknown key '%.60s' %s; the keys here are %s", key->text, table->where,
                            names);
}

static int read_key(struct fastabi_form *form, const struct fastabi_node *key,
                    const struct fastabi_node *value, const struct fastabi_key_table *table,
                    void *target)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct fastabi_key *row = &table->keys[i];

        if (*row->name != *key->text || strcmp(row->name, key->text))
            continue;
        if (row->text)
            return row->text(form, key, value, find_member(&row->place, target));
        if (row->boolean)
            return row->boolean(form, key, value, find_member(&row->place, target));
        return row->read(form, key, value, target);
    }
    return refuse_key(form, key, table);
}

int fastabi_read_keys(struct fastabi_form *form, const struct fastabi_node *mapping,
                      const struct fastabi_key_table *table, void *target)
{
    for (const struct fastabi_node *key = mapping->child; key; key = key->next->next) {
        int status = read_key(form, key, key->next, table, target);

        if (status)
            return status;
    }
    return 0;
}

int fastabi_check_new_name(struct fastabi_form *form, struct fastabi_names *names,
                           const struct fastabi_node *key)
{
    struct fastabi_mark *mark = fastabi_arena_alloc(&form->sets, sizeof(*mark));
    char *name = fastabi_arena_copy(&form->sets, key->text, key->length);
    const void *there = NULL;
    const struct fastabi_mark *same;

    if (!mark || !name)
        return fastabi_no_memory(form);
    *mark = fastabi_mark_of(key);
    if (fastabi_names_add(names, &form->sets, name, mark, &there))
        return fastabi_no_memory(form);
    same = there;
    if (!same)
        return 0;
    fastabi_complain(form, FASTABI_DIAG_DUPLICATE_KEY, *mark,
                     "key '%.100s' was already given at %s; remove one of them", key->text,
                     fastabi_form_at(form, *same));
    return -EINVAL;
}

/* ---- the file ---- */

int fastabi_form_open(struct fastabi_form *form, struct fastabi_context *context,
                      struct fastabi_arena *arena, const char *path, const char *name,
                      const char *text, size_t length)
{
    *form = (struct fastabi_form){ .context = context };
    form->arena = arena ? arena : &form->sets;
    return fastabi_reader_open(&form->reader, context, &form->scratch, path, name, text, length);
}

void fastabi_form_close(struct fastabi_form *form)
{
    fastabi_reader_close(&form->reader);
    fastabi_arena_free(&form->scratch);
    fastabi_arena_free(&form->sets);
}

/* The value of a key of the outer mapping. */
static int read_entry(struct fastabi_form *form, const struct fastabi_node *key,
                      const struct fastabi_key_table *table, void *target)
{
    struct fastabi_node *value;
    int status;

    for (size_t i = 0; i < table->count; i++) {
        if (table->keys[i].walk && !strcmp(table->keys[i].name, key->text))
            return table->keys[i].walk(form, key, target);
    }
    status = fastabi_reader_value(&form->reader, &value);
    return status ? status : read_key(form, key, value, table, target);
}

int fastabi_form_read(struct fastabi_form *form, const struct fastabi_key_table *table,
                      void *target)
{
    int status = fastabi_reader_start(&form->reader, table->keys[0].name);

    while (!status) {
        struct fastabi_node *key;

        fastabi_arena_reset(&form->scratch);
        status = fastabi_reader_key(&form->reader, &key);
        if (status)
            return status;
        if (!key)
            return fastabi_reader_finish(&form->reader);
        status = fastabi_check_new_name(form, &form->keys, key);
        if (!status)
            status = read_entry(form, key, table, target);
    }
    return status;
}
