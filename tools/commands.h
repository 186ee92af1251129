/* SPDX-License-Identifier: MIT */
/* The commands of fastabi-gen; knows nothing of what they do. */
#ifndef FASTABI_COMMANDS_H
#define FASTABI_COMMANDS_H

#include "tool.h"

extern const struct tool_command tool_generate;
extern const struct tool_command tool_check;
extern const struct tool_command tool_layout;
extern const struct tool_command tool_show;
extern const struct tool_command tool_list_command;
extern const struct tool_command tool_diff;
extern const struct tool_command tool_new;
extern const struct tool_command tool_help;
extern const struct tool_command tool_backends;
extern const struct tool_command tool_profiles;

/* All of them in the order of the help, up to a NULL; and the options before a command. */
extern const struct tool_command *const tool_commands[];
extern const struct tool_option tool_common_options[];

/* NULL: there is no such command. */
const struct tool_command *tool_find_command(const char *name);

/* Print a usage error for a name that is not a command's, with the nearest one. */
enum tool_status tool_unknown_command(const char *name);

/* Print the help of all commands. */
void tool_print_all_help(void);

#endif
