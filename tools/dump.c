/* SPDX-License-Identifier: MIT */
/* Register dumps as text: those of Xen, Linux, QEMU and gdb. */
#include "dump.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX  40 /* characters of a word in a message */
#define HEX_DIGITS 16 /* of a register in a dump without 0x */

static const char blanks[] = " \t\r\n,;";

/* ---- words ---- */

/* Registers of a dump that are not the ABI's. */
static bool is_other_register(const char *name)
{
    static const char *const names[] = {
        "rbx", "rcx", "rdx", "rbp", "rsp", "r13", "r14", "r15", "rip", "eip", "eflags", "rflags",
        "rfl", "efl", "cs",  "ds",  "es",  "fs",  "gs",  "ss",  "cr0", "cr2", "cr3",    "cr4",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!strcmp(names[i], name))
            return true;
    }
    return false;
}

enum { WORD_OTHER = -1, WORD_NOT_A_REGISTER = -2, WORD_ORIG_RAX = -3 };

/*
 * The number of the register that a word of length characters names ("R08" too), or one of the
 * above.
 */
static int find_register(const char *word, size_t length)
{
    char name[12] = "";
    int reg;

    if (!length || length >= sizeof(name))
        return WORD_NOT_A_REGISTER;
    for (size_t i = 0; i < length; i++)
        name[i] = (char)tolower((unsigned char)word[i]);
    if (!strcmp(name, "orig_rax"))
        return WORD_ORIG_RAX;
    if (name[0] == 'r' && name[1] == '0' && name[2])
        memmove(name + 1, name + 2, strlen(name + 1));
    if (!strncmp(name, "reg", 3) && name[3] >= '0' && name[3] < '0' + FASTABI_REGISTERS && !name[4])
        return name[3] - '0'; /* as specifications number them */
    reg = fastabi_register_number(name);
    if (reg != FASTABI_NO_REGISTER)
        return reg;
    return is_other_register(name) ? WORD_OTHER : WORD_NOT_A_REGISTER;
}

/* Is the text hexadecimal as dumps have it, with all digits and no 0x? */
static bool is_dump_hex(const char *text, size_t length)
{
    return length == HEX_DIGITS && strspn(text, "0123456789abcdefABCDEF") == length &&
           (text[0] == '0' || strcspn(text, "abcdefABCDEF") < length);
}

/*
 * Digits after a zero: in which base is not known, unless they are those of a dump.  Nothing but
 * zeros is 0 in any.
 */
static bool has_unknown_base(const char *text, size_t length, bool is_hex)
{
    const char *digits = text + (*text == '-');

    return !is_hex && !is_dump_hex(text, length) && digits[0] == '0' &&
           digits + strspn(digits, "0") < text + length &&
           digits + strspn(digits, "0123456789") == text + length;
}

/* Decimal, 0x hexadecimal, or hexadecimal alone; decimal may be negative. */
static bool parse_value(const char *text, size_t length, bool is_hex, uint64_t *value)
{
    bool is_negative = *text == '-';
    const char *digits = text + is_negative;
    bool has_prefix = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    int base = has_prefix || is_hex || is_dump_hex(text, length) ? 16 : 10;
    unsigned long long number;
    char *end;

    digits += has_prefix ? 2 : 0;
    if (!isxdigit((unsigned char)*digits))
        return false;
    errno = 0;
    number = strtoull(digits, &end, base);
    if (errno || end != text + length || (is_negative && number > (uint64_t)INT64_MAX + 1))
        return false;
    *value = is_negative ? -(uint64_t)number : number;
    return true;
}

/* ---- reading ---- */

__attribute__((__format__(__printf__, 2, 3))) static bool fail(struct dump_fault *fault,
                                                               const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(fault->text, sizeof(fault->text), format, arguments);
    va_end(arguments);
    return false;
}

static bool set_register(struct dump *dump, int reg, uint64_t value, struct dump_fault *fault)
{
    if (reg == WORD_ORIG_RAX) {
        dump->original = value;
        dump->has_original = true;
        return true;
    }
    if (dump->known >> reg & 1)
        return fail(fault, "%s is given twice, as 0x%" PRIx64 " and 0x%" PRIx64 "; remove one",
                    fastabi_register_name(reg), dump->values[reg], value);
    dump->values[reg] = value;
    dump->known |= 1u << reg;
    return true;
}

/* What separates a register from its value: '=', ':', or a blank ('\0': nothing does). */
static char take_separator(const char **text)
{
    const char *next = *text + strspn(*text, " \t");
    char separator = *next == '=' || *next == ':' ? *next : next > *text ? ' ' : '\0';

    *text = next + (*next == '=' || *next == ':');
    *text += strspn(*text, " \t\r\n");
    return separator;
}

static bool read_value(struct dump *dump, int reg, char separator, const char **text,
                       struct dump_fault *fault)
{
    const char *word = *text;
    size_t length = strcspn(word, blanks);
    uint64_t value;

    if (has_unknown_base(word, length, separator == ':'))
        return fail(fault,
                    "'%.*s' may be octal, decimal or hexadecimal; write it without the leading "
                    "zero, or with 0x",
                    length < SHOWN_MAX ? (int)length : SHOWN_MAX, word);
    if (!parse_value(word, length, separator == ':', &value)) {
        if (separator == ' ') /* the register was a word like any other */
            return true;
        if (!length)
            return fail(fault, "%s has no value; write it decimal or 0x hexadecimal",
                        reg == WORD_ORIG_RAX ? "orig_rax" : fastabi_register_name(reg));
        return fail(fault, "'%.*s' is not a value of 64 bits; write it decimal or 0x hexadecimal",
                    length < SHOWN_MAX ? (int)length : SHOWN_MAX, word);
    }
    *text += length;
    return set_register(dump, reg, value, fault);
}

bool dump_read(struct dump *dump, const char *text, struct dump_fault *fault)
{
    for (;;) {
        size_t length;
        int reg;

        text += strspn(text, blanks);
        if (!*text)
            return true;
        length = strcspn(text, " \t\r\n,;=:");
        reg = find_register(text, length);
        text += length;
        if (reg == WORD_NOT_A_REGISTER || reg == WORD_OTHER) {
            text += *text == '=' || *text == ':';
            continue;
        }
        if (!read_value(dump, reg, take_separator(&text), &text, fault))
            return false;
    }
}

bool dump_is_part(const char *argument, bool after_part)
{
    size_t name = strcspn(argument, "=:");
    bool is_register = find_register(argument, name) != WORD_NOT_A_REGISTER;

    if (strchr(argument, '/'))
        return false;
    if (argument[strcspn(argument, " \t\n=")] || (argument[name] == ':' && !argument[name + 1]))
        return true;
    if (is_register)
        return true;
    /* a value, or a word of a line such as gdb's "[ ZF PF ]" */
    return after_part && (isdigit((unsigned char)*argument) || strchr("-[]<(", *argument) ||
                          is_dump_hex(argument, strlen(argument)));
}

bool dump_is_empty(const struct dump *dump)
{
    return !dump->known && !dump->has_original;
}

/*
 * After an exception of Linux, rax is what it was and ORIG_RAX is -1; after a call, rax is the
 * result.
 */
void dump_settle(struct dump *dump)
{
    bool is_call = dump->known & 1 && dump->values[0] & FASTABI_MASK &&
                   !(dump->values[0] >> 31 & 1);

    if (!dump->has_original || is_call)
        return;
    if (!(dump->known & 1) || (dump->original & FASTABI_MASK && !(dump->original >> 31 & 1))) {
        dump->values[0] = dump->original;
        dump->known |= 1;
    }
}
