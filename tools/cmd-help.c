/* SPDX-License-Identifier: MIT */
/*
 * fastabi-gen help: the table of all commands, printed for a person, or as JSON for what is made
 * from it (shell completion, checks of the manual).  Knows nothing of what the commands do.
 */
#include "commands.h"

#include <string.h>

const struct tool_command *const tool_commands[] = {
    &tool_generate,     &tool_check,    &tool_layout, &tool_show,
    &tool_list_command, &tool_diff,     &tool_new,    &tool_help,
    &tool_backends,     &tool_profiles, NULL,
};

const struct tool_option tool_common_options[] = {
    { 'h', "help", NULL, "Show this help; after a command, that command's." },
    { 'V', "version", NULL, "Show the version." },
    { 0, NULL, NULL, NULL },
};

enum key { KEY_FORMAT = TOOL_FIRST_LONG_KEY };

static const struct tool_option options[] = {
    { KEY_FORMAT, "format", "text|json",
      "How to print it: for a person (text), or all commands\n"
      "with their options as JSON." },
    { 0, NULL, NULL, NULL },
};

/* ---- text ---- */

void tool_print_all_help(void)
{
    fputs("Usage: fastabi-gen COMMAND [ARGUMENT]...\n\n"
          "Bindings for Xen's FastABI hypercalls, generated from their specifications.\n\n",
          stdout);
    for (size_t i = 0; tool_commands[i]; i++)
        printf("  %-10s %s\n", tool_commands[i]->name, tool_commands[i]->summary);
    putchar('\n');
    for (const struct tool_option *option = tool_common_options; option->key; option++)
        tool_print_option(option);
    fputs("\n"
          "SPEC is a path when it has a '/', is '.' or '..', or ends in '.yml' or '.yaml'\n"
          "(a directory stands for its own files of these); '-' is standard input. Anything\n"
          "else is the name of an installed specification; 'fastabi-gen list' lists them.\n\n"
          "Exit status: 0 done; 1 errors in a specification or check; 2 usage error;\n"
          "3 system error.\n\n"
          "Example: fastabi-gen generate -b c -o bindings event_channel vcpu\n",
          stdout);
}

/* ---- JSON ---- */

static void print_json_options(const struct tool_option *option, const char *indent)
{
    const char *between = "";

    fputs("[", stdout);
    for (; option->key; option++) {
        printf("%s\n%s  { ", between, indent);
        if (option->key < TOOL_FIRST_LONG_KEY)
            printf("\"short\": \"-%c\", ", option->key);
        if (option->name)
            printf("\"long\": \"--%s\", ", option->name);
        if (option->value)
            printf("\"value\": \"%s\", ", option->value);
        fputs("\"help\": ", stdout);
        fastabi_json_print(option->help, stdout);
        fputs(" }", stdout);
        between = ",";
    }
    if (*between)
        printf("\n%s", indent);
    fputs("]", stdout);
}

static void print_json(void)
{
    fputs("{\n  \"options\": ", stdout);
    print_json_options(tool_common_options, "  ");
    fputs(",\n  \"commands\": [", stdout);
    for (size_t i = 0; tool_commands[i]; i++) {
        const struct tool_command *command = tool_commands[i];

        printf("%s\n    {\n      \"name\": \"%s\",\n      \"synopsis\": ", i ? "," : "",
               command->name);
        fastabi_json_print(command->synopsis, stdout);
        fputs(",\n      \"summary\": ", stdout);
        fastabi_json_print(command->summary, stdout);
        if (command->operand)
            printf(",\n      \"operand\": \"%s\"", command->operand);
        fputs(",\n      \"options\": ", stdout);
        print_json_options(command->options, "      ");
        fputs("\n    }", stdout);
    }
    fputs("\n  ]\n}\n", stdout);
}

/* ---- the command ---- */

const struct tool_command *tool_find_command(const char *name)
{
    for (size_t i = 0; tool_commands[i]; i++) {
        if (!strcmp(tool_commands[i]->name, name))
            return tool_commands[i];
    }
    return NULL;
}

enum tool_status tool_unknown_command(const char *name)
{
    struct fastabi_guess guess = { .size = sizeof(guess), .word = name };
    const struct tool_option *option = tool_common_options;

    if (*name != '-') {
        for (size_t i = 0; tool_commands[i]; i++)
            fastabi_guess_try(&guess, tool_commands[i]->name);
        return tool_unknown(NULL, "command", &guess);
    }
    guess.word += strspn(name, "-");
    for (; option->key; option++)
        fastabi_guess_try(&guess, option->name);
    if (guess.best)
        return tool_usage_error(NULL, "unknown option '%.200s'; did you mean '--%s'?", name,
                                guess.best);
    guess.word = name;
    return tool_unknown(NULL, "option", &guess);
}

struct request {
    const char *name;
    bool is_json;
};

static int take_argument(void *target, int key, const char *value)
{
    struct request *request = target;

    if (key == KEY_FORMAT)
        return tool_take_format(&tool_help, value, &request->is_json);
    if (key != TOOL_OPERAND)
        return key;
    if (request->name) {
        tool_usage_error(&tool_help, "'%s' is one argument too many; leave it out", value);
        return TOOL_ARGUMENTS_BAD;
    }
    request->name = value;
    return TOOL_ARGUMENTS_END;
}

static enum tool_status run(const struct tool_command *command, char **argument)
{
    struct request request = { NULL, false };
    const struct tool_command *named = NULL;
    int key = tool_take_arguments(command, argument, take_argument, &request);

    if (key != TOOL_ARGUMENTS_END)
        return tool_status_of_key(key);
    if (request.name) {
        named = tool_find_command(request.name);
        if (!named)
            return tool_unknown_command(request.name);
    }
    if (request.is_json)
        print_json();
    else if (named)
        tool_print_help(named);
    else
        tool_print_all_help();
    return TOOL_DONE;
}

const struct tool_command tool_help = {
    "help",
    "[OPTION]... [COMMAND]",
    "Show help, of all commands or of one.",
    "'fastabi-gen COMMAND --help' shows the same.\n\n"
    "Example: fastabi-gen help generate\n",
    "COMMAND",
    options,
    run,
};
