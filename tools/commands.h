/* SPDX-License-Identifier: MIT */
/* The commands of fastabi-gen, in the order of its help.  Knows nothing of what they do. */
#ifndef FASTABI_COMMANDS_H
#define FASTABI_COMMANDS_H

#include "tool.h"

extern const struct tool_command tool_generate;
extern const struct tool_command tool_check;
extern const struct tool_command tool_layout;
extern const struct tool_command tool_show;
extern const struct tool_command tool_diff;
extern const struct tool_command tool_backends;

#endif
