/* SPDX-License-Identifier: MIT */
/*
 * The clang provider: one parse of Xen's headers with libclang.  It is a separate module, so that
 * neither the library nor a program that reads no headers loads LLVM.  Knows the provider
 * interface, nothing of the library.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "layout/clang.h"

#define FAULTS_MAX 20u /* of headers, reported */

FASTABI_API const struct fastabi_layout_provider *FASTABI_LAYOUT_PROVIDER_ENTRY(void);

/* Where a macro is defined, and what it is worth. */
struct macro {
    CXFile file;
    unsigned int line;
    unsigned int column;
    bool is_bad; /* no integer */
};

struct reading {
    const struct fastabi_layout_request *request;
    struct fastabi_layout_sink *sink;
    struct clang_unit unit;
    struct clang_resources resources;
    CXTranslationUnit translation;
    struct macro *macros; /* as in the request */
    bool *is_bad;         /* the C types that are not types */
    unsigned int faults;
    bool is_told; /* that the compiler's own headers are not there */
    int status;
};

/* ---- messages ---- */

static bool is_main_file(const struct reading *reading, CXFile file)
{
    CXString name = clang_getFileName(file);
    const char *text = clang_getCString(name);
    bool same = text && !strcmp(text, reading->unit.path);

    clang_disposeString(name);
    return same;
}

/*
 * A fault that shows in our text only: of a header, when a note leads there ("to match this '{'").
 */
static CXFile find_header_note(const struct reading *reading, CXDiagnostic diagnostic,
                               unsigned int *line, unsigned int *column)
{
    CXDiagnosticSet notes = clang_getChildDiagnostics(diagnostic);

    for (unsigned int i = 0; i < clang_getNumDiagnosticsInSet(notes); i++) {
        CXDiagnostic note = clang_getDiagnosticInSet(notes, i);
        CXFile file;

        clang_getExpansionLocation(clang_getDiagnosticLocation(note), &file, line, column, NULL);
        clang_disposeDiagnostic(note);
        if (file && !is_main_file(reading, file))
            return file;
    }
    return NULL;
}

/* An integer that a typedef gives a name to. */
struct named_integer {
    long long size;
    bool is_signed;
    bool is_own; /* of the types that our text has before the headers */
};

/* What is defined where a message is; false: it is not such a typedef. */
static bool find_integer(const struct reading *reading, CXDiagnostic message,
                         struct named_integer *found)
{
    CXSourceLocation location = clang_getDiagnosticLocation(message);
    CXCursor cursor = clang_getCursor(reading->translation, location);
    CXType type = clang_getCanonicalType(clang_getTypedefDeclUnderlyingType(cursor));
    unsigned int line;
    CXFile file;

    if (clang_getCursorKind(cursor) != CXCursor_TypedefDecl || type.kind < CXType_Char_U ||
        type.kind > CXType_Int128)
        return false;
    clang_getExpansionLocation(location, &file, &line, NULL, NULL);
    found->size = clang_Type_getSizeOf(type);
    found->is_signed = type.kind >= CXType_Char_S;
    found->is_own = file && is_main_file(reading, file) && line < reading->unit.first_header;
    return true;
}

/* Is one of our types defined again, as an integer of the same width and sign? */
static bool is_own_again(const struct reading *reading, CXDiagnostic diagnostic)
{
    CXDiagnosticSet notes = clang_getChildDiagnostics(diagnostic);
    struct named_integer one, other;
    bool found = false;

    if (!find_integer(reading, diagnostic, &one))
        return false;
    for (unsigned int i = 0; i < clang_getNumDiagnosticsInSet(notes) && !found; i++) {
        CXDiagnostic note = clang_getDiagnosticInSet(notes, i);

        found = find_integer(reading, note, &other) && (one.is_own || other.is_own) &&
                one.size == other.size && one.is_signed == other.is_signed;
        clang_disposeDiagnostic(note);
    }
    return found;
}

/* libclang has no other sign of it; without it the fault counts as one of what is there. */
static bool is_missing_file(CXDiagnostic diagnostic, const char *text)
{
    static const char end[] = "file not found";
    size_t length = strlen(text);

    return clang_getDiagnosticSeverity(diagnostic) == CXDiagnostic_Fatal && length >= strlen(end) &&
           !strcmp(text + length - strlen(end), end);
}

/* Without the compiler's own headers a missing file may well be one of them. */
static int report_resources(struct reading *reading)
{
    struct fastabi_layout_place place = { reading->resources.library, 0, 0 };

    if (reading->resources.directory || reading->is_told)
        return 0;
    reading->is_told = true;
    return reading->sink->fault(reading->sink, &place,
                                "the compiler's own headers, such as <stddef.h>, are not beside "
                                "this library; install those of its version of clang",
                                false);
}

static void report(struct reading *reading, CXFile file, const char *path, unsigned int line,
                   unsigned int column, CXDiagnostic diagnostic)
{
    CXString name = clang_getFileName(file);
    CXString text = clang_getDiagnosticSpelling(diagnostic);
    bool is_missing = is_missing_file(diagnostic, clang_getCString(text));
    struct fastabi_layout_place place = { path, line, column };
    int status = 0;

    if (!path && file)
        place.file = clang_getCString(name);
    if (++reading->faults <= FAULTS_MAX)
        status = reading->sink->fault(reading->sink, &place, clang_getCString(text), is_missing);
    if (!status && is_missing)
        status = report_resources(reading);
    if (status && !reading->status)
        reading->status = status;
    clang_disposeString(text);
    clang_disposeString(name);
}

/* What a fault that shows in our text only may be of: the last prelude, if nothing else is read. */
static const char *last_read(const struct reading *reading)
{
    const struct fastabi_list *preludes = &reading->request->preludes;

    if (reading->request->headers.count || !preludes->count)
        return reading->request->base;
    return preludes->items[preludes->count - 1];
}

/*
 * is_last: faults that lead to no header count, too; before, they are most likely follow-on faults.
 */
static void read_diagnostic(struct reading *reading, CXDiagnostic diagnostic, bool is_last)
{
    unsigned int line, column, note_line, note_column;
    CXFile file, header;
    size_t i = 0;

    if (clang_getDiagnosticSeverity(diagnostic) < CXDiagnostic_Error)
        return;
    clang_getExpansionLocation(clang_getDiagnosticLocation(diagnostic), &file, &line, &column,
                               NULL);
    if (is_own_again(reading, diagnostic)) /* a type of the headers' own: as good as ours */
        return;
    if (!file || !is_main_file(reading, file)) {
        if (!is_last)
            report(reading, file, file ? NULL : reading->request->base, line, column, diagnostic);
        return;
    }
    header = find_header_note(reading, diagnostic, &note_line, &note_column);
    switch (clang_unit_probe(&reading->unit, line, &i)) {
    case CLANG_PROBE_MACRO: /* not an integer: as if it were not there */
        reading->macros[i].is_bad = true;
        return;
    case CLANG_PROBE_TYPE:
        reading->is_bad[i] = true;
        return;
    case CLANG_PROBE_HEADER:
        if (!header) {
            if (!is_last)
                report(reading, NULL, reading->request->headers.items[i], 0, 0, diagnostic);
            return;
        }
        break;
    default:
        break;
    }
    if (header && !is_last)
        report(reading, header, NULL, note_line, note_column, diagnostic);
    else if (!header && is_last)
        report(reading, NULL, last_read(reading), 0, 0, diagnostic);
}

static void read_diagnostics(struct reading *reading)
{
    unsigned int count = clang_getNumDiagnostics(reading->translation);

    for (int pass = 0; pass < 2; pass++) {
        for (unsigned int i = 0; i < count && (!pass || !reading->faults); i++) {
            CXDiagnostic diagnostic = clang_getDiagnostic(reading->translation, i);

            read_diagnostic(reading, diagnostic, pass == 1);
            clang_disposeDiagnostic(diagnostic);
        }
    }
}

/* ---- what is found ---- */

static void read_macro_place(struct reading *reading, CXCursor cursor, const char *name)
{
    const struct fastabi_list *macros = &reading->request->macros;
    size_t low = 0, high = macros->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(macros->items[middle], name);
        struct macro *macro = &reading->macros[middle];

        if (!order) {
            clang_getExpansionLocation(clang_getCursorLocation(cursor), &macro->file, &macro->line,
                                       &macro->column, NULL);
            return;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
}

static bool read_number(const char *text, const char *prefix, size_t count, size_t *number)
{
    size_t length = strlen(prefix);

    if (strncmp(text, prefix, length))
        return false;
    *number = strtoul(text + length, NULL, 10);
    return *number < count;
}

/* A constant of 32 bits without a sign is not negative. */
static int64_t value_of(CXCursor cursor)
{
    CXType type = clang_getEnumDeclIntegerType(clang_getCursorSemanticParent(cursor));

    return type.kind == CXType_UInt ? (int64_t)clang_getEnumConstantDeclUnsignedValue(cursor)
                                    : (int64_t)clang_getEnumConstantDeclValue(cursor);
}

static int read_constant(struct reading *reading, CXCursor cursor, const char *name)
{
    const struct fastabi_list *macros = &reading->request->macros;
    const struct macro *macro;
    struct fastabi_layout_place place = { NULL, 0, 0 };
    CXString file;
    size_t i;
    int status;

    if (!read_number(name, CLANG_MACRO_NAME, macros->count, &i))
        return 0;
    macro = &reading->macros[i];
    if (macro->is_bad || !macro->file) /* without a file: from the compiler, not from a header */
        return 0;
    file = clang_getFileName(macro->file);
    place.file = clang_getCString(file);
    place.line = macro->line;
    place.column = macro->column;
    status = reading->sink->add_macro(reading->sink, macros->items[i], value_of(cursor), &place);
    clang_disposeString(file);
    return status;
}

static int read_type(struct reading *reading, CXCursor cursor, const char *name)
{
    const struct fastabi_list *types = &reading->request->types;
    enum fastabi_field_kind kind;
    uint64_t size;
    bool is_signed;
    size_t i;

    if (!read_number(name, CLANG_TYPE_NAME, types->count, &i) || reading->is_bad[i])
        return 0;
    kind = clang_classify(clang_getTypedefDeclUnderlyingType(cursor), &size, &is_signed);
    return reading->sink->add_type(reading->sink, types->items[i], kind, size, is_signed);
}

/* Is it a struct with a tag?  One without may have the name of a typedef. */
static bool has_tag(CXCursor cursor, const char *name)
{
    CXString spelling = clang_getTypeSpelling(clang_getCursorType(cursor));
    const char *text = clang_getCString(spelling);
    bool has = clang_is_name(name) && clang_is_name(text) &&
               (!strncmp(text, "struct ", 7) || !strncmp(text, "union ", 6));

    clang_disposeString(spelling);
    return has;
}

static int read_struct(struct reading *reading, CXCursor cursor, const char *name)
{
    struct fastabi_layout_place place = { NULL, 0, 0 };
    CXString spelling;
    CXFile file;
    int status = 0;

    if (!clang_isCursorDefinition(cursor) || !has_tag(cursor, name))
        return 0;
    clang_getExpansionLocation(clang_getCursorLocation(cursor), &file, &place.line, &place.column,
                               NULL);
    spelling = clang_getFileName(file);
    place.file = clang_getCString(spelling);
    if (place.file && reading->sink->wants_struct(reading->sink, name))
        status = clang_add_struct(reading->translation, cursor, name, &place, reading->sink);
    clang_disposeString(spelling);
    return status;
}

static enum CXChildVisitResult visit(CXCursor cursor, CXCursor parent, CXClientData data)
{
    struct reading *reading = data;
    enum CXCursorKind kind = clang_getCursorKind(cursor);
    enum CXChildVisitResult next = CXChildVisit_Continue;
    CXString spelling;
    const char *name;

    (void)parent;
    if (kind != CXCursor_MacroDefinition && kind != CXCursor_StructDecl &&
        kind != CXCursor_UnionDecl && kind != CXCursor_EnumDecl &&
        kind != CXCursor_EnumConstantDecl && kind != CXCursor_TypedefDecl)
        return CXChildVisit_Continue;
    spelling = clang_getCursorSpelling(cursor);
    name = clang_getCString(spelling);
    if (!name)
        name = "";
    if (kind == CXCursor_MacroDefinition) {
        read_macro_place(reading, cursor, name);
    } else if (kind == CXCursor_EnumConstantDecl) {
        reading->status = read_constant(reading, cursor, name);
    } else if (kind == CXCursor_TypedefDecl) {
        reading->status = read_type(reading, cursor, name);
    } else {
        if (kind != CXCursor_EnumDecl)
            reading->status = read_struct(reading, cursor, name);
        next = CXChildVisit_Recurse;
    }
    clang_disposeString(spelling);
    return reading->status ? CXChildVisit_Break : next;
}

static void visit_inclusion(CXFile file, CXSourceLocation *stack, unsigned int depth,
                            CXClientData data)
{
    struct reading *reading = data;
    CXString name = clang_getFileName(file);

    (void)stack;
    if (depth && !reading->status && clang_getCString(name))
        reading->status = reading->sink->add_file(reading->sink, clang_getCString(name));
    clang_disposeString(name);
}

/* ---- the parse ---- */

/* An option for each item; how many arguments that is. */
static size_t put_all(const char **arguments, const char *option, const struct fastabi_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        arguments[2 * i] = option;
        arguments[2 * i + 1] = list->items[i];
    }
    return 2 * list->count;
}

/*
 * The command line of the parse, malloced; NULL: no memory.  version and resources (or NULL) last
 * as long as it does.
 */
static const char **make_arguments(const struct fastabi_layout_request *request,
                                   const char *version, const char *resources, int *count)
{
    const char *const first[] = {
        "-x", "c",       "-std=gnu11",    "-ffreestanding", "-ferror-limit=0",
        "-w", "-target", request->target, version,          "-nostdinc"
    };
    const size_t fixed = sizeof(first) / sizeof(first[0]);
    const size_t most = fixed + 2 * (request->includes.count + 1 + request->after.count +
                                     request->preludes.count);
    const char **arguments = calloc(most, sizeof(*arguments));
    size_t n = fixed;

    if (!arguments)
        return NULL;
    memcpy(arguments, first, sizeof(first));
    n += put_all(arguments + n, "-isystem", &request->includes);
    if (resources) { /* for some targets nothing is searched otherwise, for others this libc */
        arguments[n++] = "-isystem";
        arguments[n++] = resources;
    }
    n += put_all(arguments + n, "-idirafter", &request->after);
    n += put_all(arguments + n, "-include", &request->preludes);
    *count = (int)n;
    return arguments;
}

static int parse(struct reading *reading, CXIndex index)
{
    const struct fastabi_layout_request *request = reading->request;
    struct CXUnsavedFile file = { reading->unit.path, reading->unit.text.bytes,
                                  (unsigned long)reading->unit.text.length };
    struct fastabi_layout_place place = { request->base, 0, 0 };
    const char **arguments;
    char *version;
    enum CXErrorCode error;
    int count;

    if (clang_find_resources(&reading->resources))
        return -ENOMEM;
    if (asprintf(&version, "-D__XEN_INTERFACE_VERSION__=%s",
                 request->interface_version ? request->interface_version
                                            : "__XEN_LATEST_INTERFACE_VERSION__") < 0)
        return -ENOMEM;
    arguments = make_arguments(request, version, reading->resources.directory, &count);
    if (!arguments) {
        free(version);
        return -ENOMEM;
    }
    error = clang_parseTranslationUnit2(index, reading->unit.path, arguments, count, &file, 1,
                                        CXTranslationUnit_DetailedPreprocessingRecord,
                                        &reading->translation);
    free(arguments);
    free(version);
    if (!error && reading->translation)
        return 0;
    reading->sink->fault(reading->sink, &place,
                         error == CXError_Crashed
                             ? "the C parser crashed on these headers"
                             : "the C parser cannot be started; write a target like "
                               "x86_64-linux-gnu, or leave out --target",
                         false);
    return -EINVAL;
}

static int read_unit(struct reading *reading)
{
    CXCursor cursor = clang_getTranslationUnitCursor(reading->translation);

    read_diagnostics(reading);
    if (!reading->status && !reading->faults)
        clang_visitChildren(cursor, visit, reading);
    if (!reading->status && !reading->faults)
        clang_getInclusions(reading->translation, visit_inclusion, reading);
    return reading->status;
}

static int read_headers(const struct fastabi_layout_request *request,
                        struct fastabi_layout_sink *sink)
{
    struct reading reading = { .request = request, .sink = sink };
    CXIndex index = clang_createIndex(0, 0);
    int status = index ? clang_unit_make(request, &reading.unit) : -ENOMEM;

    reading.macros = calloc(request->macros.count + 1, sizeof(*reading.macros));
    reading.is_bad = calloc(request->types.count + 1, sizeof(*reading.is_bad));
    if (!reading.macros || !reading.is_bad)
        status = -ENOMEM;
    if (!status)
        status = parse(&reading, index);
    if (!status)
        status = read_unit(&reading);
    if (reading.translation)
        clang_disposeTranslationUnit(reading.translation);
    if (index)
        clang_disposeIndex(index);
    clang_unit_free(&reading.unit);
    free(reading.macros);
    free(reading.is_bad);
    return status;
}

static const struct fastabi_layout_provider provider = {
    .version = FASTABI_LAYOUT_PROVIDER_VERSION,
    .size = sizeof(struct fastabi_layout_provider),
    .name = "clang",
    .read = read_headers,
};

const struct fastabi_layout_provider *FASTABI_LAYOUT_PROVIDER_ENTRY(void)
{
    return &provider;
}
