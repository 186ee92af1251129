/* SPDX-License-Identifier: MIT */
/*
 * The parts of the clang provider.  Knows the provider interface and libclang, nothing of the
 * library.
 */
#ifndef FASTABI_LIB_LAYOUT_CLANG_H
#define FASTABI_LIB_LAYOUT_CLANG_H

#include <clang-c/Index.h>

#include "base/buffer.h"
#include "layout/provider.h"

/* clang-unit.c: the text that is parsed. */

/* What a line of the text asks for. */
enum clang_probe_kind { CLANG_PROBE_NONE, CLANG_PROBE_HEADER, CLANG_PROBE_MACRO, CLANG_PROBE_TYPE };

struct clang_unit {
    char *path; /* a file that is not there, in the public directory */
    struct fastabi_buffer text;
    unsigned int
        first_header; /* after types of our own; lines where each sort of question starts */
    unsigned int first_macro;
    unsigned int first_type;
    unsigned int end;
};

#define CLANG_MACRO_LINES 3u /* lines of one question for a macro */
#define CLANG_MACRO_NAME  "fastabi_macro_"
#define CLANG_TYPE_NAME   "fastabi_type_"

/* 0 or -ENOMEM */
int clang_unit_make(const struct fastabi_layout_request *request, struct clang_unit *unit);
void clang_unit_free(struct clang_unit *unit);

/* What a line contains, and which one of its sort. */
enum clang_probe_kind clang_unit_probe(const struct clang_unit *unit, unsigned int line, size_t *i);

/* clang-resources.c: the compiler's own headers, <stddef.h> and the like. */

struct clang_resources {
    const char *library;   /* libclang, as messages name it */
    const char *directory; /* NULL: the headers are not there */
};

/* Find them, once in a process; any thread may ask.  0 or -ENOMEM. */
int clang_find_resources(struct clang_resources *found);

/* clang-comments.c: what comments in a struct say about directions. */

struct clang_comment {
    size_t offset; /* in the file */
    unsigned int line;
    enum fastabi_direction direction;
    bool is_trailing; /* after a field, which it is about */
};

struct clang_comments {
    struct clang_comment *items;
    size_t count;
    size_t start; /* the part of the file that was looked at */
    size_t end;
};

/* Read the comments of text[start, end), which starts in that line.  0 or -ENOMEM. */
int clang_comments_read(struct clang_comments *comments, const char *text, size_t start, size_t end,
                        unsigned int line);
void clang_comments_free(struct clang_comments *comments);

/*
 * What they say of a field whose name is at an offset and a line.  outer is the direction of the
 * field that it is in, for a struct that is defined elsewhere; outer_trailing what a comment after
 * that field says.
 */
enum fastabi_direction clang_comments_direction(const struct clang_comments *comments,
                                                size_t offset, unsigned int line,
                                                enum fastabi_direction outer,
                                                enum fastabi_direction outer_trailing);

/* What a trailing comment says of it, and nothing else. */
enum fastabi_direction clang_comments_trailing(const struct clang_comments *comments, size_t offset,
                                               unsigned int line);

/* clang-struct.c: a struct into the sink. */
int clang_add_struct(CXTranslationUnit unit, CXCursor cursor, const char *name,
                     const struct fastabi_layout_place *place, struct fastabi_layout_sink *sink);

/* Is what libclang calls a declaration or a type a name, and not a description? */
bool clang_is_name(const char *name);

/* Kind, size and sign of a type as a register sees it. */
enum fastabi_field_kind clang_classify(CXType type, uint64_t *size, bool *is_signed);

#endif
