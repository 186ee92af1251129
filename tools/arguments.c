/* SPDX-License-Identifier: MIT */
/*
 * Reading a command line, and printing what it should have been.  Not getopt_long(): that accepts
 * any beginning of a long option, which nobody promised, and stops at the first operand under
 * POSIXLY_CORRECT; and here the help text comes from the same table.  Knows no command.
 */
#include "tool.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_LONG_KEY 256
#define GUESS_MAX      40 /* characters of a word that is guessed at */
#define GUESS_DISTANCE 2  /* and the most changes to it */
#define HELP_COLUMN    22

/* ---- guessing ---- */

/* Characters to insert, remove or replace to make one word from the other. */
static unsigned int measure_distance(const char *a, const char *b)
{
    unsigned int row[GUESS_MAX + 1];
    size_t length = strlen(b);

    if (strlen(a) > GUESS_MAX || length > GUESS_MAX)
        return GUESS_MAX;
    for (size_t j = 0; j <= length; j++)
        row[j] = (unsigned int)j;
    for (; *a; a++) {
        unsigned int diagonal = row[0]++;

        for (size_t j = 1; j <= length; j++) {
            unsigned int best = diagonal + (*a != b[j - 1]);

            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[length];
}

void tool_guess_try(struct tool_guess *guess, const char *candidate)
{
    unsigned int distance = measure_distance(guess->word, candidate);

    if (distance > GUESS_DISTANCE || distance >= strlen(candidate))
        return;
    if (guess->best && distance >= guess->distance)
        return;
    guess->best = candidate;
    guess->distance = distance;
}

/* ---- help and errors ---- */

enum tool_status tool_usage_error(const struct tool_command *command, const char *format, ...)
{
    va_list arguments;

    fputs("fastabi-gen: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fprintf(stderr, "\nTry 'fastabi-gen %s%s--help'.\n", command ? command->name : "",
            command ? " " : "");
    return TOOL_USAGE;
}

/* An option as it is typed: "-b BACKEND", "--depfile FILE". */
static int print_option_name(const struct tool_option *option, char *text, size_t size)
{
    char letter[2] = { option->name ? '\0' : (char)option->key, '\0' };

    return snprintf(text, size, "%s%s%s%s", option->name ? "--" : "-",
                    option->name ? option->name : letter, option->value ? " " : "",
                    option->value ? option->value : "");
}

static void print_option(const struct tool_option *option)
{
    char name[64];
    const char *line = option->help;

    print_option_name(option, name, sizeof(name));
    printf("  %-*s", HELP_COLUMN - 2, name);
    for (;;) {
        size_t length = strcspn(line, "\n");

        printf("%.*s\n", (int)length, line);
        if (!line[length])
            break;
        line += length + 1;
        printf("%*s", HELP_COLUMN, "");
    }
}

static void print_help(const struct tool_command *command)
{
    const struct tool_option help = { FIRST_LONG_KEY, "help", NULL, "Show this help." };

    printf("Usage: fastabi-gen %s %s\n\n%s\n\n", command->name, command->synopsis,
           command->summary);
    for (const struct tool_option *option = command->options; option->key; option++)
        print_option(option);
    print_option(&help);
    printf("\n%s", command->details);
}

/* ---- reading ---- */

static int report_unknown(const struct tool_command *command, const char *argument, int length)
{
    char word[GUESS_MAX + 1];
    struct tool_guess guess = { .word = word };

    snprintf(word, sizeof(word), "%.*s", length > 2 ? length - 2 : 0, argument + 2);
    for (const struct tool_option *option = command->options; option->key; option++) {
        if (option->name && argument[1] == '-')
            tool_guess_try(&guess, option->name);
    }
    if (guess.best) {
        tool_usage_error(command, "unknown option '%.*s'; did you mean '--%s'?", length, argument,
                         guess.best);
    } else {
        tool_usage_error(command, "unknown option '%.*s'", length, argument);
    }
    return TOOL_ARGUMENTS_BAD;
}

/* Take an option's value: attached (NULL: it is not), or the next argument. */
static int take_value(struct tool_arguments *arguments, const struct tool_option *option,
                      const char *attached, const char **value)
{
    char name[64];

    *value = attached;
    if (!option->value && attached) {
        tool_usage_error(arguments->command, "option '--%s' takes no value", option->name);
        return TOOL_ARGUMENTS_BAD;
    }
    if (option->value && !attached) {
        *value = *arguments->next;
        if (!*value) {
            print_option_name(option, name, sizeof(name));
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
        print_help(arguments->command);
        return TOOL_HELP;
    }
    for (const struct tool_option *option = arguments->command->options; option->key; option++) {
        if (option->name && !strncmp(option->name, name, length) && !option->name[length])
            return take_value(arguments, option, name[length] ? name + length + 1 : NULL, value);
    }
    return report_unknown(arguments->command, argument, (int)length + 2);
}

static int take_short(struct tool_arguments *arguments, const char *argument, const char **value)
{
    for (const struct tool_option *option = arguments->command->options; option->key; option++) {
        if (option->key == argument[1])
            return take_value(arguments, option, argument[2] ? argument + 2 : NULL, value);
    }
    return report_unknown(arguments->command, argument, 2);
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
    if (arguments->options_ended || argument[0] != '-' || !argument[1]) {
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
