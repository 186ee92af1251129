/* SPDX-License-Identifier: MIT */
/*
 * Backends that are wrong, each in its own way; tests/errors/run compiles this with -DFAULT=...
 * Knows the public headers only, as a third party's would.
 */
#include <errno.h>

#include <fastabi/backend.h>

#define GOOD      0   /* as it should be */
#define VERSION   1   /* made for a later version of the interface */
#define SIZE      2   /* shorter than its version says */
#define NO_NAME   3
#define BAD_NAME  4   /* no identifier */
#define TAKEN     5   /* a name that there is already */
#define FLAGS     6   /* flags that there are not */
#define NOTHING   7   /* no backend behind the entry */
#define OPTION    8   /* a default that is none of the choices */
#define NO_ENTRY  9
#define OUTSIDE   10  /* asks for a file outside its folder */
#define ABSOLUTE  11
#define HIDDEN    12
#define EMPTY     13  /* a file without a name */
#define SILENT    14  /* fails without saying why */
#define MANY      15  /* opens a file for each operation */
#define TEMPLATE  16  /* a conversion that the writer does not have */
#define LATE      17  /* fails behind its first file */

static int open_file(struct fastabi_emission *emission, const char *path)
{
    struct fastabi_writer *writer;
    int status = fastabi_emission_open(emission, path, FASTABI_FILE_SPEC, &writer);

    if (!status)
        fastabi_write(writer, FAULT == TEMPLATE ? "%q\n" : "text\n");
    return status;
}

static int begin(struct fastabi_emission *emission)
{
    switch (FAULT) {
    case OUTSIDE:
        return open_file(emission, "../outside");
    case ABSOLUTE:
        return open_file(emission, "/tmp/outside");
    case HIDDEN:
        return open_file(emission, "a/.hidden");
    case EMPTY:
        return open_file(emission, "");
    case SILENT:
        return -EPERM;
    case MANY:
        return 0;
    default:
        return open_file(emission, "file");
    }
}

static int do_op(struct fastabi_emission *emission, const struct fastabi_spec *spec,
                 const struct fastabi_op *op)
{
    (void)spec;
    (void)op;
    return FAULT == MANY ? open_file(emission, "same") : 0;
}

static int end(struct fastabi_emission *emission)
{
    return FAULT == LATE ? fastabi_emission_error(emission, NULL, NULL, "it changed its mind") : 0;
}

static const struct fastabi_backend_option options[] = {
    { "colour", FASTABI_OPTION_CHOICE, "red|green", FAULT == OPTION ? "blue" : "red", "a colour" },
};

static const struct fastabi_backend backend = {
    .abi_version = FASTABI_BACKEND_ABI_VERSION + (FAULT == VERSION),
    .size = sizeof(backend) - (FAULT == SIZE),
    .name = FAULT == NO_NAME ? NULL : FAULT == BAD_NAME ? "x; id" : FAULT == TAKEN ? "c" : "plugin",
    .description = "A backend of the tests.",
    .flags = FAULT == FLAGS ? 1u << 31 : 0,
    .option_count = 1,
    .options = options,
    .begin = begin,
    .op = do_op,
    .end = end,
};

#if FAULT != NO_ENTRY
const struct fastabi_backend *fastabi_backend_entry(void);

__attribute__((__visibility__("default"))) const struct fastabi_backend *fastabi_backend_entry(void)
{
    return FAULT == NOTHING ? NULL : &backend;
}
#endif
