/* SPDX-License-Identifier: MIT */
/*
 * The reader: trees with marks, and each limit at its edge.  Limits are lowered here, so that what
 * takes megabytes on the command line takes a line.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "read/reader.h"

static struct fastabi_context *context;
static struct fastabi_arena arena;
static struct fastabi_reader reader;

static void set_up_with(const struct fastabi_limits *limits)
{
    struct fastabi_limits sized;
    struct fastabi_context_options options = { .size = sizeof(options) };

    if (limits) {
        sized = *limits;
        sized.size = sizeof(sized);
        options.limits = &sized;
    }
    cr_assert_eq(fastabi_context_new(&options, &context), 0);
}

static void set_up(void)
{
    set_up_with(NULL);
}

static void tear_down(void)
{
    fastabi_arena_free(&arena);
    fastabi_context_free(context);
    context = NULL;
}

static void open_bytes(const char *text, size_t length)
{
    cr_assert_eq(fastabi_reader_open(&reader, context, &arena, NULL, "test", text, length), 0);
}

static void open_text(const char *text)
{
    open_bytes(text, strlen(text));
}

/* Read all of the document: its outer mapping's values. */
static int read_all(void)
{
    struct fastabi_node *key;
    struct fastabi_node *value;
    int status = fastabi_reader_start(&reader, "name");

    while (!status) {
        status = fastabi_reader_key(&reader, &key);
        if (status || !key)
            break;
        status = fastabi_reader_value(&reader, &value);
    }
    return status ? status : fastabi_reader_finish(&reader);
}

static int read_bytes(const char *text, size_t length)
{
    int status;

    open_bytes(text, length);
    status = read_all();
    fastabi_reader_close(&reader);
    return status;
}

/* The text is read without a word. */
static void expect_good(const char *text)
{
    cr_expect_eq(read_bytes(text, strlen(text)), 0, "%s", text);
    cr_expect_eq(fastabi_context_diag_count(context), 0, "%s", text);
    fastabi_context_clear(context);
}

/* There is one diagnostic, of that id at that place. */
static void expect_bad_bytes(const char *text, size_t length, enum fastabi_diag_id id,
                             unsigned int line, unsigned int column)
{
    const struct fastabi_diag *diag;

    cr_expect_eq(read_bytes(text, length), -EINVAL, "%s", text);
    cr_assert_eq(fastabi_context_diag_count(context), 1, "%s", text);
    diag = fastabi_context_diag(context, 0);
    cr_expect_eq(diag->id, id, "%s: %s", text, diag->message);
    cr_expect_str_eq(diag->file, "test");
    cr_expect_eq(diag->line, line, "%s: %u: %s", text, diag->line, diag->message);
    cr_expect_eq(diag->column, column, "%s: %u: %s", text, diag->column, diag->message);
    fastabi_context_clear(context);
}

static void expect_bad(const char *text, enum fastabi_diag_id id, unsigned int line,
                       unsigned int column)
{
    expect_bad_bytes(text, strlen(text), id, line, column);
}

TestSuite(reader, .init = set_up, .fini = tear_down);

/* ---- trees ---- */

static void expect_scalar(const struct fastabi_node *node, const char *text, bool plain,
                          unsigned int line, unsigned int column)
{
    cr_assert_not_null(node);
    cr_expect_eq(node->kind, FASTABI_SCALAR);
    cr_expect_str_eq(node->text, text);
    cr_expect_eq(node->length, strlen(text));
    cr_expect_eq(node->plain, plain);
    cr_expect_eq(node->line, line);
    cr_expect_eq(node->column, column);
}

Test(reader, tree)
{
    struct fastabi_node *key;
    struct fastabi_node *value;
    const struct fastabi_node *node;

    open_text("# c\n\xc3\xa9: {a: 1, 'b':\n  [x, \"y\\tz\"]}\n");
    cr_assert_eq(fastabi_reader_start(&reader, "name"), 0);
    cr_assert_eq(fastabi_reader_key(&reader, &key), 0);
    expect_scalar(key, "\xc3\xa9", true, 2, 1);
    cr_assert_eq(fastabi_reader_value(&reader, &value), 0);
    cr_expect_eq(value->kind, FASTABI_MAPPING);
    cr_expect_eq(value->line, 2);
    cr_expect_eq(value->column, 4);
    node = value->child;
    expect_scalar(node, "a", true, 2, 5);
    expect_scalar(node = node->next, "1", true, 2, 8);
    expect_scalar(node = node->next, "b", false, 2, 11);
    node = node->next;
    cr_expect_eq(node->kind, FASTABI_SEQUENCE);
    cr_expect_eq(node->line, 3);
    cr_expect_null(node->next);
    node = node->child;
    expect_scalar(node, "x", true, 3, 4);
    expect_scalar(node->next, "y\tz", false, 3, 7);
    cr_expect_null(node->next->next);
    cr_assert_eq(fastabi_reader_key(&reader, &key), 0);
    cr_expect_null(key);
    cr_expect_eq(fastabi_reader_finish(&reader), 0);
    fastabi_reader_close(&reader);
}

Test(reader, enter)
{
    struct fastabi_node *key;
    struct fastabi_node *value;
    bool entered;

    open_text("a: {b: c}\nd: {}\ne: f\n");
    cr_assert_eq(fastabi_reader_start(&reader, "name"), 0);
    cr_assert_eq(fastabi_reader_key(&reader, &key), 0);
    cr_assert_eq(fastabi_reader_enter(&reader, &entered, &value), 0);
    cr_assert(entered);
    cr_assert_eq(fastabi_reader_key(&reader, &key), 0);
    expect_scalar(key, "b", true, 1, 5);
    cr_assert_eq(fastabi_reader_value(&reader, &value), 0);
    cr_assert_eq(fastabi_reader_key(&reader, &key), 0);
    cr_assert_null(key);
    cr_assert_eq(fastabi_reader_key(&reader, &key), 0);
    expect_scalar(key, "d", true, 2, 1);
    cr_assert_eq(fastabi_reader_enter(&reader, &entered, &value), 0);
    cr_assert_not(entered);
    cr_expect_eq(value->kind, FASTABI_MAPPING);
    cr_expect_null(value->child);
    cr_assert_eq(fastabi_reader_key(&reader, &key), 0);
    cr_assert_eq(fastabi_reader_enter(&reader, &entered, &value), 0);
    cr_assert_not(entered);
    expect_scalar(value, "f", true, 3, 4);
    cr_assert_eq(fastabi_reader_key(&reader, &key), 0);
    cr_expect_null(key);
    cr_expect_eq(fastabi_reader_finish(&reader), 0);
    fastabi_reader_close(&reader);
}

/* Closing is fine wherever reading stopped, also before it started. */
Test(reader, close_early)
{
    static const char text[] = "a: {b: [c, {d: e}]}\nf: g\n";
    struct fastabi_node *key;

    for (int steps = 0; steps < 3; steps++) {
        open_text(text);
        if (steps > 0)
            cr_assert_eq(fastabi_reader_start(&reader, "name"), 0);
        if (steps > 1)
            cr_assert_eq(fastabi_reader_key(&reader, &key), 0);
        fastabi_reader_close(&reader);
        fastabi_reader_close(&reader);
    }
}

Test(reader, nothing)
{
    expect_bad_bytes("", 0, FASTABI_DIAG_EMPTY_FILE, 1, 1);
    expect_bad_bytes(NULL, 0, FASTABI_DIAG_EMPTY_FILE, 1, 1);
    expect_bad("---\n", FASTABI_DIAG_WRONG_KIND, 2, 1);
    expect_bad("# only\n", FASTABI_DIAG_EMPTY_FILE, 2, 1);
}

Test(reader, byte_order_mark)
{
    expect_good("\xef\xbb\xbf"
                "a: b\nc: d\n");
    expect_bad("\xef\xbb\xbf\xef\xbb\xbf"
               "a: b\n",
               FASTABI_DIAG_CONTROL_CHARACTER, 1, 1);
    expect_bad("a: \xef\xbb\xbf"
               "b\n",
               FASTABI_DIAG_CONTROL_CHARACTER, 1, 4);
    expect_bad("\xef\xbb\xbf"
               "a: *b\n",
               FASTABI_DIAG_ALIAS, 1, 4);
    expect_bad("\xef\xbb", FASTABI_DIAG_NOT_UTF8, 1, 1);
}

Test(reader, line_ends)
{
    expect_good("a: b\r\nc: |\r\n  d\r\n  e\r\n");
    expect_bad("a: b\rc: d\n", FASTABI_DIAG_CONTROL_CHARACTER, 1, 5);
    expect_bad("a: b\r", FASTABI_DIAG_CONTROL_CHARACTER, 1, 5);
    expect_bad("a: b\r\r\n", FASTABI_DIAG_CONTROL_CHARACTER, 1, 5);
    expect_bad("\r", FASTABI_DIAG_CONTROL_CHARACTER, 1, 1);
    expect_good("a: b");
}

/*
 * Each character that may not be there, at each place of the words that are checked eight bytes at
 * a time.
 */
Test(reader, every_forbidden_byte)
{
    for (int byte = 0; byte < 0x80; byte++) {
        for (unsigned int at = 0; at < 17; at++) {
            char text[32];

            if ((byte >= 0x20 && byte < 0x7f) || byte == '\t' || byte == '\n' || byte == '\r')
                continue;
            memset(text, '#', sizeof(text));
            text[at] = (char)byte;
            text[sizeof(text) - 1] = '\n';
            /* a NUL among the first two bytes is half a character of UTF-16 */
            expect_bad_bytes(text, sizeof(text),
                             byte || at > 1 ? FASTABI_DIAG_CONTROL_CHARACTER
                                            : FASTABI_DIAG_NOT_UTF8,
                             1, at + 1);
        }
    }
}

Test(reader, every_high_byte_alone)
{
    for (int byte = 0x80; byte < 0x100; byte++) {
        for (unsigned int at = 0; at < 9; at++) {
            char text[16];

            memset(text, '#', sizeof(text));
            text[at] = (char)byte;
            expect_bad_bytes(text, sizeof(text), FASTABI_DIAG_NOT_UTF8, 1, at + 1);
        }
    }
}

/* ---- limits ---- */

TestSuite(reader_limits, .fini = tear_down);

Test(reader_limits, file_bytes)
{
    set_up_with(&(struct fastabi_limits){ .file_bytes = 10 });
    expect_good("a: bcdefg\n");
    expect_bad("a: bcdefgh\n", FASTABI_DIAG_FILE_TOO_LARGE, 0, 0);
}

Test(reader_limits, total_nodes)
{
    set_up_with(&(struct fastabi_limits){ .total_nodes = 5 });
    expect_good("a: [b, c, d]\n");
    expect_bad("a: [b, c, d, e]\n", FASTABI_DIAG_TOO_MANY_NODES, 1, 14);
    expect_bad("a: b\nc: d\ne: f\n", FASTABI_DIAG_TOO_MANY_NODES, 3, 4);
    expect_bad("a: {b: {c: {}}}\n", FASTABI_DIAG_TOO_MANY_NODES, 1, 12);
}

Test(reader_limits, mapping_keys)
{
    set_up_with(&(struct fastabi_limits){ .mapping_keys = 3 });
    expect_good("a: {b: 1, c: 2, d: 3}\n");
    expect_bad("a: {b: 1, c: 2, d: 3, e: 4}\n", FASTABI_DIAG_TOO_MANY_KEYS, 1, 23);
}

Test(reader_limits, scalar_bytes)
{
    set_up_with(&(struct fastabi_limits){ .scalar_bytes = 4 });
    expect_good("a: bcde\n");
    expect_good("a: \xc3\xa9\xc3\xa9\n");
    expect_bad("a: bcdef\n", FASTABI_DIAG_SCALAR_TOO_LONG, 1, 4);
    expect_bad("a: \xc3\xa9\xc3\xa9"
               "f\n",
               FASTABI_DIAG_SCALAR_TOO_LONG, 1, 4);
    expect_bad("bcdef: a\n", FASTABI_DIAG_SCALAR_TOO_LONG, 1, 1);
    expect_bad("a: |\n  bc\n  de\n", FASTABI_DIAG_SCALAR_TOO_LONG, 1, 4);
    expect_bad("a: \"\\x62\\x63\\x64\\x65\\x66\"\n", FASTABI_DIAG_SCALAR_TOO_LONG, 1, 4);
}

/* In characters of any width, with any line end, before and after other lines. */
Test(reader_limits, line_bytes)
{
    set_up_with(&(struct fastabi_limits){ .line_bytes = 20 });
    for (int length = 1; length <= 60; length++) {
        char text[100];
        int bytes = snprintf(text, sizeof(text), "a: b\n#%*s\nc: d\n", length - 1, "");

        if (length <= 20)
            expect_good(text);
        else
            expect_bad(text, FASTABI_DIAG_LINE_TOO_LONG, 2, 1);
        text[bytes - 6] = '\0'; /* no newline, and nothing after it */
        if (length <= 20)
            expect_good(text);
        else
            expect_bad(text, FASTABI_DIAG_LINE_TOO_LONG, 2, 1);
    }
    expect_good(
        "# \xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\na: b\n");
    expect_bad("# "
               "\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac\xe2\x82"
               "\xac\na: b\n",
               FASTABI_DIAG_LINE_TOO_LONG, 1, 1);
}

Test(reader_limits, depth)
{
    set_up_with(&(struct fastabi_limits){ .depth = 3 });
    expect_good("a: {b: [c]}\nd: [[e]]\nf: {g: {}}\n");
    expect_bad("a: {b: [[c]]}\n", FASTABI_DIAG_TOO_DEEP, 1, 9);
    expect_bad("a:\n b:\n  c:\n   d: e\n", FASTABI_DIAG_TOO_DEEP, 4, 4);
    expect_bad("a: [[[[[[[[\n", FASTABI_DIAG_TOO_DEEP, 1, 6);
}

/* ---- files ---- */

/* Reading a file is reading its bytes: whatever falls on the edge of a piece. */
Test(reader, files_of_any_size)
{
    char path[] = "/tmp/fastabi-reader-XXXXXX";
    int fd = mkstemp(path);
    static const size_t sizes[] = { 1, 4095, 4096, 4097, 16383, 16384, 16385, 32768, 50000 };

    cr_assert_geq(fd, 0);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        char *text = malloc(sizes[i] + 8);

        cr_assert_not_null(text);
        for (size_t j = 0; j < sizes[i]; j++)
            text[j] = j % 50 == 49 ? '\n' : '#';
        memcpy(text + sizes[i], sizes[i] % 50 ? "\na: \xc3\xa9\n\n" : "a: \xc3\xa9\n\n\n", 8);
        cr_assert_eq(ftruncate(fd, 0), 0);
        cr_assert_eq(pwrite(fd, text, sizes[i] + 8, 0), (ssize_t)sizes[i] + 8);
        cr_assert_eq(fastabi_reader_open(&reader, context, &arena, path, path, NULL, 0), 0);
        cr_expect_eq(read_all(), 0, "%zu", sizes[i]);
        fastabi_reader_close(&reader);
        free(text);
    }
    close(fd);
    unlink(path);
}

Test(reader, files_that_cannot_be_read)
{
    cr_expect_eq(fastabi_reader_open(&reader, context, &arena, "/proc/none", "/proc/none", NULL, 0),
                 -ENOENT);
    fastabi_reader_close(&reader);
    cr_expect_eq(fastabi_reader_open(&reader, context, &arena, "/tmp", "/tmp", NULL, 0), -EISDIR);
    fastabi_reader_close(&reader);
    cr_assert_eq(fastabi_context_diag_count(context), 2);
    cr_expect_eq(fastabi_context_diag(context, 0)->id, FASTABI_DIAG_CANNOT_READ);
    cr_expect_eq(fastabi_context_diag(context, 1)->id, FASTABI_DIAG_CANNOT_READ);
}
