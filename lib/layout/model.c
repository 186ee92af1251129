/* SPDX-License-Identifier: MIT */
/*
 * A layout in memory: structs, macros and types by name, and the way from a field path to bytes.
 * Knows neither where they come from nor what specifications say.
 */
#include "layout/model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"

/* ---- tables ---- */

static void *find(const struct fastabi_layout_table *table, const char *name)
{
    return (void *)(uintptr_t)fastabi_names_find(&table->names, name);
}

static int add(struct fastabi_layout *layout, struct fastabi_layout_table *table, const char *name,
               void *item)
{
    const void *there = NULL;

    if (table->count == table->capacity) {
        size_t capacity = table->capacity ? 2 * table->capacity : 64;
        void **items = fastabi_arena_alloc(&layout->arena, capacity * sizeof(*items));

        if (!items)
            return -ENOMEM;
        if (table->count)
            memcpy(items, table->items, table->count * sizeof(*items));
        table->items = items;
        table->capacity = capacity;
    }
    if (fastabi_names_add(&table->names, &layout->arena, name, item, &there))
        return -ENOMEM;
    if (!there)
        table->items[table->count++] = item;
    return 0;
}

static const char *keep(struct fastabi_layout *layout, const char *text)
{
    return fastabi_arena_copy(&layout->arena, text, strlen(text));
}

bool fastabi_layout_is_target(const char *text)
{
    return *text && *text != '-' &&
           !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")];
}

/* ---- adding ---- */

/* Take "hvm/../" out of "hvm/../xen.h", which is how hvm/hvm_op.h includes it. */
static void remove_ups(char *path)
{
    char *from = path, *up;

    while ((up = strstr(from, "/../"))) {
        char *directory = up;

        while (directory > path && directory[-1] != '/')
            directory--;
        if (up - directory == 2 && !strncmp(directory, "..", 2)) {
            from = up + 1; /* up from what is itself above */
            continue;
        }
        memmove(directory, up + 4, strlen(up + 4) + 1);
        from = path;
    }
}

/* The longest of the directories that headers were looked for in. */
static size_t find_root(const struct fastabi_layout *layout, const char *path)
{
    size_t longest = layout->base ? fastabi_path_in(path, layout->base) : 0;

    for (size_t i = 0; i < layout->roots.count; i++) {
        size_t length = fastabi_path_in(path, layout->roots.items[i]);

        longest = length > longest ? length : longest;
    }
    return longest;
}

/* A header by the path that it was opened with.  One in a directory of these has one name only. */
static const struct fastabi_layout_file *add_file(struct fastabi_layout *layout, const char *path)
{
    size_t root = find_root(layout, path);
    struct fastabi_layout_file *file;
    char *shown;

    file = find(&layout->files, path);
    if (file)
        return file;
    shown = fastabi_arena_copy(&layout->arena, path, strlen(path));
    file = fastabi_arena_alloc(&layout->arena, sizeof(*file));
    if (!shown || !file)
        return NULL;
    file->shown = file->relative = shown;
    if (*path == '/') /* of a prelude, say; a snapshot has no path of the machine */
        file->relative = fastabi_path_name(shown);
    else if (!strncmp(path, "./", 2))
        file->relative = shown + 2;
    if (root) {
        remove_ups(shown + root);
        file->relative = shown + root;
        if (find(&layout->files, shown))
            return find(&layout->files, shown);
    }
    return add(layout, &layout->files, shown, file) ? NULL : file;
}

int fastabi_layout_add_struct(struct fastabi_layout *layout, const char *name,
                              const struct fastabi_layout_place *place, uint64_t size,
                              bool is_union, struct fastabi_struct **made)
{
    struct fastabi_struct *structure;

    *made = NULL;
    if (find(&layout->structs, name))
        return 0;
    structure = fastabi_arena_alloc(&layout->arena, sizeof(*structure));
    if (!structure)
        return -ENOMEM;
    structure->name = keep(layout, name);
    structure->file = place->file ? add_file(layout, place->file) : NULL;
    if (!structure->name || (place->file && !structure->file))
        return -ENOMEM;
    structure->line = place->line;
    structure->size = size;
    structure->is_union = is_union;
    *made = structure;
    return add(layout, &layout->structs, structure->name, structure);
}

int fastabi_layout_add_field(struct fastabi_layout *layout, struct fastabi_struct *structure,
                             const struct fastabi_field *field)
{
    struct fastabi_field *copy;

    if (structure->field_count == structure->field_capacity) {
        size_t capacity = structure->field_capacity ? 2 * structure->field_capacity : 8;
        struct fastabi_field *fields = fastabi_arena_alloc(&layout->arena,
                                                           capacity * sizeof(*fields));

        if (!fields)
            return -ENOMEM;
        if (structure->field_count)
            memcpy(fields, structure->fields, structure->field_count * sizeof(*fields));
        structure->fields = fields;
        structure->field_capacity = capacity;
    }
    copy = &structure->fields[structure->field_count];
    *copy = *field;
    copy->path = keep(layout, field->path);
    if (!copy->path)
        return -ENOMEM;
    structure->field_count++;
    return 0;
}

int fastabi_layout_add_macro(struct fastabi_layout *layout, const char *name, int64_t value,
                             const struct fastabi_layout_place *place)
{
    struct fastabi_layout_macro *macro = fastabi_arena_alloc(&layout->arena, sizeof(*macro));

    if (!macro)
        return -ENOMEM;
    macro->name = keep(layout, name);
    macro->file = place->file ? add_file(layout, place->file) : NULL;
    if (!macro->name || (place->file && !macro->file))
        return -ENOMEM;
    macro->value = value;
    macro->line = place->line;
    return add(layout, &layout->macros, macro->name, macro);
}

int fastabi_layout_add_type(struct fastabi_layout *layout, const char *name,
                            enum fastabi_field_kind kind, uint64_t size, bool is_signed)
{
    struct fastabi_layout_type *type = fastabi_arena_alloc(&layout->arena, sizeof(*type));

    if (!type)
        return -ENOMEM;
    type->name = keep(layout, name);
    if (!type->name)
        return -ENOMEM;
    type->kind = kind;
    type->size = size;
    type->is_signed = is_signed;
    return add(layout, &layout->types, type->name, type);
}

int fastabi_layout_add_input(struct fastabi_layout *layout, const char *path)
{
    const char *kept = keep(layout, path);

    return kept ? add(layout, &layout->inputs, kept, (void *)(uintptr_t)kept) : -ENOMEM;
}

/* ---- finding ---- */

const struct fastabi_layout_macro *fastabi_layout_find_macro(const struct fastabi_layout *layout,
                                                             const char *name)
{
    return layout && name ? find(&layout->macros, name) : NULL;
}

const struct fastabi_layout_type *fastabi_layout_find_type(const struct fastabi_layout *layout,
                                                           const char *name)
{
    return find(&layout->types, name);
}

const struct fastabi_struct *fastabi_layout_struct_by_name(const struct fastabi_layout *layout,
                                                           const char *name)
{
    return layout && name ? find(&layout->structs, name) : NULL;
}

/* ---- field paths ---- */

static const struct fastabi_field *find_field(const struct fastabi_struct *structure,
                                              const char *path, size_t length)
{
    for (size_t i = 0; i < structure->field_count; i++) {
        const char *candidate = structure->fields[i].path;

        if (!strncmp(candidate, path, length) && !candidate[length])
            return &structure->fields[i];
    }
    return NULL;
}

/*
 * Step from an array to one of its elements; normal is the path so far, with "[]" for each index.
 */
static enum fastabi_path_fault step_into(const struct fastabi_struct *structure, const char *normal,
                                         size_t length, uint64_t index,
                                         struct fastabi_resolved *found)
{
    const struct fastabi_field *array = found->field;
    const struct fastabi_field *element;

    if (array->kind != FASTABI_FIELD_ARRAY)
        return FASTABI_PATH_NOT_AN_ARRAY;
    found->bound = array->count;
    if (!array->count)
        return FASTABI_PATH_FLEXIBLE;
    if (index >= array->count)
        return FASTABI_PATH_OUT_OF_BOUNDS;
    element = find_field(structure, normal, length);
    if (!element)
        return FASTABI_PATH_NO_FIELD;
    found->offset += index * (array->size / array->count);
    found->field = element;
    return FASTABI_PATH_OK;
}

/* From "a" or "a[]" to its member: offsets in the table are those of the first elements. */
static enum fastabi_path_fault step_to(const struct fastabi_struct *structure, const char *normal,
                                       size_t length, struct fastabi_resolved *found)
{
    const struct fastabi_field *member = find_field(structure, normal, length);

    if (!member)
        return FASTABI_PATH_NO_FIELD;
    found->offset += member->offset - (found->field ? found->field->offset : 0);
    found->field = member;
    return FASTABI_PATH_OK;
}

enum fastabi_path_fault fastabi_layout_resolve(const struct fastabi_struct *structure,
                                               const char *path, struct fastabi_resolved *found)
{
    char normal[FASTABI_LAYOUT_PATH_MAX];
    size_t length = 0;
    const char *next = path;

    memset(found, 0, sizeof(*found));
    while (*next) {
        enum fastabi_path_fault fault;

        if (*next == '[') {
            char *end;
            uint64_t index = strtoull(next + 1, &end, 10);

            if (length + 3 > sizeof(normal) || *end != ']' || !found->field)
                return FASTABI_PATH_NO_FIELD;
            memcpy(normal + length, "[]", 2);
            length += 2;
            next = end + 1;
            fault = step_into(structure, normal, length, index, found);
        } else {
            size_t dot = *next == '.';
            size_t word = dot + strcspn(next + dot, ".[");

            if (length + word + 1 > sizeof(normal))
                return FASTABI_PATH_NO_FIELD;
            memcpy(normal + length, next, word);
            length += word;
            next += word;
            fault = step_to(structure, normal, length, found);
        }
        if (fault)
            return fault;
        found->good = (size_t)(next - path);
    }
    return found->field ? FASTABI_PATH_OK : FASTABI_PATH_NO_FIELD;
}
