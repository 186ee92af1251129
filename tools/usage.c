/* SPDX-License-Identifier: MIT */
/*
 * Errors of the command itself, of the form that the library's have: an id of its registry, what is
 * wrong and what to do.  Knows no command.
 */
#include "tool.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* ---- errors ---- */

static void begin_error(const char *file, size_t line)
{
    fflush(stdout); /* so that what was printed before precedes it */
    if (!file)
        fputs("fastabi-gen: ", stderr);
    else
        fastabi_text_print(file, stderr);
    if (line)
        fprintf(stderr, ":%zu", line);
    fputs(file ? ": error: " : "error: ", stderr);
}

/* The id that the registry has under a name. */
static unsigned int find_id(const char *name)
{
    const char *known;
    unsigned int id;

    for (size_t i = 0; i < fastabi_diag_registry(i, &id, &known, NULL); i++) {
        if (!strcmp(known, name))
            return id;
    }
    return 0;
}

static void end_error(const char *name)
{
    fprintf(stderr, " [FA%04u]\n", find_id(name));
}

__attribute__((__format__(__printf__, 4, 0))) static bool
print_error(const char *name, const char *file, size_t line, const char *format, va_list arguments)
{
    char *text;

    if (vasprintf(&text, format, arguments) < 0) {
        tool_out_of_memory();
        return false;
    }
    begin_error(file, line);
    fastabi_text_print(text, stderr);
    end_error(name);
    free(text);
    return true;
}

void tool_error(const char *name, const char *file, size_t line, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    print_error(name, file, line, format, arguments);
    va_end(arguments);
}

enum tool_status tool_system_error(const char *name, const char *file, int error,
                                   const char *advice)
{
    tool_error(name, file, 0, "%s; %s", error ? strerror(error) : "an earlier write failed",
               advice);
    return TOOL_SYSTEM;
}

enum tool_status tool_out_of_memory(void)
{
    begin_error(NULL, 0);
    fputs("out of memory; free some, or divide the input", stderr);
    end_error("OUT_OF_MEMORY");
    return TOOL_SYSTEM;
}

/* ---- errors of the command line ---- */

static enum tool_status print_try(const struct tool_command *command)
{
    fprintf(stderr, "Try 'fastabi-gen %s%s--help'.\n", command ? command->name : "",
            command ? " " : "");
    return TOOL_USAGE;
}

enum tool_status tool_usage_error(const struct tool_command *command, const char *format, ...)
{
    va_list arguments;
    bool printed;

    va_start(arguments, format);
    printed = print_error("USAGE", NULL, 0, format, arguments);
    va_end(arguments);
    return printed ? print_try(command) : TOOL_SYSTEM;
}

enum tool_status tool_option_error(const struct tool_command *command, const char *before,
                                   const struct tool_option *option, const char *after)
{
    begin_error(NULL, 0);
    fprintf(stderr, "%s'", before);
    tool_print_option_name(option, stderr);
    fprintf(stderr, "'%s", after);
    end_error("USAGE");
    return print_try(command);
}

enum tool_status tool_unknown(const struct tool_command *command, const char *what,
                              const struct fastabi_guess *guess)
{
    if (guess->best)
        return tool_usage_error(command, "unknown %s '%.200s'; did you mean '%s'?", what,
                                guess->word, guess->best);
    return tool_usage_error(command, "unknown %s '%.200s'; the help lists all %ss", what,
                            guess->word, what);
}
