/* SPDX-License-Identifier: MIT */
/* Files that a run reads, which its output must not replace.  Knows nothing of what is in them. */
#include "emit/inputs.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/diag.h"
#include "spec/ir.h"

struct fastabi_input {
    dev_t device;
    ino_t number;
};

static void add(struct fastabi_inputs *inputs, const char *path)
{
    struct stat status;

    if (path && !stat(path, &status))
        inputs->items[inputs->count++] = (struct fastabi_input){ status.st_dev, status.st_ino };
}

int fastabi_inputs_collect(struct fastabi_inputs *inputs, struct fastabi_arena *arena,
                           fastabi_specs specs, size_t count, const struct fastabi_layout *layout,
                           const char *profile)
{
    size_t file_count = layout ? fastabi_layout_file_count(layout) : 0;

    inputs->items = fastabi_arena_alloc(arena,
                                        (2 * count + file_count + 2) * sizeof(*inputs->items));
    if (!inputs->items)
        return -ENOMEM;
    for (size_t i = 0; i < count; i++) {
        add(inputs, specs[i]->is_memory ? NULL : specs[i]->path);
        add(inputs, specs[i]->types_path);
    }
    add(inputs, profile);
    for (size_t i = 0; i < file_count; i++)
        add(inputs, fastabi_layout_file(layout, i));
    return 0;
}

int fastabi_inputs_refuse(const struct fastabi_inputs *inputs, struct fastabi_context *context,
                          const char *path)
{
    const struct fastabi_place place = { .file = path };
    struct stat status;

    if (!inputs->count || stat(path, &status) || !S_ISREG(status.st_mode))
        return 0;
    for (size_t i = 0; i < inputs->count; i++) {
        if (inputs->items[i].device == status.st_dev && inputs->items[i].number == status.st_ino)
            return fastabi_report(context, FASTABI_DIAG_BAD_OUTPUT_PATH, &place,
                                  "this file is read here, and would be replaced by what is made "
                                  "from it; write to another path");
    }
    return 0;
}
