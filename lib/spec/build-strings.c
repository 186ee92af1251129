/* SPDX-License-Identifier: MIT */
/* Lists of texts from their trees: headers of a specification, structs of an operation. */
#include "spec/build.h"

int fastabi_read_strings(struct fastabi_form *form, const struct fastabi_node *key,
                         const struct fastabi_node *value, fastabi_text_func read,
                         struct fastabi_strings *strings)
{
    size_t count;
    bool ok;
    int status = fastabi_expect(form, key, value, FASTABI_SEQUENCE, &ok);

    if (status || !ok)
        return status;
    count = fastabi_count_children(value);
    strings->items = fastabi_arena_alloc(form->arena, count * sizeof(*strings->items));
    strings->marks = fastabi_arena_alloc(form->arena, count * sizeof(*strings->marks));
    if (!strings->items || !strings->marks)
        return fastabi_no_memory(form);
    for (const struct fastabi_node *node = value->child; node && !status; node = node->next) {
        const char *text = NULL;

        status = read(form, key, node, &text);
        if (text) {
            strings->marks[strings->count] = fastabi_mark_of(node);
            strings->items[strings->count++] = text;
        }
    }
    return status;
}
