/* SPDX-License-Identifier: MIT */
/*
 * The writer: conversions, indentation, wrapping, and what happens at the edges of its buffer.
 * Uses the internal header; knows nothing of files.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <criterion/criterion.h>

#include <fastabi/context.h>

#include "emit/writer.h"

#define TEXT_MAX ((size_t)1 << 20)

/* Where the writer's text arrives; calls says in how many pieces. */
static struct fastabi_writer writer;
static char *text;
static size_t length;
static unsigned int calls;
static unsigned int fail_at; /* the call that fails; 0: none */

static int collect(void *data, const char *bytes, size_t count)
{
    (void)data;
    if (++calls == fail_at)
        return -ENOSPC;
    cr_assert_leq(length + count, TEXT_MAX);
    memcpy(text + length, bytes, count);
    length += count;
    return 0;
}

static void set_up(void)
{
    text = malloc(TEXT_MAX + 1);
    cr_assert_not_null(text);
    length = 0;
    calls = 0;
    fail_at = 0;
    cr_assert_eq(fastabi_writer_init(&writer, collect, NULL), 0);
}

static void tear_down(void)
{
    fastabi_writer_release(&writer);
    free(text);
}

TestSuite(writer, .init = set_up, .fini = tear_down);

static void expect(const char *expected)
{
    cr_assert_eq(fastabi_writer_finish(&writer), 0);
    text[length] = '\0';
    cr_assert_str_eq(text, expected);
}

/* For templates that a compiler complains about. */
static void (*volatile write_unchecked)(struct fastabi_writer *, const char *, ...) = fastabi_write;

Test(writer, conversions)
{
    fastabi_write(&writer, "%s|%u|%d|%x|%" PRIx64 "|%" PRId64 "|%c|%%", "text", UINT_MAX, INT_MIN,
                  0xdeadbeefu, UINT64_MAX, INT64_MIN, 'c');
    expect("text|4294967295|-2147483648|deadbeef|ffffffffffffffff|-9223372036854775808|c|%");
}

Test(writer, zeroes)
{
    fastabi_write(&writer, "%s%u %d %x %" PRIx64 " %" PRId64, "", 0u, 0, 0u, (uint64_t)0,
                  (int64_t)0);
    expect("0 0 0 0 0");
}

Test(writer, template_may_be_empty_or_all_conversion)
{
    write_unchecked(&writer, "");
    fastabi_write(&writer, "%s", "a");
    fastabi_write(&writer, "%s%s", "b", "c");
    expect("abc");
}

Test(writer, padding)
{
    fastabi_write(&writer, "[%-*s][%-*s][%-*s][%-*s][%-*s]", 5, "ab", 2, "abc", 0, "", -4, "x", 3,
                  "");
    expect("[ab   ][abc][][x   ][   ]");
}

/* As printf() has them, except that a width counts columns. */
Test(writer, fields)
{
    fastabi_write(&writer, "[%3s][%-3s][%*s][%1s][%.2s][%-4.1s][%.*s]", "a", "b", 4, "\xc3\xa4",
                  "long", "abc", "xyz", 1, "pq");
    fastabi_write(&writer, "[%4d][%-4d][%04d][%02x][%08X][%3u][%2i]", -7, -7, -7, 10u, 0xbeefu,
                  1234u, 5);
    expect("[  a][b  ][   \xc3\xa4][long][ab][x   ][p]"
           "[  -7][-7  ][-007][0a][0000BEEF][1234][ 5]");
}

Test(writer, lengths)
{
    fastabi_write(&writer, "%ld %lu %lx %lld %llu %llX %zu %zd %jd %ju", LONG_MIN, ULONG_MAX,
                  ULONG_MAX, LLONG_MIN, ULLONG_MAX, ULLONG_MAX, SIZE_MAX, (ssize_t)-1, INTMAX_MIN,
                  UINTMAX_MAX);
    expect("-9223372036854775808 18446744073709551615 ffffffffffffffff -9223372036854775808 "
           "18446744073709551615 FFFFFFFFFFFFFFFF 18446744073709551615 -1 -9223372036854775808 "
           "18446744073709551615");
}

static void write_with(const char *format, ...) FASTABI_PRINTF(1, 2);

static void write_with(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fastabi_vwrite(&writer, format, arguments);
    va_end(arguments);
}

Test(writer, arguments_may_be_a_list)
{
    write_with("%s %u\n", "a", 1u);
    write_with("%%");
    expect("a 1\n%");
}

Test(writer, text_of_a_length)
{
    fastabi_write_text(&writer, "%s\n", 3);
    fastabi_writer_indent(&writer, 1);
    fastabi_write_text(&writer, "a\n\nb", 4);
    fastabi_write_text(&writer, "cut", 1);
    fastabi_write_text(&writer, NULL, 0);
    fastabi_write(&writer, "\n%.3s", "d\ne");
    expect("%s\n    a\n\n    bc\n    d\n    e");
}

Test(writer, nothing_is_written_to_null)
{
    fastabi_write(NULL, "%s", "a");
    fastabi_write_text(NULL, "a", 1);
    fastabi_write_wrapped(NULL, "", 80, "a");
    fastabi_writer_indent(NULL, 1);
    fastabi_writer_indent_with(NULL, "a");
}

Test(writer, padding_longer_than_its_blanks)
{
    fastabi_write(&writer, "%-*s|", 100, "a");
    cr_assert_eq(fastabi_writer_finish(&writer), 0);
    cr_assert_eq(length, 101);
    cr_assert_eq(text[99], ' ');
    cr_assert_eq(text[100], '|');
}

Test(writer, padding_counts_characters)
{
    fastabi_write(&writer, "[%-*s]", 4, "\xc3\xa4\xc3\xb6");
    expect("[\xc3\xa4\xc3\xb6  ]");
}

Test(writer, indentation)
{
    fastabi_write(&writer, "a {\n");
    fastabi_writer_indent(&writer, 1);
    fastabi_write(&writer, "b\n\nc(%s,\n%u);\n", "x\ny", 1u);
    fastabi_writer_indent(&writer, 1);
    fastabi_write(&writer, "%d", 2);
    fastabi_write(&writer, "%s\n", "");
    fastabi_writer_indent(&writer, -2);
    fastabi_write(&writer, "}\n");
    expect("a {\n    b\n\n    c(x\n    y,\n    1);\n        2\n}\n");
}

Test(writer, every_conversion_starts_a_line)
{
    fastabi_writer_indent(&writer, 1);
    fastabi_write(&writer, "%s\n%u\n%d\n%x\n%" PRIx64 "\n%" PRId64 "\n%c\n%-*s\n%%\n", "s", 1u, 2,
                  3u, (uint64_t)4, (int64_t)5, '6', 1, "7");
    expect("    s\n    1\n    2\n    3\n    4\n    5\n    6\n    7\n    %\n");
}

Test(writer, indentation_with_tabs)
{
    fastabi_writer_indent(&writer, 2);
    fastabi_writer_indent_with(&writer, "\t");
    fastabi_write(&writer, "a\n");
    fastabi_writer_indent_with(&writer, "");
    fastabi_write(&writer, "b\n");
    expect("\t\ta\nb\n");
}

Test(writer, reset_forgets)
{
    fastabi_writer_indent(&writer, 3);
    fastabi_write(&writer, "lost");
    fastabi_writer_reset(&writer);
    fastabi_writer_indent(&writer, 1);
    fastabi_write(&writer, "kept\n");
    expect("    kept\n");
}

Test(writer, misuse_is_an_error)
{
    const char *volatile none = NULL;
    static const char *const refused[] = { "%.1d", "%+d", "%#x", "% d", "%n", "%p",  "%o",
                                           "%ls",  "%hd", "%f",  "%5c", "%-", "%.*", "%ll" };

    fastabi_writer_indent(&writer, -1);
    cr_expect_eq(fastabi_writer_finish(&writer), -EINVAL);
    fastabi_writer_reset(&writer);
    fastabi_writer_indent(&writer, 65);
    cr_expect_eq(fastabi_writer_finish(&writer), -EINVAL);
    fastabi_writer_reset(&writer);
    fastabi_writer_indent_with(&writer, "12345678901234567");
    cr_expect_eq(fastabi_writer_finish(&writer), -EINVAL);
    fastabi_writer_reset(&writer);
    fastabi_writer_indent_with(&writer, NULL);
    cr_expect_eq(fastabi_writer_finish(&writer), -EINVAL);
    fastabi_writer_reset(&writer);
    write_unchecked(&writer, "%q");
    cr_expect_eq(fastabi_writer_finish(&writer), -EINVAL);
    fastabi_writer_reset(&writer);
    write_unchecked(&writer, "100%");
    cr_expect_eq(fastabi_writer_finish(&writer), -EINVAL);
    fastabi_writer_reset(&writer);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        fastabi_writer_reset(&writer);
        write_unchecked(&writer, refused[i], 1, 2);
        cr_expect_eq(fastabi_writer_finish(&writer), -EINVAL, "%s", refused[i]);
    }
    fastabi_writer_reset(&writer);
    write_unchecked(&writer, "%s", none);
    cr_expect_eq(fastabi_writer_finish(&writer), -EINVAL);
}

Test(writer, deepest_indentation)
{
    char expected[FASTABI_WRITER_INDENT_MAX + 3];

    memset(expected, ' ', FASTABI_WRITER_INDENT_MAX);
    strcpy(expected + FASTABI_WRITER_INDENT_MAX, "a\n");
    fastabi_writer_indent(&writer, 64);
    fastabi_write(&writer, "a\n");
    expect(expected);
}

Test(writer, buffer_edges)
{
    static char big[3 * FASTABI_WRITER_BUFFER];
    size_t total = 0;

    memset(big, 'x', sizeof(big) - 1);
    for (size_t size = FASTABI_WRITER_BUFFER - 3; size < FASTABI_WRITER_BUFFER + 3; size++) {
        fastabi_write(&writer, "%s", big + sizeof(big) - 1 - size);
        fastabi_write(&writer, "%s", "\n");
        total += size + 1;
    }
    fastabi_write(&writer, "%s", big);
    total += sizeof(big) - 1;
    cr_assert_eq(fastabi_writer_finish(&writer), 0);
    cr_assert_eq(length, total);
    for (size_t i = 0, line = FASTABI_WRITER_BUFFER - 3; line < FASTABI_WRITER_BUFFER + 3; line++) {
        i += line;
        cr_assert_eq(text[i++], '\n');
    }
}

Test(writer, first_error_is_kept)
{
    fail_at = 2;
    for (int i = 0; i < 100000; i++)
        fastabi_write(&writer, "0123456789\n");
    cr_assert_eq(calls, 2);
    cr_assert_eq(fastabi_writer_finish(&writer), -ENOSPC);
    cr_assert_eq(calls, 2);
    fastabi_writer_reset(&writer);
    fail_at = 0;
    length = 0;
    fastabi_write(&writer, "again");
    expect("again");
}

Test(writer, nothing_is_handed_on_early)
{
    fastabi_write(&writer, "a\n");
    cr_assert_eq(calls, 0);
    cr_assert_eq(fastabi_writer_finish(&writer), 0);
    cr_assert_eq(calls, 1);
    cr_assert_eq(fastabi_writer_finish(&writer), 0);
    cr_assert_eq(calls, 1);
}

/* ---- wrapping ---- */

Test(writer, json)
{
    static const char odd[] = "a\"\\/\n\t\x7f\xc3\xa9\xed\xa0\x80\xff";
    static const char wanted[] =
        "\"a\\\"\\\\/\\n\\u0009\\u007f\xc3\xa9\\ufffd\\ufffd\\ufffd\\ufffd\"";
    char *printed = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&printed, &size);

    cr_assert_not_null(stream);
    cr_expect_eq(fastabi_json_print(odd, stream), 0);
    cr_expect_eq(fastabi_json_print(NULL, stream), -EINVAL);
    cr_expect_eq(fastabi_json_print("a", NULL), -EINVAL);
    fclose(stream);
    cr_expect_str_eq(printed, wanted);
    free(printed);
    fastabi_writer_indent(&writer, 1);
    fastabi_write_json(&writer, odd);
    fastabi_write_json(NULL, odd);
    cr_assert_eq(fastabi_writer_finish(&writer), 0);
    text[length] = '\0';
    cr_expect_str_eq(text + 4, wanted);
    fastabi_write_json(&writer, NULL);
    cr_expect_eq(fastabi_writer_finish(&writer), -EINVAL);
}

/* Of a width that changes within a line what comes before keeps the old one. */
Test(writer, width_within_a_line)
{
    fastabi_writer_fit(&writer, 20);
    fastabi_write(&writer, "call(first, second");
    fastabi_writer_fit(&writer, 0);
    fastabi_write(&writer, ", third, fourth, fifth);\n");
    expect("call(first, second, third, fourth, fifth);\n");
}

Test(writer, columns)
{
    cr_expect_eq(fastabi_text_columns("a\xc3\xa9\xe2\x82\xac", 6), 3);
    cr_expect_eq(fastabi_text_columns("abc", 2), 2);
    cr_expect_eq(fastabi_text_columns(NULL, 2), 0);
}

Test(writer, wrapped)
{
    fastabi_write_wrapped(&writer, " * ", 16, "The quick brown fox  jumps\tover.");
    expect(" * The quick\n * brown fox\n * jumps over.\n");
}

Test(writer, wrapped_exactly)
{
    fastabi_write_wrapped(&writer, "", 7, "abc def ghi");
    fastabi_write_wrapped(&writer, "", 6, "abc def");
    fastabi_write_wrapped(&writer, "", 0, "a b");
    fastabi_write_wrapped(&writer, "", 80, "a  b\t c");
    fastabi_write_wrapped(&writer, "", 80, "d  e");
    expect("abc def\nghi\nabc\ndef\na\nb\na b c\nd e\n");
}

Test(writer, wrapped_width_holds_the_indentation)
{
    fastabi_writer_indent(&writer, 1);
    fastabi_write_wrapped(&writer, "# ", 13, "abc def ghi");
    expect("    # abc def\n    # ghi\n");
}

Test(writer, wrapped_paragraphs)
{
    fastabi_write_wrapped(&writer, " * ", 80, "a\n\n \nb\n\n");
    fastabi_write_wrapped(&writer, " * ", 80, "c\nd");
    expect(" * a\n *\n * b\n * c\n *\n * d\n");
}

Test(writer, wrapped_nothing)
{
    fastabi_write_wrapped(&writer, " * ", 80, "");
    fastabi_write_wrapped(&writer, " * ", 80, "\n\n");
    expect("");
}

Test(writer, wrapped_blank_line_without_prefix_is_empty)
{
    fastabi_writer_indent(&writer, 1);
    fastabi_write_wrapped(&writer, "", 80, "a\n\nb");
    expect("    a\n\n    b\n");
}

Test(writer, wrapped_long_word_stands_alone)
{
    fastabi_write_wrapped(&writer, "// ", 10, "a incomprehensible b");
    expect("// a\n// incomprehensible\n// b\n");
}

Test(writer, wrapped_counts_characters)
{
    fastabi_write_wrapped(&writer, "", 7, "\xc3\xa4\xc3\xb6\xc3\xbc xyz");
    expect("\xc3\xa4\xc3\xb6\xc3\xbc xyz\n");
}

Test(writer, comments_are_defused)
{
    fastabi_write_wrapped(&writer, " * ", 80, "a */ b /* c /*/ d **/ e // f * / g");
    expect(" * a * / b / * c / * / d ** / e // f * / g\n");
}

Test(writer, comments_are_defused_across_the_prefix)
{
    fastabi_write_wrapped(&writer, " *", 80, "/ a\n/");
    fastabi_write_wrapped(&writer, "/", 80, "* b");
    expect(" * / a\n *\n * /\n/ * b\n");
}

Test(writer, defusing_counts)
{
    fastabi_write_wrapped(&writer, "", 6, "ab */c");
    fastabi_write_wrapped(&writer, "", 7, "ab */c");
    expect("ab\n* /c\nab * /c\n");
}

Test(writer, no_line_ends_in_a_splice)
{
    fastabi_write_wrapped(&writer, "// ", 80, "a \\\nb ?\?/\nc\\ d?\?");
    expect("// a \\ .\n//\n// b ?\?/ .\n//\n// c\\ d?\?\n");
}

/* ---- lines that are too long ---- */

/* What becomes of text at 40 columns, in whatever pieces it comes. */
static void expect_fitted(const char *written, const char *expected)
{
    for (size_t piece = 1; piece <= 64; piece *= 4) {
        fastabi_writer_reset(&writer);
        length = 0;
        fastabi_writer_fit(&writer, 40);
        for (size_t i = 0; i < strlen(written); i += piece) {
            size_t rest = strlen(written) - i;

            fastabi_write_text(&writer, written + i, rest < piece ? rest : piece);
            if (piece > 1)
                fastabi_writer_empty(&writer);
        }
        expect(expected);
    }
}

Test(writer, fit_leaves_what_fits)
{
    expect_fitted("0123456789012345678901234567890123456789\nint x;\n\n\tlast",
                  "0123456789012345678901234567890123456789\nint x;\n\n\tlast");
}

Test(writer, fit_breaks_at_blanks)
{
    expect_fitted("    call(first_argument, second_argumen, third);\n",
                  "    call(first_argument, second_argumen,\n        third);\n");
    expect_fitted("    return first_function(an_argument_of_it);\n",
                  "    return first_function(\n        an_argument_of_it);\n");
}

Test(writer, fit_does_not_break_literals)
{
    expect_fitted("x = \"one two three four five six seven eight\";\n",
                  "x =\n    \"one two three four five six seven eight\";\n");
    expect_fitted("f(\"a \\\" b\", 'c', \"d e f g h i j k l m n o p\");\n",
                  "f(\"a \\\" b\", 'c',\n    \"d e f g h i j k l m n o p\");\n");
}

Test(writer, fit_continues_directives)
{
    expect_fitted("#define NAME(a, b) function(a, b, another_one)\nint x;\n",
                  "#define NAME(a, b) function(a, b, \\\n    another_one)\nint x;\n");
    expect_fitted("#define NAME \\\n    a_function(its_first_argument, second)\n",
                  "#define NAME \\\n    a_function(its_first_argument, \\\n        second)\n");
}

Test(writer, fit_makes_no_directive)
{
    expect_fitted("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa #b c\n",
                  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa #b\n    c\n");
}

Test(writer, fit_wraps_comments)
{
    expect_fitted(" *   don't say \"so\" much in a line of a comment\n",
                  " *   don't say \"so\" much in a line of a\n *   comment\n");
    expect_fitted(" *   a command that goes on, as a shell reads it \\\n",
                  " *   a command that goes on, as a shell reads it \\\n");
}

Test(writer, fit_moves_what_was_aligned)
{
    expect_fitted("                      struct a_long_name *p,\n",
                  "        struct a_long_name *p,\n");
}

Test(writer, fit_leaves_long_words)
{
    expect_fitted("a_word_of_more_than_forty_columns_that_nothing_breaks;\n",
                  "a_word_of_more_than_forty_columns_that_nothing_breaks;\n");
}

Test(writer, fit_fails_with_its_flush)
{
    fastabi_writer_reset(&writer);
    fastabi_writer_fit(&writer, 10);
    fail_at = 1;
    fastabi_write(&writer, "aaaa aaaa aaaa aaaa\n");
    cr_assert_eq(fastabi_writer_finish(&writer), -ENOSPC);
}

/* Each call is a system call: a broken line is not handed on piece by piece. */
Test(writer, fit_hands_on_together)
{
    enum { LINES = 1000 };
    static const char broken[] = "    call(first_argument, second_argumen,\n        third);\n";

    fastabi_writer_reset(&writer);
    fastabi_writer_fit(&writer, 40);
    for (int i = 0; i < LINES; i++)
        fastabi_write(&writer, "    call(first_argument, second_argumen, third);\n");
    cr_assert_eq(fastabi_writer_finish(&writer), 0);
    cr_assert_eq(length, LINES * strlen(broken));
    for (size_t i = 0; i < LINES; i++)
        cr_assert(!strncmp(text + i * strlen(broken), broken, strlen(broken)));
    cr_assert_lt(calls, LINES / 20);
}

/* Pieces that are larger than what is collected. */
Test(writer, fit_of_long_pieces)
{
    static char word[6000];

    for (size_t size = 4000; size < sizeof(word); size += 37) {
        memset(word, 'a', size);
        word[size] = '\0';
        fastabi_writer_reset(&writer);
        length = 0;
        fastabi_writer_fit(&writer, 40);
        fastabi_write(&writer, "call(first_argument, second_argument, %s);\n", word);
        cr_assert_eq(fastabi_writer_finish(&writer), 0);
        text[length] = '\0';
        cr_assert_eq(length, strlen("call(first_argument, second_argument,\n    );\n") + size);
        cr_assert(!strncmp(text, "call(first_argument, second_argument,\n    aaaa", 45));
        cr_assert_str_eq(text + length - 5, "aa);\n");
    }
}
