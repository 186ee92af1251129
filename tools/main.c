/* SPDX-License-Identifier: MIT */
/*
 * fastabi-gen: choosing the command, and leaving with the right status.  Knows nothing of what
 * the commands do.
 */
#include "commands.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const struct tool_command *const commands[] = {
    &tool_generate, &tool_check, &tool_layout, &tool_show, &tool_diff, &tool_backends,
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_help(void)
{
    fputs("Usage: fastabi-gen COMMAND [ARGUMENT]...\n\n"
          "Bindings for Xen's FastABI hypercalls, generated from their specifications.\n\n",
          stdout);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n"
          "  --help     Show this help; behind a command, that command's.\n"
          "  --version  Show the version.\n\n"
          "SPEC is a path when it has a '/' or ends in '.yml' (a folder stands for its own\n"
          "*.yml), else the name of an installed specification.\n\n"
          "Exit status: 0 done; 1 a specification or a check is at fault; 2 the command line\n"
          "is; 3 the system is.\n\n"
          "Example: fastabi-gen generate -b c -o bindings event_channel vcpu\n",
          stdout);
}

static const struct tool_command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (!strcmp(commands[i]->name, name))
            return commands[i];
    }
    return NULL;
}

static enum tool_status report_unknown(const char *name)
{
    struct tool_guess guess = { .word = name };
    const char *kind = *name == '-' ? "option" : "command";

    for (size_t i = 0; i < COMMAND_COUNT; i++)
        tool_guess_try(&guess, commands[i]->name);
    if (guess.best) {
        return tool_usage_error(NULL, "unknown %s '%s'; did you mean '%s'?", kind, name,
                                guess.best);
    }
    return tool_usage_error(NULL, "unknown %s '%s'", kind, name);
}

static enum tool_status run(char **arguments)
{
    const struct tool_command *command;

    if (!*arguments)
        return tool_usage_error(NULL, "a command is missing");
    if (!strcmp(*arguments, "--help")) {
        print_help();
        return TOOL_DONE;
    }
    if (!strcmp(*arguments, "--version")) {
        printf("fastabi-gen %s\n", fastabi_version());
        return TOOL_DONE;
    }
    command = find_command(*arguments);
    return command ? command->run(command, arguments + 1) : report_unknown(*arguments);
}

/*
 * A standard stream that was closed would become the next file that is opened.  Something that
 * cannot be written to takes its place, so that output to it still fails.
 */
static void occupy_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

int main(int argc, char **argv)
{
    enum tool_status status;

    occupy_standard_streams();
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error like others, with status 3 */
    setlocale(LC_CTYPE, "");  /* for the terminal's character set; nothing else asks it */
    status = run(argc ? argv + 1 : argv);
    errno = 0;
    if (fflush(stdout) || ferror(stdout)) {
        fprintf(stderr, "fastabi-gen: cannot write standard output: %s\n",
                errno ? strerror(errno) : "an earlier write failed");
        return TOOL_SYSTEM;
    }
    return (int)status;
}
