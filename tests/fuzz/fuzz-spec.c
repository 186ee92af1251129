/* SPDX-License-Identifier: MIT */
/*
 * libFuzzer target: any bytes as a specification; what is accepted goes through every question of
 * the public API, becomes C in every style, which must not look like the input broke out of a
 * comment, and goes through all other backends, which may refuse it with a message.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fastabi/fastabi.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/dev/shm/fastabi-fuzz-XXXXXX";
static char path[sizeof(folder) + 8];

static void remove_folder(void)
{
    static const char *const left[] = { "/out", "/fastabi.h", "/fastabi", "" };

    for (size_t i = 0; i < sizeof(left) / sizeof(left[0]); i++) {
        char file[sizeof(folder) + 16];

        snprintf(file, sizeof(file), "%s%s", folder, left[i]);
        remove(file);
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    if (!mkdtemp(folder))
        abort();
    snprintf(path, sizeof(path), "%s/out", folder);
    atexit(remove_folder);
    return 0;
}

static void demand(int condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "not so: %s\n", what);
    abort();
}

/* A message is one line of text, and its severity is the registry's. */
static void check_diag(const struct fastabi_diag *diag, void *data)
{
    ++*(size_t *)data;
    for (const char *c = diag->message; *c; c++)
        demand((unsigned char)*c >= 0x20 && *c != 0x7f, "a message is one line");
    demand(diag->file || !diag->line, "a line is one of a file");
    demand(diag->line || !diag->column, "a column is one of a line");
    demand(diag->severity <= FASTABI_ERROR, "a severity");
}

/* ---- every question ---- */

static size_t touch(const char *text)
{
    return text ? strlen(text) : 0;
}

static size_t ask_param(const struct fastabi_op *op, const struct fastabi_param *param)
{
    unsigned int width = fastabi_param_width(param);
    int in = fastabi_param_in(param);
    int out = fastabi_param_out(param);
    const struct fastabi_type *type = fastabi_param_type(param);

    demand(width == 8 || width == 16 || width == 32 || width == 64, "a width");
    demand(in != FASTABI_NO_REGISTER || out != FASTABI_NO_REGISTER, "a parameter has a register");
    demand(in == FASTABI_NO_REGISTER || fastabi_op_input(op, in) == param, "an input is found");
    demand(out == FASTABI_NO_REGISTER || fastabi_op_output(op, out) == param, "an output is found");
    demand(in != 0 && out != 0, "reg0 is not a parameter");
    demand(in != 1 || fastabi_op_is_direct(op), "reg1 is not an input of a sub-operation");
    demand(!fastabi_param_field(param) || fastabi_op_c_struct(op), "a field has a struct");
    demand(!type || fastabi_type_width(type) == width, "a type's width");
    demand(fastabi_param_is_typed(param) || width == 64, "untyped is u64");
    return touch(fastabi_param_name(param)) + touch(fastabi_param_field(param)) +
           touch(fastabi_param_c_type(param)) + touch(fastabi_param_doc(param)) +
           touch(fastabi_param_valid_when(param)) + (size_t)fastabi_param_is_shared(param) +
           (type ? touch(fastabi_type_name(type)) + touch(fastabi_type_doc(type)) : 0);
}

static size_t ask_op(const struct fastabi_spec *spec, const struct fastabi_op *op)
{
    size_t sum = touch(fastabi_op_name(op)) + touch(fastabi_op_doc(op)) +
                 touch(fastabi_op_safety(op)) + touch(fastabi_op_since(op)) +
                 touch(fastabi_op_c_struct(op)) + touch(fastabi_op_index_macro(op)) +
                 fastabi_op_is_extension(op) + fastabi_op_line(op);
    const char *text = NULL;
    int64_t value;

    demand(!(fastabi_op_clobber_mask(op) & fastabi_op_output_mask(op)),
           "a clobber is not an output");
    if (!fastabi_op_is_direct(op)) {
        demand(fastabi_spec_op_by_name(spec, fastabi_op_name(op)) == op,
               "an operation is found by name");
        demand(fastabi_spec_op_by_index(spec, fastabi_op_index(op)) == op,
               "an operation is found by index");
    }
    for (size_t i = 0; i < fastabi_op_param_count(op); i++)
        sum += ask_param(op, fastabi_op_param(op, i));
    for (size_t i = 0; i < fastabi_op_c_param_count(op); i++)
        demand(!fastabi_param_field(fastabi_op_c_param(op, i)), "an argument is not a field");
    for (size_t i = 0; i < fastabi_op_error_count(op); i++)
        sum += touch(fastabi_op_error(op, i, &text)) + touch(text);
    for (size_t i = 0; i < fastabi_op_fixed_count(op); i++)
        sum += touch(fastabi_op_fixed(op, i, &value));
    for (size_t i = 0; i < fastabi_op_omit_count(op); i++)
        sum += touch(fastabi_op_omit(op, i, &text)) + touch(text);
    for (size_t i = 0; i < fastabi_op_c_struct_compat_count(op); i++)
        sum += touch(fastabi_op_c_struct_compat(op, i));
    return sum;
}

static void ask(const struct fastabi_spec *spec)
{
    size_t sum = touch(fastabi_spec_name(spec)) + touch(fastabi_spec_doc(spec)) +
                 touch(fastabi_spec_since(spec)) + touch(fastabi_spec_hypercall_macro(spec)) +
                 touch(fastabi_spec_types_path(spec));

    demand(fastabi_spec_hypercall_index(spec) < FASTABI_MASK, "a hypercall index");
    demand(fastabi_spec_op_count(spec) > 0, "an operation");
    for (size_t i = 0; i < fastabi_spec_header_count(spec); i++)
        sum += touch(fastabi_spec_header(spec, i));
    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++)
        sum += ask_op(spec, fastabi_spec_op(spec, i));
    __asm__ volatile("" : : "r"(sum));
}

/* ---- generating ---- */

/* Outside comments there is nothing but ASCII, and comments nest as C has them. */
static void check_output(void)
{
    FILE *stream = fopen(path, "rb");
    int before = 0;
    int in_comment = 0;

    demand(stream != NULL, "output is there");
    for (int c; (c = getc(stream)) != EOF; before = c) {
        demand(c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7f),
               "text has no control characters");
        if (!in_comment)
            demand(c < 0x80, "text outside comments is ASCII");
        if (!in_comment && before == '/' && c == '*') {
            in_comment = 1;
            c = 0;
        } else if (in_comment && before == '*' && c == '/') {
            in_comment = 0;
            c = 0;
        } else {
            demand(!in_comment || before != '/' || c != '*', "comments do not nest");
        }
    }
    demand(!in_comment, "the last comment ends");
    fclose(stream);
}

static void generate(struct fastabi_context *context, const struct fastabi_spec *spec,
                     const char *style, const char *transfer)
{
    const char *settings[] = { style, transfer };
    struct fastabi_generate_options options = {
        .size = sizeof(options),
        .backend = "c",
        .settings = settings,
        .setting_count = 2,
        .output = folder,
    };
    char file[sizeof(folder) + 160];

    demand(!fastabi_generate(context, &spec, 1, &options), "what is accepted can be generated");
    snprintf(file, sizeof(file), "%s/fastabi/%s.h", folder, fastabi_spec_name(spec));
    demand(!rename(file, path), "the file is there");
    check_output();
}

/* Every other backend runs; with "verify" nothing is written. */
static void run_others(struct fastabi_context *context, const struct fastabi_spec *spec)
{
    const struct fastabi_backend *backend;

    for (size_t i = 0; (backend = fastabi_backend_at(context, i)); i++) {
        struct fastabi_generate_options options = {
            .size = sizeof(options),
            .backend = backend->name,
            .output = "/nonexistent/out",
            .flags = FASTABI_GENERATE_VERIFY,
        };
        size_t before = fastabi_context_error_count(context);

        demand(fastabi_generate(context, &spec, 1, &options) == -EINVAL,
               "there is no such file, so it differs");
        demand(fastabi_context_error_count(context) > before, "what differs is told");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t diags = 0;
    struct fastabi_context_options options = {
        .size = sizeof(options),
        .flags = FASTABI_CONTEXT_NOTES | FASTABI_CONTEXT_NO_ENV,
        .on_diag = check_diag,
        .data = &diags,
    };
    struct fastabi_context *context;
    struct fastabi_spec *spec = NULL;
    int status;

    if (fastabi_context_new(&options, &context))
        abort();
    status = fastabi_spec_parse(context, "fuzz.yml", (const char *)data, size, &spec);
    demand(!status == !fastabi_context_error_count(context), "errors are told, and only they");
    demand(!status == !!spec, "a specification, or none");
    if (status) {
        demand(status == -EINVAL, "the input is at fault");
    } else {
        ask(spec);
        generate(context, spec, "style=struct", "transfer=argument");
        generate(context, spec, "style=value", "transfer=macro");
        run_others(context, spec);
        fastabi_spec_check_strict(context, spec);
    }
    fastabi_spec_free(spec);
    fastabi_context_free(context);
    return 0;
}
