/* SPDX-License-Identifier: MIT */
/*
 * What the commands of fastabi-gen share: exit statuses, options, usage errors, contexts,
 * lists of specifications.  Knows only the public headers of the library.
 */
#ifndef FASTABI_TOOL_H
#define FASTABI_TOOL_H

#include <stdbool.h>
#include <stddef.h>

#include <fastabi/fastabi.h>

/* Exit statuses.  Of several the highest counts. */
enum tool_status {
    TOOL_DONE = 0,
    TOOL_FAULT = 1,  /* the specification, or a check */
    TOOL_USAGE = 2,  /* the command line */
    TOOL_SYSTEM = 3, /* input, output, memory */
};

/* ---- commands and their options ---- */

#define TOOL_FIRST_LONG_KEY 256
#define TOOL_KEY_OUTPUT     'o' /* where a command writes: to standard output for '-' */

/*
 * One option: "-b BACKEND", "--depfile FILE", "-h, --help".  A table of them ends with key 0.  What
 * a value is called says what it can be, to completion too: BACKEND, DIR, FILE, KEY=VALUE (a
 * backend's option), PROFILE, PATH (a file or a directory), PATTERN (of operations), TRIPLE,
 * NAME, NUMBER, or the choices: "text|json".  What is a path is never empty.
 */
struct tool_option {
    int key;           /* the letter of a short option, else a number from TOOL_FIRST_LONG_KEY */
    const char *name;  /* of a long option, else NULL */
    const char *value; /* what its value is called; NULL: it takes none */
    const char *help;  /* lines of at most 58 columns */
};

struct tool_command {
    const char *name;
    const char *synopsis; /* after the name: "-b BACKEND [OPTION]... SPEC..." */
    const char *summary;  /* one line */
    const char *details;  /* lines of at most 80 columns, after the options; with an example */
    const char *operand;  /* what operands are: SPEC, SPEC.OPERATION, NAME, COMMAND; NULL: none */
    const struct tool_option *options;
    enum tool_status (*run)(const struct tool_command *command, char **arguments);
};

/* ---- arguments.c: reading a command line ---- */

/* Keys that tool_next_argument() returns besides those of the options. */
enum {
    TOOL_ARGUMENTS_END = 0,
    TOOL_OPERAND = -1,       /* not an option: value is the argument */
    TOOL_ARGUMENTS_BAD = -2, /* a usage error, which was printed */
    TOOL_HELP = -3,          /* --help, which was printed */
    TOOL_NO_MEMORY = -4,     /* a command's own: the argument could not be kept */
};

/* Arguments being read.  Start with the command, and its arguments up to a NULL. */
struct tool_arguments {
    const struct tool_command *command;
    char **next;
    bool options_ended; /* after "--" */
};

/* The next option or operand, in any order; *value is the option's. */
int tool_next_argument(struct tool_arguments *arguments, const char **value);

/* Takes an option or operand: TOOL_ARGUMENTS_END to go on, or the key that ends the reading. */
typedef int (*tool_take_func)(void *request, int key, const char *value);

/* Hand every argument to take.  TOOL_ARGUMENTS_END after the last one, or the key that ended it. */
int tool_take_arguments(const struct tool_command *command, char **argument, tool_take_func take,
                        void *request);

/* Take the value of --format: TOOL_ARGUMENTS_END, or TOOL_ARGUMENTS_BAD after a usage error. */
int tool_take_format(const struct tool_command *command, const char *value, bool *is_json);

/* Exit status for a key after which a command does not go on: one of the last three. */
enum tool_status tool_status_of_key(int key);

/* ---- usage.c: errors of the command itself ---- */

/*
 * Print an error with the id that the library's registry has under a name, "USAGE".  file and line:
 * where; NULL and 0 where there is none.  The text says what is wrong; and what to do.
 */
void tool_error(const char *name, const char *file, size_t line, const char *format, ...)
    __attribute__((__format__(__printf__, 4, 5)));

/* Print that the system failed with an errno (0: it is lost), and advice.  Returns TOOL_SYSTEM. */
enum tool_status tool_system_error(const char *name, const char *file, int error,
                                   const char *advice);

/* Say that memory ran out.  Returns TOOL_SYSTEM. */
enum tool_status tool_out_of_memory(void);

/* Print an error of the command line, and what to type next.  command may be NULL. */
enum tool_status tool_usage_error(const struct tool_command *command, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));

/*
 * The same for an unknown "option", "command" and so on: guess says which word, and which is near.
 */
enum tool_status tool_unknown(const struct tool_command *command, const char *what,
                              const struct fastabi_guess *guess);

/* The same about an option, whose name is put between before and after. */
enum tool_status tool_option_error(const struct tool_command *command, const char *before,
                                   const struct tool_option *option, const char *after);

/* ---- help.c: the help of one command ---- */

/* Print an option as it is typed, "--depfile FILE".  Returns how many characters. */
int tool_print_option_name(const struct tool_option *option, FILE *stream);

/* Print an option and what it is for. */
void tool_print_option(const struct tool_option *option);

/* Print a command's help. */
void tool_print_help(const struct tool_command *command);

/* ---- tool.c: statuses, memory, contexts and lists ---- */

/* Exit status of what a library function returned. */
enum tool_status tool_status_of(int error);

/* A text as printf() makes it, malloced.  NULL: out of memory, which was said. */
char *tool_printf(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));

/* Print a diagnostic on standard error: a fastabi_diag_func. */
void tool_print_diag(const struct fastabi_diag *diag, void *data);

/* A new context.  limits may be NULL.  NULL: out of memory, which was said. */
struct fastabi_context *tool_make_context(uint32_t flags, fastabi_diag_func on_diag, void *data,
                                          const struct fastabi_limits *limits);

/* Free it.  NULL is fine. */
void tool_free_context(struct fastabi_context *context);

/*
 * From now on a signal that ends the command removes what the last context has on disk before.
 * Signals that are ignored stay so.
 */
void tool_catch_signals(void);

#define TOOL_KEY_PLUGIN_SECONDS 2049
#define TOOL_PLUGIN_SECONDS_OPTION                                                                 \
    {                                                                                              \
        TOOL_KEY_PLUGIN_SECONDS, "plugin-seconds", "NUMBER",                                       \
            "How long a plug-in may take, 1 to 86400; default: 60."                                \
    }

/* Take the value of --plugin-seconds: TOOL_ARGUMENTS_END, or a usage error. */
int tool_take_plugin_seconds(const struct tool_command *command, const char *value,
                             struct fastabi_limits *limits);

/* A list of arguments; zero-initialised means none. */
struct tool_list {
    const char **items;
    size_t count;
};

/* Add one.  false: out of memory, which was said. */
bool tool_list_add(struct tool_list *list, const char *item);

/* ---- specs.c: specifications that arguments stand for ---- */

/* Specifications that were read; zero-initialised means none. */
struct tool_specs {
    struct fastabi_spec **items;
    size_t count;
    size_t capacity;
    struct fastabi_spec **wholes; /* what items are parts of, after tool_select(); else NULL */
};

/*
 * Read what arguments stand for ("-": standard input; none: every installed specification), and add
 * it.  Goes on after a specification with errors, so that all are reported.
 */
enum tool_status tool_load_specs(struct fastabi_context *context, const struct tool_list *arguments,
                                 struct tool_specs *specs);

/* The same, and they are checked together. */
enum tool_status tool_load_together(struct fastabi_context *context,
                                    const struct tool_list *arguments, struct tool_specs *specs);

/* The same as tool_load_specs() for one argument, or NULL. */
enum tool_status tool_load_one(struct fastabi_context *context, const char *argument,
                               struct tool_specs *specs);

/* What must hold between specifications: they have different names and hypercall indexes. */
enum tool_status tool_check_together(struct fastabi_context *context,
                                     const struct tool_specs *specs);

#define TOOL_KEY_ONLY 2048
#define TOOL_ONLY_OPTION                                                                           \
    {                                                                                              \
        TOOL_KEY_ONLY, "only", "PATTERN",                                                          \
            "Only these operations: SPEC, SPEC.OPERATION, with '*'\n"                              \
            "and '?' in names, or class:CLASS; '!PATTERN': not\n"                                  \
            "these. Repeatable."                                                                   \
    }

/* Keep the operations that the values of --only select; all, if there are none. */
enum tool_status tool_select(struct fastabi_context *context, const struct tool_list *patterns,
                             struct tool_specs *specs);

/* Read a specification from memory and add it. */
enum tool_status tool_parse_spec(struct fastabi_context *context, const char *name,
                                 const char *text, size_t length, struct tool_specs *specs);

/* All of standard input, malloced, and a NUL.  false: a failure, which was reported. */
bool tool_read_stdin(char **text, size_t *length);

void tool_free_specs(struct tool_specs *specs);

#endif
