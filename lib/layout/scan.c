/* SPDX-License-Identifier: MIT */
/*
 * A look at the text of headers before they are parsed, for specifications in the classic form:
 * which header has their structs and the macros of their operations, and what hypercalls there are.
 * The rest is the parser's to judge: nothing here knows of conditions or comments.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout/plan.h"

#define HEADER_MAX ((size_t)4 << 20) /* bytes of a header that is looked at */

struct scan {
    struct fastabi_plan *plan;
    const char *header;    /* relative to base */
    unsigned int *macros;  /* of this header, for each specification: operations with a macro */
    unsigned int *structs; /* and structs of it */
    int status;
};

/* The best header so far of each specification that names none. */
struct best {
    const char *header;
    unsigned int macros;
    unsigned int structs;
};

size_t fastabi_index_prefix(const char *macro, const char *op_name)
{
    size_t length = strspn(macro, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    if (!length || macro[length] != '_' || strcmp(macro + length + 1, op_name))
        return 0;
    return length + 1;
}

static bool needs_scan(const struct fastabi_spec *spec)
{
    return !spec->headers.count || !spec->hypercall_macro || !spec->index_prefix;
}

/* ---- one header ---- */

static void look_at_macro(struct scan *scan, const char *name)
{
    struct fastabi_plan *plan = scan->plan;

    if (!strcmp(scan->header, "xen.h") &&
        !strncmp(name, FASTABI_HYPERCALL_PREFIX, strlen(FASTABI_HYPERCALL_PREFIX)))
        scan->status = fastabi_plan_add(plan, &plan->request.macros, name);
    for (size_t i = 0; i < plan->count && !scan->status; i++) {
        const struct fastabi_spec *spec = plan->specs[i];

        for (size_t j = 0; j < spec->op_count && !spec->index_prefix && !scan->status; j++) {
            if (!spec->ops[j]->name || !fastabi_index_prefix(name, spec->ops[j]->name))
                continue;
            scan->macros[i]++;
            scan->status = fastabi_plan_add(plan, &plan->request.macros, name);
        }
    }
}

static void look_at_struct(struct scan *scan, const char *name)
{
    for (size_t i = 0; i < scan->plan->count; i++) {
        const struct fastabi_spec *spec = scan->plan->specs[i];

        for (size_t j = 0; j < spec->op_count; j++) {
            if (spec->ops[j]->c_struct && !strcmp(spec->ops[j]->c_struct, name)) {
                scan->structs[i]++;
                break;
            }
        }
    }
}

/* Copy the identifier at text; false: there is none that fits. */
static bool copy_identifier(const char *text, char *name, size_t *length)
{
    *length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
    if (!*length || *length > FASTABI_IDENTIFIER_MAX)
        return false;
    memcpy(name, text, *length);
    name[*length] = '\0';
    return true;
}

/* A line that defines a macro, or starts a struct. */
static void look_at_line(struct scan *scan, const char *line)
{
    static const char blanks[] = " \t";
    char name[FASTABI_IDENTIFIER_MAX + 1];
    size_t length;

    line += strspn(line, blanks);
    if (*line == '#') {
        line++;
        line += strspn(line, blanks);
        if (strncmp(line, "define", 6) || (line[6] != ' ' && line[6] != '\t'))
            return;
        line += 6 + strspn(line + 6, blanks);
        if (copy_identifier(line, name, &length) && line[length] != '(')
            look_at_macro(scan, name);
    } else if (!strncmp(line, "struct ", 7)) {
        line += 7 + strspn(line + 7, blanks);
        if (copy_identifier(line, name, &length) &&
            line[length + strspn(line + length, " \t\r\n")] == '{')
            look_at_struct(scan, name);
    }
}

static char *read_text(const char *base, const char *header)
{
    char *path = malloc(strlen(base) + strlen(header) + 2);
    char *text = NULL;
    FILE *stream;
    size_t size = 0;

    if (!path)
        return NULL;
    sprintf(path, "%s/%s", base, header);
    stream = fopen(path, "rb");
    free(path);
    if (!stream)
        return NULL;
    text = malloc(HEADER_MAX + 1);
    if (text) {
        size = fread(text, 1, HEADER_MAX, stream);
        text[size] = '\0';
    }
    fclose(stream);
    return text;
}

static void look_at_header(struct scan *scan, const char *base, const char *header)
{
    char *text = read_text(base, header);
    char *line = text;

    scan->header = header;
    memset(scan->macros, 0, scan->plan->count * sizeof(*scan->macros));
    memset(scan->structs, 0, scan->plan->count * sizeof(*scan->structs));
    while (line && !scan->status) {
        look_at_line(scan, line);
        line = strchr(line, '\n');
        if (line)
            line++;
    }
    free(text);
}

/* ---- all of them ---- */

/*
 * The header with most of the operations' macros; then with most structs.  Others count for their
 * structs.
 */
static void judge(struct scan *scan, struct best *best)
{
    struct fastabi_plan *plan = scan->plan;

    for (size_t i = 0; i < plan->count && !scan->status; i++) {
        unsigned int macros = scan->macros[i], structs = scan->structs[i];

        if (plan->specs[i]->headers.count)
            continue;
        if (structs)
            scan->status = fastabi_plan_add(plan, &plan->request.headers, scan->header);
        if (macros > best[i].macros || (macros == best[i].macros && structs > best[i].structs)) {
            best[i].header = fastabi_arena_copy(&plan->arena, scan->header, strlen(scan->header));
            best[i].macros = macros;
            best[i].structs = structs;
        }
    }
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The headers of a folder below base ("" or "hvm/"), sorted. */
static int list_folder(struct fastabi_plan *plan, const char *base, const char *folder,
                       struct fastabi_layout_names *headers)
{
    char path[4096];
    size_t before = headers->count;
    const struct dirent *entry;
    DIR *stream;
    int status = 0;

    snprintf(path, sizeof(path), "%s/%s", base, folder);
    stream = opendir(path);
    if (!stream)
        return 0;
    while (!status && (entry = readdir(stream))) {
        size_t length = strlen(entry->d_name);

        if (length < 3 || strcmp(entry->d_name + length - 2, ".h") || entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s%s", folder, entry->d_name);
        status = fastabi_plan_add(plan, headers, path);
    }
    closedir(stream);
    if (headers->count > before)
        qsort(headers->items + before, headers->count - before, sizeof(*headers->items),
              compare_names);
    return status;
}

static int scan_folders(struct scan *scan, const char *base, struct best *best)
{
    struct fastabi_plan *plan = scan->plan;
    struct fastabi_layout_names headers = { NULL, 0, 0 };
    int status = list_folder(plan, base, "", &headers);

    if (!status)
        status = list_folder(plan, base, "hvm/", &headers);
    for (size_t i = 0; i < headers.count && !status; i++) {
        look_at_header(scan, base, headers.items[i]);
        judge(scan, best);
        status = scan->status;
    }
    for (size_t i = 0; i < plan->count && !status; i++) {
        if (best[i].header)
            status = fastabi_plan_add(plan, &plan->request.headers, best[i].header);
    }
    return status;
}

/* XEN_HVM_CPUID_FASTABI is in a header that nothing else needs. */
static int scan_cpuid(struct fastabi_plan *plan, const char *base)
{
    static const char header[] = "arch-x86/cpuid.h";
    char *text = read_text(base, header);
    int status = 0;

    if (text && strstr(text, "XEN_HVM_CPUID_FASTABI"))
        status = fastabi_plan_add(plan, &plan->request.headers, header);
    free(text);
    return status;
}

int fastabi_plan_scan(struct fastabi_plan *plan, const char *base)
{
    struct scan scan = { .plan = plan };
    struct best *best = fastabi_arena_alloc(&plan->arena, (plan->count + 1) * sizeof(*best));
    size_t named = plan->request.headers.count;
    bool wanted = false, nameless = false;
    int status;

    scan.macros = fastabi_arena_alloc(&plan->arena, (plan->count + 1) * sizeof(*scan.macros));
    scan.structs = fastabi_arena_alloc(&plan->arena, (plan->count + 1) * sizeof(*scan.structs));
    if (!best || !scan.macros || !scan.structs)
        return -ENOMEM;
    status = scan_cpuid(plan, base);
    for (size_t i = 0; i < plan->count; i++) {
        wanted |= needs_scan(plan->specs[i]);
        nameless |= !plan->specs[i]->headers.count;
    }
    if (status || !wanted)
        return status;
    if (nameless)
        return scan_folders(&scan, base, best);
    for (size_t i = 0; i < named && !scan.status; i++)
        look_at_header(&scan, base, plan->request.headers.items[i]);
    return scan.status;
}
