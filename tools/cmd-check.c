/* SPDX-License-Identifier: MIT */
/* fastabi-gen check: what is wrong with specifications, as text or JSON.  Knows no rule. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "repeats.h"

enum key {
    KEY_STRICT = TOOL_FIRST_LONG_KEY,
    KEY_FORMAT,
    KEY_ALL,
};

static const struct tool_option options[] = {
    { KEY_STRICT, "strict", NULL, "Ask for type, doc and errors everywhere." },
    { KEY_FORMAT, "format", "text|json",
      "How to report: lines on standard error (text), or one\n"
      "JSON object on standard output." },
    { KEY_ALL, "all", NULL,
      "Print every message. Otherwise one note of a kind in a\n"
      "file is printed, 50 errors or warnings, and how many\n"
      "more there are." },
    TOOL_ONLY_OPTION,
    LAYOUT_HEADERS_OPTION,
    LAYOUT_INCLUDE_OPTION,
    LAYOUT_PRELUDE_OPTION,
    LAYOUT_FILE_OPTION,
    LAYOUT_TARGET_OPTION,
    { 0, NULL, NULL, NULL },
};

struct request {
    bool is_strict;
    bool is_json;
    struct tool_list specs;
    struct tool_list only;
    struct layout_choice choice;
    struct repeats repeats;
    size_t counts[3]; /* JSON: of notes, warnings, errors so far */
};

/* ---- JSON ---- */

/* A fastabi_diag_func: one element of the array. */
static void print_json_diag(const struct fastabi_diag *diag, void *data)
{
    static const char *const names[] = { "note", "warning", "error" };
    struct request *request = data;
    size_t before = request->counts[0] + request->counts[1] + request->counts[2];

    request->counts[diag->severity]++;
    printf("%s\n    { \"id\": \"FA%04u\", \"severity\": \"%s\", \"file\": ", before ? "," : "",
           diag->id, names[diag->severity]);
    if (diag->file)
        fastabi_json_print(diag->file, stdout);
    else
        fputs("null", stdout);
    printf(", \"line\": %u, \"column\": %u, \"message\": ", diag->line, diag->column);
    fastabi_json_print(diag->message, stdout);
    fputs(" }", stdout);
}

static void end_json(const struct request *request)
{
    size_t count = request->counts[0] + request->counts[1] + request->counts[2];

    printf("%s],\n  \"errors\": %zu,\n  \"warnings\": %zu,\n  \"notes\": %zu\n}\n",
           count ? "\n  " : "", request->counts[FASTABI_ERROR], request->counts[FASTABI_WARNING],
           request->counts[FASTABI_NOTE]);
}

/* ---- checking ---- */

/*
 * Against the language alone: an error in one specification does not hide those in another, nor
 * does --only hide any.
 */
static enum tool_status check_rules(struct fastabi_context *context, const struct request *request,
                                    struct tool_specs *specs)
{
    enum tool_status status = tool_load_together(context, &request->specs, specs);

    if (!status)
        status = tool_select(context, &request->only, specs);
    for (size_t i = 0; request->is_strict && i < specs->count; i++) {
        enum tool_status result = tool_status_of(
            fastabi_spec_check_strict(context, specs->items[i]));

        status = result > status ? result : status;
    }
    return status;
}

static enum tool_status check_headers(struct fastabi_context *context,
                                      const struct request *request, const struct tool_specs *specs)
{
    struct fastabi_layout *layout = NULL;
    enum tool_status status = layout_open(context, &request->choice, specs, 0, &layout);

    if (!status)
        status = tool_status_of(
            fastabi_layout_check(context, layout, specs->items, specs->count,
                                 request->is_strict ? FASTABI_CHECK_STRICT : 0));
    fastabi_layout_free(layout);
    return status;
}

static enum tool_status check(struct request *request)
{
    static char buffer[1 << 16]; /* of standard error, until the program ends */
    bool has_layout = layout_is_chosen(&request->choice);
    struct fastabi_context *context =
        tool_make_context(FASTABI_CONTEXT_NOTES | (has_layout ? FASTABI_CONTEXT_LAYOUT : 0),
                          request->is_json ? print_json_diag : repeats_print,
                          request->is_json ? (void *)request : (void *)&request->repeats, NULL);
    struct tool_specs specs = { .items = NULL };
    enum tool_status status;

    if (!context)
        return TOOL_SYSTEM;
    setvbuf(stderr, buffer, _IOFBF, sizeof(buffer)); /* there may be 10,000 messages */
    if (request->is_json)
        fputs("{\n  \"diagnostics\": [", stdout);
    status = check_rules(context, request, &specs);
    if (has_layout && specs.count) {
        enum tool_status result = check_headers(context, request, &specs);

        status = result > status ? result : status;
    }
    if (request->is_json)
        end_json(request);
    repeats_finish(&request->repeats);
    fflush(stderr);
    tool_free_specs(&specs);
    tool_free_context(context);
    return status;
}

static int take_argument(void *target, int key, const char *value)
{
    struct request *request = target;

    switch (key) {
    case TOOL_OPERAND:
        return tool_list_add(&request->specs, value) ? TOOL_ARGUMENTS_END : TOOL_NO_MEMORY;
    case TOOL_KEY_ONLY:
        return tool_list_add(&request->only, value) ? TOOL_ARGUMENTS_END : TOOL_NO_MEMORY;
    case KEY_STRICT:
        request->is_strict = true;
        return TOOL_ARGUMENTS_END;
    case KEY_ALL:
        request->repeats.is_all = true;
        return TOOL_ARGUMENTS_END;
    case KEY_FORMAT:
        return tool_take_format(&tool_check, value, &request->is_json);
    default:
        return layout_take_argument(&request->choice, key, value);
    }
}

static enum tool_status run(const struct tool_command *command, char **argument)
{
    struct request request = { .is_strict = false };
    enum tool_status status;
    int key = tool_take_arguments(command, argument, take_argument, &request);

    if (key != TOOL_ARGUMENTS_END)
        status = tool_status_of_key(key);
    else if (!request.specs.count)
        status = tool_usage_error(command, "a specification is missing; name a path, or an "
                                           "installed one");
    else
        status = layout_check_choice(command, &request.choice);
    if (key == TOOL_ARGUMENTS_END && !status)
        status = check(&request);
    free(request.specs.items);
    free(request.only.items);
    layout_free_choice(&request.choice);
    return status;
}

const struct tool_command tool_check = {
    "check",
    "[OPTION]... SPEC...",
    "Check specifications: the language, and Xen's headers.",
    "Good files cause no output, except notes on what only a C header knows.\n"
    "With --headers or --layout they are checked against the headers, too.\n"
    "--only limits what is checked against the headers and with --strict.\n"
    "Exit status 1: there are errors, or with --strict warnings.\n\n"
    "Example: fastabi-gen check --strict --headers /usr/include abi/\n",
    "SPEC",
    options,
    run,
};
