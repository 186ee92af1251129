/* SPDX-License-Identifier: MIT */
/*
 * The objects for the calls that every.py makes: every.c SNAPSHOT SPECIFICATION...  Prints the name
 * of each function that was called; a demand that is not met is said on standard error.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <fastabi/fastabi.h>

#define OBJECTS_MAX 65536

static struct fastabi_context *context;
static va_list no_arguments;
static bool has_failed;

/* The object of the call, all of its kind, and how many. */
#define OBJECTS(name)                                                                              \
    static struct fastabi_##name *the_##name, *all_##name[OBJECTS_MAX];                            \
    static size_t count_##name;                                                                    \
                                                                                                   \
    static void add_##name(const struct fastabi_##name *object)                                    \
    {                                                                                              \
        if (object && count_##name < OBJECTS_MAX)                                                  \
            all_##name[count_##name++] = (struct fastabi_##name *)(uintptr_t)object;               \
    }

OBJECTS(context)
OBJECTS(spec)
OBJECTS(op)
OBJECTS(param)
OBJECTS(type)
OBJECTS(layout)
OBJECTS(struct)
OBJECTS(emission)
OBJECTS(writer)
OBJECTS(diag)
OBJECTS(guess)
OBJECTS(profile)

static void demand(bool is_met, const char *what)
{
    if (!is_met) {
        fprintf(stderr, "not as the rules say: %s\n", what);
        has_failed = true;
    }
}

static bool is_zero(const void *value, size_t size)
{
    const unsigned char *bytes = value;

    while (size && !bytes[size - 1])
        size--;
    return !size;
}

/* A call may have changed one. */
static void reset_objects(void)
{
    static struct fastabi_guess guess;

    guess = (struct fastabi_guess){ .size = sizeof(guess), .word = "word" };
    count_guess = 0;
    add_guess(&guess);
}

static void collect(const struct fastabi_spec *spec)
{
    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++) {
        const struct fastabi_op *op = fastabi_spec_op(spec, i);

        add_op(op);
        for (size_t j = 0; j < fastabi_op_param_count(op); j++)
            add_param(fastabi_op_param(op, j));
    }
    for (size_t i = 0; i < fastabi_spec_type_count(spec); i++)
        add_type(fastabi_spec_type(spec, i));
}

#include "every-calls.h"

/* The one hook of a backend: what takes an emission can only be called here. */
static int begin(struct fastabi_emission *emission)
{
    struct fastabi_writer *writer;

    if (fastabi_emission_open(emission, "every.txt", FASTABI_FILE_SPEC, &writer))
        return -EINVAL;
    add_emission(emission);
    add_writer(writer);
    call_emission();
    return 0;
}

static const struct fastabi_backend backend = {
    .abi_version = FASTABI_BACKEND_ABI_VERSION,
    .size = sizeof(backend),
    .name = "every",
    .description = "calls what takes an emission",
    .begin = begin,
};

static int drop_file(const char *path, const char *bytes, size_t length, void *data)
{
    (void)path;
    (void)bytes;
    (void)length;
    (void)data;
    return 0;
}

static void generate(void)
{
    const struct fastabi_generate_options options = {
        .size = sizeof(options),
        .backend = "every",
        .on_file = drop_file,
    };

    if (fastabi_backend_register(context, &backend))
        exit(EXIT_FAILURE);
    /* the calls report errors, so it fails */
    demand(fastabi_generate(context, all_spec, count_spec, &options) == -EINVAL, "generate");
}

int main(int argc, char **argv)
{
    const struct fastabi_context_options options = {
        .size = sizeof(options),
        .flags = FASTABI_CONTEXT_NO_ENV,
    };
    const struct fastabi_diag diag = { sizeof(diag), 1, FASTABI_ERROR, "a.yml", 1, 1, "no" };
    struct fastabi_layout_options from = { .size = sizeof(from), .snapshot = argv[1] };
    struct fastabi_profile *profile;
    struct fastabi_layout *layout;

    if (argc < 3 || fastabi_context_new(&options, &context) ||
        fastabi_layout_open(context, NULL, 0, &from, &layout) ||
        fastabi_profile_load(context, "linux", &profile))
        return EXIT_FAILURE;
    add_context(context);
    add_layout(layout);
    add_profile(profile);
    for (size_t i = 0; i < fastabi_layout_struct_count(layout); i++)
        add_struct(fastabi_layout_struct(layout, i));
    for (int i = 2; i < argc; i++) {
        struct fastabi_spec *spec;

        if (fastabi_spec_load(context, argv[i], &spec))
            return EXIT_FAILURE;
        add_spec(spec);
        collect(spec);
    }
    add_diag(&diag);
    call_all();
    generate();
    for (size_t i = 0; i < count_spec; i++)
        fastabi_spec_free(all_spec[i]);
    fastabi_layout_free(layout);
    fastabi_profile_free(profile);
    fastabi_context_free(context);
    return has_failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
