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

static enum tool_status run(char **arguments)
{
    const struct tool_command *command;

    if (!*arguments)
        return tool_usage_error(NULL, "a command is missing; write one after 'fastabi-gen'");
    if (!strcmp(*arguments, "-h") || !strcmp(*arguments, "--help")) {
        tool_print_all_help();
        return TOOL_DONE;
    }
    if (!strcmp(*arguments, "-V") || !strcmp(*arguments, "--version")) {
        printf("fastabi-gen %s\n", fastabi_version());
        return TOOL_DONE;
    }
    command = tool_find_command(*arguments);
    return command ? command->run(command, arguments + 1) : tool_unknown_command(*arguments);
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
    signal(SIGPIPE, SIG_DFL); /* a closed pipe ends it quietly, as it does other tools */
    tool_catch_signals();
#ifdef SIGXFSZ
    signal(SIGXFSZ, SIG_IGN); /* a file that grows too large is an error like any other */
#endif
    setlocale(LC_CTYPE, ""); /* for the terminal's character set; nothing else asks it */
    status = run(argc ? argv + 1 : argv);
    errno = 0;
    if (fflush(stdout) || ferror(stdout))
        return (int)tool_system_error("CANNOT_WRITE", "<stdout>", errno,
                                      "free some space, or redirect it to another place");
    return (int)status;
}
