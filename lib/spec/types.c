/* SPDX-License-Identifier: MIT */
/*
 * Named types: reading common/types.yml, and finding types by name or C type.  A file is read once
 * for a context; a specification gets copies of what it uses.  Knows nothing of operations.
 */
#include "spec/types.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "base/path.h"
#include "read/find.h"
#include "spec/c-type.h"

/* One file, which a context owns. */
struct fastabi_types {
    struct fastabi_owned owned;
    const char *path;
    struct fastabi_arena arena;
    struct fastabi_names names;   /* of struct fastabi_type */
    struct fastabi_names c_types; /* the same by C type */
    uint64_t fingerprint;
};

bool fastabi_parse_repr(const char *text, uint8_t *width, bool *is_signed)
{
    static const struct {
        const char *name;
        uint8_t width;
    } widths[] = { { "8", 8 }, { "16", 16 }, { "32", 32 }, { "64", 64 } };

    if (text[0] != 'u' && text[0] != 'i')
        return false;
    for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
        if (!strcmp(text + 1, widths[i].name)) {
            *width = widths[i].width;
            *is_signed = text[0] == 'i';
            return true;
        }
    }
    return false;
}

/* ---- hints ---- */

static const char *const reprs[] = { "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64" };

/* The type of C's uint32_t, char * or domid_t. */
static bool hint_c_type(const struct fastabi_types *file, const char *name,
                        char hint[FASTABI_HINT_SIZE])
{
    const struct fastabi_type *type = NULL;
    struct fastabi_c_type c_type;

    if (fastabi_c_type_parse(name, &c_type))
        return false;
    if (c_type.kind == FASTABI_C_INTEGER)
        snprintf(hint, FASTABI_HINT_SIZE, "did you mean '%c%u'?", c_type.is_signed ? 'i' : 'u',
                 c_type.width);
    if (c_type.kind == FASTABI_C_POINTER)
        snprintf(hint, FASTABI_HINT_SIZE, "did you mean 'u64', for the address?");
    if (c_type.kind == FASTABI_C_NAME && file)
        type = fastabi_names_find(&file->c_types, c_type.spelling);
    if (type)
        snprintf(hint, FASTABI_HINT_SIZE, "did you mean '%.100s'?", type->name);
    return type || c_type.kind == FASTABI_C_INTEGER || c_type.kind == FASTABI_C_POINTER;
}

/* C's other words, and other languages'. */
static const char *find_alias(const char *name)
{
    static const char *const rows[][2] = {
        { "bool", "u8" },         { "_Bool", "u8" },    { "byte", "u8" },     { "uchar", "u8" },
        { "ushort", "u16" },      { "uint", "u32" },    { "ulong", "u64" },   { "usize", "u64" },
        { "isize", "i64" },       { "ptr", "u64" },     { "pointer", "u64" }, { "u128", "u64" },
        { "s8", "i8" },           { "s16", "i16" },     { "s32", "i32" },     { "s64", "i64" },
        { "uint8", "u8" },        { "uint16", "u16" },  { "uint32", "u32" },  { "uint64", "u64" },
        { "int8", "i8" },         { "int16", "i16" },   { "int32", "i32" },   { "int64", "i64" },
        { "__u8", "u8" },         { "__u16", "u16" },   { "__u32", "u32" },   { "__u64", "u64" },
        { "xen_ulong_t", "u64" }, { "ssize_t", "i64" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (!strcmp(rows[i][0], name))
            return rows[i][1];
    }
    return NULL;
}

static const char *to_lower(const char *name, char lower[FASTABI_IDENTIFIER_MAX + 1])
{
    size_t i;

    for (i = 0; i < FASTABI_IDENTIFIER_MAX && name[i]; i++)
        lower[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a') : name[i];
    lower[i] = '\0';
    return lower;
}

static const char *hint_type(const struct fastabi_types *file, const char *name,
                             char hint[FASTABI_HINT_SIZE])
{
    struct fastabi_guess guess = { .size = sizeof(struct fastabi_guess), .word = name };
    char lower[FASTABI_IDENTIFIER_MAX + 1];
    const char *alias = find_alias(to_lower(name, lower));

    if (alias) {
        snprintf(hint, FASTABI_HINT_SIZE, "did you mean '%s'?", alias);
        return hint;
    }
    if (hint_c_type(file, name, hint) || hint_c_type(file, to_lower(name, lower), hint))
        return hint;
    if (file)
        fastabi_names_guess(&file->names, &guess);
    for (size_t i = 0; i < sizeof(reprs) / sizeof(reprs[0]); i++)
        fastabi_guess_try(&guess, reprs[i]);
    if (guess.best)
        snprintf(hint, FASTABI_HINT_SIZE, "did you mean '%.100s'?", guess.best);
    else
        snprintf(hint, FASTABI_HINT_SIZE, "use one of u8 to u64 and i8 to i64%s",
                 file ? ", or a name of common/types.yml" : "");
    return hint;
}

const char *fastabi_types_hint(const struct fastabi_used_types *used, const char *name,
                               char hint[FASTABI_HINT_SIZE])
{
    return hint_type(used->file, name, hint);
}

/* ---- reading ---- */

static int read_repr(struct fastabi_form *form, const struct fastabi_node *key,
                     const struct fastabi_node *value, void *target)
{
    struct fastabi_type *type = target;
    char hint[FASTABI_HINT_SIZE];
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, &ok);

    if (!status && ok && !fastabi_parse_repr(value->text, &type->width, &type->is_signed))
        status = fastabi_complain(form, FASTABI_DIAG_BAD_REPRESENTATION, fastabi_mark_of(value),
                                  "'%.60s' is not a representation; %s", value->text,
                                  hint_type(NULL, value->text, hint));
    if (!type->width)
        type->width = 64; /* given, if badly */
    return status;
}

static const struct fastabi_key type_keys[] = {
    { .name = "repr", .read = read_repr },
    { .name = "c_type",
      .text = fastabi_read_identifier,
      .place = FASTABI_INSIDE(struct fastabi_type, c_type) },
    { .name = "doc", .text = fastabi_read_text, .place = FASTABI_INSIDE(struct fastabi_type, doc) },
    { .name = "memory",
      .boolean = fastabi_read_boolean,
      .place = FASTABI_INSIDE(struct fastabi_type, names_memory) },
};

static const struct fastabi_key_table type_table = FASTABI_KEY_TABLE("in a named type", type_keys);

static int check_type(struct fastabi_form *form, struct fastabi_types *types,
                      const struct fastabi_type *type)
{
    const struct fastabi_type *same;
    const void *there = NULL;
    uint8_t width;
    bool is_signed;

    if (!type->width)
        return fastabi_complain(form, FASTABI_DIAG_MISSING_KEY, type->mark,
                                "'%.100s' has no 'repr'; add one of u8 to u64 or i8 to i64",
                                type->name);
    if (fastabi_parse_repr(type->name, &width, &is_signed))
        return fastabi_complain(form, FASTABI_DIAG_TYPE_CONFLICT, type->mark,
                                "'%.100s' is a built-in type; choose another name", type->name);
    if (type->c_type &&
        fastabi_names_add(&types->c_types, &types->arena, type->c_type, type, &there))
        return fastabi_no_memory(form);
    same = there;
    if (!same)
        return 0;
    return fastabi_complain(form, FASTABI_DIAG_DUPLICATE_C_TYPE, type->mark,
                            "'%.100s' has the C type of '%.100s' at %s; remove it from one of them",
                            type->name, same->name, fastabi_form_at(form, same->mark));
}

static int add_type(struct fastabi_form *form, struct fastabi_types *types,
                    const struct fastabi_node *key)
{
    struct fastabi_type *type = fastabi_arena_alloc(&types->arena, sizeof(*type));
    const void *there;
    bool ok;
    int status;

    status = fastabi_expect_identifier(form, key, &ok);
    if (status || !ok)
        return status;
    if (type)
        type->name = fastabi_keep(form, key->text);
    if (!type || !type->name ||
        fastabi_names_add(&types->names, &types->arena, type->name, type, &there))
        return fastabi_no_memory(form);
    type->mark = fastabi_mark_of(key);
    status = fastabi_expect(form, key, key->next, FASTABI_MAPPING, &ok);
    if (!status && ok)
        status = fastabi_read_keys(form, key->next, &type_table, type);
    if (!status && ok)
        status = check_type(form, types, type);
    return status;
}

static int read_types(struct fastabi_form *form, const struct fastabi_node *key,
                      const struct fastabi_node *value, void *target)
{
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_MAPPING, &ok);

    if (status || !ok)
        return status;
    for (const struct fastabi_node *name = value->child; name && !status; name = name->next->next)
        status = add_type(form, target, name);
    return status;
}

static const struct fastabi_key file_keys[] = { { .name = "types", .read = read_types } };

static const struct fastabi_key_table file_table =
    FASTABI_KEY_TABLE("at the top of a file of types", file_keys);
static const struct fastabi_key_table *const tables[] = { &type_table, &file_table, NULL };

static int read_file(struct fastabi_form *form, struct fastabi_types *types)
{
    const struct fastabi_mark top = { 1, 1 };
    int status = fastabi_form_read(form, &file_table, types);

    if (!status && !form->keys.count)
        status = fastabi_complain(form, FASTABI_DIAG_MISSING_KEY, top,
                                  "the file has no 'types'; add 'types:' at the top");
    return status ? status : form->errors ? -EINVAL : 0;
}

static int load(struct fastabi_context *context, struct fastabi_types *types)
{
    struct fastabi_form form;
    int status = fastabi_form_open(&form, context, &types->arena, types->path, types->path, NULL,
                                   0);

    form.tables = tables;
    if (!status)
        status = read_file(&form, types);
    types->fingerprint = form.reader.source.fingerprint;
    fastabi_form_close(&form);
    return status;
}

static void free_types(struct fastabi_owned *owned)
{
    struct fastabi_types *types = (struct fastabi_types *)owned;

    fastabi_arena_free(&types->arena);
    free(types);
}

/* ---- finding ---- */

/* common/types.yml beside the specification, or else the installed one, or else NULL. */
static int find_file(struct fastabi_form *form, const char **found)
{
    static const char relative[] = "common/types.yml";
    const char *name = form->reader.source.name;
    int directory = (int)(fastabi_path_name(name) - name);

    if (form->reader.source.stream) {
        *found = fastabi_arena_printf(&form->sets, "%.*s%s", directory, name, relative);
        if (!*found)
            return -ENOMEM;
        if (fastabi_find_is_there(*found))
            return 0;
    }
    return fastabi_find_installed(form->context, &form->sets, relative, found);
}

static const struct fastabi_types *find_loaded(const struct fastabi_context *context,
                                               const char *path)
{
    const struct fastabi_owned *owned = NULL;

    while ((owned = fastabi_context_owned(context, owned, free_types))) {
        const struct fastabi_types *types = (const struct fastabi_types *)owned;

        if (!strcmp(types->path, path))
            return types;
    }
    return NULL;
}

/* The types of a file, read unless the context has them. */
static int open_types(struct fastabi_form *form, const char *path,
                      const struct fastabi_types **found)
{
    struct fastabi_types *types;
    int status;

    *found = find_loaded(form->context, path);
    if (*found)
        return 0;
    types = calloc(1, sizeof(*types));
    if (!types)
        return fastabi_no_memory(form);
    types->owned.free = free_types;
    types->path = fastabi_arena_copy(&types->arena, path, strlen(path));
    status = types->path ? load(form->context, types) : fastabi_no_memory(form);
    if (status) {
        free_types(&types->owned);
        return status;
    }
    fastabi_context_own(form->context, &types->owned);
    *found = types;
    return 0;
}

/* Have used->file, if there is one. */
static int want_file(struct fastabi_used_types *used)
{
    struct fastabi_spec *spec = used->spec;
    const char *path;
    int status;

    if (used->file)
        return 0;
    if (find_file(used->form, &path))
        return fastabi_no_memory(used->form);
    if (!path)
        return 0;
    status = open_types(used->form, path, &used->file);
    if (status)
        return status;
    spec->fingerprint = used->file->fingerprint * UINT64_C(0x9e3779b97f4a7c15);
    spec->types_path = fastabi_keep(used->form, used->file->path);
    return spec->types_path ? 0 : fastabi_no_memory(used->form);
}

static const char *keep_optional(struct fastabi_form *form, const char *text, int *status)
{
    const char *kept = text ? fastabi_keep(form, text) : NULL;

    if (text && !kept)
        *status = -ENOMEM;
    return kept;
}

/* Room for one more type of the specification. */
static int grow(struct fastabi_used_types *used)
{
    struct fastabi_spec *spec = used->spec;
    size_t capacity = spec->type_count ? 2 * spec->type_count : 1;
    const struct fastabi_type **types;

    if (spec->type_count & (spec->type_count - 1)) /* neither 0 nor a power of two: not full */
        return 0;
    types = fastabi_arena_alloc(used->form->arena, capacity * sizeof(*types));
    if (!types)
        return fastabi_no_memory(used->form);
    if (spec->type_count)
        memcpy(types, spec->types, spec->type_count * sizeof(*types));
    spec->types = types;
    return 0;
}

/* The specification's own copy of a type. */
static int use(struct fastabi_used_types *used, const struct fastabi_type *found,
               const struct fastabi_type **type)
{
    struct fastabi_form *form = used->form;
    struct fastabi_type *copy;
    const void *there;
    int status = 0;

    *type = fastabi_names_find(&used->names, found->name);
    if (*type)
        return 0;
    if (grow(used))
        return -ENOMEM;
    copy = fastabi_arena_alloc(form->arena, sizeof(*copy));
    if (!copy)
        return fastabi_no_memory(form);
    *copy = *found;
    copy->name = keep_optional(form, found->name, &status);
    copy->c_type = keep_optional(form, found->c_type, &status);
    copy->doc = keep_optional(form, found->doc, &status);
    if (status || fastabi_names_add(&used->names, &form->sets, copy->name, copy, &there))
        return fastabi_no_memory(form);
    used->spec->types[used->spec->type_count++] = copy;
    *type = copy;
    return 0;
}

int fastabi_types_find(struct fastabi_used_types *used, const char *name,
                       const struct fastabi_type **type)
{
    const struct fastabi_type *found;
    int status = want_file(used);

    *type = NULL;
    if (status || !used->file)
        return status;
    found = fastabi_names_find(&used->file->names, name);
    return found ? use(used, found, type) : 0;
}

int fastabi_types_find_c(struct fastabi_used_types *used, const char *c_type,
                         const struct fastabi_type **type)
{
    const struct fastabi_type *found;
    int status = want_file(used);

    *type = NULL;
    if (status || !used->file)
        return status;
    found = fastabi_names_find(&used->file->c_types, c_type);
    return found ? use(used, found, type) : 0;
}
