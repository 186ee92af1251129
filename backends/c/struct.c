/* SPDX-License-Identifier: MIT */
/*
 * What precedes a stub: declarations of tags, what stands for its struct where the includer's
 * headers lack that, and assertions of what is known of it.  Knows nothing of calls.
 */
#include <inttypes.h>
#include <string.h>

#include <fastabi/layout.h>

#include "c.h"

bool c_uses_struct(const struct c_stub *stub)
{
    for (size_t i = 0; stub->structure && i < fastabi_op_param_count(stub->op); i++) {
        if (fastabi_param_field(fastabi_op_param(stub->op, i)))
            return true;
    }
    return false;
}

/* ---- tags ---- */

/* A tag that is first met in a list of parameters is not the one that others mean. */
static void declare_tags(struct fastabi_writer *writer, const char *type)
{
    static const char *const kinds[] = { "struct", "union" };

    for (const char *word = type; *word; word += strcspn(word, " *"), word += strspn(word, " *")) {
        for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
            size_t length = strlen(kinds[i]);

            if (strncmp(word, kinds[i], length) || word[length] != ' ')
                continue;
            word += length + 1;
            fastabi_write(writer, "%s %.*s;\n", kinds[i], (int)strcspn(word, " *"), word);
            break;
        }
    }
}

static void write_tags(struct fastabi_writer *writer, const struct c_stub *stub)
{
    for (size_t i = 0; i < stub->argument_count; i++)
        declare_tags(writer, stub->arguments[i].type);
    for (size_t i = 0; stub->structure && i < fastabi_op_c_struct_compat_count(stub->op); i++)
        fastabi_write(writer, "struct %s;\n", fastabi_op_c_struct_compat(stub->op, i));
}

/* ---- a stand-in with the fields that are carried ---- */

/* "u.interdomain.port" of "u.interdomain[2].port" */
static const char *without_subscripts(const struct c_run *run, const char *path)
{
    const char *name = "";

    if (!strchr(path, '['))
        return path;
    while (*path) {
        size_t length = strcspn(path, "[");

        name = fastabi_emission_printf(run->emission, "%s%.*s", name, (int)length, path);
        path += length;
        if (*path)
            path += strcspn(path, "]") + 1;
    }
    return name;
}

/* Most of the arrays stay as they are. */
void c_start_fields(struct c_fields *fields)
{
    fields->count = 0;
    fields->has_arrays = false;
    fields->is_aligned = false;
}

bool c_add_field(const struct c_run *run, struct c_fields *fields, const char *path,
                 const char *type, bool is_aligned)
{
    const char *name = without_subscripts(run, path);
    size_t at = fields->count;

    if (at == C_FIELDS_MAX)
        return false;
    for (; at && strcmp(fields->names[at - 1], name) > 0; at--) {
        fields->names[at] = fields->names[at - 1];
        fields->paths[at] = fields->paths[at - 1];
        fields->types[at] = fields->types[at - 1];
    }
    fields->names[at] = name;
    fields->paths[at] = path;
    fields->types[at] = type;
    fields->has_arrays |= name != path;
    fields->is_aligned |= is_aligned;
    fields->count++;
    return true;
}

void c_add_param_fields(const struct c_run *run, const struct c_stub *stub, struct c_fields *fields)
{
    for (size_t i = 0; i < fastabi_op_param_count(stub->op); i++) {
        const struct fastabi_param *param = fastabi_op_param(stub->op, i);
        bool is_typed = fastabi_param_is_typed(param);

        if (fastabi_param_field(param))
            (void)c_add_field(run, fields, fastabi_param_field(param),
                              is_typed ? fastabi_param_c_integer(param) : "uint64_t",
                              is_typed && fastabi_param_width(param) > 8);
    }
}

/* The subscript number of the name's last component in a path that starts with it; -1: none. */
static int subscript_of(const char *path, const char *name, size_t length, int number)
{
    int value = 0;

    while (length) {
        if (*path == '[') {
            path += strcspn(path, "]") + 1;
            continue;
        }
        path++;
        name++;
        length--;
    }
    for (; *path == '[' && number; number--)
        path += strcspn(path, "]") + 1;
    if (*path != '[')
        return -1;
    for (path++; *path != ']'; path++)
        value = 10 * value + (*path - '0');
    return value;
}

/* "[4]" after the name of an array whose highest subscript is 3 */
static void write_dimensions(struct fastabi_writer *writer, const struct c_fields *fields,
                             const char *name, size_t length)
{
    for (int number = 0;; number++) {
        int most = -1;

        for (size_t i = 0; i < fields->count; i++) {
            int value;

            if (strncmp(fields->names[i], name, length) ||
                (fields->names[i][length] && fields->names[i][length] != '.'))
                continue;
            value = subscript_of(fields->paths[i], name, length, number);
            most = value > most ? value : most;
        }
        if (most < 0)
            return;
        fastabi_write(writer, "[%d]", most + 1);
    }
}

/* Length of the name of what a component is in: 1 for "u.virq". */
static size_t parent(const char *name, size_t length)
{
    while (length && name[length - 1] != '.')
        length--;
    return length ? length - 1 : 0;
}

/* The last component of a name, with its dimensions, as it is declared after a type. */
static void write_declared(struct fastabi_writer *writer, const struct c_fields *fields,
                           const char *type, const char *name, size_t length)
{
    size_t start = parent(name, length);

    start += name[start] == '.';
    if (name[length])
        fastabi_write(writer, "%s %.*s", type, (int)(length - start), name + start);
    else
        fastabi_write(writer, "%s %s", type, name + start);
    if (fields->has_arrays)
        write_dimensions(writer, fields, name, length);
    fastabi_write(writer, ";");
}

/* How much of the structs that are open for one field is open for another, too. */
static size_t shared(const char *open, size_t length, const char *name)
{
    while (length && (strncmp(open, name, length) || name[length] != '.'))
        length = parent(open, length);
    return length;
}

/* A line of a declaration; depth: how many structs it is in. */
static void begin_line(struct fastabi_writer *writer, int depth)
{
    fastabi_write(writer, "\n    ");
    while (depth--)
        fastabi_write(writer, "    ");
}

/* uint32_t virq; struct { uint32_t port; } interdomain; */
static void write_members(const struct c_run *run, const struct c_fields *fields)
{
    struct fastabi_writer *writer = run->writer;
    const char *open = "";
    size_t length = 0;
    int depth = 0;

    for (size_t i = 0; i < fields->count; i++) {
        const char *name = fields->names[i];
        size_t common = shared(open, length, name), leaf = strlen(name);

        if (i && !strcmp(name, fields->names[i - 1]))
            continue; /* another element of an array */
        for (; length > common; length = parent(open, length)) {
            begin_line(writer, --depth);
            write_declared(writer, fields, "}", open, length);
        }
        for (open = name; length < parent(name, leaf);) {
            length += name[length] == '.';
            length += strcspn(name + length, ".");
            begin_line(writer, depth++);
            fastabi_write(writer, "struct {");
        }
        begin_line(writer, depth);
        write_declared(writer, fields, fields->types[i], name, leaf);
    }
    for (; length; length = parent(open, length)) {
        begin_line(writer, --depth);
        write_declared(writer, fields, "}", open, length);
    }
}

void c_write_stand_in(const struct c_run *run, const char *macro, const char *id,
                      const char *structure, const struct c_fields *fields)
{
    fastabi_write(run->writer, "%s(%s, %s, %d,", macro, id, structure, fields->is_aligned);
    write_members(run, fields);
    fastabi_write(run->writer, fields->count ? "\n);\n" : "\n    char unused_;\n);\n");
}

/* ---- assertions ---- */

/* The C types of arguments, as far as others define them, have the specification's bits. */
static void write_argument_assertions(struct fastabi_writer *writer, const struct c_stub *stub)
{
    for (size_t i = 0; i < stub->argument_count; i++) {
        const struct c_argument *argument = &stub->arguments[i];

        if (argument->is_foreign)
            fastabi_write(writer, "XEN_FASTABI_ASSERT(argument_%s_%u, sizeof(%s) * 8 >= %u);\n",
                          stub->id, (unsigned int)i, argument->type,
                          fastabi_param_width(argument->param));
    }
}

/* Width and sign of each field. */
static void write_field_assertions(struct fastabi_writer *writer, const struct c_stub *stub)
{
    for (size_t i = 0; i < fastabi_op_param_count(stub->op); i++) {
        const struct fastabi_param *param = fastabi_op_param(stub->op, i);

        if (!fastabi_param_field(param) || !fastabi_param_is_typed(param))
            continue;
        /* a number for a name: two operations with their fields never make one */
        fastabi_write(writer,
                      "XEN_FASTABI_ASSERT_FIELD(field_%s_%u,\n"
                      "                         xen_fastabi_struct_%s, %s, %s);\n",
                      stub->id, (unsigned int)i, stub->id, fastabi_param_field(param),
                      fastabi_param_c_integer(param));
    }
}

/*
 * What a layout knows about a struct, where the headers have it: its size, and where the fields
 * are.  id: that of the struct; name: that of the assertions.
 */
static void write_layout_assertions(struct fastabi_writer *writer, const struct c_stub *stub,
                                    const char *id, const char *name)
{
    uint64_t size, offset;

    if (!fastabi_op_c_struct_size(stub->op, &size))
        return;
    fastabi_write(writer,
                  "XEN_FASTABI_ASSERT_STRUCT(%s_size_%s, %s,\n"
                  "                          sizeof(xen_fastabi_struct_%s) == %" PRId64 ");\n",
                  name, stub->id, id, id, (int64_t)size);
    for (size_t i = 0; i < fastabi_op_param_count(stub->op); i++) {
        const struct fastabi_param *param = fastabi_op_param(stub->op, i);

        if (!fastabi_param_field_offset(param, &offset))
            continue;
        fastabi_write(writer,
                      "XEN_FASTABI_ASSERT_STRUCT(%s_offset_%s_%u, %s,\n"
                      "                          __builtin_offsetof(xen_fastabi_struct_%s, %s) == "
                      "%" PRId64 ");\n",
                      name, stub->id, (unsigned int)i, id, id, fastabi_param_field(param),
                      (int64_t)offset);
    }
}

void c_write_struct(const struct c_run *run, const struct c_stub *stub)
{
    struct fastabi_writer *writer = run->writer;
    struct c_fields fields;
    uint64_t size;

    write_tags(writer, stub);
    write_argument_assertions(writer, stub);
    if (!stub->structure)
        return;
    c_start_fields(&fields);
    c_add_param_fields(run, stub, &fields);
    c_write_stand_in(run, C_STRUCT, stub->id, stub->structure, &fields);
    write_field_assertions(writer, stub);
    write_layout_assertions(writer, stub, stub->id, "struct");
    for (size_t i = 0; i < fastabi_op_c_struct_compat_count(stub->op); i++) {
        /* no operation's name starts with a digit */
        const char *id = fastabi_emission_printf(run->emission, "%zu_%s", i, stub->id);

        if (!fastabi_op_c_struct_size(stub->op, &size))
            continue;
        c_write_stand_in(run, C_STRUCT, id, fastabi_op_c_struct_compat(stub->op, i), &fields);
        write_layout_assertions(writer, stub, id,
                                fastabi_emission_printf(run->emission, "compat_%zu", i));
    }
}
