/* SPDX-License-Identifier: MIT */
/* What to do about a value that is not what it should be.  Knows nothing of hypercalls. */
#include "read/hint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"

#define WORD_MAX 80 /* characters of a value that is worth a suggestion */

/* ---- integers ---- */

static bool to_lower(const char *text, char word[WORD_MAX])
{
    size_t length = strlen(text);

    if (!length || length >= WORD_MAX)
        return false;
    for (size_t i = 0; i <= length; i++)
        word[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
    return true;
}

/* Take out what other languages allow between digits. */
static void remove_separators(char *word)
{
    char *kept = word;

    for (; *word; word++) {
        if (!strchr("_,'", *word))
            *kept++ = *word;
    }
    *kept = '\0';
}

/* Cut off C's "ul", and ".0". */
static void remove_suffix(char *word)
{
    size_t length = strlen(word);

    while (length && strchr("ul", word[length - 1]))
        word[--length] = '\0';
    if (length > 2 && !strcmp(word + length - 2, ".0"))
        word[length - 2] = '\0';
}

static bool read_digits(const char *digits, unsigned int base, int64_t *value)
{
    uint64_t number = 0;

    if (!*digits)
        return false;
    for (; *digits; digits++) {
        unsigned int digit = (unsigned int)(*digits - '0');

        if (digit >= base || number > ((uint64_t)INT64_MAX - digit) / base)
            return false;
        number = number * base + digit;
    }
    *value = (int64_t)number;
    return true;
}

/* 1e3: of a decimal number with an exponent. */
static bool read_exponent(char *word, int64_t *value)
{
    char *exponent = strchr(word, 'e');
    int64_t zeros;

    if (!exponent || !strncmp(word, "0x", 2))
        return false;
    *exponent = '\0';
    exponent += 1 + (exponent[1] == '+');
    if (!read_digits(word, 10, value) || !read_digits(exponent, 10, &zeros) || zeros > 18)
        return false;
    for (; zeros; zeros--) {
        if (*value > INT64_MAX / 10)
            return false;
        *value *= 10;
    }
    return true;
}

/* What somebody who wrote this number meant; false: it is not a number of any language. */
static bool guess_integer(const char *text, char meant[WORD_MAX])
{
    char word[WORD_MAX];
    const char *digits;
    int64_t value;
    bool minus;

    if (!to_lower(text, word))
        return false;
    remove_separators(word);
    remove_suffix(word);
    minus = word[0] == '-';
    digits = word + (minus || word[0] == '+');
    digits += strspn(digits, " ");
    if (!strncmp(digits, "0x", 2) && digits[2] &&
        !digits[2 + strspn(digits + 2, "0123456789abcdef")]) {
        snprintf(meant, WORD_MAX, "%s%s", minus ? "-" : "", digits);
        return true;
    }
    if (!(!strncmp(digits, "0b", 2) && read_digits(digits + 2, 2, &value)) &&
        !(!strncmp(digits, "0o", 2) && read_digits(digits + 2, 8, &value)) &&
        !read_digits(digits, 10, &value) && !read_exponent((char *)digits, &value))
        return false;
    snprintf(meant, WORD_MAX, "%s%" PRId64, minus && value ? "-" : "", value);
    return true;
}

const char *fastabi_hint_number(const char *text, char hint[FASTABI_HINT_SIZE])
{
    const char *digits = text + (*text == '-');
    char meant[WORD_MAX];
    bool is_known = guess_integer(text, meant);

    if (is_known && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9')
        snprintf(hint, FASTABI_HINT_SIZE, "remove the leading zero and write %s", meant);
    else if (is_known)
        snprintf(hint, FASTABI_HINT_SIZE, "write %s", meant);
    else
        snprintf(hint, FASTABI_HINT_SIZE, "write it decimal or 0x hexadecimal, like 18 or 0x12");
    return hint;
}

const char *fastabi_hint_integer(const struct fastabi_node *value, char hint[FASTABI_HINT_SIZE])
{
    char meant[WORD_MAX];

    if (value->plain || !guess_integer(value->text, meant))
        return fastabi_hint_number(value->text, hint);
    snprintf(hint, FASTABI_HINT_SIZE, "remove the quotes and write %s", meant);
    return hint;
}

/* ---- names ---- */

/* Replace what an identifier cannot have by '_'.  false: the result is not one either. */
static bool make_identifier(const char *text, char name[WORD_MAX])
{
    size_t used = 0;

    if (strlen(text) >= WORD_MAX - 1)
        return false;
    if (*text >= '0' && *text <= '9')
        name[used++] = '_';
    for (; *text; text++) {
        if ((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
            (*text >= '0' && *text <= '9') || *text == '_')
            name[used++] = *text;
        else if (strchr("- .:/", *text) && used && name[used - 1] != '_')
            name[used++] = '_';
        else if (!strchr("- .:/*()\"'", *text))
            return false;
    }
    while (used && name[used - 1] == '_')
        used--;
    name[used] = '\0';
    return fastabi_is_identifier(name);
}

const char *fastabi_hint_identifier(const char *text, char hint[FASTABI_HINT_SIZE])
{
    static const char *const words[] = { "struct ", "union ", "enum " };
    char name[WORD_MAX];

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t length = strlen(words[i]);
        const char *rest = text + length +
                           strspn(text + length, strncmp(text, words[i], length) ? "" : " ");

        if (!strncmp(text, words[i], length) && fastabi_is_identifier(rest)) {
            snprintf(hint, FASTABI_HINT_SIZE, "leave out the word '%.*s' and write '%.100s'",
                     (int)length - 1, words[i], rest);
            return hint;
        }
    }
    if (strlen(text) > FASTABI_IDENTIFIER_MAX)
        snprintf(hint, FASTABI_HINT_SIZE, "use at most %d characters", FASTABI_IDENTIFIER_MAX);
    else if (make_identifier(text, name))
        snprintf(hint, FASTABI_HINT_SIZE,
                 "use letters, digits and '_', and no digit first, as in '%.80s'", name);
    else
        snprintf(hint, FASTABI_HINT_SIZE,
                 "use the letters a to z and A to Z, digits and '_', and no digit first");
    return hint;
}

/* C's p->a, blanks and leading zeros, the way a path has them. */
static bool make_path(const char *text, char path[WORD_MAX])
{
    size_t used = 0;

    if (strlen(text) >= WORD_MAX)
        return false;
    text += strspn(text, "&.* ");
    while (*text) {
        if (!strncmp(text, "->", 2)) {
            path[used++] = '.';
            text += 2;
        } else if (*text == '[') {
            path[used++] = *text++;
            text += strspn(text, " ");
            while (*text == '0' && text[1] >= '0' && text[1] <= '9')
                text++;
        } else if (*text == ' ') {
            text++;
        } else {
            path[used++] = *text++;
        }
    }
    path[used] = '\0';
    return fastabi_is_field_path(path);
}

const char *fastabi_hint_field_path(const char *text, char hint[FASTABI_HINT_SIZE])
{
    char path[WORD_MAX];

    if (strlen(text) > FASTABI_IDENTIFIER_MAX)
        snprintf(hint, FASTABI_HINT_SIZE, "use at most %d characters", FASTABI_IDENTIFIER_MAX);
    else if (make_path(text, path) || make_identifier(text, path))
        snprintf(hint, FASTABI_HINT_SIZE, "write it as 'a', 'a.b' or 'a[2]', here '%.80s'", path);
    else
        snprintf(hint, FASTABI_HINT_SIZE, "write it as 'a', 'a.b' or 'a[2]'");
    return hint;
}

/* ---- other values ---- */

const char *fastabi_hint_boolean(const struct fastabi_node *value, char hint[FASTABI_HINT_SIZE])
{
    static const char *const words[][6] = {
        { "true", "yes", "on", "y", "1", "t" },
        { "false", "no", "off", "n", "0", "f" },
    };
    char word[WORD_MAX];

    for (size_t i = 0; i < 12 && to_lower(value->text, word); i++) {
        if (!strcmp(word, words[i / 6][i % 6])) {
            snprintf(hint, FASTABI_HINT_SIZE, "write %s%s", words[i / 6][0],
                     value->plain ? "" : " without quotes");
            return hint;
        }
    }
    snprintf(hint, FASTABI_HINT_SIZE, "write true or false");
    return hint;
}

/* A number without its leading zeros; *length is that of its digits, before and after. */
static const char *skip_zeros(const char *digits, size_t *length)
{
    for (; *length > 1 && *digits == '0'; --*length)
        digits++;
    return digits;
}

const char *fastabi_hint_release(const char *text, char hint[FASTABI_HINT_SIZE])
{
    static const char digits[] = "0123456789";
    const char *start = text + strcspn(text, digits);
    size_t major = strspn(start, digits);
    const char *after = start + major + (start[major] && strchr("._-", start[major]) ? 1 : 0);
    size_t minor = after > start + major ? strspn(after, digits) : 0;

    start = skip_zeros(start, &major);
    after = skip_zeros(after, &minor);
    if (major && minor && major <= 3 && minor <= 3)
        snprintf(hint, FASTABI_HINT_SIZE, "write \"%.*s.%.*s\"", (int)major, start, (int)minor,
                 after);
    else
        snprintf(hint, FASTABI_HINT_SIZE, "write two numbers and a dot in quotes, like \"4.17\"");
    return hint;
}

const char *fastabi_hint_kind(enum fastabi_node_kind wanted, const struct fastabi_node *value)
{
    static const char *const hints[3][3] = {
        [FASTABI_SCALAR] = {
            [FASTABI_MAPPING] = "write one value after the ':'",
            [FASTABI_SEQUENCE] = "write one value, without '-' or brackets",
        },
        [FASTABI_MAPPING] = {
            [FASTABI_SCALAR] = "write 'key: value' lines below it, indented",
            [FASTABI_SEQUENCE] = "remove the '-' and write 'key: value'",
        },
        [FASTABI_SEQUENCE] = {
            [FASTABI_SCALAR] = "put it in brackets, like [a, b]",
            [FASTABI_MAPPING] = "write '- value' lines, or [a, b]",
        },
    };

    if (wanted == FASTABI_MAPPING && value->kind == FASTABI_SCALAR && value->plain &&
        strchr(value->text, ':'))
        return "put a space after the ':'";
    return hints[wanted][value->kind];
}
