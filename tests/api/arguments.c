/* SPDX-License-Identifier: MIT */
/*
 * Calls each function of the public headers that works with arguments that it does not take, and
 * prints what it reports and returns.  tests/api/run compares that with arguments.expected.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <fastabi/fastabi.h>

static const char demo[] = "name: demo\nhypercall_index: 1\ndirect: { doc: x }\n";

static struct fastabi_context *context;

static void print_diag(const struct fastabi_diag *diag, void *data)
{
    (void)data;
    fastabi_diag_print(diag, stdout);
}

/* What a call returned; its diagnostics were printed before. */
static void show(const char *what, int result)
{
    printf("%s: %d\n", what, result);
}

static int count_path(const char *path, void *data)
{
    (void)path;
    (void)data;
    return 0;
}

static void read_specifications(void)
{
    struct fastabi_spec *spec;

    show("no directory", fastabi_context_add_spec_dir(context, NULL));
    show("an empty directory", fastabi_context_add_spec_dir(context, ""));
    show("no function", fastabi_spec_find(context, "x", NULL, NULL));
    show("no context", fastabi_spec_find(NULL, "x", count_path, NULL));
    show("no path", fastabi_spec_load(context, NULL, &spec));
    show("no result", fastabi_spec_load(context, "x.yml", NULL));
    show("no name", fastabi_spec_parse(context, NULL, demo, strlen(demo), &spec));
    show("no text", fastabi_spec_parse(context, "x", NULL, 0, &spec));
    show("no specification", fastabi_spec_check_strict(context, NULL));
}

static int refuse_file(const char *path, const char *bytes, size_t length, void *data)
{
    (void)bytes;
    (void)data;
    printf("%s: %zu bytes\n", path, length);
    return -ENOSPC;
}

static void select_operations(void)
{
    static const char *const nothing[] = { NULL };
    static const char *const some[] = { "one.*" };
    static const char one[] = "name: one\nhypercall_index: 2\nsubops: { a: { index: 1 } }\n";
    const struct fastabi_generate_options options = {
        .size = sizeof(options),
        .backend = "json",
        .on_file = refuse_file,
    };
    struct fastabi_spec *specs[2] = { NULL, NULL };
    struct fastabi_spec *parts[2] = { NULL, NULL }, *again[2];

    fastabi_spec_parse(context, "demo.yml", demo, strlen(demo), &specs[0]);
    fastabi_spec_parse(context, "one.yml", one, strlen(one), &specs[1]);
    show("no result", fastabi_spec_select(context, specs, 2, NULL, 0, NULL));
    show("no specifications", fastabi_spec_select(context, NULL, 2, NULL, 0, parts));
    show("no patterns", fastabi_spec_select(context, specs, 2, NULL, 1, parts));
    show("a pattern that is NULL", fastabi_spec_select(context, specs, 2, nothing, 1, parts));
    show("a result", fastabi_spec_select(context, specs, 2, some, 1, parts));
    show("a part", fastabi_spec_select(context, parts, 2, some, 1, again));
    if (again[0] || again[1])
        puts("a result is not NULL");
    show("a part without operations", fastabi_generate(context, parts, 1, &options));
    show("a part with some", fastabi_generate(context, parts, 2, &options));
    for (size_t i = 0; i < 2; i++) {
        fastabi_spec_free(parts[i]);
        fastabi_spec_free(specs[i]);
    }
}

static void generate_with(const char *what, struct fastabi_generate_options options)
{
    show(what, fastabi_generate(context, NULL, 0, &options));
}

static int open_with_flags(struct fastabi_emission *emission)
{
    struct fastabi_writer *writer;

    return fastabi_emission_open(emission, "a.h", 1u << 31, &writer);
}

static int drop_file(const char *path, const char *bytes, size_t length, void *data)
{
    (void)path;
    (void)bytes;
    (void)length;
    (void)data;
    return 0;
}

/* What a registered backend may get wrong. */
static void register_backends(void)
{
    static const struct fastabi_backend good = {
        .abi_version = FASTABI_BACKEND_ABI_VERSION,
        .size = sizeof(good),
        .name = "good",
        .description = "opens a file",
        .begin = open_with_flags,
    };
    struct {
        struct fastabi_backend known;
        uint64_t tail; /* as wide as a pointer, so that no padding follows it */
    } larger = { good, 1 };
    struct {
        struct fastabi_backend_option known;
        uint64_t tail; /* as wide as a pointer, so that no padding follows it */
    } option = { { "a", FASTABI_OPTION_TEXT, NULL, "", "help" }, 1 };
    static const struct fastabi_backend_option choice = { "style", FASTABI_OPTION_CHOICE, "a|b",
                                                          "a", "help" };
    struct fastabi_backend backend = good;
    struct fastabi_generate_options options = {
        .size = sizeof(options),
        .backend = "good",
        .on_file = refuse_file,
    };

    show("no backend", fastabi_backend_register(context, NULL));
    backend.abi_version = 1;
    show("an old version", fastabi_backend_register(context, &backend));
    larger.known.size = sizeof(larger);
    show("an unknown member", fastabi_backend_register(context, &larger.known));
    backend = good;
    backend.name = "c";
    show("a name that is taken", fastabi_backend_register(context, &backend));
    backend = good;
    backend.option_count = 1;
    backend.options = &option.known;
    backend.option_size = sizeof(option);
    show("an unknown member of an option", fastabi_backend_register(context, &backend));
    option.tail = 0;
    show("an option that is larger", fastabi_backend_register(context, &backend));
    backend.option_size = 3;
    show("an option that is smaller", fastabi_backend_register(context, &backend));
    backend.option_size = sizeof(option) - 1;
    show("options that are not aligned", fastabi_backend_register(context, &backend));
    backend = good;
    backend.option_count = 1;
    backend.options = &choice;
    backend.structs_unless = "style=a|c";
    show("a choice that does not exist", fastabi_backend_register(context, &backend));
    backend.structs_unless = "styl=a";
    show("an option that does not exist", fastabi_backend_register(context, &backend));
    backend.structs_unless = "style";
    show("an option without a choice", fastabi_backend_register(context, &backend));
    backend.structs_unless = NULL;
    backend.fields_if = "style=c";
    show("fields with a choice that does not exist", fastabi_backend_register(context, &backend));
    backend.name = "structs";
    backend.structs_unless = "style=b|a";
    backend.fields_if = "style=b";
    show("choices of an option", fastabi_backend_register(context, &backend));
    show("unknown flags of a file", fastabi_generate(context, NULL, 0, &options));
    options.backend = "json";
    show("a file that is not taken", fastabi_generate(context, NULL, 0, &options));
}

static void generate(void)
{
    const char *const settings[] = { NULL };
    struct fastabi_spec *none[] = { NULL };
    const struct fastabi_generate_options good = {
        .size = sizeof(good),
        .backend = "c",
        .output = "/nonexistent",
    };
    struct fastabi_generate_options options = good;

    show("no path", fastabi_backend_load(context, NULL));
    show("an empty path", fastabi_backend_load(context, ""));
    show("no options", fastabi_generate(context, NULL, 0, NULL));
    show("a specification that is NULL", fastabi_generate(context, none, 1, &good));
    show("an array that is NULL", fastabi_generate(context, NULL, 1, &good));
    options.size = 0;
    generate_with("options without a size", options);
    options = good;
    options.flags = 1u << 31;
    generate_with("unknown flags", options);
    options = good;
    options.backend = NULL;
    generate_with("no backend", options);
    options = good;
    options.output = NULL;
    generate_with("no output", options);
    options.output = "";
    generate_with("an empty output", options);
    options = good;
    options.depfile = "";
    generate_with("an empty depfile", options);
    options.depfile = "deps";
    options.depfile_target = "";
    generate_with("an empty target of a depfile", options);
    options = good;
    options.flags = FASTABI_GENERATE_VERIFY;
    options.on_file = drop_file;
    generate_with("verifying files in memory", options);
    options = good;
    options.setting_count = 1;
    generate_with("no settings", options);
    options.settings = settings;
    generate_with("a setting that is NULL", options);
}

static void open_with(const char *what, struct fastabi_layout_options options)
{
    struct fastabi_layout *layout = (struct fastabi_layout *)&options;

    show(what, fastabi_layout_open(context, NULL, 0, &options, &layout));
    if (layout)
        puts("the layout is not NULL");
}

static void use_layouts(void)
{
    const char *const dirs[] = { NULL };
    const struct fastabi_layout_options good = { .size = sizeof(good) };
    struct fastabi_layout_options options = good;
    struct fastabi_layout *layout;
    struct fastabi_spec *none[] = { NULL };

    show("no options", fastabi_layout_open(context, NULL, 0, NULL, &layout));
    show("no result", fastabi_layout_open(context, NULL, 0, &good, NULL));
    options.size = 1;
    open_with("options without a size", options);
    options = good;
    options.flags = 1u << 31;
    open_with("unknown flags", options);
    options = good;
    options.header_dir_count = 1;
    open_with("no directories", options);
    options.header_dirs = dirs;
    open_with("a directory that is NULL", options);
    options.snapshot = "x";
    open_with("headers and a snapshot", options);
    options = good;
    options.include_dir_count = 1;
    open_with("no include directories", options);
    options.include_dirs = dirs;
    open_with("an include directory that is NULL", options);
    options = good;
    options.include_file_count = 1;
    open_with("no files to include", options);
    options.include_files = dirs;
    open_with("a file to include that is NULL", options);
    options = good;
    options.interface_version = "latest";
    open_with("no version", options);
    show("good options", fastabi_layout_open(context, NULL, 0, &good, &layout));
    show("no layout", fastabi_layout_save(context, NULL, NULL, 0, "x"));
    show("no path", fastabi_layout_save(context, layout, NULL, 0, NULL));
    show("no specification", fastabi_layout_save(context, layout, none, 1, "x"));
    show("no layout", fastabi_layout_check(context, NULL, NULL, 0, 0));
    show("unknown flags", fastabi_layout_check(context, layout, NULL, 0, 1u << 31));
    show("no specification", fastabi_layout_check(context, layout, none, 1, 0));
    show("no specification", fastabi_layout_apply(context, layout, NULL));
    show("no specification", fastabi_spec_diff(context, none, 1, NULL, 0));
    show("no layout", fastabi_layout_diff(context, layout, NULL));
    fastabi_layout_free(layout);
}

static void load_profiles(void)
{
    struct fastabi_profile *profile;

    show("no function", fastabi_profile_find(context, NULL, NULL));
    show("no name", fastabi_profile_load(context, NULL, &profile));
    show("no place for the profile", fastabi_profile_load(context, "linux", NULL));
    show("an unknown profile", fastabi_profile_load(context, "solaris", &profile));
    if (profile)
        puts("a result is not NULL");
}

int main(void)
{
    const struct fastabi_context_options options = {
        .size = sizeof(options),
        .flags = FASTABI_CONTEXT_NO_ENV,
        .on_diag = print_diag,
    };

    if (fastabi_context_new(&options, &context))
        return EXIT_FAILURE;
    read_specifications();
    select_operations();
    generate();
    register_backends();
    use_layouts();
    load_profiles();
    fastabi_context_free(context);
    return EXIT_SUCCESS;
}
