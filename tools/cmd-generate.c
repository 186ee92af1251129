/* SPDX-License-Identifier: MIT */
/* fastabi-gen generate: a backend's files from specifications. */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include <fastabi/profile.h>

#include "layout.h"

enum key {
    KEY_BACKEND = 'b',
    KEY_SETTING = 'O',
    KEY_PLUGIN = TOOL_FIRST_LONG_KEY,
    KEY_VERIFY,
    KEY_DEPFILE,
    KEY_DEPFILE_TARGET,
    KEY_PROFILE,
};

static const struct tool_option options[] = {
    { KEY_BACKEND, NULL, "BACKEND", "What to generate; 'fastabi-gen backends' lists them." },
    { TOOL_KEY_OUTPUT, NULL, "PATH",
      "Write below this directory (a file, for a backend that\n"
      "writes one file); '-': to standard output, as without\n"
      "-o for a single SPEC." },
    { KEY_SETTING, NULL, "KEY=VALUE", "Set an option of the backend; of several the last holds." },
    { KEY_PROFILE, "profile", "PROFILE",
      "Take options from a profile, by its name or file; -O\n"
      "wins. 'fastabi-gen profiles' lists them." },
    { KEY_PLUGIN, "plugin", "FILE", "Load a backend from a shared object." },
    TOOL_PLUGIN_SECONDS_OPTION,
    { KEY_VERIFY, "verify", NULL, "Write nothing; fail if a file would change." },
    { KEY_DEPFILE, "depfile", "FILE", "Write make rules: the outputs from the specifications." },
    { KEY_DEPFILE_TARGET, "depfile-target", "FILE",
      "What the rules of --depfile make, as the build system\n"
      "calls it, instead of the outputs." },
    TOOL_ONLY_OPTION,
    LAYOUT_HEADERS_OPTION,
    LAYOUT_INCLUDE_OPTION,
    LAYOUT_PRELUDE_OPTION,
    LAYOUT_FILE_OPTION,
    LAYOUT_TARGET_OPTION,
    { 0, NULL, NULL, NULL },
};

struct request {
    struct fastabi_generate_options options;
    struct tool_list settings;
    struct tool_list plugins;
    struct tool_list specs;
    struct tool_list only;
    struct layout_choice choice;
    struct fastabi_limits limits;
};

static int take_argument(void *target, int key, const char *value)
{
    struct request *request = target;
    bool kept = true;

    switch (key) {
    case TOOL_OPERAND:
        kept = tool_list_add(&request->specs, value);
        break;
    case KEY_BACKEND:
        if (request->options.backend && strcmp(request->options.backend, value) != 0) {
            tool_usage_error(&tool_generate, "two backends are named; call the command for each");
            return TOOL_ARGUMENTS_BAD;
        }
        request->options.backend = value;
        break;
    case TOOL_KEY_OUTPUT:
        request->options.output = value;
        break;
    case KEY_SETTING:
        kept = tool_list_add(&request->settings, value);
        break;
    case TOOL_KEY_ONLY:
        kept = tool_list_add(&request->only, value);
        break;
    case KEY_PROFILE:
        request->options.profile = value;
        break;
    case KEY_PLUGIN:
        kept = tool_list_add(&request->plugins, value);
        break;
    case TOOL_KEY_PLUGIN_SECONDS:
        return tool_take_plugin_seconds(&tool_generate, value, &request->limits);
    case KEY_VERIFY:
        request->options.flags |= FASTABI_GENERATE_VERIFY;
        break;
    case KEY_DEPFILE:
        request->options.depfile = value;
        break;
    case KEY_DEPFILE_TARGET:
        request->options.depfile_target = value;
        break;
    default:
        return layout_take_argument(&request->choice, key, value);
    }
    return kept ? TOOL_ARGUMENTS_END : TOOL_NO_MEMORY;
}

/* Whether the command line is complete. */
static enum tool_status check_request(const struct tool_command *command,
                                      const struct request *request)
{
    if (!request->options.backend) {
        return tool_usage_error(command, "a backend is missing; name one with -b: 'fastabi-gen "
                                         "backends' lists them");
    }
    if (!request->specs.count) {
        return tool_usage_error(command, "a specification is missing; name a path, or an "
                                         "installed one");
    }
    if (request->options.depfile_target && !request->options.depfile)
        return tool_usage_error(command, "--depfile-target needs --depfile; add it");
    return layout_check_choice(command, &request->choice);
}

static enum tool_status load_all(struct fastabi_context *context, const struct request *request,
                                 struct tool_specs *specs)
{
    for (size_t i = 0; i < request->plugins.count; i++) {
        int error = fastabi_backend_load(context, request->plugins.items[i]);

        if (error)
            return tool_status_of(error);
    }
    return tool_load_specs(context, &request->specs, specs);
}

/* Before this version, xen.h gives names of hypercalls to the numbers of older ones. */
#define OLDEST_NAMES 0x00030202u

/* The value of a setting "key=value", if it is one of that key. */
static const char *value_of(const char *setting, const char *key)
{
    size_t length = strlen(key);

    return !strncmp(setting, key, length) && setting[length] == '=' ? setting + length + 1 : NULL;
}

/* What the user sets last; NULL: nothing. */
static const char *find_setting(const struct request *request, const char *key)
{
    for (size_t i = request->settings.count; i; i--) {
        const char *value = value_of(request->settings.items[i - 1], key);

        if (value)
            return value;
    }
    return NULL;
}

/*
 * The interface version of the includer, which hides structs, for reading the headers: what -O or
 * the profile says, unless that is a word.  The profile keeps the text.
 */
static enum tool_status find_version(struct fastabi_context *context, struct request *request,
                                     struct fastabi_profile **profile)
{
    static const char key[] = "interface_version";
    const char *version = find_setting(request, key);
    const char *name = find_setting(request, "profile");

    if (!name)
        name = request->options.profile;
    if (!request->choice.headers.count)
        return TOOL_DONE;
    if (!version && name) {
        int error = fastabi_profile_load(context, name, profile);

        if (error)
            return tool_status_of(error);
        for (size_t i = 0; i < fastabi_profile_option_count(*profile); i++) {
            const char *backend, *option;
            const char *value = fastabi_profile_option(*profile, i, &backend, &option);

            if (!strcmp(backend, request->options.backend) && !strcmp(option, key))
                version = value;
        }
    }
    /* a word, such as "latest", or what is refused later, is not for reading headers */
    if (version && *version && !version[strspn(version, "0123456789abcdefABCDEFx")] &&
        strtoul(version, NULL, 0) >= OLDEST_NAMES)
        request->choice.interface_version = version;
    return TOOL_DONE;
}

/* Check the specifications against the layout, and give them what it knows. */
static enum tool_status apply_layout(struct fastabi_context *context, struct request *request,
                                     struct tool_specs *specs, struct fastabi_layout **layout)
{
    struct fastabi_profile *profile = NULL;
    enum tool_status status = find_version(context, request, &profile);

    if (!status)
        status = layout_open(context, &request->choice, specs, FASTABI_LAYOUT_PARTIAL, layout);
    fastabi_profile_free(profile);
    request->choice.interface_version = NULL;
    if (!status)
        status = tool_status_of(fastabi_layout_check(context, *layout, specs->items, specs->count,
                                                     FASTABI_CHECK_PARTIAL));
    for (size_t i = 0; i < specs->count && !status; i++)
        status = tool_status_of(fastabi_layout_apply(context, *layout, specs->items[i]));
    return status;
}

static enum tool_status generate(struct request *request)
{
    bool has_layout = layout_is_chosen(&request->choice);
    struct fastabi_context *context = tool_make_context(has_layout ? FASTABI_CONTEXT_LAYOUT : 0,
                                                        tool_print_diag, NULL, &request->limits);
    struct tool_specs specs = { .items = NULL };
    struct fastabi_layout *layout = NULL;
    enum tool_status status;

    if (!context)
        return TOOL_SYSTEM;
    status = load_all(context, request, &specs);
    if (!status)
        status = tool_select(context, &request->only, &specs);
    if (!status && has_layout)
        status = apply_layout(context, request, &specs, &layout);
    if (!status) {
        request->options.layout = layout;
        request->options.size = sizeof(request->options);
        request->options.settings = request->settings.items;
        request->options.setting_count = (uint32_t)request->settings.count;
        if (!request->options.output)
            request->options.output = "-";
        status = tool_status_of(
            fastabi_generate(context, specs.items, specs.count, &request->options));
    }
    fastabi_layout_free(layout);
    tool_free_specs(&specs);
    tool_free_context(context);
    return status;
}

static enum tool_status run(const struct tool_command *command, char **argument)
{
    struct request request = { .limits = { .size = sizeof(request.limits) } };
    enum tool_status status;
    int key = tool_take_arguments(command, argument, take_argument, &request);

    status = key == TOOL_ARGUMENTS_END ? check_request(command, &request) : tool_status_of_key(key);
    if (key == TOOL_ARGUMENTS_END && !status)
        status = generate(&request);
    free(request.settings.items);
    free(request.plugins.items);
    free(request.specs.items);
    free(request.only.items);
    layout_free_choice(&request.choice);
    return status;
}

const struct tool_command tool_generate = {
    "generate",
    "-b BACKEND [OPTION]... SPEC...",
    "Generate files from specifications.",
    "Files are written when all of them are complete, or not at all; one that would\n"
    "not change is not touched. --verify names each file that differs and exits with\n"
    "status 1.\n\n"
    "Example: fastabi-gen generate -b c -O style=value -o bindings event_channel vcpu\n",
    "SPEC",
    options,
    run,
};
