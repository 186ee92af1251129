/* SPDX-License-Identifier: MIT */
/* --headers, --layout and --target: options that several commands have.  Knows no command. */
#ifndef FASTABI_TOOL_LAYOUT_H
#define FASTABI_TOOL_LAYOUT_H

#include "tool.h"

enum layout_key {
    KEY_INCLUDE = 'I',
    KEY_HEADERS = 1024,
    KEY_LAYOUT,
    KEY_TARGET,
    KEY_PRELUDE,
};

#define LAYOUT_HEADERS_OPTION                                                                      \
    {                                                                                              \
        KEY_HEADERS, "headers", "DIR",                                                             \
            "Directory with Xen's public headers: DIR/xen/xen.h or\n"                              \
            "DIR/xen.h; of several the first that has them counts."                                \
    }
#define LAYOUT_INCLUDE_OPTION                                                                      \
    {                                                                                              \
        KEY_INCLUDE, NULL, "DIR", "Also look here for what the headers include; repeatable."       \
    }
#define LAYOUT_PRELUDE_OPTION                                                                      \
    {                                                                                              \
        KEY_PRELUDE, "include", "FILE",                                                            \
            "Include this before the headers, for what their tree\n"                               \
            "defines elsewhere; repeatable."                                                       \
    }
#define LAYOUT_FILE_OPTION                                                                         \
    {                                                                                              \
        KEY_LAYOUT, "layout", "FILE", "Snapshot of headers, saved by 'fastabi-gen layout'."        \
    }
#define LAYOUT_TARGET_OPTION                                                                       \
    {                                                                                              \
        KEY_TARGET, "target", "TRIPLE",                                                            \
            "Guest that the headers are read for; default:\n" FASTABI_DEFAULT_TARGET "."           \
    }

/* Zero-initialised means none. */
struct layout_choice {
    struct tool_list headers;
    struct tool_list includes;
    struct tool_list preludes;
    const char *snapshot;
    const char *target;
    const char *interface_version; /* no option of its own */
};

/* Take an option.  TOOL_ARGUMENTS_END, TOOL_NO_MEMORY, or key itself when it is another one. */
int layout_take_argument(struct layout_choice *choice, int key, const char *value);

/* Whether the options go together. */
enum tool_status layout_check_choice(const struct tool_command *command,
                                     const struct layout_choice *choice);

/* Was a layout asked for? */
bool layout_is_chosen(const struct layout_choice *choice);

enum tool_status layout_open(struct fastabi_context *context, const struct layout_choice *choice,
                             const struct tool_specs *specs, uint32_t flags,
                             struct fastabi_layout **layout);

void layout_free_choice(struct layout_choice *choice);

#endif
