/* SPDX-License-Identifier: MIT */
/* fastabi-gen profiles: which there are, and what they set.  Knows nothing of the options. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

#define DOC_COLUMN 16 /* where the text after a name starts */

enum key {
    KEY_NAMES = TOOL_FIRST_LONG_KEY,
    KEY_PLUGIN,
};

static const struct tool_option options[] = {
    { KEY_NAMES, "names", NULL, "Print names only, one a line." },
    { KEY_PLUGIN, "plugin", "FILE", "Load a backend from a shared object." },
    { 0, NULL, NULL, NULL },
};

struct request {
    bool is_names;
    struct tool_list profiles;
    struct tool_list plugins;
    struct fastabi_context *context;
    enum tool_status status; /* the worst so far */
};

/* "netbsd: the kernel of ...", its options as -b and -O would set them */
static void print_options(const struct fastabi_profile *profile)
{
    const char *before = "";

    for (size_t i = 0; i < fastabi_profile_option_count(profile); i++) {
        const char *backend, *option;
        const char *value = fastabi_profile_option(profile, i, &backend, &option);

        if (strcmp(backend, before))
            printf("\n    -b %s\n", backend);
        before = backend;
        printf("        -O %s=", option);
        fastabi_text_print(value, stdout);
        putchar('\n');
    }
}

static void print_profile(const struct fastabi_profile *profile)
{
    fastabi_text_print(fastabi_profile_name(profile), stdout);
    fputs(": ", stdout);
    text_print_wrapped(fastabi_profile_doc(profile), 4, text_width());
    fputs("    ", stdout);
    if (fastabi_profile_path(profile))
        fastabi_text_print(fastabi_profile_path(profile), stdout);
    else
        fputs("built in", stdout);
    putchar('\n');
    print_options(profile);
}

static void print_line(const struct fastabi_profile *profile)
{
    const char *name = fastabi_profile_name(profile);
    int length = (int)strlen(name);

    fastabi_text_print(name, stdout);
    printf("%*s", length < DOC_COLUMN - 1 ? DOC_COLUMN - length : 1, "");
    text_print_wrapped(fastabi_profile_doc(profile), DOC_COLUMN, text_width());
}

static void show(struct request *request, const char *name,
                 void (*print)(const struct fastabi_profile *profile))
{
    struct fastabi_profile *profile = NULL;
    enum tool_status status = tool_status_of(
        fastabi_profile_load(request->context, name, &profile));

    if (status > request->status)
        request->status = status;
    if (profile)
        print(profile);
    fastabi_profile_free(profile);
}

/* A fastabi_path_func. */
static int list_one(const char *name, void *data)
{
    struct request *request = data;

    if (request->is_names) {
        fastabi_text_print(name, stdout);
        putchar('\n');
    } else {
        show(request, name, print_line);
    }
    return 0;
}

static enum tool_status list(struct request *request)
{
    enum tool_status status = TOOL_DONE;

    request->context = tool_make_context(0, tool_print_diag, NULL, NULL);
    if (!request->context)
        return TOOL_SYSTEM;
    for (size_t i = 0; i < request->plugins.count && !status; i++)
        status = tool_status_of(fastabi_backend_load(request->context, request->plugins.items[i]));
    for (size_t i = 0; i < request->profiles.count && !status; i++) {
        if (i)
            putchar('\n');
        show(request, request->profiles.items[i], print_profile);
    }
    if (!status && !request->profiles.count)
        status = tool_status_of(fastabi_profile_find(request->context, list_one, request));
    tool_free_context(request->context);
    return status > request->status ? status : request->status;
}

static int take_argument(void *target, int key, const char *value)
{
    struct request *request = target;
    bool kept = true;

    if (key == TOOL_OPERAND)
        kept = tool_list_add(&request->profiles, value);
    else if (key == KEY_PLUGIN)
        kept = tool_list_add(&request->plugins, value);
    else if (key == KEY_NAMES)
        request->is_names = true;
    else
        return key;
    return kept ? TOOL_ARGUMENTS_END : TOOL_NO_MEMORY;
}

static enum tool_status run(const struct tool_command *command, char **argument)
{
    struct request request = { .is_names = false };
    int key = tool_take_arguments(command, argument, take_argument, &request);
    enum tool_status status = key == TOOL_ARGUMENTS_END ? list(&request) : tool_status_of_key(key);

    free(request.profiles.items);
    free(request.plugins.items);
    return status;
}

const struct tool_command tool_profiles = {
    "profiles",
    "[OPTION]... [PROFILE]...",
    "List the profiles, or show what they set.",
    "A profile is a set of options for the habits of one system. One that has a '/' or\n"
    "ends in .yml is a file; others are looked for in the directories of\n"
    "FASTABI_PROFILE_PATH, in the installation, and in the library.\n\n"
    "Example: fastabi-gen profiles netbsd\n",
    "PROFILE",
    options,
    run,
};
