/* SPDX-License-Identifier: MIT */
/*
 * Named types: reading common/types.yml, and finding types by name or C type.  A file is read once for a
 * context; a specification gets copies of what it uses.  Knows nothing of operations.
 */
#include "spec/build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/context.h"
#include "spec/c-type.h"

struct fastabi_types {
    struct fastabi_types *next; /* another file of the context */
    char *path;
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

/* ---- reading ---- */

static int read_repr(struct fastabi_builder *builder, const struct fastabi_node *key,
                     const struct fastabi_node *value, void *target)
{
    struct fastabi_type *type = target;
    bool ok;
    int status = fastabi_expect(builder, key, value, FASTABI_SCALAR, &ok);

    if (!status && ok && !fastabi_parse_repr(value->text, &type->width, &type->is_signed))
        status = fastabi_complain(builder, FASTABI_DIAG_BAD_REPRESENTATION, fastabi_mark_of(value),
                                  "'%.60s' is none of u8 u16 u32 u64 i8 i16 i32 i64", value->text);
    if (!type->width)
        type->width = 64; /* given, if badly */
    return status;
}

static int read_c_type(struct fastabi_builder *builder, const struct fastabi_node *key,
                       const struct fastabi_node *value, void *target)
{
    struct fastabi_type *type = target;

    return fastabi_read_identifier(builder, key, value, &type->c_type);
}

static int read_doc(struct fastabi_builder *builder, const struct fastabi_node *key,
                    const struct fastabi_node *value, void *target)
{
    struct fastabi_type *type = target;

    return fastabi_read_text(builder, key, value, &type->doc);
}

static const struct fastabi_key type_keys[] = {
    { "repr", read_repr },
    { "c_type", read_c_type },
    { "doc", read_doc },
};

static int check_type(struct fastabi_builder *builder, struct fastabi_types *types,
                      const struct fastabi_type *type)
{
    const void *there = NULL;
    uint8_t width;
    bool is_signed;

    if (!type->width)
        return fastabi_complain(builder, FASTABI_DIAG_MISSING_KEY, type->mark,
                                "'%.100s' has no 'repr'", type->name);
    if (fastabi_parse_repr(type->name, &width, &is_signed))
        return fastabi_complain(builder, FASTABI_DIAG_TYPE_CONFLICT, type->mark,
                                "'%.100s' is a built-in type", type->name);
    if (type->c_type &&
        fastabi_names_add(&types->c_types, &types->arena, type->c_type, type, &there))
        return fastabi_build_no_memory(builder);
    if (!there)
        return 0;
    return fastabi_complain(builder, FASTABI_DIAG_DUPLICATE_C_TYPE, type->mark,
                            "'%.100s' has the C type of '%.100s'", type->name,
                            ((const struct fastabi_type *)there)->name);
}

static int add_type(struct fastabi_builder *builder, struct fastabi_types *types,
                    const struct fastabi_node *key)
{
    struct fastabi_type *type = fastabi_arena_alloc(&types->arena, sizeof(*type));
    const void *there;
    bool ok;
    int status;

    if (!fastabi_is_identifier(key->text))
        return fastabi_complain(builder, FASTABI_DIAG_NOT_AN_IDENTIFIER, fastabi_mark_of(key),
                                "'%.60s' is no identifier", key->text);
    if (type)
        type->name = fastabi_keep(builder, key->text);
    if (!type || !type->name ||
        fastabi_names_add(&types->names, &types->arena, type->name, type, &there))
        return fastabi_build_no_memory(builder);
    type->mark = fastabi_mark_of(key);
    status = fastabi_expect(builder, key, key->next, FASTABI_MAPPING, &ok);
    if (!status && ok)
        status = fastabi_read_keys(builder, key->next, type_keys,
                                   sizeof(type_keys) / sizeof(type_keys[0]), "a type", type);
    if (!status && ok)
        status = check_type(builder, types, type);
    return status;
}

static int read_types(struct fastabi_builder *builder, const struct fastabi_node *key,
                      const struct fastabi_node *value, void *target)
{
    bool ok;
    int status = fastabi_expect(builder, key, value, FASTABI_MAPPING, &ok);

    if (status || !ok)
        return status;
    for (const struct fastabi_node *name = value->child; name && !status; name = name->next->next)
        status = add_type(builder, target, name);
    return status;
}

static const struct fastabi_key file_keys[] = { { "types", read_types } };

static int read_entries(struct fastabi_builder *builder, struct fastabi_types *types)
{
    const struct fastabi_mark top = { 1, 1 };
    struct fastabi_node *key, *value;
    int status = fastabi_reader_start(&builder->reader);

    while (!status) {
        status = fastabi_reader_key(&builder->reader, &key);
        if (status || !key)
            break;
        status = fastabi_check_new_name(builder, &builder->keys, key);
        if (!status)
            status = fastabi_reader_value(&builder->reader, &value);
        if (!status)
            status = fastabi_read_key(builder, key, value, file_keys, 1, "a file of types", types);
    }
    if (!status && !builder->keys.count)
        status = fastabi_complain(builder, FASTABI_DIAG_MISSING_KEY, top,
                                  "the file has no 'types'");
    if (!status)
        status = fastabi_reader_finish(&builder->reader);
    return status ? status : builder->errors ? -EINVAL : 0;
}

static int load(struct fastabi_context *context, struct fastabi_types *types)
{
    struct fastabi_builder builder = { .context = context, .arena = &types->arena };
    int status = fastabi_reader_open(&builder.reader, context, &builder.scratch, types->path,
                                     types->path, NULL, 0);

    if (!status)
        status = read_entries(&builder, types);
    types->fingerprint = builder.reader.source.fingerprint;
    fastabi_reader_close(&builder.reader);
    fastabi_arena_free(&builder.scratch);
    fastabi_arena_free(&builder.sets);
    return status;
}

static void free_one(struct fastabi_types *types)
{
    fastabi_arena_free(&types->arena);
    free(types->path);
    free(types);
}

void fastabi_types_free(struct fastabi_types *types)
{
    while (types) {
        struct fastabi_types *next = types->next;

        free_one(types);
        types = next;
    }
}

/* ---- finding ---- */

/* common/types.yml beside the specification, or else the installed one, or else NULL. */
static int find_file(const struct fastabi_builder *builder, char **found)
{
    static const char relative[] = "common/types.yml";
    const char *name = builder->reader.source.name;
    const char *slash = strrchr(name, '/');
    size_t folder = slash ? (size_t)(slash - name) + 1 : 0;

    if (builder->reader.source.stream) {
        char *path = malloc(folder + sizeof(relative));

        if (!path)
            return -ENOMEM;
        memcpy(path, name, folder);
        memcpy(path + folder, relative, sizeof(relative));
        if (!access(path, F_OK)) {
            *found = path;
            return 0;
        }
        free(path);
    }
    return fastabi_find_installed(builder->context, relative, found);
}

static const struct fastabi_types *find_loaded(const struct fastabi_context *context,
                                               const char *path)
{
    const struct fastabi_types *types = context->types;

    while (types && strcmp(types->path, path))
        types = types->next;
    return types;
}

/* Have builder->types, if there is a file. */
static int want_types(struct fastabi_builder *builder)
{
    struct fastabi_types *types;
    char *path;
    int status;

    if (builder->types)
        return 0;
    if (find_file(builder, &path))
        return fastabi_build_no_memory(builder);
    if (!path)
        return 0;
    builder->types = find_loaded(builder->context, path);
    if (builder->types) {
        free(path);
    } else {
        types = calloc(1, sizeof(*types));
        if (!types) {
            free(path);
            return fastabi_build_no_memory(builder);
        }
        types->path = path;
        status = load(builder->context, types);
        if (status) {
            free_one(types);
            return status;
        }
        types->next = builder->context->types;
        builder->context->types = types;
        builder->types = types;
    }
    builder->spec->fingerprint = builder->types->fingerprint * UINT64_C(0x9e3779b97f4a7c15);
    builder->spec->types_path = fastabi_keep(builder, builder->types->path);
    return builder->spec->types_path ? 0 : fastabi_build_no_memory(builder);
}

static const char *keep_optional(struct fastabi_builder *builder, const char *text, int *status)
{
    const char *kept = text ? fastabi_keep(builder, text) : NULL;

    if (text && !kept)
        *status = -ENOMEM;
    return kept;
}

/* The specification's own copy of a type. */
static int use(struct fastabi_builder *builder, const struct fastabi_type *found,
               const struct fastabi_type **used)
{
    struct fastabi_spec *spec = builder->spec;
    struct fastabi_type *copy;
    const void *there;
    int status = 0;

    *used = fastabi_names_find(&builder->used_types, found->name);
    if (*used)
        return 0;
    if (!(spec->type_count & (spec->type_count - 1))) { /* 0 or a power of two: full */
        size_t capacity = spec->type_count ? 2 * spec->type_count : 1;
        const struct fastabi_type **types = fastabi_arena_alloc(builder->arena,
                                                                capacity * sizeof(*types));

        if (!types)
            return fastabi_build_no_memory(builder);
        if (spec->type_count)
            memcpy(types, spec->types, spec->type_count * sizeof(*types));
        spec->types = types;
    }
    copy = fastabi_arena_alloc(builder->arena, sizeof(*copy));
    if (!copy)
        return fastabi_build_no_memory(builder);
    *copy = *found;
    copy->name = keep_optional(builder, found->name, &status);
    copy->c_type = keep_optional(builder, found->c_type, &status);
    copy->doc = keep_optional(builder, found->doc, &status);
    if (status || fastabi_names_add(&builder->used_types, &builder->sets, copy->name, copy, &there))
        return fastabi_build_no_memory(builder);
    spec->types[spec->type_count++] = copy;
    *used = copy;
    return 0;
}

static int find_type(struct fastabi_builder *builder, const char *name, bool by_c_type,
                     const struct fastabi_type **type)
{
    const struct fastabi_type *found;
    int status = want_types(builder);

    *type = NULL;
    if (status || !builder->types)
        return status;
    found = fastabi_names_find(by_c_type ? &builder->types->c_types : &builder->types->names, name);
    return found ? use(builder, found, type) : 0;
}

int fastabi_types_find(struct fastabi_builder *builder, const char *name,
                       const struct fastabi_type **type)
{
    return find_type(builder, name, false, type);
}

int fastabi_types_find_c(struct fastabi_builder *builder, const char *c_type,
                         const struct fastabi_type **type)
{
    return find_type(builder, c_type, true, type);
}
