/* SPDX-License-Identifier: MIT */
/* Files by tables of keys.  Knows nothing of hypercalls. */
#include "read/form.h"

#include <errno.h>
#include <string.h>

#include "base/context.h"

/* ---- complaints ---- */

static int too_many(struct fastabi_form *form, struct fastabi_mark mark)
{
    struct fastabi_place place = { form->reader.source.name, mark.line, mark.column };

    return fastabi_report(form->context, FASTABI_DIAG_TOO_MANY_ERRORS, &place,
                          "too many errors; the rest of the file was not looked at");
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

char *fastabi_keep(struct fastabi_form *form, const char *text)
{
    return fastabi_arena_copy(form->arena, text, strlen(text));
}

/* ---- values ---- */

static bool is_empty(const struct fastabi_node *value)
{
    return value->kind == FASTABI_SCALAR ? value->plain && !value->length : !value->child;
}

int fastabi_expect(struct fastabi_form *form, const struct fastabi_node *key,
                   const struct fastabi_node *value, enum fastabi_node_kind kind, bool *ok)
{
    static const char *const names[] = { "a plain value", "a mapping", "a list" };

    *ok = false;
    if (is_empty(value))
        return fastabi_complain(form, FASTABI_DIAG_EMPTY_SECTION, fastabi_mark_of(key),
                                "'%.100s' is empty; leave it out", key->text);
    if (value->kind != kind)
        return fastabi_complain(form, FASTABI_DIAG_WRONG_KIND, fastabi_mark_of(value),
                                "'%.100s' must be %s, not %s", key->text, names[kind],
                                names[value->kind]);
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
                                "'%.100s' is an empty text", key->text);
    *text = fastabi_keep(form, value->text);
    return *text ? 0 : fastabi_no_memory(form);
}

int fastabi_expect_identifier(struct fastabi_form *form, const struct fastabi_node *key, bool *ok)
{
    *ok = fastabi_is_identifier(key->text);
    if (*ok)
        return 0;
    return fastabi_complain(form, FASTABI_DIAG_NOT_AN_IDENTIFIER, fastabi_mark_of(key),
                            "'%.60s' is no identifier", key->text);
}

int fastabi_expect_field_path(struct fastabi_form *form, const struct fastabi_node *key, bool *ok)
{
    *ok = fastabi_is_field_path(key->text);
    if (*ok)
        return 0;
    return fastabi_complain(form, FASTABI_DIAG_NOT_A_FIELD_PATH, fastabi_mark_of(key),
                            "'%.60s' is no field path", key->text);
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

int fastabi_read_integer(struct fastabi_form *form, const struct fastabi_node *key,
                         const struct fastabi_node *value, int64_t minimum, int64_t maximum,
                         int64_t *integer, bool *ok)
{
    int64_t parsed = 0;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, ok);

    if (status || !*ok)
        return status;
    *ok = false;
    status = value->plain ? fastabi_parse_integer(value->text, true, &parsed) : -EINVAL;
    if (status == -EINVAL)
        return fastabi_complain(form, FASTABI_DIAG_NOT_AN_INTEGER, fastabi_mark_of(value),
                                "'%.60s' is no integer; write it decimal, or 0x hexadecimal",
                                value->text);
    if (status || parsed < minimum || parsed > maximum)
        return fastabi_complain(form, FASTABI_DIAG_OUT_OF_RANGE, fastabi_mark_of(value),
                                "%.60s is out of range; '%.100s' takes %lld to %lld", value->text,
                                key->text, (long long)minimum, (long long)maximum);
    *integer = parsed;
    *ok = true;
    return 0;
}

int fastabi_read_boolean(struct fastabi_form *form, const struct fastabi_node *key,
                         const struct fastabi_node *value, bool *boolean)
{
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
                                "'%.100s' must be true or false", key->text);
    return 0;
}

int fastabi_read_release(struct fastabi_form *form, const struct fastabi_node *key,
                         const struct fastabi_node *value, const char **release)
{
    const char *text = NULL;
    size_t major, minor;
    int status = fastabi_read_text(form, key, value, &text);

    if (status || !text)
        return status;
    major = strspn(text, "0123456789");
    minor = text[major] == '.' ? strspn(text + major + 1, "0123456789") : 0;
    if (!major || !minor || text[major + 1 + minor] || major > 3 || minor > 3)
        return fastabi_complain(form, FASTABI_DIAG_BAD_RELEASE, fastabi_mark_of(value),
                                "'%.60s' is no Xen release like 4.17", text);
    *release = text;
    return 0;
}

/* ---- keys ---- */

static void *find_member(const struct fastabi_member *member, void *target)
{
    char *object = target;

    if (member->is_behind)
        memcpy(&object, object + member->pointer, sizeof(object));
    return object + member->offset;
}

static int read_key(struct fastabi_form *form, const struct fastabi_node *key,
                    const struct fastabi_node *value, const struct fastabi_key *keys,
                    size_t key_count, const char *where, void *target)
{
    for (size_t i = 0; i < key_count; i++) {
        if (strcmp(keys[i].name, key->text))
            continue;
        if (keys[i].text)
            return keys[i].text(form, key, value, find_member(&keys[i].place, target));
        if (keys[i].boolean)
            return keys[i].boolean(form, key, value, find_member(&keys[i].place, target));
        return keys[i].read(form, key, value, target);
    }
    return fastabi_complain(form, FASTABI_DIAG_UNKNOWN_KEY, fastabi_mark_of(key),
                            "unknown key '%.60s' in %s", key->text, where);
}

int fastabi_read_keys(struct fastabi_form *form, const struct fastabi_node *mapping,
                      const struct fastabi_key *keys, size_t key_count, const char *where,
                      void *target)
{
    for (const struct fastabi_node *key = mapping->child; key; key = key->next->next) {
        int status = read_key(form, key, key->next, keys, key_count, where, target);

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
                     "key '%.100s' was already given on line %u", key->text, same->line);
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
                      const struct fastabi_key *keys, size_t key_count, const char *where,
                      void *target)
{
    struct fastabi_node *value;
    int status;

    for (size_t i = 0; i < key_count; i++) {
        if (keys[i].walk && !strcmp(keys[i].name, key->text))
            return keys[i].walk(form, key, target);
    }
    status = fastabi_reader_value(&form->reader, &value);
    return status ? status : read_key(form, key, value, keys, key_count, where, target);
}

int fastabi_form_read(struct fastabi_form *form, const struct fastabi_key *keys, size_t key_count,
                      const char *where, void *target)
{
    int status = fastabi_reader_start(&form->reader);

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
            status = read_entry(form, key, keys, key_count, where, target);
    }
    return status;
}
