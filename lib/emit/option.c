/* SPDX-License-Identifier: MIT */
/*
 * The types of options: each has a check, a name for help, and advice.  Most values become a part
 * of generated code, so none may have more than one line, end a comment, or carry characters that
 * hide what a reader sees.
 */
#include "emit/option.h"

#include <stdint.h>
#include <string.h>

#include "base/names.h"
#include "base/utf8.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

/* Only characters of a set, at least one? */
static bool consists_of(const char *text, const char *set)
{
    return *text && !text[strspn(text, set)];
}

/* ---- texts ---- */

static bool is_one_line(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    }
    return true;
}

/* What a comment of C can contain without being ended, or joined with the next line. */
static bool is_comment(const char *text)
{
    size_t length = strlen(text);

    if (!is_one_line(text) || strstr(text, "*/") || strstr(text, "/*") || strstr(text, "?\?/") ||
        (length && text[length - 1] == '\\'))
        return false;
    while (*text) {
        uint32_t code_point;
        size_t bytes = fastabi_utf8_decode(text, &code_point);

        if (!bytes || fastabi_is_forbidden(code_point))
            return false;
        text += bytes;
    }
    return true;
}

/* ---- C ---- */

/* The end of a string or character literal, or NULL. */
static const char *find_literal_end(const char *text)
{
    const char quote = *text++;

    for (; *text && *text != quote; text++) {
        if (*text == '\\' && !*++text)
            return NULL;
    }
    return *text ? text + 1 : NULL;
}

/* Tokens of an expression or of specifiers: no statement, directive or comment among them. */
static bool is_code(const char *text)
{
    char closing[32];
    size_t depth = 0;

    if (!is_comment(text))
        return false;
    while (*text) {
        const char *open = strchr("([", *text);

        if (*text == '"' || *text == '\'') {
            text = find_literal_end(text);
            if (!text)
                return false;
            continue;
        }
        if (!strchr(LETTERS DIGITS "_ ,:.+-*=<>&|!~%^?([)]", *text))
            return false;
        if (open) {
            if (depth == sizeof(closing))
                return false;
            closing[depth++] = *text == '(' ? ')' : ']';
        } else if (strchr(")]", *text) && (!depth || closing[--depth] != *text)) {
            return false;
        }
        text++;
    }
    return !depth;
}

/* A word that may precede a type and does not belong to it: "const", "static" */
static bool is_specifier(const char *word, size_t length)
{
    static const char *const words[] = {
        "_Atomic", "__const", "__const__", "__restrict",   "__restrict__", "__volatile",
        "auto",    "const",   "extern",    "inline",       "register",     "restrict",
        "static",  "typedef", "volatile",  "__volatile__",
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i]) == length && !strncmp(word, words[i], length))
            return true;
    }
    return false;
}

/* Identifiers with one blank between them. */
static bool is_type(const char *text)
{
    char before = ' ';

    if (!consists_of(text, LETTERS DIGITS "_ ") || strlen(text) > FASTABI_IDENTIFIER_MAX)
        return false;
    for (; *text; before = *text++) {
        if (before == ' ' && (strchr(DIGITS " ", *text) || is_specifier(text, strcspn(text, " "))))
            return false;
    }
    return before != ' ';
}

/* ---- paths in #include <...> ---- */

static bool is_prefix(const char *text)
{
    return (!*text || consists_of(text, LETTERS DIGITS "_-./")) && !strstr(text, "//");
}

/* One or more, separated by commas. */
static bool is_header_list(const char *text)
{
    char before = ',';

    if (!consists_of(text, LETTERS DIGITS "_-./,") || strstr(text, "//"))
        return false;
    for (; *text; before = *text++) {
        if ((before == ',' || before == '/') && *text == ',')
            return false;
    }
    return before != ',' && before != '/';
}

/* ---- SPDX licence expressions ---- */

/* A licence: an id or LicenseRef-, which "DocumentRef-...:" may precede; a '+' may follow an id. */
static bool is_licence(const char *word, size_t length)
{
    static const char set[] = LETTERS DIGITS "-.";
    const char *colon = memchr(word, ':', length);

    if (colon) {
        size_t document = (size_t)(colon - word);

        if (strncmp(word, "DocumentRef-", 12) || document < 13 || strspn(word, set) < document ||
            length - document < 13 || strncmp(colon + 1, "LicenseRef-", 11))
            return false;
        length -= document + 1;
        word = colon + 1;
    } else if (length > 12 && !strncmp(word, "DocumentRef-", 12)) {
        return false;
    } else if (length > 1 && word[length - 1] == '+') {
        length--;
    }
    return length && strspn(word, set) >= length && strchr(LETTERS DIGITS, *word);
}

static bool is_word(const char *word, size_t length, const char *other)
{
    return strlen(other) == length && !strncmp(word, other, length);
}

enum expected { LICENCE, EXCEPTION, OPERATOR, OPERATOR_OR_WITH };

/* Take a word of an expression. */
static bool take_word(const char *word, size_t length, enum expected *expected)
{
    bool is_with = is_word(word, length, "WITH");
    bool is_operator = is_word(word, length, "AND") || is_word(word, length, "OR");

    if (*expected >= OPERATOR) {
        if (!is_operator && !(is_with && *expected == OPERATOR_OR_WITH))
            return false;
        *expected = is_with ? EXCEPTION : LICENCE;
        return true;
    }
    if (is_operator || is_with || !is_licence(word, length) ||
        (*expected == EXCEPTION && word[length - 1] == '+'))
        return false;
    *expected = *expected == EXCEPTION ? OPERATOR : OPERATOR_OR_WITH;
    return true;
}

static bool is_licence_expression(const char *text)
{
    enum expected expected = LICENCE;
    unsigned int depth = 0;

    for (;;) {
        size_t length;

        text += strspn(text, " ");
        length = strcspn(text, " ()");
        if (length) {
            if (!take_word(text, length, &expected))
                return false;
        } else if (*text == '(' && expected == LICENCE) {
            depth++;
            length = 1;
        } else if (*text == ')' && expected >= OPERATOR && depth) {
            depth--;
            expected = OPERATOR;
            length = 1;
        } else {
            return !*text && expected >= OPERATOR && !depth;
        }
        text += length;
    }
}

/* ---- choices ---- */

bool fastabi_is_choice(const char *choices, const char *value, size_t length)
{
    while (*choices) {
        size_t choice = strcspn(choices, "|");

        if (choice == length && !strncmp(choices, value, length))
            return true;
        choices += choice;
        choices += *choices == '|';
    }
    return false;
}

/* A number before that end of the text. */
static bool read_number(const char *text, size_t length, int64_t *number)
{
    char copy[32];

    if (length >= sizeof(copy))
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return !fastabi_parse_integer(copy, false, number);
}

/* Is a number in one of the ranges of "a|80..120"? */
static bool is_in_range(const char *choices, const char *value)
{
    int64_t number, least, most;

    if (!read_number(value, strlen(value), &number))
        return false;
    for (; *choices; choices += strspn(choices, "|")) {
        size_t length = strcspn(choices, "|");
        const char *dots = strstr(choices, "..");

        if (dots && dots < choices + length &&
            read_number(choices, (size_t)(dots - choices), &least) &&
            read_number(dots + 2, length - (size_t)(dots + 2 - choices), &most) &&
            (uint64_t)number >= (uint64_t)least && (uint64_t)number <= (uint64_t)most)
            return true;
        choices += length;
    }
    return false;
}

/* ---- the table ---- */

/* What is particular to a type; in the order of enum fastabi_option_type. */
static const struct {
    const char *name;  /* what stands for a value in help; NULL: the choices say all */
    const char *taken; /* what is taken, after "write" */
    bool (*takes)(const char *value);
    int choices; /* 1: it must have some, 0: it may, -1: it has none */
} types[] = {
    [FASTABI_OPTION_TEXT] = { "TEXT", "text of one line", is_one_line, -1 },
    [FASTABI_OPTION_CHOICE] = { NULL, "one of", NULL, 1 },
    [FASTABI_OPTION_NUMBER] = { NULL, "one of", NULL, 1 },
    [FASTABI_OPTION_NAME] = { "NAME", "an identifier of C", fastabi_is_identifier, 0 },
    [FASTABI_OPTION_CODE] = { "CODE", "tokens of C on one line, without comments, ';', '{' or '#'",
                              is_code, 0 },
    [FASTABI_OPTION_TYPE] = { "TYPE", "a type of C without qualifiers: one or more identifiers",
                              is_type, 0 },
    [FASTABI_OPTION_PREFIX] = { "PREFIX", "a part of a path in #include <...>, such as 'xen/'",
                                is_prefix, 0 },
    [FASTABI_OPTION_HEADERS] = { "HEADER",
                                 "paths in #include <...>, separated by commas, such as "
                                 "'sys/types.h'",
                                 is_header_list, 0 },
    [FASTABI_OPTION_LICENCE] = { "SPDX", "an SPDX expression, such as MIT or 'GPL-2.0-only OR MIT'",
                                 is_licence_expression, 0 },
    [FASTABI_OPTION_COMMENT] = { "TEXT",
                                 "text of one line that does not end a comment of C or make a "
                                 "line go on",
                                 is_comment, -1 },
    [FASTABI_OPTION_PROFILE] = { "PROFILE", "the name or the path of a profile", is_one_line, -1 },
};

bool fastabi_option_type_is_known(enum fastabi_option_type type)
{
    return (size_t)type < sizeof(types) / sizeof(types[0]);
}

int fastabi_option_type_choices(enum fastabi_option_type type)
{
    return types[type].choices;
}

const char *fastabi_option_type_name(enum fastabi_option_type type)
{
    return fastabi_option_type_is_known(type) ? types[type].name : NULL;
}

bool fastabi_option_takes(const struct fastabi_backend_option *option, const char *value)
{
    if (option->choices && fastabi_is_choice(option->choices, value, strlen(value)) &&
        !strstr(value, ".."))
        return true;
    if (option->type == FASTABI_OPTION_CHOICE)
        return false;
    if (option->type == FASTABI_OPTION_NUMBER)
        return is_in_range(option->choices, value);
    if (!*value)
        return !*option->default_value || option->type == FASTABI_OPTION_PREFIX ||
               option->type == FASTABI_OPTION_TEXT;
    return types[option->type].takes(value);
}

const char *fastabi_option_advice(const struct fastabi_backend_option *option)
{
    return types[option->type].taken;
}

bool fastabi_option_is_setting(const struct fastabi_backend *backend, const char *setting)
{
    size_t length = strcspn(setting, "=");

    for (uint32_t i = 0; i < backend->option_count && setting[length]; i++) {
        const struct fastabi_backend_option *option = &backend->options[i];
        const char *choice = setting + length + 1;

        if (strncmp(option->name, setting, length) || option->name[length] || !option->choices)
            continue;
        while (fastabi_is_choice(option->choices, choice, strcspn(choice, "|"))) {
            choice += strcspn(choice, "|");
            if (!*choice++)
                return true;
        }
        return false;
    }
    return false;
}
