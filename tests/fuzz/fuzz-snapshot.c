/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a snapshot of headers.  What is accepted is saved, opened again and equal; the
 * specification that belongs to the golden snapshot is checked against it, takes its layout, and is
 * generated.
 */
#include "fuzz.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char path[] = "fuzz.yml";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_start();
    return 0;
}

static void ask(const struct fastabi_layout *layout)
{
    size_t sum = fuzz_touch(fastabi_layout_target(layout)) +
                 fuzz_touch(fastabi_layout_provider(layout));
    const char *name;
    int64_t value, found;

    for (size_t i = 0; i < fastabi_layout_file_count(layout); i++)
        sum += fuzz_touch(fastabi_layout_file(layout, i));
    for (size_t i = 0; (name = fastabi_layout_macro_at(layout, i, &value)); i++)
        fuzz_demand(fastabi_layout_macro(layout, name, &found) && found == value,
                    "a macro is found by name");
    for (size_t i = 0; i < fastabi_layout_struct_count(layout); i++) {
        const struct fastabi_struct *structure = fastabi_layout_struct(layout, i);

        fuzz_demand(fastabi_layout_struct_by_name(layout, fastabi_struct_name(structure)) ==
                        structure,
                    "a struct is found by name");
        sum += fuzz_touch(fastabi_struct_header(structure)) + fastabi_struct_line(structure) +
               fastabi_struct_is_union(structure) + (size_t)fastabi_struct_size(structure);
        for (size_t j = 0; j < fastabi_struct_field_count(structure); j++)
            sum += fuzz_touch(fastabi_struct_field(structure, j)->path);
    }
    __asm__ volatile("" : : "r"(sum));
}

static struct fastabi_layout *open_layout(struct fastabi_context *context)
{
    struct fastabi_layout_options options = { .size = sizeof(options), .snapshot = path };
    struct fastabi_layout *layout = NULL;
    int status = fastabi_layout_open(context, NULL, 0, &options, &layout);

    fuzz_demand(!status == !fastabi_context_error_count(context), "errors are told, and only they");
    fuzz_demand(!status == !!layout, "a layout, or none");
    return layout;
}

static void use(const struct fastabi_layout *layout)
{
    struct fastabi_context *context = fuzz_context(FASTABI_CONTEXT_NOTES | FASTABI_CONTEXT_NO_ENV);
    struct fastabi_spec *spec = NULL;
    struct fastabi_generate_options options = {
        .size = sizeof(options),
        .backend = "c",
        .output = "/nonexistent/out",
        .flags = FASTABI_GENERATE_VERIFY,
    };

    fuzz_demand(!fastabi_spec_load(context, FUZZ_SPEC, &spec), "the specification is there");
    fuzz_save(context, layout, spec);
    fastabi_layout_check(context, layout, &spec, 1, FASTABI_CHECK_PARTIAL);
    if (!fastabi_layout_check(context, layout, &spec, 1, 0) &&
        !fastabi_layout_apply(context, layout, spec))
        fuzz_demand(fastabi_generate(context, &spec, 1, &options) == -EINVAL, "it differs");
    fastabi_spec_free(spec);
    fastabi_context_free(context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fastabi_context *context = fuzz_context(FASTABI_CONTEXT_NOTES | FASTABI_CONTEXT_NO_ENV);
    struct fastabi_layout *layout;

    fuzz_write(path, "", data, size);
    fastabi_layout_is_snapshot(path);
    layout = open_layout(context);
    if (layout) {
        ask(layout);
        use(layout);
    }
    fastabi_layout_free(layout);
    fastabi_context_free(context);
    return 0;
}
