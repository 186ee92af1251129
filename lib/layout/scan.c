/* SPDX-License-Identifier: MIT */
/*
 * A look at the text of headers before they are parsed, for specifications in the classic form:
 * which header has their structs and the macros of their operations, and what hypercalls there are.
 * The rest is the parser's to judge: nothing here knows of conditions.
 */
#include "layout/scan.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/path.h"

#define HEADER_MAX ((size_t)4 << 20) /* bytes of a header that is looked at */
#define WORD       "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
#define TAG_MAX    512 /* characters from "struct" to the '{' */

struct scan {
    struct fastabi_arena *arena;
    fastabi_specs specs;
    size_t count;
    struct fastabi_layout_request *request;
    const char *header;    /* relative to the base */
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

/* A header is chosen by all operations, also by those that are not selected. */
static const struct fastabi_spec *whole_of(const struct scan *scan, size_t i)
{
    return fastabi_spec_whole(scan->specs[i]);
}

/* ---- one header ---- */

static void look_at_macro(struct scan *scan, const char *name)
{
    if (!strcmp(scan->header, "xen.h") &&
        !strncmp(name, FASTABI_HYPERCALL_PREFIX, strlen(FASTABI_HYPERCALL_PREFIX)))
        scan->status = fastabi_list_add_once(&scan->request->macros, scan->arena, name);
    for (size_t i = 0; i < scan->count && !scan->status; i++) {
        const struct fastabi_spec *spec = whole_of(scan, i);

        for (size_t j = 0; j < spec->op_count && !spec->index_prefix && !scan->status; j++) {
            if (!spec->ops[j]->name || !fastabi_index_prefix(name, spec->ops[j]->name))
                continue;
            scan->macros[i]++;
            scan->status = fastabi_list_add_once(&scan->request->macros, scan->arena, name);
        }
    }
}

static void look_at_struct(struct scan *scan, const char *name)
{
    for (size_t i = 0; i < scan->count; i++) {
        const struct fastabi_spec *spec = whole_of(scan, i);

        for (size_t j = 0; j < spec->op_count; j++) {
            const struct fastabi_op *op = spec->ops[j];
            const char *of_xen = op->xen ? op->xen->c_struct : NULL;

            if ((op->c_struct && !strcmp(op->c_struct, name)) ||
                (of_xen && !strcmp(of_xen, name))) {
                scan->structs[i]++;
                break;
            }
        }
    }
}

/* Copy the identifier at text; false: there is none that fits. */
static bool copy_identifier(const char *text, char *name, size_t *length)
{
    *length = strspn(text, WORD);
    if (!*length || *length > FASTABI_IDENTIFIER_MAX)
        return false;
    memcpy(name, text, *length);
    name[*length] = '\0';
    return true;
}

/*
 * After "struct": attributes or macros, the tag, and '{', which may be on a later line.  There is a
 * limit, as a header in which no '{' follows would be read to its end for each of its lines.
 */
static void look_at_tag(struct scan *scan, const char *text)
{
    const char *end = text + strnlen(text, TAG_MAX);
    char name[FASTABI_IDENTIFIER_MAX + 1] = "";
    size_t length, depth = 0;

    while (text < end && (depth || *text != '{')) {
        text += strspn(text, " \t\r\n");
        if (*text == '(' || (depth && *text == ')')) {
            depth += *text == '(' ? 1u : (size_t)-1;
            text++;
        } else if (depth && text < end) {
            text++;
        } else if (*text != '{') {
            if (!copy_identifier(text, name, &length))
                return;
            text += length;
        }
    }
    if (*text == '{' && *name)
        look_at_struct(scan, name);
}

/* The structs that are defined in a line: also after typedef, and one after the other. */
static void look_at_tags(struct scan *scan, const char *line)
{
    const char *end = line + strcspn(line, "\n");

    while (line < end) {
        size_t length = strspn(line, WORD);

        if (length == 6 && !strncmp(line, "struct", 6))
            look_at_tag(scan, line + 6);
        line += length ? length : 1;
    }
}

/* A line that defines a macro, or has structs. */
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
    } else {
        look_at_tags(scan, line);
    }
}

/* A comment, and a text in quotes, from its start on; its length. */
static size_t span_comment(const char *text)
{
    const char *end = text[1] == '*' ? strstr(text + 2, "*/") : NULL;

    if (text[1] == '/')
        return strcspn(text, "\n");
    return end ? (size_t)(end + 2 - text) : strlen(text);
}

static size_t span_quoted(const char *text)
{
    size_t length = 1;

    while (text[length] && text[length] != '\n' && text[length] != text[0])
        length += text[length] == '\\' && text[length + 1] ? 2 : 1;
    return length + (text[length] == text[0]);
}

/* Comments become blanks; the lines stay what they are. */
static void blank_comments(char *text)
{
    while (*(text += strcspn(text, "/\"'"))) {
        bool is_comment = text[0] == '/' && (text[1] == '*' || text[1] == '/');
        size_t length = is_comment ? span_comment(text) : *text == '/' ? 1 : span_quoted(text);

        for (size_t i = 0; i < length && is_comment; i++)
            text[i] = text[i] == '\n' ? '\n' : ' ';
        text += length;
    }
}

char *fastabi_scan_read(struct fastabi_arena *arena, const char *base, const char *header)
{
    char *path = fastabi_path_join(arena, base, header);
    FILE *stream = path ? fopen(path, "rb") : NULL;
    char *text = NULL;

    if (!stream)
        return NULL;
    text = malloc(HEADER_MAX + 1);
    if (text)
        text[fread(text, 1, HEADER_MAX, stream)] = '\0';
    fclose(stream);
    return text;
}

static void look_at_header(struct scan *scan, const char *header)
{
    char *text = fastabi_scan_read(scan->arena, scan->request->base, header);
    char *line = text;

    if (text)
        blank_comments(text);
    scan->header = header;
    memset(scan->macros, 0, scan->count * sizeof(*scan->macros));
    memset(scan->structs, 0, scan->count * sizeof(*scan->structs));
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
    for (size_t i = 0; i < scan->count && !scan->status; i++) {
        unsigned int macros = scan->macros[i], structs = scan->structs[i];

        if (scan->specs[i]->headers.count || !scan->specs[i]->op_count)
            continue;
        if (structs)
            scan->status = fastabi_list_add_once(&scan->request->headers, scan->arena,
                                                 scan->header);
        if (macros > best[i].macros || (macros == best[i].macros && structs > best[i].structs)) {
            best[i].header = fastabi_arena_copy(scan->arena, scan->header, strlen(scan->header));
            best[i].macros = macros;
            best[i].structs = structs;
        }
    }
}

int fastabi_scan_list(struct fastabi_arena *arena, const char *base, const char *directory,
                      struct fastabi_list *headers)
{
    const char *path = fastabi_path_join(arena, base, directory);
    size_t before = headers->count;
    const struct dirent *entry;
    DIR *stream = path ? opendir(path) : NULL;
    int status = path ? 0 : -ENOMEM;

    while (stream && !status && (entry = readdir(stream))) {
        size_t length = strlen(entry->d_name);
        const char *header;

        if (length < 3 || strcmp(entry->d_name + length - 2, ".h") || entry->d_name[0] == '.')
            continue;
        header = fastabi_path_join(arena, directory, entry->d_name);
        status = header ? fastabi_list_add(headers, arena, header) : -ENOMEM;
    }
    if (stream)
        closedir(stream);
    fastabi_list_sort(headers, before);
    return status;
}

/* Those of processors are xen.h's to include: it knows which is the target's. */
static bool is_of_processor(const char *header)
{
    return !strncmp(header, "arch-", 5);
}

static int scan_directories(struct scan *scan, struct best *best)
{
    struct fastabi_list headers = { NULL, 0, 0 };
    int status = fastabi_scan_list(scan->arena, scan->request->base, "", &headers);

    if (!status)
        status = fastabi_scan_list(scan->arena, scan->request->base, "hvm", &headers);
    for (size_t i = 0; i < headers.count && !status; i++) {
        if (is_of_processor(headers.items[i]))
            continue;
        look_at_header(scan, headers.items[i]);
        judge(scan, best);
        status = scan->status;
    }
    for (size_t i = 0; i < scan->count && !status; i++) {
        if (best[i].header)
            status = fastabi_list_add_once(&scan->request->headers, scan->arena, best[i].header);
    }
    return status;
}

/* XEN_HVM_CPUID_FASTABI is in a header that nothing else needs. */
static int scan_cpuid(struct scan *scan)
{
    static const char header[] = "arch-x86/cpuid.h";
    char *text = fastabi_scan_read(scan->arena, scan->request->base, header);
    int status = 0;

    if (text && strstr(text, "XEN_HVM_CPUID_FASTABI"))
        status = fastabi_list_add_once(&scan->request->headers, scan->arena, header);
    free(text);
    return status;
}

int fastabi_scan_headers(struct fastabi_arena *arena, fastabi_specs specs, size_t count,
                         struct fastabi_layout_request *request)
{
    struct scan scan = { .arena = arena, .specs = specs, .count = count, .request = request };
    struct best *best = fastabi_arena_alloc(arena, (count + 1) * sizeof(*best));
    size_t named = request->headers.count;
    bool wanted = false, nameless = false;
    int status;

    scan.macros = fastabi_arena_alloc(arena, (count + 1) * sizeof(*scan.macros));
    scan.structs = fastabi_arena_alloc(arena, (count + 1) * sizeof(*scan.structs));
    if (!best || !scan.macros || !scan.structs)
        return -ENOMEM;
    status = scan_cpuid(&scan);
    for (size_t i = 0; i < count; i++) {
        wanted |= needs_scan(specs[i]);
        nameless |= !specs[i]->headers.count;
    }
    if (status || !wanted)
        return status;
    if (nameless)
        return scan_directories(&scan, best);
    for (size_t i = 0; i < named && !scan.status; i++)
        look_at_header(&scan, request->headers.items[i]);
    return scan.status;
}
