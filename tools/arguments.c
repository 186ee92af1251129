/* SPDX-License-Identifier: MIT */
/*
 * Reading a command line.  Not getopt_long(): that accepts any abbreviation of a long option, which
 * nobody promised, and stops at the first operand under POSIXLY_CORRECT; and here the help text
 * comes from the same table.  Knows no command.
 */
#include "tool.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 64 /* characters of an unknown option that is guessed at */

/* ---- errors ---- */

enum tool_status tool_usage_error(const struct tool_command *command, const char *format, ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    fputs("fastabi-gen: ", stderr);
    fastabi_text_print(text, stderr);
    fprintf(stderr, "\nTry 'fastabi-gen %s%s--help'.\n", command ? command->name : "",
            command ? " " : "");
    return TOOL_USAGE;
}

enum tool_status tool_unknown(const struct tool_command *command, const char *what,
                              const struct fastabi_guess *guess)
{
    if (guess->best)
        return tool_usage_error(command, "unknown %s '%.200s'; did you mean '%s'?", what,
                                guess->word, guess->best);
    return tool_usage_error(command, "unknown %s '%.200s'", what, guess->word);
}

/* ---- options ---- */

static bool has_letter(const struct tool_option *option)
{
    return option->key < TOOL_FIRST_LONG_KEY;
}

int tool_print_option_name(const struct tool_option *option, char *text, size_t size)
{
    char letter[8] = "";

    if (has_letter(option))
        snprintf(letter, sizeof(letter), "-%c%s", option->key, option->name ? ", " : "");
    return snprintf(text, size, "%s%s%s%s%s", letter, option->name ? "--" : "",
                    option->name ? option->name : "", option->value ? " " : "",
                    option->value ? option->value : "");
}

static int report_unknown(const struct tool_command *command, const char *argument, size_t length)
{
    char word[WORD_MAX], name[WORD_MAX];
    struct fastabi_guess guess = { .size = sizeof(guess), .word = word };
    const char *best = NULL;

    snprintf(word, sizeof(word), "%.*s", (int)length, argument);
    for (const struct tool_option *option = command->options; option->key; option++) {
        if (!option->name)
            continue;
        snprintf(name, sizeof(name), "--%s", option->name);
        fastabi_guess_try(&guess, name);
        if (guess.best == name) {
            best = option->name;
            guess.best = ""; /* name changes; the distance stays */
        }
    }
    snprintf(name, sizeof(name), "--%s", best ? best : "");
    guess.best = best ? name : NULL;
    tool_unknown(command, "option", &guess);
    return TOOL_ARGUMENTS_BAD;
}

/* Take an option's value: attached (NULL: it is not), or the next argument. */
static int take_value(struct tool_arguments *arguments, const struct tool_option *option,
                      const char *attached, const char **value)
{
    char name[64];

    *value = attached;
    if (!option->value && attached) {
        tool_print_option_name(option, name, sizeof(name));
        tool_usage_error(arguments->command, "option '%s' takes no value", name);
        return TOOL_ARGUMENTS_BAD;
    }
    if (option->value && !attached) {
        *value = *arguments->next;
        if (!*value) {
            tool_print_option_name(option, name, sizeof(name));
            tool_usage_error(arguments->command, "a value is missing: '%s'", name);
            return TOOL_ARGUMENTS_BAD;
        }
        arguments->next++;
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
    const char *value;
    int key;

    while ((key = tool_next_argument(&arguments, &value)) != TOOL_ARGUMENTS_END) {
        key = take(request, key, value);
        if (key != TOOL_ARGUMENTS_END)
            break;
    }
    return key;
}
