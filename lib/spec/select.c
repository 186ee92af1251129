/* SPDX-License-Identifier: MIT */
/*
 * Selecting operations by patterns of names and by class.  Knows nothing of what is done with them.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include <fastabi/xen.h>

#include "base/context.h"
#include "base/list.h"
#include "spec/ir.h"
#include "spec/specs.h"
#include "spec/view.h"

#define CLASS  "class:"
#define DIRECT "direct" /* what the direct call is called */

static const char name_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                      "0123456789_*?";

struct pattern {
    const char *text;
    const char *spec; /* of a name; NULL: a class */
    const char *op;   /* NULL: all operations */
    enum fastabi_caller caller;
    bool is_not;
    bool has_matched;
    bool matches_here; /* an operation of the specification that is looked at */
};

struct selection {
    struct fastabi_context *context;
    struct fastabi_arena arena;
    struct pattern *patterns; /* sorted, each once */
    size_t count;
    fastabi_specs specs;
    size_t spec_count;
    size_t selected;  /* operations */
    bool is_positive; /* there is a pattern without '!' */
};

static const char *name_of(const struct fastabi_op *op)
{
    return op->name ? op->name : DIRECT;
}

/* ---- reading patterns ---- */

static int refuse(const struct selection *selection, const struct pattern *pattern)
{
    fastabi_report(selection->context, FASTABI_DIAG_BAD_PATTERN, NULL,
                   "'%.100s' is not a pattern of operations; write SPEC, SPEC.OPERATION, with '*' "
                   "and '?' in names, or class:CLASS; each may have a '!' before it",
                   pattern->text);
    return -ENOTSUP;
}

static int read_class(struct selection *selection, struct pattern *pattern, const char *name)
{
    struct fastabi_guess guess = { .size = sizeof(guess), .word = name };
    const char *class;

    for (enum fastabi_caller caller = FASTABI_CALLER_ANY; (class = fastabi_caller_name(caller));
         caller++) {
        char *candidate = fastabi_arena_printf(&selection->arena, CLASS "%s", class);

        if (!candidate)
            return -ENOMEM;
        if (!strcmp(candidate, name))
            pattern->caller = caller;
        fastabi_guess_try(&guess, candidate);
    }
    if (pattern->caller != FASTABI_CALLER_UNKNOWN)
        return 0;
    if (guess.best)
        fastabi_report(selection->context, FASTABI_DIAG_BAD_PATTERN, NULL,
                       "'%.100s' names no class; did you mean '%s%s'?", pattern->text,
                       pattern->is_not ? "!" : "", guess.best);
    else
        fastabi_report(selection->context, FASTABI_DIAG_BAD_PATTERN, NULL,
                       "'%.100s' names no class; write one that specifications give under 'class'",
                       pattern->text);
    return -ENOTSUP;
}

static int read_pattern(struct selection *selection, struct pattern *pattern)
{
    char *name = fastabi_arena_copy(&selection->arena, pattern->text, strlen(pattern->text));
    char *dot;

    if (!name)
        return -ENOMEM;
    pattern->is_not = *name == '!';
    name += pattern->is_not;
    if (!strncmp(name, CLASS, strlen(CLASS)))
        return read_class(selection, pattern, name);
    dot = strchr(name, '.');
    if (dot) {
        *dot = '\0';
        pattern->op = dot + 1;
    }
    pattern->spec = name;
    if (!*name || name[strspn(name, name_characters)] ||
        (dot && (!dot[1] || dot[1 + strspn(dot + 1, name_characters)])))
        return refuse(selection, pattern);
    return 0;
}

static int read_patterns(struct selection *selection, const char *const *texts, size_t count)
{
    struct fastabi_list list = { NULL, 0, 0 };
    int status = 0;

    for (size_t i = 0; i < count; i++) {
        if (fastabi_list_add_once(&list, &selection->arena, texts[i]))
            return -ENOMEM;
    }
    fastabi_list_sort(&list, 0);
    selection->patterns = fastabi_arena_alloc(&selection->arena,
                                              (list.count + 1) * sizeof(*selection->patterns));
    if (!selection->patterns)
        return -ENOMEM;
    selection->count = list.count;
    for (size_t i = 0; i < list.count && status != -ENOMEM; i++) {
        struct pattern *pattern = &selection->patterns[i];
        int result;

        pattern->text = list.items[i];
        result = read_pattern(selection, pattern);
        status = result ? result : status;
        selection->is_positive |= !pattern->is_not;
    }
    return status;
}

/* ---- matching ---- */

static bool matches(const struct pattern *pattern, const struct fastabi_op *op)
{
    if (!pattern->spec)
        return op->caller == pattern->caller;
    return !fnmatch(pattern->spec, op->spec->name, 0) &&
           (!pattern->op || !fnmatch(pattern->op, name_of(op), 0));
}

/* A fastabi_keeps_func. */
static int is_selected(const struct fastabi_op *op, void *data, const char **why)
{
    struct selection *selection = data;
    bool is_in = !selection->is_positive;
    bool is_out = false;

    (void)why;
    for (size_t i = 0; i < selection->count; i++) {
        struct pattern *pattern = &selection->patterns[i];

        if (!matches(pattern, op))
            continue;
        pattern->has_matched = pattern->matches_here = true;
        if (pattern->is_not)
            is_out = true;
        else
            is_in = true;
    }
    selection->selected += is_in && !is_out;
    return is_in && !is_out;
}

/* Those that had to do with the specification: a command for it alone needs no others. */
static int keep_patterns(struct selection *selection, struct fastabi_spec *view)
{
    struct fastabi_strings *kept = &view->patterns;

    kept->items = fastabi_arena_alloc(&view->arena, (selection->count + 1) * sizeof(*kept->items));
    if (!kept->items)
        return -ENOMEM;
    for (size_t i = 0; i < selection->count; i++) {
        struct pattern *pattern = &selection->patterns[i];
        char *text;

        if (!pattern->matches_here)
            continue;
        pattern->matches_here = false;
        text = fastabi_arena_copy(&view->arena, pattern->text, strlen(pattern->text));
        if (!text)
            return -ENOMEM;
        kept->items[kept->count++] = text;
    }
    return 0;
}

static int select_all(struct selection *selection, struct fastabi_spec **selected)
{
    int status = 0;

    for (size_t i = 0; i < selection->spec_count && !status; i++) {
        status = fastabi_view_make(selection->specs[i], is_selected, selection, &selected[i]);
        if (!status)
            status = keep_patterns(selection, selected[i]);
    }
    return status;
}

/* ---- what is wrong with a selection ---- */

static bool is_glob(const char *name)
{
    return strpbrk(name, "*?") != NULL;
}

/* What to write for a part of a pattern: a glob that matches the name stays, and says more. */
static const char *keep_glob(const char *part, const char *name)
{
    return part && is_glob(part) && !fnmatch(part, name, 0) ? part : name;
}

/* Try a name in the form of the pattern: of "*.sned" only what follows the '.' is a guess. */
static int try_op(struct selection *selection, const struct pattern *pattern,
                  const struct fastabi_op *op, struct fastabi_guess *guess)
{
    const char *spec = keep_glob(pattern->spec, op->spec->name);
    const char *name = keep_glob(pattern->op, name_of(op));
    char *candidate = fastabi_arena_printf(&selection->arena, "%s.%s", spec, name);

    if (!candidate)
        return -ENOMEM;
    if (!pattern->op && !strcmp(pattern->spec, name_of(op))) { /* only an operation's name */
        guess->best = candidate;
        guess->distance = 0;
    }
    if (!guess->best || guess->distance)
        fastabi_guess_try(guess, candidate);
    return 0;
}

static int report_no_match(struct selection *selection, const struct pattern *pattern)
{
    const char *text = pattern->text + pattern->is_not;
    struct fastabi_guess guess = { .size = sizeof(guess), .word = text };
    int status = 0;

    for (size_t i = 0; i < selection->spec_count && pattern->spec; i++) {
        const struct fastabi_spec *spec = selection->specs[i];

        if (!pattern->op)
            fastabi_guess_try(&guess, spec->name);
        for (size_t j = 0; j < spec->op_count && !status; j++)
            status = try_op(selection, pattern, spec->ops[j], &guess);
    }
    if (status)
        return status;
    if (guess.best)
        fastabi_report(selection->context, FASTABI_DIAG_NO_MATCH, NULL,
                       "'%.200s' matches no operation of the specifications; did you mean "
                       "'%s%.200s'?",
                       pattern->text, pattern->is_not ? "!" : "", guess.best);
    else
        fastabi_report(selection->context, FASTABI_DIAG_NO_MATCH, NULL,
                       "'%.200s' matches no operation of the specifications; leave it out, or "
                       "name the specification that has it",
                       pattern->text);
    return -ENOTSUP;
}

static int check_matches(struct selection *selection)
{
    int status = 0;

    for (size_t i = 0; i < selection->count && status != -ENOMEM; i++) {
        if (!selection->patterns[i].has_matched)
            status = report_no_match(selection, &selection->patterns[i]);
    }
    if (status || selection->selected)
        return status;
    fastabi_report(selection->context, FASTABI_DIAG_NOTHING_LEFT, NULL,
                   "the patterns select no operation; leave out one with '!'");
    return -ENOTSUP;
}

/* ---- the public function ---- */

static int check_arguments(struct fastabi_context *context, fastabi_specs specs, size_t count,
                           const char *const *patterns, size_t pattern_count)
{
    static const char function[] = "fastabi_spec_select";
    int status = fastabi_specs_check(context, function, specs, count);

    for (size_t i = 0; i < count && !status; i++) {
        if (specs[i]->whole)
            status = fastabi_refuse_argument(context, function,
                                             "a part of a specification; pass the whole");
    }
    for (size_t i = 0; i < pattern_count && !status; i++) {
        if (!patterns || !patterns[i])
            status = fastabi_refuse_argument(context, function,
                                             "a pattern is NULL; pass only texts");
    }
    return status;
}

int fastabi_spec_select(struct fastabi_context *context, fastabi_specs specs, size_t count,
                        const char *const *patterns, size_t pattern_count,
                        struct fastabi_spec **selected)
{
    struct selection selection = { .context = context, .specs = specs, .spec_count = count };
    int status;

    for (size_t i = 0; selected && i < count; i++)
        selected[i] = NULL;
    if (!context || !selected)
        return fastabi_refuse_argument(context, __func__, "it needs a place for the result");
    status = check_arguments(context, specs, count, patterns, pattern_count);
    if (status)
        return status;
    status = read_patterns(&selection, patterns, pattern_count);
    if (!status)
        status = select_all(&selection, selected);
    if (!status)
        status = check_matches(&selection);
    if (status == -ENOMEM)
        fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, -ENOMEM);
    for (size_t i = 0; i < count && status; i++) {
        fastabi_spec_free(selected[i]);
        selected[i] = NULL;
    }
    fastabi_arena_free(&selection.arena);
    return status;
}
