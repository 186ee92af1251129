/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a specification; what is accepted goes through every question of the public API,
 * becomes C in every style, which must not look like the input broke out of a comment, and goes
 * through all other backends, which may refuse it with a message.
 */
#include "fuzz.h"

#include <errno.h>
#include <stdio.h>

static const char path[] = "out";

/* ---- generating ---- */

/* Outside comments there is nothing but ASCII, and comments nest as C has them. */
static void check_output(void)
{
    FILE *stream = fopen(path, "rb");
    int before = 0;
    int in_comment = 0;

    fuzz_demand(stream != NULL, "output is there");
    for (int c; (c = getc(stream)) != EOF; before = c) {
        fuzz_demand(c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7f),
                    "text has no control characters");
        if (!in_comment)
            fuzz_demand(c < 0x80, "text outside comments is ASCII");
        if (!in_comment && before == '/' && c == '*') {
            in_comment = 1;
            c = 0;
        } else if (in_comment && before == '*' && c == '/') {
            in_comment = 0;
            c = 0;
        } else {
            fuzz_demand(!in_comment || before != '/' || c != '*', "comments do not nest");
        }
    }
    fuzz_demand(!in_comment, "the last comment ends");
    fclose(stream);
}

static void generate(struct fastabi_context *context, struct fastabi_spec *spec, const char *style,
                     const char *transfer)
{
    const char *settings[] = { style, transfer };
    struct fastabi_generate_options options = {
        .size = sizeof(options),
        .backend = "c",
        .settings = settings,
        .setting_count = 2,
        .output = ".",
    };
    char file[160];

    fuzz_refused = 0;
    if (fastabi_generate(context, &spec, 1, &options)) {
        fuzz_demand(fuzz_refused, "what is accepted can be generated, or the backend says why not");
        return;
    }
    snprintf(file, sizeof(file), "fastabi/%s.h", fastabi_spec_name(spec));
    fuzz_demand(!rename(file, path), "the file is there");
    check_output();
}

/* Every other backend runs; with "verify" nothing is written. */
static void run_others(struct fastabi_context *context, struct fastabi_spec *spec)
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

        fuzz_demand(fastabi_generate(context, &spec, 1, &options) == -EINVAL,
                    "the file does not exist, so it differs");
        fuzz_demand(fastabi_context_error_count(context) > before, "what differs is told");
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_start();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fastabi_context *context = fuzz_context(FASTABI_CONTEXT_NOTES | FASTABI_CONTEXT_NO_ENV);
    struct fastabi_spec *spec = NULL;
    int status = fastabi_spec_parse(context, "fuzz.yml", (const char *)data, size, &spec);

    fuzz_demand(!status == !fastabi_context_error_count(context), "errors are told, and only they");
    fuzz_demand(!status == !!spec, "a specification, or none");
    if (status) {
        fuzz_demand(status == -EINVAL, "the input is at fault");
    } else {
        fuzz_ask(spec);
        generate(context, spec, "style=struct", "transfer=argument");
        generate(context, spec, "style=value", "transfer=macro");
        run_others(context, spec);
        fastabi_spec_check_strict(context, spec);
    }
    fastabi_spec_free(spec);
    fastabi_context_free(context);
    return 0;
}
