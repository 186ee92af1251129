/* SPDX-License-Identifier: MIT */
/*
 * C types as they stand under params: what is one, what kind, and how generated code spells it.
 * What is accepted is pasted into C, so a compiler must have nothing to say about its syntax.
 */
#include <errno.h>
#include <string.h>

#include <criterion/criterion.h>

#include "spec/c-type.h"
#include "base/names.h"

static void expect_integer(const char *text, unsigned int width, bool is_signed)
{
    struct fastabi_c_type type;

    cr_assert_eq(fastabi_c_type_parse(text, &type), 0, "%s", text);
    cr_expect_eq(type.kind, FASTABI_C_INTEGER, "%s", text);
    cr_expect_eq(type.width, width, "%s", text);
    cr_expect_eq(type.is_signed, is_signed, "%s", text);
    cr_expect_str_eq(type.spelling, text);
}

static void expect_kind(const char *text, enum fastabi_c_kind kind, const char *spelling)
{
    struct fastabi_c_type type;

    cr_assert_eq(fastabi_c_type_parse(text, &type), 0, "%s", text);
    cr_expect_eq(type.kind, kind, "%s", text);
    cr_expect_str_eq(type.spelling, spelling);
    if (kind == FASTABI_C_POINTER) {
        cr_expect_eq(type.width, 64);
        cr_expect_not(type.is_signed);
    }
}

static void expect_refused(const char *text)
{
    struct fastabi_c_type type;

    cr_expect_eq(fastabi_c_type_parse(text, &type), -EINVAL, "'%s'", text);
}

Test(ctype, standard_integers)
{
    expect_integer("uint8_t", 8, false);
    expect_integer("uint16_t", 16, false);
    expect_integer("uint32_t", 32, false);
    expect_integer("uint64_t", 64, false);
    expect_integer("int8_t", 8, true);
    expect_integer("int16_t", 16, true);
    expect_integer("int32_t", 32, true);
    expect_integer("int64_t", 64, true);
    expect_integer("size_t", 64, false);
    expect_integer("uintptr_t", 64, false);
    expect_integer("intptr_t", 64, true);
}

Test(ctype, keyword_integers)
{
    expect_integer("char", 8, true);
    expect_integer("signed char", 8, true);
    expect_integer("unsigned char", 8, false);
    expect_integer("short", 16, true);
    expect_integer("short int", 16, true);
    expect_integer("unsigned short", 16, false);
    expect_integer("unsigned short int", 16, false);
    expect_integer("int", 32, true);
    expect_integer("signed", 32, true);
    expect_integer("unsigned", 32, false);
    expect_integer("unsigned int", 32, false);
    expect_integer("int unsigned", 32, false);
    expect_integer("long", 64, true);
    expect_integer("unsigned long", 64, false);
    expect_integer("long long", 64, true);
    expect_integer("unsigned long long int", 64, false);
    expect_integer("long int unsigned long", 64, false);
}

Test(ctype, bad_integers)
{
    /* clang-format off */
    static const char *const bad[] = {
        "signed unsigned", "signed signed int", "char char", "char int", "short char",
        "short short", "long char", "long short", "long long long", "int int",
        "unsigned uint32_t", "int foo", "foo int", "unsigned float", "double", "float",
        "long double", "void", "_Bool",
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_refused(bad[i]);
}

Test(ctype, names)
{
    expect_kind("evtchn_port_t", FASTABI_C_NAME, "evtchn_port_t");
    expect_kind("enum xen_state", FASTABI_C_NAME, "enum xen_state");
    expect_kind(" \tenum \t xen_state ", FASTABI_C_NAME, "enum xen_state");
    expect_kind("struct evtchn_status", FASTABI_C_AGGREGATE, "struct evtchn_status");
    expect_kind("union u", FASTABI_C_AGGREGATE, "union u");
}

/* What C keeps for compilers is a typedef where its name says so; elsewhere it may be anything. */
Test(ctype, reserved_names)
{
    /* clang-format off */
    static const char *const good[] = {
        "__u8", "__u64", "__s16", "__le32", "__be64", "__int64", "__uint32_t", "__kernel_size_t",
        "_u32", "u_int", "_t", "domid_t", "Word", "UINT32", "t_", "int128_t",
    };
    static const char *const bad[] = {
        "_BitInt", "_Decimal32", "_Decimal64", "_Decimal128", "_Decimal64x", "_Float16",
        "_Float32x", "_Float64x", "_Float128", "_Float128x", "_Accum", "_Fract", "_Sat",
        "_Complex", "__bf16", "__fp16", "__float80", "__float128", "__ibm128", "__int128",
        "__int128_t", "__uint128_t", "__m64", "__m128", "__m128i", "__m256d", "__m512bh",
        "__mmask8", "__v4si", "__builtin_va_list", "__gnuc_va_list", "__auto_type", "__complex__",
        "__u128", "__u", "__t", "___t", "__", "__leaf", "va_list", "max_align_t", "float_t",
        "double_t", "nullptr_t", "_BitInt(128)",
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        expect_kind(good[i], FASTABI_C_NAME, good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_refused(bad[i]);
    expect_kind("__int128 *", FASTABI_C_POINTER, "__int128 *");
}

Test(ctype, pointers)
{
    expect_kind("void *", FASTABI_C_POINTER, "void *");
    expect_kind("void*", FASTABI_C_POINTER, "void *");
    expect_kind("const void *", FASTABI_C_POINTER, "const void *");
    expect_kind("volatile uint32_t*", FASTABI_C_POINTER, "volatile uint32_t *");
    expect_kind("struct s * *", FASTABI_C_POINTER, "struct s **");
    expect_kind("const struct s *", FASTABI_C_POINTER, "const struct s *");
    expect_kind("unsigned long **", FASTABI_C_POINTER, "unsigned long **");
    expect_kind("domid_t *", FASTABI_C_POINTER, "domid_t *");
}

/* A qualified argument could not be stored to, and says nothing to the caller. */
Test(ctype, qualifiers)
{
    expect_refused("const uint32_t");
    expect_refused("volatile int");
    expect_refused("const");
    expect_refused("const volatile");
    expect_refused("const *");
    expect_refused("const const void *");
    expect_refused("uint32_t *const");
    expect_refused("restrict int *");
    expect_refused("static int");
    expect_refused("register int");
    expect_refused("extern int *");
}

/* Each keyword of C (and what C++ adds to the confusion) alone, as a pointer and as a tag. */
Test(ctype, keywords)
{
    static const char *const keywords[] = {
        "auto",          "break",      "case",
        "continue",      "default",    "do",
        "else",          "enum",       "extern",
        "for",           "goto",       "if",
        "inline",        "register",   "restrict",
        "return",        "sizeof",     "static",
        "struct",        "switch",     "typedef",
        "union",         "while",      "asm",
        "typeof",        "_Alignas",   "_Alignof",
        "_Atomic",       "_Complex",   "_Generic",
        "_Imaginary",    "_Noreturn",  "_Static_assert",
        "_Thread_local", "__asm__",    "__attribute__",
        "__extension__", "__typeof__", "class",
        "template",      "namespace",  "operator",
        "using",         "this",       "typename",
    };

    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
        char text[64];

        expect_refused(keywords[i]);
        strcat(strcpy(text, keywords[i]), " *");
        expect_refused(text);
        strcat(strcpy(text, "struct "), keywords[i]);
        expect_refused(text);
    }
}

Test(ctype, syntax)
{
    /* clang-format off */
    static const char *const bad[] = {
        "", " ", "*", " *", "int); evil(", "int;", "int x", "int *x", "int[4]", "int (*)(void)",
        "int, int", "uint32_t/**/", "/* */ int", "int // x", "int\n", "int\nevil", "struct",
        "struct *", "union", "enum", "enum *", "struct s t", "struct s { int x; }",
        "struct struct s", "a b c d e f g h i", "3", "int3 4", "\"int\"", "int\\", "#define",
        "int\r", "int\v", "\xc3\xa9_t", "__attribute__((cleanup(evil))) int", "typeof(evil())",
        "a::b", "a<b>", "int&",
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_refused(bad[i]);
}

Test(ctype, long_names)
{
    struct fastabi_c_type type;
    char text[300];

    memset(text, 'a', sizeof(text));
    text[FASTABI_IDENTIFIER_MAX] = '\0';
    cr_expect_eq(fastabi_c_type_parse(text, &type), 0);
    cr_expect_str_eq(type.spelling, text);
    text[FASTABI_IDENTIFIER_MAX] = 'a';
    text[FASTABI_IDENTIFIER_MAX + 1] = '\0';
    expect_refused(text);
    memset(text, '*', sizeof(text));
    memcpy(text, "int ", 4);
    text[sizeof(text) - 1] = '\0';
    expect_refused(text); /* longer than a spelling can be */
    text[sizeof(type.spelling) - 1] = '\0';
    cr_expect_eq(fastabi_c_type_parse(text, &type), 0);
    cr_expect_str_eq(type.spelling, text);
}
