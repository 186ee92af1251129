/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets share.  Knows no target.
 */
#include "fuzz.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEEPEST 16 /* open at once while it is cleared */

char fuzz_folder[] = "/dev/shm/fastabi-fuzz-XXXXXX";

/* ---- the directory ---- */

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)type;
    if (place->level)
        remove(path);
    return 0;
}

void fuzz_clear(void)
{
    nftw(fuzz_folder, remove_entry, DEEPEST, FTW_DEPTH | FTW_PHYS);
}

static void remove_folder(void)
{
    fuzz_clear();
    rmdir(fuzz_folder);
}

void fuzz_start(void)
{
    if (!mkdtemp(fuzz_folder) || atexit(remove_folder) || chdir(fuzz_folder))
        abort();
}

void fuzz_write(const char *name, const char *head, const void *data, size_t size)
{
    FILE *stream = fopen(name, "wb");

    fuzz_demand(stream && (!*head || fwrite(head, strlen(head), 1, stream)) &&
                    (!size || fwrite(data, size, 1, stream)) && !fclose(stream),
                "an input is written");
}

char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    fuzz_demand(text != NULL, "memory");
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

/* ---- demands ---- */

void fuzz_demand(int condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "not so: %s\n", what);
    abort();
}

unsigned int fuzz_refused;

static void check_diag(const struct fastabi_diag *diag, void *data)
{
    (void)data;
    for (const char *c = diag->message; *c; c++)
        fuzz_demand((unsigned char)*c >= 0x20 && *c != 0x7f, "a message is one line");
    fuzz_demand(diag->file || !diag->line, "a line is one of a file");
    fuzz_demand(diag->line || !diag->column, "a column is one of a line");
    fuzz_demand(diag->severity <= FASTABI_ERROR, "a severity");
    fuzz_refused += diag->id == 706; /* BACKEND_FAILED */
}

struct fastabi_context *fuzz_context(uint32_t flags)
{
    struct fastabi_context_options options = {
        .size = sizeof(options),
        .flags = flags,
        .on_diag = check_diag,
    };
    struct fastabi_context *context;

    if (fastabi_context_new(&options, &context))
        abort();
    return context;
}

/* ---- snapshots ---- */

/* The file's content; the caller frees it. */
static char *save(struct fastabi_context *context, const struct fastabi_layout *layout,
                  struct fastabi_spec *spec, const char *path)
{
    char *content = NULL;
    size_t size = 0;
    FILE *stream;

    remove(path);
    fuzz_demand(!fastabi_layout_save(context, layout, &spec, 1, path), "a layout can be saved");
    stream = fopen(path, "rb");
    fuzz_demand(stream && getdelim(&content, &size, '\0', stream) >= 0, "and is a file of text");
    fclose(stream);
    return content;
}

void fuzz_save(struct fastabi_context *context, const struct fastabi_layout *layout,
               struct fastabi_spec *spec)
{
    static const char path[] = "saved.yml";
    char *first, *second;
    struct fastabi_layout_options options = { .size = sizeof(options), .snapshot = path };
    struct fastabi_layout *again = NULL;

    first = save(context, layout, spec, path);
    fuzz_demand(!fastabi_layout_open(context, NULL, 0, &options, &again),
                "what was saved can be opened");
    second = save(context, again, spec, path);
    fuzz_demand(!strcmp(first, second), "a copy of a copy is the same");
    fastabi_layout_free(again);
    free(first);
    free(second);
}

/* ---- every question ---- */

size_t fuzz_touch(const char *text)
{
    return text ? strlen(text) : 0;
}

static size_t ask_param(const struct fastabi_op *op, const struct fastabi_param *param)
{
    unsigned int width = fastabi_param_width(param);
    int in = fastabi_param_in(param);
    int out = fastabi_param_out(param);
    const struct fastabi_type *type = fastabi_param_type(param);

    fuzz_demand(width == 8 || width == 16 || width == 32 || width == 64, "a width");
    fuzz_demand(in != FASTABI_NO_REGISTER || out != FASTABI_NO_REGISTER,
                "a parameter has a register");
    fuzz_demand(in == FASTABI_NO_REGISTER || fastabi_op_input(op, in) == param,
                "an input is found");
    fuzz_demand(out == FASTABI_NO_REGISTER || fastabi_op_output(op, out) == param,
                "an output is found");
    fuzz_demand(in != 0 && out != 0, "reg0 is not a parameter");
    fuzz_demand(in != 1 || fastabi_op_is_direct(op), "reg1 is not an input of a sub-operation");
    fuzz_demand(!fastabi_param_field(param) || fastabi_op_c_struct(op), "a field has a struct");
    fuzz_demand(!type || fastabi_type_width(type) == width, "a type's width");
    fuzz_demand(fastabi_param_is_typed(param) || width == 64, "untyped is u64");
    return fuzz_touch(fastabi_param_name(param)) + fuzz_touch(fastabi_param_field(param)) +
           fuzz_touch(fastabi_param_c_type(param)) + fuzz_touch(fastabi_param_doc(param)) +
           fuzz_touch(fastabi_param_valid_when(param)) + (size_t)fastabi_param_is_shared(param) +
           (type ? fuzz_touch(fastabi_type_name(type)) + fuzz_touch(fastabi_type_doc(type)) : 0);
}

static size_t ask_op(const struct fastabi_spec *spec, const struct fastabi_op *op)
{
    size_t sum = fuzz_touch(fastabi_op_name(op)) + fuzz_touch(fastabi_op_doc(op)) +
                 fuzz_touch(fastabi_op_safety(op)) + fuzz_touch(fastabi_op_since(op)) +
                 fuzz_touch(fastabi_op_c_struct(op)) + fuzz_touch(fastabi_op_index_macro(op)) +
                 fastabi_op_is_extension(op) + fastabi_op_line(op);
    const char *text = NULL;
    int64_t value;

    fuzz_demand(!(fastabi_op_clobber_mask(op) & fastabi_op_output_mask(op)),
                "a clobber is not an output");
    if (!fastabi_op_is_direct(op)) {
        fuzz_demand(fastabi_spec_op_by_name(spec, fastabi_op_name(op)) == op,
                    "an operation is found by name");
        fuzz_demand(fastabi_spec_op_by_index(spec, fastabi_op_index(op)) == op,
                    "an operation is found by index");
    }
    for (size_t i = 0; i < fastabi_op_param_count(op); i++)
        sum += ask_param(op, fastabi_op_param(op, i));
    for (size_t i = 0; i < fastabi_op_c_param_count(op); i++)
        fuzz_demand(!fastabi_param_field(fastabi_op_c_param(op, i)), "an argument is not a field");
    for (size_t i = 0; i < fastabi_op_error_count(op); i++)
        sum += fuzz_touch(fastabi_op_error(op, i, &text)) + fuzz_touch(text);
    for (size_t i = 0; i < fastabi_op_fixed_count(op); i++)
        sum += fuzz_touch(fastabi_op_fixed(op, i, &value));
    for (size_t i = 0; i < fastabi_op_omit_count(op); i++)
        sum += fuzz_touch(fastabi_op_omit(op, i, &text)) + fuzz_touch(text);
    for (size_t i = 0; i < fastabi_op_c_struct_compat_count(op); i++)
        sum += fuzz_touch(fastabi_op_c_struct_compat(op, i));
    return sum;
}

void fuzz_ask(const struct fastabi_spec *spec)
{
    size_t sum = fuzz_touch(fastabi_spec_name(spec)) + fuzz_touch(fastabi_spec_doc(spec)) +
                 fuzz_touch(fastabi_spec_since(spec)) +
                 fuzz_touch(fastabi_spec_hypercall_macro(spec)) +
                 fuzz_touch(fastabi_spec_types_path(spec));

    fuzz_demand(fastabi_spec_hypercall_index(spec) < FASTABI_MASK, "a hypercall index");
    fuzz_demand(fastabi_spec_op_count(spec) > 0, "an operation");
    for (size_t i = 0; i < fastabi_spec_header_count(spec); i++)
        sum += fuzz_touch(fastabi_spec_header(spec, i));
    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++)
        sum += ask_op(spec, fastabi_spec_op(spec, i));
    __asm__ volatile("" : : "r"(sum));
}
