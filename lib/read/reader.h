/* SPDX-License-Identifier: MIT */
/*
 * The YAML reader: libyaml's events made into small syntax trees with source marks, under limits of
 * our own.  A file is not read into one tree: the caller walks the outer mappings entry by entry,
 * and reads one entry's value into a tree at a time.  Knows nothing of hypercalls.
 */
#ifndef FASTABI_LIB_READER_H
#define FASTABI_LIB_READER_H

#include <stdbool.h>
#include <yaml.h>

#include "base/arena.h"
#include "base/diag.h"
#include "read/source.h"

enum fastabi_node_kind { FASTABI_SCALAR, FASTABI_MAPPING, FASTABI_SEQUENCE };

/* A node.  The children of a mapping are key, value, key, value, ... */
struct fastabi_node {
    struct fastabi_node *next;
    union {
        const char *text;           /* scalar: NUL-terminated, without NULs inside */
        struct fastabi_node *child; /* mapping, sequence: first one or NULL */
    };
    uint32_t line;
    uint32_t column;
    uint32_t length; /* scalar: bytes */
    uint8_t kind;
    bool plain; /* scalar: written without quotes */
};

/* Where a mapping that is walked entry by entry was opened. */
struct fastabi_reader {
    struct fastabi_context *context;
    struct fastabi_source source;
    struct fastabi_arena
        *arena; /* for trees; the caller resets it, before they take too much of it */
    yaml_parser_t parser;
    yaml_event_t event;
    bool have_event;
    bool have_parser;
    unsigned int depth;
    size_t nodes;
    size_t end_line;    /* where the last event ended, from 0 */
    size_t event_total; /* bytes read up to the last event */
};

/* Open a file (path), or text in memory (path NULL); name is for diagnostics. */
int fastabi_reader_open(struct fastabi_reader *reader, struct fastabi_context *context,
                        struct fastabi_arena *arena, const char *path, const char *name,
                        const char *text, size_t length);
void fastabi_reader_close(struct fastabi_reader *reader);

/* Read up to where the document's outer mapping starts.  first_key is what one starts with. */
int fastabi_reader_start(struct fastabi_reader *reader, const char *first_key);

/*
 * Read the key of the next entry of the mapping being walked; *key is NULL after the last one.
 * After a key its value must be read, with fastabi_reader_value or fastabi_reader_enter.
 */
int fastabi_reader_key(struct fastabi_reader *reader, struct fastabi_node **key);

/* Read a whole value into a tree. */
int fastabi_reader_value(struct fastabi_reader *reader, struct fastabi_node **value);

/*
 * Enter a value that is a mapping, to walk it; *entered says whether it is one with entries.
 * Otherwise the value was read, and *value is it.
 */
int fastabi_reader_enter(struct fastabi_reader *reader, bool *entered, struct fastabi_node **value);

/* After the outer mapping: nothing but the end of the file may follow. */
int fastabi_reader_finish(struct fastabi_reader *reader);

#endif
