/* SPDX-License-Identifier: MIT */
/* The help of a command and its options, as text. */
#include "tool.h"

#include <string.h>

#define HELP_COLUMN 22

int tool_print_option_name(const struct tool_option *option, FILE *stream)
{
    int length = 0;

    if (option->key < TOOL_FIRST_LONG_KEY)
        length = fprintf(stream, "-%c%s", option->key, option->name ? ", " : "");
    return length + fprintf(stream, "%s%s%s%s", option->name ? "--" : "",
                            option->name ? option->name : "", option->value ? " " : "",
                            option->value ? option->value : "");
}

void tool_print_option(const struct tool_option *option)
{
    const char *line = option->help;
    int length;

    fputs("  ", stdout);
    length = tool_print_option_name(option, stdout);
    if (length > HELP_COLUMN - 4)
        printf("\n%*s", HELP_COLUMN, "");
    else
        printf("%*s", HELP_COLUMN - 2 - length, "");
    for (;;) {
        size_t rest = strcspn(line, "\n");

        printf("%.*s\n", (int)rest, line);
        if (!line[rest])
            break;
        line += rest + 1;
        printf("%*s", HELP_COLUMN, "");
    }
}

void tool_print_help(const struct tool_command *command)
{
    const struct tool_option help = { 'h', "help", NULL, "Show this help." };

    printf("Usage: fastabi-gen %s %s\n\n%s\n\n", command->name, command->synopsis,
           command->summary);
    for (const struct tool_option *option = command->options; option->key; option++)
        tool_print_option(option);
    tool_print_option(&help);
    printf("\n%s", command->details);
}
