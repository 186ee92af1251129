/* SPDX-License-Identifier: MIT */
/* Mappings of names of errors or fields to texts or integers, as lists of pairs. */
#include "spec/build.h"

int fastabi_expect_errno(struct fastabi_form *form, const struct fastabi_node *key, bool *ok)
{
    const char *near;

    *ok = fastabi_errno_number(key->text) > 0;
    if (*ok)
        return 0;
    near = fastabi_errno_guess(key->text);
    if (near)
        return fastabi_complain(form, FASTABI_DIAG_UNKNOWN_ERRNO, fastabi_mark_of(key),
                                "'%.60s' is not an error of Xen; did you mean '%s'?", key->text,
                                near);
    return fastabi_complain(form, FASTABI_DIAG_UNKNOWN_ERRNO, fastabi_mark_of(key),
                            "'%.60s' is not an error of Xen; use a name of its public errno.h, "
                            "like ENOENT",
                            key->text);
}

int fastabi_read_pairs(struct fastabi_form *form, const struct fastabi_node *section,
                       const struct fastabi_node *value, enum fastabi_pair_name names,
                       enum fastabi_pair_value values, struct fastabi_pairs *pairs)
{
    size_t count;
    bool ok;
    int status = fastabi_expect(form, section, value, FASTABI_MAPPING, &ok);

    if (status || !ok)
        return status;
    count = fastabi_count_children(value) / 2;
    pairs->items = fastabi_arena_alloc(form->arena, count * sizeof(*pairs->items));
    if (!pairs->items)
        return fastabi_no_memory(form);
    for (const struct fastabi_node *key = value->child; key && !status; key = key->next->next) {
        struct fastabi_pair *pair = &pairs->items[pairs->count];
        bool good;

        status = names == FASTABI_PAIR_FIELD ? fastabi_expect_field_path(form, key, &ok)
                                             : fastabi_expect_errno(form, key, &ok);
        if (status)
            return status;
        good = ok;
        if (values == FASTABI_PAIR_TEXT) {
            status = fastabi_read_text(form, key, key->next, &pair->text);
            good = good && pair->text;
        } else {
            status = fastabi_read_integer(form, key, key->next, INT64_MIN, INT64_MAX, &pair->number,
                                          &ok);
            good = good && ok;
        }
        if (status || !good)
            continue;
        pair->name = fastabi_keep(form, key->text);
        pair->mark = fastabi_mark_of(key);
        if (!pair->name)
            return fastabi_no_memory(form);
        pairs->count++;
    }
    return status;
}
