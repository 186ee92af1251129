/* SPDX-License-Identifier: MIT */
/*
 * Names and numbers: exactly what is one, at the edges of length and value; and sets of names
 * and numbers, small and large.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/names.h"
#include "base/utf8.h"

/* A name of that many letters. */
static char *make_name(size_t length)
{
    char *name = malloc(length + 1);

    cr_assert_not_null(name);
    memset(name, 'a', length);
    name[length] = '\0';
    return name;
}

static bool is_identifier_of(size_t length)
{
    char *name = make_name(length);
    bool result = fastabi_is_identifier(name);

    cr_assert_eq(fastabi_is_field_path(name), result);
    free(name);
    return result;
}

Test(names, identifiers)
{
    static const char *const good[] = { "a", "_", "A9", "yield", "__HYPERVISOR_x", "z_0" };
    static const char *const bad[] = { "",   " ",   "9",    "9a",  "a-b",      "a b",       "a ",
                                       " a", "a.b", "a[0]", "a\n", "\xc3\xa9", "a\xc3\xa9", "a;b",
                                       "@",  "[",   "`",    "{",   "/",        ":" };

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        cr_expect(fastabi_is_identifier(good[i]), "%s", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_expect_not(fastabi_is_identifier(bad[i]), "%s", bad[i]);
    cr_expect(is_identifier_of(FASTABI_IDENTIFIER_MAX));
    cr_expect_not(is_identifier_of(FASTABI_IDENTIFIER_MAX + 1));
    cr_expect_not(is_identifier_of(100000));
}

/* Each single byte is what ASCII says, whatever the locale or the sign of char. */
Test(names, every_byte)
{
    for (int byte = 1; byte < 256; byte++) {
        const char text[] = { (char)byte, '\0' };
        bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
        const char second[] = { 'a', (char)byte, '\0' };

        cr_expect_eq(fastabi_is_identifier(text), letter, "%d", byte);
        cr_expect_eq(fastabi_is_identifier(second), letter || (byte >= '0' && byte <= '9'), "%d",
                     byte);
    }
}

Test(names, field_paths)
{
    static const char *const good[] = { "a",        "a.b",     "a[0]",       "a[10]",
                                        "u.x[0].y", "a[1][2]", "a[12345678]" };
    static const char *const bad[] = {
        "",         ".",   ".a",    "a.",    "a..b",  "a[",           "a[]",    "a[0",   "a]",
        "a[0]]",    "[0]", "a[00]", "a[01]", "a[-1]", "a[x]",         "a[0x1]", "a[0]b", "a[0].",
        "a[0].[1]", "a.0", "a->b",  "a [0]", "a[ 0]", "a[123456789]", "a.b;",   "a[0]\n"
    };

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        cr_expect(fastabi_is_field_path(good[i]), "%s", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_expect_not(fastabi_is_field_path(bad[i]), "%s", bad[i]);
}

/* A path is no longer than an identifier in all. */
Test(names, long_field_paths)
{
    char path[FASTABI_IDENTIFIER_MAX + 2];

    for (size_t i = 0; i < sizeof(path) - 1; i++)
        path[i] = i & 1 ? '.' : 'a';
    path[FASTABI_IDENTIFIER_MAX - 1] = '\0';
    cr_expect(fastabi_is_field_path(path));
    path[FASTABI_IDENTIFIER_MAX - 1] = 'b';
    path[FASTABI_IDENTIFIER_MAX] = '\0';
    cr_expect(fastabi_is_field_path(path));
    path[FASTABI_IDENTIFIER_MAX - 1] = '.';
    path[FASTABI_IDENTIFIER_MAX] = 'a';
    path[FASTABI_IDENTIFIER_MAX + 1] = '\0';
    cr_expect_not(fastabi_is_field_path(path));
}

static void expect_integer(const char *text, bool negative, int status, int64_t value)
{
    int64_t parsed = value;

    cr_expect_eq(fastabi_parse_integer(text, negative, &parsed), status, "'%s'", text);
    cr_expect_eq(parsed, value, "'%s'", text);
}

Test(names, integers)
{
    static const char *const bad[] = { "",     "-",     "+1",       " 1",   "1 ",  "00",  "01",
                                       "007",  "0x",    "0xg",      "0b1",  "0o7", "1_0", "1e3",
                                       "1.0",  "1u",    "x",        "0x-1", "--1", "- 1", "-0",
                                       "-0x0", "1,000", "\xd9\xa3", "0x1 " };

    expect_integer("0", false, 0, 0);
    expect_integer("7", false, 0, 7);
    expect_integer("10", true, 0, 10);
    expect_integer("0x0", false, 0, 0);
    expect_integer("0xfF", false, 0, 255);
    expect_integer("9223372036854775807", false, 0, INT64_MAX);
    expect_integer("0x7fffffffffffffff", true, 0, INT64_MAX);
    expect_integer("-1", true, 0, -1);
    expect_integer("-0x10", true, 0, -16);
    expect_integer("-9223372036854775808", true, 0, INT64_MIN);
    expect_integer("-0x8000000000000000", true, 0, INT64_MIN);
    expect_integer("-1", false, -EINVAL, 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        expect_integer(bad[i], false, -EINVAL, 42);
        expect_integer(bad[i], true, -EINVAL, 42);
    }
}

/* Too large is something else than no number; a number does not wrap around. */
Test(names, integers_out_of_range)
{
    char digits[101] = "";

    expect_integer("9223372036854775808", false, -ERANGE, 1);
    expect_integer("9223372036854775810", false, -ERANGE, 1);
    expect_integer("18446744073709551616", false, -ERANGE, 1);
    expect_integer("18446744073709551617", true, -ERANGE, 1);
    expect_integer("0x8000000000000000", false, -ERANGE, 1);
    expect_integer("0x10000000000000000", false, -ERANGE, 1);
    expect_integer("-9223372036854775809", true, -ERANGE, 1);
    expect_integer("-0x8000000000000001", true, -ERANGE, 1);
    memset(digits, '9', 100);
    expect_integer(digits, true, -ERANGE, 1);
    digits[99] = 'x';
    expect_integer(digits, true, -EINVAL, 1);
}

/* Each code point there is, back from its encoding. */
Test(names, utf8)
{
    for (uint32_t code_point = 0; code_point < 0x110000; code_point++) {
        char text[FASTABI_UTF8_MAX + 1] = "";
        size_t length = code_point < 0x80      ? 1
                        : code_point < 0x800   ? 2
                        : code_point < 0x10000 ? 3
                                               : 4;
        static const unsigned char leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
        uint32_t rest = code_point;
        uint32_t decoded;

        for (size_t i = length - 1; i; i--, rest >>= 6)
            text[i] = (char)(0x80 | (rest & 0x3f));
        text[0] = (char)(leads[length] | rest);
        if (code_point >= 0xd800 && code_point < 0xe000) {
            cr_assert_eq(fastabi_utf8_decode(text, &decoded), 0);
        } else {
            cr_assert_eq(fastabi_utf8_decode(text, &decoded), length);
            cr_assert_eq(decoded, code_point);
        }
    }
}

/* Too long, cut off, or beyond what there is. */
Test(names, not_utf8)
{
    static const char *const bad[] = { "\x80",
                                       "\xc0\x80",
                                       "\xc3",
                                       "\xc3z",
                                       "\xe0\x9f\xbf",
                                       "\xe2\x82",
                                       "\xf0\x8f\xbf\xbf",
                                       "\xf4\x90\x80\x80",
                                       "\xf5\x80\x80\x80" };
    uint32_t decoded;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_expect_eq(fastabi_utf8_decode(bad[i], &decoded), 0, "text %zu", i);
}

/* What may not be in a specification, by its names in Unicode. */
Test(names, forbidden)
{
    static const uint32_t bad[] = {
        0,      7,      8,      0xb,    0xc,    0x1b,   0x1f,   0x7f,
        0x80,   0x85,   0x9f,   0x61c,  0x200e, 0x200f, 0x2028, 0x2029,
        0x202a, 0x202e, 0x2066, 0x2069, 0xfeff, 0xfffe, 0xffff, 0x10ffff
    };
    static const uint32_t good[] = { 9,      10,     13,     0x20,    0x7e,    0xa0,    0xe9,
                                     0x61b,  0x61d,  0x200d, 0x2010,  0x2027,  0x202f,  0x2065,
                                     0x206a, 0x20ac, 0xfffd, 0x10000, 0x1f600, 0x10fffd };

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        cr_expect(fastabi_is_forbidden(bad[i]), "U+%04X", bad[i]);
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        cr_expect_not(fastabi_is_forbidden(good[i]), "U+%04X", good[i]);
}

/* ---- sets ---- */

static int add_name(struct fastabi_names *names, struct fastabi_arena *arena, const char *name,
                    const void *value, const void **there)
{
    return fastabi_names_add(names, arena, name, value, there);
}

Test(names, set_of_names)
{
    enum { COUNT = 20000 };
    static char texts[COUNT][16];
    struct fastabi_arena arena = { .bytes = 0 };
    struct fastabi_names names = { .count = 0 };
    const void *there;

    for (int i = 0; i < COUNT; i++) {
        snprintf(texts[i], sizeof(texts[i]), "n%d", i);
        cr_assert_eq(add_name(&names, &arena, texts[i], texts[i], &there), 0);
        cr_assert_null(there);
    }
    cr_assert_eq(names.count, COUNT);
    for (int i = 0; i < COUNT; i++) {
        char copy[16];

        memcpy(copy, texts[i], sizeof(copy));
        cr_assert_eq(add_name(&names, &arena, copy, copy, &there), 0);
        cr_assert_eq(there, texts[i]);
    }
    cr_assert_eq(names.count, COUNT);
    cr_assert_eq(add_name(&names, &arena, "", texts, &there), 0);
    cr_assert_null(there);
    cr_assert_eq(add_name(&names, &arena, "", &names, &there), 0);
    cr_assert_eq(there, texts);
    fastabi_arena_free(&arena);
}

/* Where a list becomes a table of hashes, with names that start alike and that do not. */
Test(names, set_of_few_names)
{
    static const char *const texts[] = { "",  "a",  "aa", "ab", "b",  "ba", "c",  "abc",
                                         "d", "dd", "e",  "ee", "ef", "g",  "ga", "gb" };
    enum { COUNT = sizeof(texts) / sizeof(texts[0]) };

    for (size_t count = 1; count <= COUNT; count++) {
        struct fastabi_arena arena = { .bytes = 0 };
        struct fastabi_names names = { .count = 0 };
        const void *there;

        cr_assert_null(fastabi_names_find(&names, ""));
        for (size_t i = 0; i < count; i++) {
            cr_assert_null(fastabi_names_find(&names, texts[i]));
            cr_assert_eq(add_name(&names, &arena, texts[i], texts[i], &there), 0);
            cr_assert_null(there);
        }
        for (size_t i = 0; i < count; i++) {
            cr_assert_eq(fastabi_names_find(&names, texts[i]), texts[i]);
            cr_assert_eq(add_name(&names, &arena, texts[i], &names, &there), 0);
            cr_assert_eq(there, texts[i]);
        }
        cr_assert_null(fastabi_names_find(&names, "abcd"));
        fastabi_arena_free(&arena);
    }
}

/* Of names that are equally near the first in the alphabet, in whatever order they came. */
Test(names, guess_of_several)
{
    static const char *const texts[] = { "mark", "bark", "park", "dark", "distant" };
    enum { COUNT = sizeof(texts) / sizeof(texts[0]) };

    for (size_t first = 0; first < COUNT; first++) {
        struct fastabi_arena arena = { .bytes = 0 };
        struct fastabi_names names = { .count = 0 };
        struct fastabi_guess guess = { .size = sizeof(guess), .word = "lark" };
        const void *there;

        for (size_t i = 0; i < COUNT; i++)
            cr_assert_eq(add_name(&names, &arena, texts[(first + i) % COUNT], texts, &there), 0);
        fastabi_names_guess(&names, &guess);
        cr_assert_not_null(guess.best);
        cr_expect_str_eq(guess.best, "bark");
        guess = (struct fastabi_guess){ .size = sizeof(guess), .word = "nothing like them" };
        fastabi_names_guess(&names, &guess);
        cr_expect_null(guess.best);
        fastabi_arena_free(&arena);
    }
}

Test(names, set_of_numbers)
{
    static const uint64_t steps[] = { 1, 2, 0x10000, UINT64_C(0x100000000),
                                      UINT64_C(0x9e3779b97f4a7c15) };
    int value;

    for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
        struct fastabi_arena arena = { .bytes = 0 };
        struct fastabi_names numbers = { .count = 0 };
        const void *there;

        for (uint64_t i = 0; i < 5000; i++) {
            cr_assert_eq(fastabi_numbers_add(&numbers, &arena, i * steps[s], &value, &there), 0);
            cr_assert_null(there);
        }
        for (uint64_t i = 0; i < 5000; i++) {
            cr_assert_eq(fastabi_numbers_add(&numbers, &arena, i * steps[s], &numbers, &there), 0);
            cr_assert_eq(there, &value);
        }
        fastabi_arena_free(&arena);
    }
}

/* ---- the memory they live in ---- */

Test(arena, is_zeroed_and_aligned)
{
    struct fastabi_arena arena = { .bytes = 0 };

    for (size_t round = 0; round < 3; round++) {
        for (size_t size = 1; size < 3000; size += 7) {
            unsigned char *memory = fastabi_arena_alloc(&arena, size);

            cr_assert_not_null(memory);
            cr_assert_eq((uintptr_t)memory % sizeof(uint64_t), 0);
            for (size_t i = 0; i < size; i++)
                cr_assert_eq(memory[i], 0);
            memset(memory, 0xff, size);
        }
        cr_assert_not_null(memset(fastabi_arena_alloc(&arena, 1000000), 0xff, 1000000));
        fastabi_arena_reset(&arena);
    }
    cr_assert_null(fastabi_arena_alloc(&arena, SIZE_MAX));
    cr_assert_null(fastabi_arena_alloc(&arena, SIZE_MAX - 100));
    fastabi_arena_free(&arena);
    fastabi_arena_reset(&arena);
    fastabi_arena_free(&arena);
}

Test(arena, copies)
{
    struct fastabi_arena arena = { .bytes = 0 };
    char *empty = fastabi_arena_copy(&arena, "abc", 0);
    char *some = fastabi_arena_copy(&arena, "abc", 2);

    cr_assert_str_eq(empty, "");
    cr_assert_str_eq(some, "ab");
    fastabi_arena_free(&arena);
}

/* Texts of every length up to the end of a block, and past it. */
Test(arena, prints)
{
    struct fastabi_arena arena = { .bytes = 0 };
    static char word[70000];
    char *text;

    for (size_t size = 0; size < sizeof(word); size += 1 + size / 8) {
        memset(word, 'a', size);
        word[size] = '\0';
        text = fastabi_arena_printf(&arena, "%s-%u%s", word, 4294967295u, "");
        cr_assert_eq(strlen(text), size + strlen("-4294967295"));
        cr_assert_str_eq(text + size, "-4294967295");
        cr_assert_eq(strspn(text, "a"), size);
        text = fastabi_arena_printf(&arena, "%d %.*s %% %s%%%03x", -5, 2, "bcd", word, 10u);
        cr_assert(!strncmp(text, "-5 bc % ", 8));
        cr_assert_str_eq(text + 8 + size, "%00a");
    }
    cr_assert_str_eq(fastabi_arena_printf(&arena, "%s", ""), "");
    cr_assert_str_eq(fastabi_arena_printf(&arena, "%u", 0u), "0");
    fastabi_arena_free(&arena);
}
