/* SPDX-License-Identifier: MIT */
/* Errors of the command line, each with what to type next. */
#include "tool.h"

#include <stdarg.h>
#include <stdlib.h>

static enum tool_status print_try(const struct tool_command *command)
{
    fprintf(stderr, "\nTry 'fastabi-gen %s%s--help'.\n", command ? command->name : "",
            command ? " " : "");
    return TOOL_USAGE;
}

enum tool_status tool_usage_error(const struct tool_command *command, const char *format, ...)
{
    va_list arguments;
    char *text;
    int length;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return tool_out_of_memory();
    fputs("fastabi-gen: ", stderr);
    fastabi_text_print(text, stderr);
    free(text);
    return print_try(command);
}

enum tool_status tool_option_error(const struct tool_command *command, const char *before,
                                   const struct tool_option *option, const char *after)
{
    fprintf(stderr, "fastabi-gen: %s'", before);
    tool_print_option_name(option, stderr);
    fprintf(stderr, "'%s", after);
    return print_try(command);
}

enum tool_status tool_unknown(const struct tool_command *command, const char *what,
                              const struct fastabi_guess *guess)
{
    if (guess->best)
        return tool_usage_error(command, "unknown %s '%.200s'; did you mean '%s'?", what,
                                guess->word, guess->best);
    return tool_usage_error(command, "unknown %s '%.200s'", what, guess->word);
}
