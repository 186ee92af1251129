/* SPDX-License-Identifier: MIT */
/* Statuses, memory, contexts and lists, as all commands need them. */
#include "tool.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum tool_status tool_status_of(int error)
{
    switch (error) {
    case 0:
        return TOOL_DONE;
    case -EINVAL:
        return TOOL_FAULT;
    case -ENOTSUP:
        return TOOL_USAGE;
    default:
        return TOOL_SYSTEM;
    }
}

char *tool_printf(const char *format, ...)
{
    va_list arguments;
    char *text;
    int length;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length >= 0)
        return text;
    tool_out_of_memory();
    return NULL;
}

void tool_print_diag(const struct fastabi_diag *diag, void *data)
{
    (void)data;
    if (!diag->file)
        fputs("fastabi-gen: ", stderr);
    fastabi_diag_print(diag, stderr);
}

int tool_take_plugin_seconds(const struct tool_command *command, const char *value,
                             struct fastabi_limits *limits)
{
    size_t digits = strspn(value, "0123456789");
    unsigned long number = digits && digits < 9 && !value[digits] ? strtoul(value, NULL, 10) : 0;

    if (number < 1 || number > 86400) {
        tool_usage_error(command, "'%.200s' is not a number of seconds; write one from 1 to 86400",
                         value);
        return TOOL_ARGUMENTS_BAD;
    }
    limits->size = sizeof(*limits);
    limits->plugin_seconds = (unsigned int)number;
    return TOOL_ARGUMENTS_END;
}

/* ---- contexts and signals ---- */

/* The one that there is, for the handler. */
static struct fastabi_context *volatile the_context;

/* It is at its default again when this runs, and not blocked. */
static void end_by_signal(int number)
{
    fastabi_context_abandon(the_context);
    raise(number);
}

void tool_catch_signals(void)
{
    static const int numbers[] = { SIGHUP,  SIGINT,  SIGQUIT,   SIGTERM, SIGPIPE,
                                   SIGALRM, SIGXCPU, SIGVTALRM, SIGUSR1, SIGUSR2 };
    struct sigaction action = { .sa_handler = end_by_signal };

    action.sa_flags = (int)(SA_RESETHAND | SA_NODEFER);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        struct sigaction before;

        if (!sigaction(numbers[i], NULL, &before) && before.sa_handler == SIG_DFL)
            sigaction(numbers[i], &action, NULL);
    }
}

void tool_free_context(struct fastabi_context *context)
{
    the_context = NULL;
    fastabi_context_free(context);
}

struct fastabi_context *tool_make_context(uint32_t flags, fastabi_diag_func on_diag, void *data,
                                          const struct fastabi_limits *limits)
{
    const uint32_t finish = getenv("FASTABI_NO_FINISH") ? 0 : FASTABI_CONTEXT_FINISH;
    const struct fastabi_context_options options = {
        .size = sizeof(options),
        .flags = flags | FASTABI_CONTEXT_ISOLATE | finish,
        .on_diag = on_diag,
        .data = data,
        .limits = limits,
    };
    struct fastabi_context *context;

    if (fastabi_context_new(&options, &context)) {
        tool_out_of_memory();
        return NULL;
    }
#ifdef FASTABI_UNINSTALLED_ABI_DIR
    if (fastabi_context_add_spec_dir(context, FASTABI_UNINSTALLED_ABI_DIR)) {
        tool_out_of_memory();
        fastabi_context_free(context);
        return NULL;
    }
#endif
    the_context = context;
    return context;
}

/* ---- lists ---- */

bool tool_list_add(struct tool_list *list, const char *item)
{
    const char **items = realloc(list->items, (list->count + 1) * sizeof(*items));

    if (!items) {
        tool_out_of_memory();
        return false;
    }
    list->items = items;
    items[list->count++] = item;
    return true;
}
