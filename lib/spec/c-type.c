/* SPDX-License-Identifier: MIT */
/* C types as they stand under params: parsed, never pasted.  Knows nothing of YAML. */
#include "spec/c-type.h"

#include <errno.h>
#include <string.h>

#include "base/names.h"

#define MAX_WORDS 8

/* Words of a type, and how many '*' follow them. */
struct words {
    char text[MAX_WORDS][FASTABI_IDENTIFIER_MAX + 1];
    size_t count;
    unsigned int pointers;
    char spelling[160];
};

static int append(char *spelling, size_t size, const char *text, bool blank)
{
    size_t used = strlen(spelling);
    size_t length = strlen(text);

    if (used + blank + length + 1 > size)
        return -EINVAL;
    if (blank)
        spelling[used++] = ' ';
    memcpy(spelling + used, text, length + 1);
    return 0;
}

static int take_word(const char **text, struct words *words)
{
    size_t length = strcspn(*text, " \t*");
    char *word;

    if (words->pointers || length > FASTABI_IDENTIFIER_MAX || words->count == MAX_WORDS)
        return -EINVAL;
    word = words->text[words->count];
    memcpy(word, *text, length);
    word[length] = '\0';
    if (!fastabi_is_identifier(word))
        return -EINVAL;
    *text += length;
    return append(words->spelling, sizeof(words->spelling), word, words->count++ > 0);
}

static int split(const char *text, struct words *words)
{
    while (*text) {
        int status = 0;

        if (*text == ' ' || *text == '\t') {
            text++;
        } else if (*text == '*') {
            if (!words->count)
                return -EINVAL;
            status = append(words->spelling, sizeof(words->spelling), "*", !words->pointers++);
            text++;
        } else {
            status = take_word(&text, words);
        }
        if (status)
            return status;
    }
    return words->count ? 0 : -EINVAL;
}

static const struct named {
    const char *name;
    uint8_t width;
    bool is_signed;
} standard[] = {
    { "uint8_t", 8, false },    { "uint16_t", 16, false }, { "uint32_t", 32, false },
    { "uint64_t", 64, false },  { "int8_t", 8, true },     { "int16_t", 16, true },
    { "int32_t", 32, true },    { "int64_t", 64, true },   { "size_t", 64, false },
    { "uintptr_t", 64, false }, { "intptr_t", 64, true },
};

/* Keywords of integer types, counted. */
struct keywords {
    unsigned int is_signed, is_unsigned, is_char, is_short, is_int, is_long;
};

static bool count_keyword(const char *word, struct keywords *keywords)
{
    const struct {
        const char *word;
        unsigned int *count;
    } table[] = {
        { "signed", &keywords->is_signed }, { "unsigned", &keywords->is_unsigned },
        { "char", &keywords->is_char },     { "short", &keywords->is_short },
        { "int", &keywords->is_int },       { "long", &keywords->is_long },
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (!strcmp(word, table[i].word)) {
            ++*table[i].count;
            return true;
        }
    }
    return false;
}

/* "unsigned long int" and its kind, on x86-64. */
static int classify_keywords(const struct keywords *k, struct fastabi_c_type *type)
{
    if (k->is_signed + k->is_unsigned > 1 || k->is_char + k->is_short > 1 || k->is_int > 1 ||
        k->is_long > 2 || (k->is_long && (k->is_char || k->is_short)) || (k->is_char && k->is_int))
        return -EINVAL;
    type->kind = FASTABI_C_INTEGER;
    type->is_signed = !k->is_unsigned;
    type->width = k->is_char ? 8 : k->is_short ? 16 : k->is_long ? 64 : 32;
    return 0;
}

/*
 * Words that no type or tag has for a name: of C, and of C++, whose users include the same header.
 */
static bool is_keyword(const char *word)
{
    /* clang-format off */
    static const char *const keywords[] = {
        "_Alignas", "_Alignof", "_Atomic", "_Bool", "_Complex", "_Generic", "_Imaginary",
        "_Noreturn", "_Static_assert", "_Thread_local", "__asm__", "__attribute__", "__extension__",
        "__typeof__", "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor",
        "bool", "break", "case", "catch", "char", "class", "co_await", "co_return", "co_yield",
        "compl", "concept", "const", "const_cast", "consteval", "constexpr", "constinit",
        "continue", "decltype", "default", "delete", "do", "double", "dynamic_cast", "else", "enum",
        "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if", "inline",
        "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr",
        "operator", "or", "or_eq", "private", "protected", "public", "register", "reinterpret_cast",
        "requires", "restrict", "return", "short", "signed", "sizeof", "static", "static_assert",
        "static_cast", "struct", "switch", "template", "this", "thread_local", "throw", "true",
        "try", "typedef", "typeid", "typename", "typeof", "typeof_unqual", "union", "unsigned",
        "using", "virtual", "void", "volatile", "while", "xor", "xor_eq",
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
        if (!strcmp(word, keywords[i]))
            return true;
    }
    return false;
}

/* "__u32", "__le64" and "__int16": integers of kernels and of a compiler. */
static bool is_kernel_integer(const char *name)
{
    static const char *const starts[] = { "__u", "__s", "__le", "__be", "__int" };
    static const char *const widths[] = { "8", "16", "32", "64" };

    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        size_t length = strlen(starts[i]);

        for (size_t j = 0; j < sizeof(widths) / sizeof(widths[0]); j++) {
            if (!strncmp(name, starts[i], length) && !strcmp(name + length, widths[j]))
                return true;
        }
    }
    return false;
}

/* Does what is after "__" end in "_t", as typedefs do? */
static bool is_typedef_name(const char *name)
{
    size_t length = strlen(name);

    return length > strlen("___t") && !strcmp(name + length - 2, "_t");
}

/*
 * May the name be a typedef of an integer?  What C keeps for compilers may be anything, unless it
 * is known; other names are what a tree makes of them, except for those that C's headers define.
 */
static bool may_be_integer(const char *name)
{
    static const char *const others[] = {
        "__int128_t", "__uint128_t", "double_t", "float_t", "max_align_t", "nullptr_t", "va_list",
    };

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (!strcmp(name, others[i]))
            return false;
    }
    if (name[0] == '_' && name[1] >= 'A' && name[1] <= 'Z')
        return false;
    return strncmp(name, "__", 2) || is_kernel_integer(name) || is_typedef_name(name);
}

/* One identifier that is not a keyword of integer types. */
static int classify_name(const char *name, struct fastabi_c_type *type)
{
    if (is_keyword(name))
        return -EINVAL;
    type->kind = FASTABI_C_NAME;
    for (size_t i = 0; i < sizeof(standard) / sizeof(standard[0]); i++) {
        if (!strcmp(name, standard[i].name)) {
            type->kind = FASTABI_C_INTEGER;
            type->width = standard[i].width;
            type->is_signed = standard[i].is_signed;
        }
    }
    return 0;
}

static int classify(const struct words *words, struct fastabi_c_type *type)
{
    struct keywords keywords = { 0 };
    size_t first = 0;
    size_t found = 0;

    while (first < words->count && first < 2 &&
           (!strcmp(words->text[first], "const") || !strcmp(words->text[first], "volatile")))
        first++;
    if (first == words->count || (first == 2 && !strcmp(words->text[0], words->text[1])))
        return -EINVAL;
    if (first && !words->pointers)
        return -EINVAL; /* a qualified argument: of no use, and an output could not be stored */
    if (words->count - first == 2 &&
        (!strcmp(words->text[first], "struct") || !strcmp(words->text[first], "union"))) {
        type->kind = FASTABI_C_AGGREGATE;
        return is_keyword(words->text[first + 1]) ? -EINVAL : 0;
    }
    if (words->count - first == 2 && !strcmp(words->text[first], "enum")) {
        type->kind = FASTABI_C_NAME;
        return is_keyword(words->text[first + 1]) ? -EINVAL : 0;
    }
    for (size_t i = first; i < words->count; i++)
        found += count_keyword(words->text[i], &keywords);
    if (found == words->count - first)
        return classify_keywords(&keywords, type);
    if (found || words->count - first != 1)
        return -EINVAL;
    if (words->pointers && !strcmp(words->text[first], "void"))
        return 0;
    if (!words->pointers && !may_be_integer(words->text[first]))
        return -EINVAL;
    return classify_name(words->text[first], type);
}

int fastabi_c_type_parse(const char *text, struct fastabi_c_type *type)
{
    struct words words = { .count = 0 };
    int status = split(text, &words);

    memset(type, 0, sizeof(*type));
    if (!status)
        status = classify(&words, type);
    if (status)
        return status;
    memcpy(type->spelling, words.spelling, sizeof(type->spelling));
    if (words.pointers) {
        type->kind = FASTABI_C_POINTER;
        type->width = 64;
        type->is_signed = false;
    }
    return 0;
}
