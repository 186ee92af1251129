/* SPDX-License-Identifier: MIT */
/* List the operations of specifications and their registers: a complete user of libfastabi. */
#include <fastabi/fastabi.h>

#include <inttypes.h>
#include <stdio.h>

static void print_message(const struct fastabi_diag *diag, void *data)
{
    fastabi_diag_print(diag, data);
}

static void list_operation(const struct fastabi_spec *spec, const struct fastabi_op *op)
{
    const char *name = fastabi_op_name(op);

    printf("%s.%s rax=0x%" PRIx32, fastabi_spec_name(spec), name ? name : "direct",
           fastabi_spec_hypercall_index(spec) | FASTABI_MASK);
    if (!fastabi_op_is_direct(op))
        printf(" rdi=%" PRIu32, fastabi_op_index(op));
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        const struct fastabi_param *param = fastabi_op_param(op, i);
        if (fastabi_param_in(param) != FASTABI_NO_REGISTER)
            printf(" %s<-%s", fastabi_register_name(fastabi_param_in(param)),
                   fastabi_param_name(param));
        if (fastabi_param_out(param) != FASTABI_NO_REGISTER)
            printf(" %s->%s", fastabi_register_name(fastabi_param_out(param)),
                   fastabi_param_name(param));
    }
    putchar('\n');
}

/* Called for each file that an argument stands for; data is the context. */
static int list_file(const char *path, void *data)
{
    struct fastabi_spec *spec;
    int status = fastabi_spec_load(data, path, &spec);

    if (status < 0)
        return status;
    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++)
        list_operation(spec, fastabi_spec_op(spec, i));
    fastabi_spec_free(spec);
    return 0;
}

int main(int argc, char **argv)
{
    const struct fastabi_context_options options = {
        .size = sizeof(options),
        .on_diag = print_message,
        .data = stderr,
    };
    struct fastabi_context *context;
    int status = fastabi_context_new(&options, &context);

    if (status < 0)
        return 3;
    for (int i = 1; i < argc && status >= 0; i++)
        status = fastabi_spec_find(context, argv[i], list_file, context);
    fastabi_context_free(context);
    return status < 0;
}
