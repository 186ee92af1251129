/* SPDX-License-Identifier: MIT */
/*
 * libyaml's events into small syntax trees, under limits of our own.  Knows nothing of hypercalls.
 */
#include "read/reader.h"

#include <errno.h>
#include <string.h>

#include "base/context.h"
#include "base/names.h"
#include "read/hint.h"

#define TREE_BYTES ((size_t)32 << 20) /* of memory for one entry's tree */
#define EVENT_BYTES                                                                                \
    ((size_t)16 << 20) /* of the text between two of libyaml's events, which it holds in memory */

static int handle_read(void *data, unsigned char *buffer, size_t size, size_t *got)
{
    struct fastabi_reader *reader = data;
    struct fastabi_source *source = &reader->source;
    struct fastabi_place place = { source->name, source->line, 1 };

    if (!source->error && source->total - reader->event_total > EVENT_BYTES)
        source->error = fastabi_report(reader->context, FASTABI_DIAG_SCALAR_TOO_LONG, &place,
                                       "text or comments of more than %zu bytes; shorten them",
                                       EVENT_BYTES);
    return !fastabi_source_read(source, buffer, size, got);
}

int fastabi_reader_open(struct fastabi_reader *reader, struct fastabi_context *context,
                        struct fastabi_arena *arena, const char *path, const char *name,
                        const char *text, size_t length)
{
    int status;

    memset(reader, 0, sizeof(*reader));
    reader->context = context;
    reader->arena = arena;
    status = fastabi_source_open(&reader->source, context, path, name, text, length);
    if (status)
        return status;
    if (!yaml_parser_initialize(&reader->parser)) {
        fastabi_source_close(&reader->source);
        return fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, name, -ENOMEM);
    }
    reader->have_parser = true;
    yaml_parser_set_input(&reader->parser, handle_read, reader);
    return 0;
}

void fastabi_reader_close(struct fastabi_reader *reader)
{
    if (reader->have_event)
        yaml_event_delete(&reader->event);
    if (reader->have_parser)
        yaml_parser_delete(&reader->parser);
    reader->have_event = false;
    reader->have_parser = false;
    fastabi_source_close(&reader->source);
}

static struct fastabi_place mark_place(const struct fastabi_reader *reader, yaml_mark_t mark)
{
    return (struct fastabi_place){ reader->source.name, (unsigned int)mark.line + 1,
                                   (unsigned int)mark.column + 1 };
}

static struct fastabi_place node_place(const struct fastabi_reader *reader,
                                       const struct fastabi_node *node)
{
    return (struct fastabi_place){ reader->source.name, node->line, node->column };
}

static int report_memory(struct fastabi_reader *reader)
{
    return fastabi_report_system(reader->context, FASTABI_DIAG_OUT_OF_MEMORY, reader->source.name,
                                 -ENOMEM);
}

static int report_parser(struct fastabi_reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    struct fastabi_place place = mark_place(reader, parser->problem_mark);
    char next = parser->buffer.pointer ? (char)*parser->buffer.pointer : '\0';
    bool at_start = false;
    const char *text;

    if (reader->source.error)
        return reader->source.error;
    if (parser->error == YAML_MEMORY_ERROR)
        return report_memory(reader);
    text = fastabi_yaml_text(parser->problem, parser->context, next, &at_start);
    if (!strcmp(parser->problem, FASTABI_YAML_NO_KEY) &&
        parser->problem_mark.line == reader->end_line)
        text = "more text after a value; remove it, or put the whole value in quotes, and double a "
               "' in it";
    if (at_start && parser->context)
        place = mark_place(reader, parser->context_mark);
    return fastabi_report(reader->context, FASTABI_DIAG_YAML_SYNTAX, &place, "%s", text);
}

static int refuse(struct fastabi_reader *reader, enum fastabi_diag_id id, yaml_mark_t mark,
                  const char *what)
{
    struct fastabi_place place = mark_place(reader, mark);

    return fastabi_report(reader->context, id, &place, "%s", what);
}

/* Anchors and tags of an event that starts a node. */
static int check_decoration(struct fastabi_reader *reader, const yaml_char_t *anchor,
                            const yaml_char_t *tag)
{
    if (anchor)
        return refuse(reader, FASTABI_DIAG_ANCHOR, reader->event.start_mark,
                      "an anchor; the language has none, so write the value itself, or put a text "
                      "with '&' in quotes");
    if (tag)
        return refuse(
            reader, FASTABI_DIAG_TAG, reader->event.start_mark,
            "a tag; the language has none, so remove it, or put a text with '!' in quotes");
    return 0;
}

static int check_event(struct fastabi_reader *reader)
{
    const yaml_event_t *event = &reader->event;

    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return refuse(reader, FASTABI_DIAG_ALIAS, event->start_mark,
                      "an alias; the language has none, so write the value itself, or put a text "
                      "with '*' in quotes");
    case YAML_SCALAR_EVENT:
        return check_decoration(reader, event->data.scalar.anchor, event->data.scalar.tag);
    case YAML_MAPPING_START_EVENT:
        return check_decoration(reader, event->data.mapping_start.anchor,
                                event->data.mapping_start.tag);
    case YAML_SEQUENCE_START_EVENT:
        return check_decoration(reader, event->data.sequence_start.anchor,
                                event->data.sequence_start.tag);
    default:
        return 0;
    }
}

/* Have the next event in reader->event, without taking it. */
static int peek(struct fastabi_reader *reader)
{
    if (reader->have_event)
        return 0;
    if (!yaml_parser_parse(&reader->parser, &reader->event))
        return report_parser(reader);
    reader->have_event = true;
    reader->event_total = reader->source.total;
    return check_event(reader);
}

static void take(struct fastabi_reader *reader)
{
    reader->end_line = reader->event.end_mark.line;
    yaml_event_delete(&reader->event);
    reader->have_event = false;
}

int fastabi_reader_start(struct fastabi_reader *reader, const char *first_key)
{
    for (;;) {
        struct fastabi_place place;
        int status = peek(reader);

        if (status)
            return status;
        place = mark_place(reader, reader->event.start_mark);
        switch (reader->event.type) {
        case YAML_MAPPING_START_EVENT:
            take(reader);
            reader->depth = 1;
            return 0;
        case YAML_STREAM_END_EVENT:
            return fastabi_report(reader->context, FASTABI_DIAG_EMPTY_FILE, &place,
                                  "the file is empty; start it with '%s:'", first_key);
        case YAML_SCALAR_EVENT:
        case YAML_SEQUENCE_START_EVENT:
            return fastabi_report(
                reader->context, FASTABI_DIAG_WRONG_KIND, &place,
                "the file is not a mapping; write 'key: value' lines, with a space after each ':'");
        case YAML_DOCUMENT_START_EVENT:
            if (reader->event.data.document_start.tag_directives.start !=
                reader->event.data.document_start.tag_directives.end)
                return refuse(
                    reader, FASTABI_DIAG_TAG, reader->event.start_mark,
                    "a tag; the language has none, so remove it, or put a text with '!' in quotes");
            break;
        default:
            break;
        }
        take(reader);
    }
}

static int refuse_node(struct fastabi_reader *reader)
{
    struct fastabi_place place = mark_place(reader, reader->event.start_mark);

    if (reader->nodes > reader->context->limits.total_nodes)
        return fastabi_report(reader->context, FASTABI_DIAG_TOO_MANY_NODES, &place,
                              "more than %zu YAML nodes; divide the file",
                              reader->context->limits.total_nodes);
    return fastabi_report(reader->context, FASTABI_DIAG_TOO_MANY_NODES, &place,
                          "one entry takes more than %zu bytes of memory; divide it", TREE_BYTES);
}

/* A node for the event at hand, and that many bytes after it. */
static int make_node(struct fastabi_reader *reader, enum fastabi_node_kind kind, size_t bytes,
                     struct fastabi_node **made)
{
    const yaml_mark_t *mark = &reader->event.start_mark;
    struct fastabi_node *node;

    if (++reader->nodes > reader->context->limits.total_nodes ||
        fastabi_arena_taken(reader->arena) > TREE_BYTES)
        return refuse_node(reader);
    node = fastabi_arena_take(reader->arena, sizeof(*node) + bytes);
    if (!node)
        return report_memory(reader);
    *node = (struct fastabi_node){
        .line = (uint32_t)mark->line + 1,
        .column = (uint32_t)mark->column + 1,
        .kind = (uint8_t)kind,
    };
    *made = node;
    return 0;
}

/* Escapes in a quoted scalar can spell what the source may not contain. */
static int check_escapes(struct fastabi_reader *reader, const yaml_char_t *text, size_t length)
{
    struct fastabi_place place = mark_place(reader, reader->event.start_mark);

    for (size_t i = fastabi_utf8_plain(text, length); i < length;) {
        uint32_t code_point;
        size_t bytes = fastabi_utf8_decode((const char *)text + i, &code_point);

        if (!bytes || fastabi_is_forbidden(code_point) || code_point == '\r')
            return fastabi_report(reader->context, FASTABI_DIAG_CONTROL_CHARACTER, &place,
                                  "character U+%04X is not allowed; remove it",
                                  (unsigned int)code_point);
        i += bytes;
    }
    return 0;
}

static int refuse_length(struct fastabi_reader *reader)
{
    struct fastabi_place place = mark_place(reader, reader->event.start_mark);

    return fastabi_report(reader->context, FASTABI_DIAG_SCALAR_TOO_LONG, &place,
                          "text is longer than %zu bytes; shorten it",
                          reader->context->limits.scalar_bytes);
}

static int read_scalar(struct fastabi_reader *reader, struct fastabi_node **made)
{
    const yaml_char_t *value = reader->event.data.scalar.value;
    size_t length = reader->event.data.scalar.length;
    yaml_scalar_style_t style = reader->event.data.scalar.style;
    char *text;
    int status;

    if (length > reader->context->limits.scalar_bytes)
        return refuse_length(reader);
    status = style == YAML_DOUBLE_QUOTED_SCALAR_STYLE ? check_escapes(reader, value, length) : 0;
    if (!status)
        status = make_node(reader, FASTABI_SCALAR, length + 1, made);
    if (status)
        return status;
    text = (char *)(*made + 1);
    memcpy(text, value, length);
    text[length] = '\0';
    (*made)->plain = style == YAML_PLAIN_SCALAR_STYLE;
    (*made)->length = (uint32_t)length;
    (*made)->text = text;
    take(reader);
    return 0;
}

int fastabi_reader_key(struct fastabi_reader *reader, struct fastabi_node **key)
{
    int status = peek(reader);

    *key = NULL;
    if (status)
        return status;
    switch (reader->event.type) {
    case YAML_MAPPING_END_EVENT:
        reader->depth--;
        take(reader);
        return 0;
    case YAML_SCALAR_EVENT:
        return read_scalar(reader, key);
    default:
        return refuse(reader, FASTABI_DIAG_WRONG_KIND, reader->event.start_mark,
                      "a key is a list or a mapping; write a name before the ':'");
    }
}

static int check_key_count(struct fastabi_reader *reader, const struct fastabi_node *key,
                           size_t count)
{
    struct fastabi_place place = node_place(reader, key);

    if (count <= reader->context->limits.mapping_keys)
        return 0;
    return fastabi_report(reader->context, FASTABI_DIAG_TOO_MANY_KEYS, &place,
                          "more than %zu keys in one mapping; divide it",
                          reader->context->limits.mapping_keys);
}

static int check_duplicate(struct fastabi_reader *reader, struct fastabi_names *names,
                           const struct fastabi_node *key)
{
    const struct fastabi_node *same;
    const void *there = NULL;
    struct fastabi_place place = node_place(reader, key);

    if (fastabi_names_add(names, reader->arena, key->text, key, &there))
        return report_memory(reader);
    same = there;
    if (same)
        return fastabi_report(reader->context, FASTABI_DIAG_DUPLICATE_KEY, &place,
                              "key '%.100s' was already given at %s:%u:%u; remove one of them",
                              key->text, place.file, same->line, same->column);
    return 0;
}

static int enter_collection(struct fastabi_reader *reader, enum fastabi_node_kind kind,
                            struct fastabi_node **made)
{
    struct fastabi_place place = mark_place(reader, reader->event.start_mark);

    if (++reader->depth > reader->context->limits.depth)
        return fastabi_report(reader->context, FASTABI_DIAG_TOO_DEEP, &place,
                              "nested deeper than %u levels; remove brackets or indentation",
                              reader->context->limits.depth);
    int status = make_node(reader, kind, 0, made);

    if (!status)
        take(reader);
    return status;
}

static int read_mapping(struct fastabi_reader *reader, struct fastabi_node **made)
{
    struct fastabi_names names = { 0 };
    struct fastabi_node **tail;
    size_t count = 0;
    int status = enter_collection(reader, FASTABI_MAPPING, made);

    if (status)
        return status;
    tail = &(*made)->child;
    for (;;) {
        struct fastabi_node *key;

        status = fastabi_reader_key(reader, &key);
        if (status || !key)
            return status;
        status = check_key_count(reader, key, ++count);
        if (!status)
            status = check_duplicate(reader, &names, key);
        if (!status)
            status = fastabi_reader_value(reader, &key->next);
        if (status)
            return status;
        *tail = key;
        tail = &key->next->next;
    }
}

static int read_sequence(struct fastabi_reader *reader, struct fastabi_node **made)
{
    struct fastabi_node **tail;
    int status = enter_collection(reader, FASTABI_SEQUENCE, made);

    if (status)
        return status;
    tail = &(*made)->child;
    for (;;) {
        status = peek(reader);
        if (status)
            return status;
        if (reader->event.type == YAML_SEQUENCE_END_EVENT) {
            reader->depth--;
            take(reader);
            return 0;
        }
        status = fastabi_reader_value(reader, tail);
        if (status)
            return status;
        tail = &(*tail)->next;
    }
}

int fastabi_reader_value(struct fastabi_reader *reader, struct fastabi_node **value)
{
    int status = peek(reader);

    if (status)
        return status;
    switch (reader->event.type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(reader, value);
    case YAML_MAPPING_START_EVENT:
        return read_mapping(reader, value);
    case YAML_SEQUENCE_START_EVENT:
        return read_sequence(reader, value);
    default:
        return refuse(reader, FASTABI_DIAG_YAML_SYNTAX, reader->event.start_mark,
                      "a value is missing; write it");
    }
}

int fastabi_reader_enter(struct fastabi_reader *reader, bool *entered, struct fastabi_node **value)
{
    int status = peek(reader);

    *entered = false;
    *value = NULL;
    if (status)
        return status;
    if (reader->event.type != YAML_MAPPING_START_EVENT)
        return fastabi_reader_value(reader, value);
    status = enter_collection(reader, FASTABI_MAPPING, value);
    if (!status)
        status = peek(reader);
    if (status)
        return status;
    if (reader->event.type == YAML_MAPPING_END_EVENT) {
        reader->depth--;
        take(reader);
    } else {
        *entered = true;
    }
    return 0;
}

int fastabi_reader_finish(struct fastabi_reader *reader)
{
    for (;;) {
        int status = peek(reader);

        if (status)
            return status;
        switch (reader->event.type) {
        case YAML_STREAM_END_EVENT:
            return 0;
        case YAML_DOCUMENT_START_EVENT:
            return refuse(
                reader, FASTABI_DIAG_SEVERAL_DOCUMENTS, reader->event.start_mark,
                "a second document; a file holds one, so remove the '---' or make two files");
        default:
            take(reader);
        }
    }
}
