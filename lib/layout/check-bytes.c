/* SPDX-License-Identifier: MIT */
/*
 * Fields that no register carries, and those that two registers fill.  Counted by bytes: what
 * overlaps a carried field in a union is carried with it.  Fields that are padding by their names
 * do not count.  Knows no types.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/context.h"
#include "layout/check.h"

#define STRUCT_MAX ((uint64_t)1 << 20) /* bytes of a struct that are counted */

struct account {
    struct fastabi_check *check;
    const struct fastabi_op *op;
    const struct fastabi_struct *structure;
    char *carried; /* for each byte of the struct */
    uint64_t
        indices[FASTABI_LAYOUT_DEPTH_MAX]; /* of elements that are looked at, outermost first */
    unsigned int depth;
};

/* pad, _pad, pad1, padding, rsvd, reserved0: the last name of a path */
static bool is_padding(const char *path)
{
    static const char *const words[] = { "padding", "pad", "reserved", "rsvd" };
    const char *name = strrchr(path, '.');

    name = name ? name + 1 : path;
    name += strspn(name, "_");
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t length = strlen(words[i]);

        if (!strncmp(name, words[i], length)) {
            const char *rest = name + length + strspn(name + length, "_0123456789");

            return !*rest || *rest == '[';
        }
    }
    return false;
}

static void carry(struct account *account, uint64_t offset, uint64_t size)
{
    if (offset <= account->structure->size && size <= account->structure->size - offset)
        memset(account->carried + offset, 1, size);
}

/* A path that leads nowhere counts for what it was meant to be in: one fault, one message. */
static bool carry_path(struct account *account, const char *path)
{
    struct fastabi_resolved found;
    enum fastabi_path_fault fault = fastabi_layout_resolve(account->structure, path, &found);

    if (fault && !found.field)
        return false;
    carry(account, found.offset, found.field->size);
    return true;
}

/* false: a whole field is misspelt, so it is not known which one is missing */
static bool carry_all(struct account *account)
{
    const struct fastabi_op *op = account->op;
    bool known = true;

    for (size_t i = 0; i < op->param_count; i++) {
        if (op->params[i].field)
            known &= carry_path(account, op->params[i].field);
        for (size_t j = 0; j < op->params[i].rare->part_count; j++)
            known &= carry_path(account, op->params[i].rare->parts[j].field);
    }
    for (size_t i = 0; i < op->rare->fixed.count; i++)
        known &= carry_path(account, op->rare->fixed.items[i].name);
    for (size_t i = 0; i < op->rare->omit.count; i++)
        known &= carry_path(account, op->rare->omit.items[i].name);
    return known;
}

static uint64_t count_carried(const struct account *account, uint64_t offset, uint64_t size)
{
    uint64_t count = 0;

    for (uint64_t i = offset; i < offset + size && i < account->structure->size; i++)
        count += account->carried[i] != 0;
    return count;
}

/* The path with the elements that are looked at: "list[1].port" of "list[].port". */
static void path_of(const struct account *account, const char *path, char *text, size_t size)
{
    size_t length = 0;
    unsigned int i = 0;

    while (*path && length + 24 < size) {
        if (!strncmp(path, "[]", 2) && i < account->depth) {
            length += (size_t)snprintf(text + length, size - length, "[%" PRIu64 "]",
                                       account->indices[i++]);
            path += 2;
        } else {
            text[length++] = *path++;
        }
    }
    text[length] = '\0';
}

static void report(struct account *account, const struct fastabi_field *field, uint64_t offset)
{
    const struct fastabi_op *op = account->op;
    char path[FASTABI_LAYOUT_PATH_MAX];

    path_of(account, field->path, path, sizeof(path));
    fastabi_check_report(
        account->check, FASTABI_DIAG_UNCARRIED_FIELD, op->spec, op->struct_mark,
        "no register carries '%.100s' of struct '%.100s'; carry it, or say why not under 'omit'",
        path, account->structure->name);
    fastabi_check_also(account->check, FASTABI_DIAG_UNCARRIED_FIELD, account->structure->file,
                       field->line ? field->line : account->structure->line, "'%.100s' is here",
                       path);
    carry(account, offset, field->size);
}

static bool is_below(const struct fastabi_field *field, const struct fastabi_field *outer)
{
    size_t length = strlen(outer->path);

    return !strncmp(field->path, outer->path, length) &&
           (field->path[length] == '.' || field->path[length] == '[');
}

static size_t look_at(struct account *account, size_t i, uint64_t shift);

/* An array of which some is carried: the field after it is the first element. */
static void look_at_elements(struct account *account, size_t i, uint64_t shift)
{
    const struct fastabi_field *array = &account->structure->fields[i];
    uint64_t size = array->count ? array->size / array->count : 0;

    if (!size || account->depth == FASTABI_LAYOUT_DEPTH_MAX)
        return;
    for (uint64_t element = 0; element < array->count; element++) {
        account->indices[account->depth++] = element;
        look_at(account, i + 1, shift + element * size);
        account->depth--;
    }
}

/*
 * Look at the field at position i, SHIFT bytes after where the first elements have it; returns the
 * position after it and what is in it.
 */
static size_t look_at(struct account *account, size_t i, uint64_t shift)
{
    const struct fastabi_struct *structure = account->structure;
    const struct fastabi_field *field = &structure->fields[i];
    bool is_aggregate = field->kind == FASTABI_FIELD_STRUCT || field->kind == FASTABI_FIELD_UNION;
    uint64_t offset = field->offset + shift;
    uint64_t carried = count_carried(account, offset, field->size);
    size_t next = i + 1;

    while (next < structure->field_count && is_below(&structure->fields[next], field))
        next++;
    if (is_padding(field->path) || carried == field->size)
        return next;
    if (carried && is_aggregate)
        for (size_t inner = i + 1; inner < next;)
            inner = look_at(account, inner, shift);
    else if (carried && field->kind == FASTABI_FIELD_ARRAY && next > i + 1)
        look_at_elements(account, i, shift);
    else
        report(account, field, offset);
    return next;
}

static void report_memory(struct fastabi_check *check)
{
    if (check->context)
        fastabi_report_system(check->context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    check->errors++;
}

void fastabi_check_uncarried(struct fastabi_check *check, const struct fastabi_op *op,
                             const struct fastabi_struct *structure)
{
    struct account account = { .check = check, .op = op, .structure = structure };

    if (!structure->size || structure->size > STRUCT_MAX)
        return;
    account.carried = calloc(1, (size_t)structure->size);
    if (!account.carried) {
        report_memory(check);
        return;
    }
    if (carry_all(&account)) {
        for (size_t i = 0; i < structure->field_count;)
            i = look_at(&account, i, 0);
    }
    free(account.carried);
}

/* ---- bytes that are carried twice ---- */

/* A field and what fills it: a register, or a constant. */
struct claim {
    const char *path;
    struct fastabi_mark mark;
    uint64_t offset;
    uint64_t size;
    bool is_input;
    bool is_output; /* whatever other outputs are */
};

static bool overlap(const struct claim *a, const struct claim *b)
{
    return ((a->is_input && b->is_input) || (a->is_output && b->is_output)) &&
           a->offset < b->offset + b->size && b->offset < a->offset + a->size;
}

/* Compare a claim with those before it. */
static void compare(struct account *account, struct claim *claims, size_t count)
{
    struct claim *claim = &claims[count];
    struct fastabi_resolved found;

    if (fastabi_layout_resolve(account->structure, claim->path, &found))
        return;
    claim->offset = found.offset;
    claim->size = found.field->size;
    for (size_t i = 0; i < count; i++) {
        if (!overlap(claim, &claims[i]))
            continue;
        fastabi_check_report(account->check, FASTABI_DIAG_FIELD_TWICE, account->op->spec,
                             claim->mark,
                             "field '%.100s' of struct '%.100s' has bytes of '%.100s', which is "
                             "filled too; leave one of the two out%s",
                             claim->path, account->structure->name, claims[i].path,
                             claim->is_input && claims[i].is_input
                                 ? ""
                                 : ", or say with 'valid_when' when each is valid");
        fastabi_check_also(account->check, FASTABI_DIAG_FIELD_TWICE, account->structure->file,
                           found.field->line ? found.field->line : account->structure->line,
                           "'%.100s' is here", claim->path);
        return;
    }
}

void fastabi_check_twice(struct fastabi_check *check, const struct fastabi_op *op,
                         const struct fastabi_struct *structure)
{
    struct account account = { .check = check, .op = op, .structure = structure };
    struct claim *claims;
    size_t count = op->rare->fixed.count;

    for (size_t i = 0; i < op->param_count; i++)
        count += 1u + op->params[i].rare->part_count;
    claims = calloc(count + 1, sizeof(*claims));
    if (!claims) {
        report_memory(check);
        return;
    }
    count = 0;
    for (size_t i = 0; i < op->param_count; i++) {
        const struct fastabi_param *param = &op->params[i];

        if (param->field) {
            claims[count] = (struct claim){
                .path = param->field,
                .mark = fastabi_field_mark(param),
                .is_input = param->in != FASTABI_NO_REGISTER,
                .is_output = param->out != FASTABI_NO_REGISTER && !param->rare->term_count,
            };
            compare(&account, claims, count++);
        }
        for (size_t j = 0; j < param->rare->part_count; j++) {
            claims[count] = (struct claim){ .path = param->rare->parts[j].field,
                                            .mark = param->rare->parts[j].mark,
                                            .is_input = true };
            compare(&account, claims, count++);
        }
    }
    for (size_t i = 0; i < op->rare->fixed.count; i++) {
        claims[count] = (struct claim){ .path = op->rare->fixed.items[i].name,
                                        .mark = op->rare->fixed.items[i].mark,
                                        .is_input = true };
        compare(&account, claims, count++);
    }
    free(claims);
}
