/* SPDX-License-Identifier: MIT */
/*
 * Reading a command line.  Not getopt_long(): that accepts any abbreviation of a long option, which
 * nobody promised, and stops at the first operand under POSIXLY_CORRECT; and here the help text
 * comes from the same table.
 */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

/* The short option that a long one stands for elsewhere, "-b BACKEND", malloced; or NULL. */
static char *find_short(const struct tool_command *command, const char *name)
{
    for (const struct tool_option *option = command->options; option->key; option++) {
        if (!option->name && option->key == *name)
            return tool_printf("-%c%s%s", option->key, option->value ? " " : "",
                               option->value ? option->value : "");
    }
    return NULL;
}

static int report_unknown(const struct tool_command *command, const char *argument, size_t length)
{
    struct fastabi_guess guess = { .size = sizeof(guess) };
    char *word = tool_printf("%.*s", (int)length, argument);
    char *best = NULL;

    if (!word)
        return TOOL_NO_MEMORY;
    guess.word = word + strspn(word, "-");
    for (const struct tool_option *option = command->options; option->key; option++)
        fastabi_guess_try(&guess, option->name);
    if (guess.best)
        best = tool_printf("--%s", guess.best);
    else if (length > 2)
        best = find_short(command, guess.word);
    guess.word = word;
    guess.best = best;
    tool_unknown(command, "option", &guess);
    free(best);
    free(word);
    return TOOL_ARGUMENTS_BAD;
}

/*
 * What is wrong with a path; NULL: nothing.  Only output can go to a stream: elsewhere '-' would be
 * a file of that name, which nobody means.
 */
static const char *find_path_fault(const struct tool_option *option, const char *value)
{
    bool is_dir = !strcmp(option->value, "DIR");
    bool is_file = !strcmp(option->value, "FILE");

    if (!is_dir && !is_file && strcmp(option->value, "PATH") != 0)
        return NULL;
    if (!*value)
        return is_dir    ? " has an empty path; name a directory"
               : is_file ? " has an empty path; name a file"
                         : " has an empty path; name a file or directory";
    if (!strcmp(value, "-") && option->key != TOOL_KEY_OUTPUT)
        return " does not take '-', a stream; name a path, as './-'";
    return NULL;
}

/* Take an option's value: attached (NULL: it is not), or the next argument. */
static int take_value(struct tool_arguments *arguments, const struct tool_option *option,
                      const char *attached, const char **value)
{
    const char *fault;

    *value = attached;
    if (!option->value && attached) {
        tool_option_error(arguments->command, "option ", option, " takes no value; leave it out");
        return TOOL_ARGUMENTS_BAD;
    }
    if (option->value && !attached) {
        *value = *arguments->next;
        if (!*value) {
            tool_option_error(arguments->command, "a value is missing; write ", option, "");
            return TOOL_ARGUMENTS_BAD;
        }
        arguments->next++;
    }
    fault = option->value ? find_path_fault(option, *value) : NULL;
    if (fault) {
        tool_option_error(arguments->command, "option ", option, fault);
        return TOOL_ARGUMENTS_BAD;
    }
    return option->key;
}

static int take_long(struct tool_arguments *arguments, const char *argument, const char **value)
{
    const char *name = argument + 2;
    size_t length = strcspn(name, "=");

    if (!strcmp(name, "help")) {
        tool_print_help(arguments->command);
        return TOOL_HELP;
    }
    for (const struct tool_option *option = arguments->command->options; option->key; option++) {
        if (option->name && !strncmp(option->name, name, length) && !option->name[length])
            return take_value(arguments, option, name[length] ? name + length + 1 : NULL, value);
    }
    return report_unknown(arguments->command, argument, length + 2);
}

static int take_short(struct tool_arguments *arguments, const char *argument, const char **value)
{
    if (!strcmp(argument, "-h")) {
        tool_print_help(arguments->command);
        return TOOL_HELP;
    }
    for (const struct tool_option *option = arguments->command->options; option->key; option++) {
        if (option->key == argument[1] && argument[2] == '=') {
            tool_option_error(arguments->command, "a '=' in a short option; write ", option, "");
            return TOOL_ARGUMENTS_BAD;
        }
        if (option->key == argument[1])
            return take_value(arguments, option, argument[2] ? argument + 2 : NULL, value);
    }
    return report_unknown(arguments->command, argument, strlen(argument));
}

int tool_next_argument(struct tool_arguments *arguments, const char **value)
{
    const char *argument = *arguments->next;

    if (!argument)
        return TOOL_ARGUMENTS_END;
    arguments->next++;
    if (!arguments->options_ended && !strcmp(argument, "--")) {
        arguments->options_ended = true;
        return tool_next_argument(arguments, value);
    }
    if (arguments->options_ended || argument[0] != '-' || !argument[1] ||
        (argument[1] == '.' && argument[2])) { /* "-.OPERATION": of standard input */
        *value = argument;
        return TOOL_OPERAND;
    }
    if (argument[1] == '-')
        return take_long(arguments, argument, value);
    return take_short(arguments, argument, value);
}

enum tool_status tool_status_of_key(int key)
{
    if (key == TOOL_HELP)
        return TOOL_DONE;
    return key == TOOL_NO_MEMORY ? TOOL_SYSTEM : TOOL_USAGE;
}

int tool_take_arguments(const struct tool_command *command, char **argument, tool_take_func take,
                        void *request)
{
    struct tool_arguments arguments = { command, argument, false };
    const char *value = NULL;
    int key;

    while ((key = tool_next_argument(&arguments, &value)) != TOOL_ARGUMENTS_END) {
        key = take(request, key, value);
        if (key != TOOL_ARGUMENTS_END)
            break;
    }
    return key;
}

int tool_take_format(const struct tool_command *command, const char *value, bool *is_json)
{
    struct fastabi_guess guess = { .size = sizeof(guess), .word = value };

    *is_json = !strcmp(value, "json");
    if (*is_json || !strcmp(value, "text"))
        return TOOL_ARGUMENTS_END;
    fastabi_guess_try(&guess, "json");
    fastabi_guess_try(&guess, "text");
    if (guess.best)
        tool_unknown(command, "format", &guess);
    else
        tool_usage_error(command, "unknown format '%.200s'; write text or json", value);
    return TOOL_ARGUMENTS_BAD;
}
