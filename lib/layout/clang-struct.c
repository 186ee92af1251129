/* SPDX-License-Identifier: MIT */
/*
 * A struct from libclang's cursor to the sink: its fields with their bytes, members of members
 * included. Knows nothing of specifications.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "layout/clang.h"

/* One struct being handed over. */
struct run {
    struct fastabi_layout_sink *sink;
    CXFile file;
    struct clang_comments comments;
    char path[FASTABI_LAYOUT_PATH_MAX];
    size_t length;
    unsigned int fields;
    unsigned int depth;
    int status;
};

/* Where the visitor of fields stands. */
struct level {
    struct run *run;
    uint64_t offset;                  /* of the struct whose fields are visited */
    enum fastabi_direction direction; /* of the field that it is */
    enum fastabi_direction
        trailing; /* what a comment after that field says, which holds for all in it */
};

static bool add_type(struct run *run, CXType type, const struct fastabi_field *outer,
                     enum fastabi_direction trailing);

/* ---- types ---- */

static bool is_handle(CXType type)
{
    static const char prefix[] = "__guest_handle_";
    CXString spelling = clang_getTypeSpelling(type);
    const char *text = clang_getCString(spelling);
    bool found;

    if (text && !strncmp(text, "const ", 6))
        text += 6;
    if (text && !strncmp(text, "struct ", 7))
        text += 7;
    found = text && !strncmp(text, prefix, sizeof(prefix) - 1);
    clang_disposeString(spelling);
    return found;
}

static enum fastabi_field_kind classify_record(CXType type, CXType canonical)
{
    CXCursor declaration = clang_getTypeDeclaration(canonical);

    if (is_handle(type))
        return FASTABI_FIELD_HANDLE;
    return clang_getCursorKind(declaration) == CXCursor_UnionDecl ? FASTABI_FIELD_UNION
                                                                  : FASTABI_FIELD_STRUCT;
}

enum fastabi_field_kind clang_classify(CXType type, uint64_t *size, bool *is_signed)
{
    CXType canonical = clang_getCanonicalType(type);
    long long bytes = clang_Type_getSizeOf(canonical);

    if (canonical.kind == CXType_Enum)
        canonical = clang_getCanonicalType(
            clang_getEnumDeclIntegerType(clang_getTypeDeclaration(canonical)));
    *size = bytes > 0 ? (uint64_t)bytes : 0;
    *is_signed = false;
    switch (canonical.kind) {
    case CXType_Char_S:
    case CXType_SChar:
    case CXType_Short:
    case CXType_Int:
    case CXType_Long:
    case CXType_LongLong:
        *is_signed = true;
        return FASTABI_FIELD_INTEGER;
    case CXType_Bool:
    case CXType_Char_U:
    case CXType_UChar:
    case CXType_UShort:
    case CXType_UInt:
    case CXType_ULong:
    case CXType_ULongLong:
        return FASTABI_FIELD_INTEGER;
    case CXType_Pointer:
        return FASTABI_FIELD_POINTER;
    case CXType_Record:
        return classify_record(type, canonical);
    case CXType_ConstantArray:
    case CXType_IncompleteArray:
        return FASTABI_FIELD_ARRAY;
    default:
        return FASTABI_FIELD_OTHER;
    }
}

/* ---- fields ---- */

/*
 * Is this a name, and not what libclang says where there is none?  It calls a struct without a name
 * by its place: with parentheses, at the start or after "union s::", as the release has it.
 */
bool clang_is_name(const char *name)
{
    return name && *name && !strchr(name, '(');
}

static bool push(struct run *run, const char *text)
{
    size_t length = strlen(text);

    if (run->length + length + 1 > sizeof(run->path))
        return false;
    memcpy(run->path + run->length, text, length + 1);
    run->length += length;
    return true;
}

static void pop(struct run *run, size_t length)
{
    run->length = length;
    run->path[length] = '\0';
}

static bool stop(struct run *run, int status)
{
    if (!run->status)
        run->status = status;
    return false;
}

static int refuse(struct run *run, const struct fastabi_field *field, const char *text)
{
    CXString name = clang_getFileName(run->file);
    const struct fastabi_layout_place place = { clang_getCString(name), field->line, 0 };
    int status = run->sink->fault(run->sink, &place, text, false);

    clang_disposeString(name);
    return status ? status : -EINVAL;
}

static bool emit(struct run *run, const struct fastabi_field *field)
{
    int status;

    if (++run->fields > FASTABI_LAYOUT_FIELDS_MAX)
        return stop(run, refuse(run, field, "a struct has too many fields; leave its header out"));
    status = run->sink->add_field(run->sink, field);
    return status ? stop(run, status) : true;
}

static bool read_place(struct run *run, CXCursor cursor, unsigned int *line, size_t *offset)
{
    CXFile file;
    unsigned int bytes;

    clang_getExpansionLocation(clang_getCursorLocation(cursor), &file, line, NULL, &bytes);
    *offset = bytes;
    return clang_File_isEqual(file, run->file);
}

static bool add_named(struct level *level, CXCursor cursor, struct fastabi_field *field,
                      enum fastabi_direction *trailing)
{
    struct run *run = level->run;
    size_t offset;

    if (read_place(run, cursor, &field->line, &offset)) {
        field->direction = clang_comments_direction(&run->comments, offset, field->line,
                                                    level->direction, level->trailing);
        *trailing = clang_comments_trailing(&run->comments, offset, field->line);
    } else {
        /* a struct from another header: nothing of the field's own */
        field->line = 0;
        field->direction = level->direction;
    }
    if (clang_Cursor_isBitField(cursor)) {
        field->kind = FASTABI_FIELD_BITS;
        field->path = run->path;
        field->size = ((uint64_t)clang_Cursor_getOffsetOfField(cursor) % 8 +
                       (uint64_t)clang_getFieldDeclBitWidth(cursor) + 7) /
                      8;
        return emit(run, field);
    }
    return emit(run, field);
}

static enum CXVisitorResult visit_field(CXCursor cursor, CXClientData data)
{
    struct level *level = data;
    struct run *run = level->run;
    CXType type = clang_getCursorType(cursor);
    CXString spelling = clang_getCursorSpelling(cursor);
    const char *name = clang_getCString(spelling);
    bool is_anonymous = !clang_is_name(name);
    long long bits = clang_Cursor_getOffsetOfField(cursor);
    struct fastabi_field field = { .path = run->path, .direction = level->direction };
    enum fastabi_direction trailing = level->trailing;
    size_t length = run->length;
    bool going_on = true;

    field.kind = clang_classify(type, &field.size, &field.is_signed);
    field.offset = level->offset + (bits > 0 ? (uint64_t)bits / 8 : 0);
    if (bits < 0 || (is_anonymous && clang_Cursor_isBitField(cursor))) {
        clang_disposeString(spelling);
        return CXVisit_Continue;
    }
    if (!is_anonymous)
        going_on = push(run, length ? "." : "") && push(run, name);
    clang_disposeString(spelling);
    if (!going_on) {
        stop(run, refuse(run, &field, "a field is nested too deep; leave its header out"));
        return CXVisit_Break;
    }
    if (field.kind == FASTABI_FIELD_ARRAY)
        field.count = (uint64_t)(clang_getArraySize(clang_getCanonicalType(type)) > 0
                                     ? clang_getArraySize(clang_getCanonicalType(type))
                                     : 0);
    if (!is_anonymous)
        going_on = add_named(level, cursor, &field, &trailing);
    if (going_on && field.kind != FASTABI_FIELD_BITS)
        going_on = add_type(run, type, &field, trailing ? trailing : level->trailing);
    pop(run, length);
    return going_on ? CXVisit_Continue : CXVisit_Break;
}

/* The elements of an array: the first stands for all. */
static bool add_element(struct run *run, CXType array, const struct fastabi_field *outer,
                        enum fastabi_direction trailing)
{
    CXType type = clang_getArrayElementType(clang_getCanonicalType(array));
    struct fastabi_field field = *outer;
    size_t length = run->length;
    bool added;

    if (!push(run, "[]"))
        return stop(run, refuse(run, outer, "a field is nested too deep; leave its header out"));
    field.path = run->path;
    field.count = 0;
    field.kind = clang_classify(type, &field.size, &field.is_signed);
    if (field.kind == FASTABI_FIELD_ARRAY)
        field.count = (uint64_t)(clang_getArraySize(clang_getCanonicalType(type)) > 0
                                     ? clang_getArraySize(clang_getCanonicalType(type))
                                     : 0);
    added = emit(run, &field) && add_type(run, type, &field, trailing);
    pop(run, length);
    return added;
}

/* What is inside a field. */
static bool add_type(struct run *run, CXType type, const struct fastabi_field *outer,
                     enum fastabi_direction trailing)
{
    bool added = true;

    if (outer->kind == FASTABI_FIELD_ARRAY) {
        if (++run->depth > FASTABI_LAYOUT_DEPTH_MAX)
            return stop(run,
                        refuse(run, outer, "a field is nested too deep; leave its header out"));
        added = add_element(run, type, outer, trailing);
        run->depth--;
    } else if (outer->kind == FASTABI_FIELD_STRUCT || outer->kind == FASTABI_FIELD_UNION) {
        struct level level = { run, outer->offset, outer->direction, trailing };

        if (++run->depth > FASTABI_LAYOUT_DEPTH_MAX)
            return stop(run,
                        refuse(run, outer, "a field is nested too deep; leave its header out"));
        clang_Type_visitFields(clang_getCanonicalType(type), visit_field, &level);
        added = !run->status;
        run->depth--;
    }
    return added;
}

/* ---- the struct ---- */

static int read_comments(struct run *run, CXTranslationUnit unit, CXCursor cursor)
{
    CXSourceRange extent = clang_getCursorExtent(cursor);
    unsigned int line, start, end;
    size_t size = 0;
    const char *text = clang_getFileContents(unit, run->file, &size);

    clang_getExpansionLocation(clang_getRangeStart(extent), NULL, &line, NULL, &start);
    clang_getExpansionLocation(clang_getRangeEnd(extent), NULL, NULL, NULL, &end);
    if (!text || start > end || end > size)
        return 0;
    return clang_comments_read(&run->comments, text, start, end, line);
}

int clang_add_struct(CXTranslationUnit unit, CXCursor cursor, const char *name,
                     const struct fastabi_layout_place *place, struct fastabi_layout_sink *sink)
{
    struct run run = { .sink = sink };
    struct level level = { &run, 0, FASTABI_DIRECTION_UNKNOWN, FASTABI_DIRECTION_UNKNOWN };
    CXType type = clang_getCursorType(cursor);
    long long size = clang_Type_getSizeOf(type);

    clang_getExpansionLocation(clang_getCursorLocation(cursor), &run.file, NULL, NULL, NULL);
    if (size < 0 || !run.file)
        return 0;
    run.status = sink->add_struct(sink, name, place, (uint64_t)size,
                                  clang_getCursorKind(cursor) == CXCursor_UnionDecl);
    if (!run.status)
        run.status = read_comments(&run, unit, cursor);
    if (!run.status)
        clang_Type_visitFields(type, visit_field, &level);
    clang_comments_free(&run.comments);
    return run.status;
}
