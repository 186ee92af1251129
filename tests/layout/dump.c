/* SPDX-License-Identifier: MIT */
/*
 * Every struct that the headers of a list of specifications have, for a target: "struct NAME SIZE",
 * "PATH OFFSET SIZE KIND COUNT SIGNED".  Uses the public API only.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <fastabi/fastabi.h>

static struct fastabi_spec *specs[64];
static size_t count;

static void print_diag(const struct fastabi_diag *diag, void *data)
{
    (void)data;
    fastabi_diag_print(diag, stderr);
}

static void print_struct(const struct fastabi_struct *structure)
{
    printf("%s %s %" PRIu64 " %s:%u\n", fastabi_struct_is_union(structure) ? "union" : "struct",
           fastabi_struct_name(structure), fastabi_struct_size(structure),
           fastabi_struct_header(structure), fastabi_struct_line(structure));
    for (size_t i = 0; i < fastabi_struct_field_count(structure); i++) {
        const struct fastabi_field *field = fastabi_struct_field(structure, i);

        printf("  %s %" PRIu64 " %" PRIu64 " %d %" PRIu64 " %d\n", field->path, field->offset,
               field->size, (int)field->kind, field->count, field->is_signed);
    }
}

/* dump TARGET HEADERS SPEC... */
int main(int argc, char **argv)
{
    const struct fastabi_context_options context_options = {
        .size = sizeof(context_options),
        .flags = FASTABI_CONTEXT_LAYOUT,
        .on_diag = print_diag,
    };
    const struct fastabi_layout_options options = {
        .size = sizeof(options),
        .flags = FASTABI_LAYOUT_ALL,
        .header_dirs = (const char *const *)&argv[2],
        .header_dir_count = 1,
        .target = argv[1],
    };
    struct fastabi_context *context;
    struct fastabi_layout *layout;

    if (argc < 4 || fastabi_context_new(&context_options, &context))
        return EXIT_FAILURE;
    for (int i = 3; i < argc && count < 64; i++) {
        struct fastabi_spec *spec;

        if (fastabi_spec_load(context, argv[i], &spec))
            return EXIT_FAILURE;
        specs[count++] = spec;
    }
    if (fastabi_layout_open(context, specs, count, &options, &layout))
        return EXIT_FAILURE;
    for (size_t i = 0; i < fastabi_layout_struct_count(layout); i++)
        print_struct(fastabi_layout_struct(layout, i));
    fastabi_layout_free(layout);
    while (count)
        fastabi_spec_free(specs[--count]);
    fastabi_context_free(context);
    return 0;
}
