/* SPDX-License-Identifier: MIT */
/*
 * A build tool's check: are these specifications right for the Xen headers that we build against?
 * Prints what is wrong, and the struct of each operation with the bytes that each parameter is at.
 */
#include <fastabi/fastabi.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define SPECS_MAX 64

/* What the program was asked about. */
struct request {
    struct fastabi_context *context;
    struct fastabi_spec *specs[SPECS_MAX];
    size_t count;
};

static void print_message(const struct fastabi_diag *diag, void *data)
{
    fastabi_diag_print(diag, data);
}

/* A fastabi_path_func. */
static int load(const char *path, void *data)
{
    struct request *request = data;
    int status = request->count < SPECS_MAX ? 0 : -1;

    if (!status)
        status = fastabi_spec_load(request->context, path, &request->specs[request->count]);
    if (!status)
        request->count++;
    return status;
}

static void print_op(const struct fastabi_op *op)
{
    uint64_t size, offset;

    if (!fastabi_op_c_struct_size(op, &size))
        return;
    printf("struct %s, %" PRIu64 " bytes\n", fastabi_op_c_struct(op), size);
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);

        if (fastabi_param_field_offset(param, &offset))
            printf("  %-24s at %3" PRIu64 ", %c%u\n", fastabi_param_field(param), offset,
                   fastabi_param_is_signed(param) ? 'i' : 'u', fastabi_param_width(param));
    }
}

static int check(struct request *request, const char *headers)
{
    const char *const dirs[] = { headers };
    const struct fastabi_layout_options options = {
        .size = sizeof(options),
        .header_dirs = dirs,
        .header_dir_count = 1,
    };
    struct fastabi_layout *layout;
    int status = fastabi_layout_open(request->context, request->specs, request->count, &options,
                                     &layout);

    if (status)
        return status;
    status = fastabi_layout_check(request->context, layout, request->specs, request->count,
                                  FASTABI_CHECK_STRICT);
    for (size_t i = 0; i < request->count && !status; i++) {
        status = fastabi_layout_apply(request->context, layout, request->specs[i]);
        for (size_t j = 0; j < fastabi_spec_op_count(request->specs[i]) && !status; j++)
            print_op(fastabi_spec_op(request->specs[i], j));
    }
    fastabi_layout_free(layout);
    return status;
}

/* check-headers DIR SPEC... */
int main(int argc, char **argv)
{
    const struct fastabi_context_options options = {
        .size = sizeof(options),
        .flags = FASTABI_CONTEXT_NOTES | FASTABI_CONTEXT_LAYOUT,
        .on_diag = print_message,
        .data = stderr,
    };
    struct request request = { .count = 0 };
    int status = argc > 2 ? fastabi_context_new(&options, &request.context) : -1;

    for (int i = 2; i < argc && !status; i++)
        status = fastabi_spec_find(request.context, argv[i], load, &request);
    if (!status)
        status = check(&request, argv[1]);
    while (request.count)
        fastabi_spec_free(request.specs[--request.count]);
    fastabi_context_free(request.context);
    return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
