/* SPDX-License-Identifier: MIT */
/*
 * A specification from its file: the outer mapping, and the helpers that read values.  Operations are
 * build-op.c's; whether the whole makes sense is rules.c's.
 */
#include "spec/build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"

/* ---- complaints ---- */

static int too_many(struct fastabi_builder *builder, struct fastabi_mark mark)
{
    struct fastabi_place place = { builder->reader.source.name, mark.line, mark.column };

    return fastabi_report(builder->context, FASTABI_DIAG_TOO_MANY_ERRORS, &place,
                          "too many errors; the rest of the file was not looked at");
}

int fastabi_complain(struct fastabi_builder *builder, enum fastabi_diag_id id,
                     struct fastabi_mark mark, const char *format, ...)
{
    struct fastabi_place place = { builder->reader.source.name, mark.line, mark.column };
    va_list arguments;

    va_start(arguments, format);
    fastabi_report_va(builder->context, id, &place, format, arguments);
    va_end(arguments);
    return ++builder->errors < builder->context->limits.errors ? 0 : too_many(builder, mark);
}

void fastabi_remark(struct fastabi_builder *builder, enum fastabi_diag_id id,
                    struct fastabi_mark mark, const char *format, ...)
{
    struct fastabi_place place = { builder->reader.source.name, mark.line, mark.column };
    va_list arguments;

    va_start(arguments, format);
    fastabi_report_va(builder->context, id, &place, format, arguments);
    va_end(arguments);
}

int fastabi_build_no_memory(struct fastabi_builder *builder)
{
    return fastabi_report_system(builder->context, FASTABI_DIAG_OUT_OF_MEMORY,
                                 builder->reader.source.name, -ENOMEM);
}

struct fastabi_mark fastabi_mark_of(const struct fastabi_node *node)
{
    return (struct fastabi_mark){ node->line, node->column };
}

char *fastabi_keep(struct fastabi_builder *builder, const char *text)
{
    return fastabi_arena_copy(builder->arena, text, strlen(text));
}

/* ---- values ---- */

static bool is_empty(const struct fastabi_node *value)
{
    return value->kind == FASTABI_SCALAR ? value->plain && !value->length : !value->child;
}

int fastabi_expect(struct fastabi_builder *builder, const struct fastabi_node *key,
                   const struct fastabi_node *value, enum fastabi_node_kind kind, bool *ok)
{
    static const char *const names[] = { "a plain value", "a mapping", "a list" };

    *ok = false;
    if (is_empty(value))
        return fastabi_complain(builder, FASTABI_DIAG_EMPTY_SECTION, fastabi_mark_of(key),
                                "'%.100s' is empty; leave it out", key->text);
    if (value->kind != kind)
        return fastabi_complain(builder, FASTABI_DIAG_WRONG_KIND, fastabi_mark_of(value),
                                "'%.100s' must be %s, not %s", key->text, names[kind],
                                names[value->kind]);
    *ok = true;
    return 0;
}

int fastabi_read_text(struct fastabi_builder *builder, const struct fastabi_node *key,
                      const struct fastabi_node *value, const char **text)
{
    bool ok;
    int status = fastabi_expect(builder, key, value, FASTABI_SCALAR, &ok);

    if (status || !ok)
        return status;
    if (!value->text[strspn(value->text, " \t\n")])
        return fastabi_complain(builder, FASTABI_DIAG_EMPTY_TEXT, fastabi_mark_of(value),
                                "'%.100s' is an empty text", key->text);
    *text = fastabi_keep(builder, value->text);
    return *text ? 0 : fastabi_build_no_memory(builder);
}

int fastabi_read_identifier(struct fastabi_builder *builder, const struct fastabi_node *key,
                            const struct fastabi_node *value, const char **identifier)
{
    bool ok;
    int status = fastabi_expect(builder, key, value, FASTABI_SCALAR, &ok);

    if (status || !ok)
        return status;
    if (!fastabi_is_identifier(value->text))
        return fastabi_complain(builder, FASTABI_DIAG_NOT_AN_IDENTIFIER, fastabi_mark_of(value),
                                "'%.60s' is no identifier", value->text);
    *identifier = fastabi_keep(builder, value->text);
    return *identifier ? 0 : fastabi_build_no_memory(builder);
}

int fastabi_read_integer(struct fastabi_builder *builder, const struct fastabi_node *key,
                         const struct fastabi_node *value, int64_t minimum, int64_t maximum,
                         int64_t *integer, bool *ok)
{
    int64_t parsed = 0;
    int status = fastabi_expect(builder, key, value, FASTABI_SCALAR, ok);

    if (status || !*ok)
        return status;
    *ok = false;
    status = value->plain ? fastabi_parse_integer(value->text, true, &parsed) : -EINVAL;
    if (status == -EINVAL)
        return fastabi_complain(builder, FASTABI_DIAG_NOT_AN_INTEGER, fastabi_mark_of(value),
                                "'%.60s' is no integer; write it decimal, or 0x hexadecimal",
                                value->text);
    if (status || parsed < minimum || parsed > maximum)
        return fastabi_complain(builder, FASTABI_DIAG_OUT_OF_RANGE, fastabi_mark_of(value),
                                "%.60s is out of range; '%.100s' takes %lld to %lld", value->text,
                                key->text, (long long)minimum, (long long)maximum);
    *integer = parsed;
    *ok = true;
    return 0;
}

int fastabi_read_boolean(struct fastabi_builder *builder, const struct fastabi_node *key,
                         const struct fastabi_node *value, bool *boolean)
{
    bool ok;
    int status = fastabi_expect(builder, key, value, FASTABI_SCALAR, &ok);

    if (status || !ok)
        return status;
    if (value->plain && !strcmp(value->text, "true"))
        *boolean = true;
    else if (value->plain && !strcmp(value->text, "false"))
        *boolean = false;
    else
        return fastabi_complain(builder, FASTABI_DIAG_NOT_A_BOOLEAN, fastabi_mark_of(value),
                                "'%.100s' must be true or false", key->text);
    return 0;
}

int fastabi_read_release(struct fastabi_builder *builder, const struct fastabi_node *key,
                         const struct fastabi_node *value, const char **release)
{
    const char *text = NULL;
    size_t major, minor;
    int status = fastabi_read_text(builder, key, value, &text);

    if (status || !text)
        return status;
    major = strspn(text, "0123456789");
    minor = text[major] == '.' ? strspn(text + major + 1, "0123456789") : 0;
    if (!major || !minor || text[major + 1 + minor] || major > 3 || minor > 3)
        return fastabi_complain(builder, FASTABI_DIAG_BAD_RELEASE, fastabi_mark_of(value),
                                "'%.60s' is no Xen release like 4.17", text);
    *release = text;
    return 0;
}

/* ---- keys ---- */

int fastabi_read_key(struct fastabi_builder *builder, const struct fastabi_node *key,
                     const struct fastabi_node *value, const struct fastabi_key *keys,
                     size_t key_count, const char *where, void *target)
{
    for (size_t i = 0; i < key_count; i++) {
        if (!strcmp(keys[i].name, key->text))
            return keys[i].read(builder, key, value, target);
    }
    return fastabi_complain(builder, FASTABI_DIAG_UNKNOWN_KEY, fastabi_mark_of(key),
                            "unknown key '%.60s' in %s", key->text, where);
}

int fastabi_read_keys(struct fastabi_builder *builder, const struct fastabi_node *mapping,
                      const struct fastabi_key *keys, size_t key_count, const char *where,
                      void *target)
{
    for (const struct fastabi_node *key = mapping->child; key; key = key->next->next) {
        int status = fastabi_read_key(builder, key, key->next, keys, key_count, where, target);

        if (status)
            return status;
    }
    return 0;
}

/* ---- the outer mapping ---- */

static int read_name(struct fastabi_builder *builder, const struct fastabi_node *key,
                     const struct fastabi_node *value, void *target)
{
    (void)target;
    builder->spec->name_mark = fastabi_mark_of(value);
    return fastabi_read_identifier(builder, key, value, &builder->spec->name);
}

static int read_hypercall_index(struct fastabi_builder *builder, const struct fastabi_node *key,
                                const struct fastabi_node *value, void *target)
{
    int64_t index = 0;
    bool ok;
    int status = fastabi_read_integer(builder, key, value, 0, FASTABI_MASK - 1, &index, &ok);

    (void)target;
    builder->spec->index_mark = fastabi_mark_of(value);
    builder->spec->hypercall_index = (uint32_t)index;
    builder->spec->has_hypercall_index = true; /* there, even if at fault */
    return status;
}

static int read_hypercall_macro(struct fastabi_builder *builder, const struct fastabi_node *key,
                                const struct fastabi_node *value, void *target)
{
    (void)target;
    builder->spec->macro_mark = fastabi_mark_of(value);
    return fastabi_read_identifier(builder, key, value, &builder->spec->hypercall_macro);
}

static int read_index_prefix(struct fastabi_builder *builder, const struct fastabi_node *key,
                             const struct fastabi_node *value, void *target)
{
    (void)target;
    return fastabi_read_identifier(builder, key, value, &builder->spec->index_prefix);
}

static int read_doc(struct fastabi_builder *builder, const struct fastabi_node *key,
                    const struct fastabi_node *value, void *target)
{
    (void)target;
    return fastabi_read_text(builder, key, value, &builder->spec->doc);
}

static int read_since(struct fastabi_builder *builder, const struct fastabi_node *key,
                      const struct fastabi_node *value, void *target)
{
    (void)target;
    return fastabi_read_release(builder, key, value, &builder->spec->since);
}

static int read_extension(struct fastabi_builder *builder, const struct fastabi_node *key,
                          const struct fastabi_node *value, void *target)
{
    (void)target;
    return fastabi_read_boolean(builder, key, value, &builder->spec->extension);
}

/* A relative path of plain names that ends in ".h". */
static bool is_header_path(const char *path)
{
    size_t length = strlen(path);

    if (length < 3 || length > FASTABI_IDENTIFIER_MAX || strcmp(path + length - 2, ".h"))
        return false;
    for (const char *part = path; *part;) {
        size_t plain = strspn(part, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                    "0123456789_-.");

        if (!plain || *part == '.' || (part[plain] && part[plain] != '/'))
            return false;
        part += plain;
        if (*part == '/' && !*++part)
            return false;
    }
    return true;
}

static int read_headers(struct fastabi_builder *builder, const struct fastabi_node *key,
                        const struct fastabi_node *value, void *target)
{
    struct fastabi_strings *headers = &builder->spec->headers;
    const struct fastabi_node *node;
    size_t count = 0;
    bool ok;
    int status = fastabi_expect(builder, key, value, FASTABI_SEQUENCE, &ok);

    (void)target;
    if (status || !ok)
        return status;
    for (node = value->child; node; node = node->next)
        count++;
    headers->items = fastabi_arena_alloc(builder->arena, count * sizeof(*headers->items));
    headers->marks = fastabi_arena_alloc(builder->arena, count * sizeof(*headers->marks));
    if (!headers->items || !headers->marks)
        return fastabi_build_no_memory(builder);
    for (node = value->child; node; node = node->next) {
        const char *path = NULL;

        status = fastabi_read_text(builder, key, node, &path);
        if (!status && path && !is_header_path(path))
            status = fastabi_complain(builder, FASTABI_DIAG_BAD_HEADER_PATH, fastabi_mark_of(node),
                                      "'%.60s' is no relative path of a header", path);
        if (status)
            return status;
        if (path) {
            headers->marks[headers->count] = fastabi_mark_of(node);
            headers->items[headers->count++] = path;
        }
    }
    return 0;
}

static int read_direct(struct fastabi_builder *builder, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    (void)target;
    builder->has_operations = true;
    return fastabi_build_op(builder, key, value, true, &builder->spec->direct);
}

static int read_xen(struct fastabi_builder *builder, const struct fastabi_node *key,
                    const struct fastabi_node *value, void *target)
{
    (void)target;
    return fastabi_build_spec_xen(builder, key, value);
}

static const struct fastabi_key spec_keys[] = {
    { "name", read_name },
    { "hypercall_index", read_hypercall_index },
    { "hypercall_macro", read_hypercall_macro },
    { "index_prefix", read_index_prefix },
    { "headers", read_headers },
    { "doc", read_doc },
    { "since", read_since },
    { "extension", read_extension },
    { "direct", read_direct },
    { "xen", read_xen },
};

/* ---- sub-operations ---- */

int fastabi_check_new_name(struct fastabi_builder *builder, struct fastabi_names *names,
                           const struct fastabi_node *key)
{
    struct fastabi_mark *mark = fastabi_arena_alloc(&builder->sets, sizeof(*mark));
    char *name = fastabi_arena_copy(&builder->sets, key->text, key->length);
    const void *there = NULL;
    const struct fastabi_mark *same;

    if (!mark || !name)
        return fastabi_build_no_memory(builder);
    *mark = fastabi_mark_of(key);
    if (fastabi_names_add(names, &builder->sets, name, mark, &there))
        return fastabi_build_no_memory(builder);
    same = there;
    if (!same)
        return 0;
    fastabi_complain(builder, FASTABI_DIAG_DUPLICATE_KEY, *mark,
                     "key '%.100s' was already given on line %u", key->text, same->line);
    return -EINVAL;
}

static int check_new_index(struct fastabi_builder *builder, const struct fastabi_op *op)
{
    const void *there = NULL;
    const struct fastabi_op *same;

    if (!op->has_index)
        return 0;
    if (fastabi_numbers_add(&builder->op_indices, &builder->sets, op->index, op, &there))
        return fastabi_build_no_memory(builder);
    same = there;
    if (!same)
        return 0;
    return fastabi_complain(builder, FASTABI_DIAG_DUPLICATE_INDEX, op->index_mark,
                            "index %u is already that of '%s', line %u", op->index, same->name,
                            same->index_mark.line);
}

static int add_subop(struct fastabi_builder *builder, const struct fastabi_node *key,
                     const struct fastabi_node *value)
{
    struct fastabi_op *op = NULL;
    int status = 0;

    if (!fastabi_is_identifier(key->text))
        status = fastabi_complain(builder, FASTABI_DIAG_NOT_AN_IDENTIFIER, fastabi_mark_of(key),
                                  "'%.60s' is no identifier", key->text);
    if (!status)
        status = fastabi_build_op(builder, key, value, false, &op);
    if (status || !op)
        return status;
    builder->op_count++;
    if (builder->last_op)
        builder->last_op->next = op;
    else
        builder->first_op = op;
    builder->last_op = op;
    return check_new_index(builder, op);
}

static int read_subops(struct fastabi_builder *builder, const struct fastabi_node *section)
{
    struct fastabi_node *key, *value;
    size_t count = 0;
    bool entered;
    int status = fastabi_reader_enter(&builder->reader, &entered, &value);

    if (status)
        return status;
    if (!entered) {
        bool ok;

        return fastabi_expect(builder, section, value, FASTABI_MAPPING, &ok);
    }
    for (;;) {
        fastabi_arena_reset(&builder->scratch);
        status = fastabi_reader_key(&builder->reader, &key);
        if (status || !key)
            return status;
        if (++count > builder->context->limits.mapping_keys)
            return fastabi_complain(builder, FASTABI_DIAG_TOO_MANY_KEYS, fastabi_mark_of(key),
                                    "more than %zu keys in one mapping",
                                    builder->context->limits.mapping_keys),
                   -EINVAL;
        status = fastabi_check_new_name(builder, &builder->op_names, key);
        if (!status)
            status = fastabi_reader_value(&builder->reader, &value);
        if (!status)
            status = add_subop(builder, key, value);
        if (status)
            return status;
    }
}

static int read_entries(struct fastabi_builder *builder)
{
    for (;;) {
        struct fastabi_node *key, *value;
        int status;

        fastabi_arena_reset(&builder->scratch);
        status = fastabi_reader_key(&builder->reader, &key);
        if (status || !key)
            return status;
        status = fastabi_check_new_name(builder, &builder->keys, key);
        if (status)
            return status;
        if (!strcmp(key->text, "subops")) {
            builder->has_operations = true;
            status = read_subops(builder, key);
        } else {
            status = fastabi_reader_value(&builder->reader, &value);
            if (!status)
                status = fastabi_read_key(builder, key, value, spec_keys,
                                          sizeof(spec_keys) / sizeof(spec_keys[0]),
                                          "a specification", NULL);
        }
        if (status)
            return status;
    }
}

/* ---- the whole ---- */

/* The list of operations into an array, the direct one first; names of index macros. */
static int finish_ops(struct fastabi_builder *builder)
{
    struct fastabi_spec *spec = builder->spec;
    struct fastabi_op *op = builder->first_op;
    size_t prefix = spec->index_prefix ? strlen(spec->index_prefix) : 0;

    spec->op_count = builder->op_count + (spec->direct != NULL);
    spec->ops = fastabi_arena_alloc(builder->arena, (spec->op_count + 1) * sizeof(*spec->ops));
    if (!spec->ops)
        return fastabi_build_no_memory(builder);
    size_t i = 0;

    if (spec->direct)
        spec->ops[i++] = spec->direct;
    for (; op; op = op->next) {
        if (spec->index_prefix && !op->index_macro) {
            size_t length = strlen(op->name);
            char *macro = fastabi_arena_alloc(builder->arena, prefix + length + 1);

            if (!macro)
                return fastabi_build_no_memory(builder);
            memcpy(macro, spec->index_prefix, prefix);
            memcpy(macro + prefix, op->name, length);
            op->index_macro = macro;
        }
        spec->ops[i++] = op;
    }
    return 0;
}

/* The file's own section xen may stand behind the operations. */
static int finish_xen(struct fastabi_builder *builder)
{
    struct fastabi_op *op = builder->spec->direct ? builder->spec->direct : builder->first_op;
    int status = 0;

    while (op && !status) {
        status = fastabi_settle_xen_args(builder, op);
        if (!status)
            status = fastabi_check_xen(builder, op);
        op = op == builder->spec->direct ? builder->first_op : op->next;
    }
    return status;
}

static int build(struct fastabi_builder *builder)
{
    int status = fastabi_reader_start(&builder->reader);

    if (!status)
        status = read_entries(builder);
    if (!status)
        status = fastabi_reader_finish(&builder->reader);
    if (!status)
        status = fastabi_check_spec(builder);
    if (!status)
        status = finish_ops(builder);
    if (!status && !builder->errors)
        status = finish_xen(builder);
    builder->spec->fingerprint ^= builder->reader.source.fingerprint;
    return status ? status : builder->errors ? -EINVAL : 0;
}

static int read_spec(struct fastabi_context *context, const char *path, const char *name,
                     const char *text, size_t length, struct fastabi_spec **made)
{
    struct fastabi_builder builder = { .context = context };
    int status;

    builder.reader.source.name = name;
    builder.spec = calloc(1, sizeof(*builder.spec));
    if (builder.spec) {
        builder.arena = &builder.spec->arena;
        builder.spec->path = fastabi_keep(&builder, name);
    }
    if (!builder.spec || !builder.spec->path) {
        status = fastabi_build_no_memory(&builder);
    } else {
        status = fastabi_reader_open(&builder.reader, context, &builder.scratch, path, name, text,
                                     length);
        if (!status)
            status = build(&builder);
        fastabi_reader_close(&builder.reader);
    }
    fastabi_arena_free(&builder.scratch);
    fastabi_arena_free(&builder.sets);
    if (status)
        fastabi_spec_free(builder.spec);
    else
        *made = builder.spec;
    return status;
}

int fastabi_spec_load(struct fastabi_context *context, const char *path, struct fastabi_spec **spec)
{
    return read_spec(context, path, path, NULL, 0, spec);
}

int fastabi_spec_parse(struct fastabi_context *context, const char *name, const char *text,
                       size_t length, struct fastabi_spec **spec)
{
    return read_spec(context, NULL, name, text, length, spec);
}
