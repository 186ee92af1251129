/* SPDX-License-Identifier: MIT */
/*
 * The number of a register in a specification, and what was meant by another value.  Knows no
 * parameter.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "read/hint.h"
#include "spec/build.h"

#define NAME_MAX_SIZE 12

/*
 * Parts of the registers by other names, as assemblers know them; those of r8 to r15 have a suffix.
 */
static const struct alias {
    const char *name;
    const char *whole;
} aliases[] = {
    { "eax", "rax" }, { "ax", "rax" },  { "al", "rax" },  { "ah", "rax" },  { "edi", "rdi" },
    { "di", "rdi" },  { "dil", "rdi" }, { "esi", "rsi" }, { "si", "rsi" },  { "sil", "rsi" },
    { "ebx", "rbx" }, { "bx", "rbx" },  { "bl", "rbx" },  { "bh", "rbx" },  { "ecx", "rcx" },
    { "cx", "rcx" },  { "cl", "rcx" },  { "ch", "rcx" },  { "edx", "rdx" }, { "dx", "rdx" },
    { "dl", "rdx" },  { "dh", "rdx" },  { "ebp", "rbp" }, { "bp", "rbp" },  { "esp", "rsp" },
    { "sp", "rsp" },
};

static const char *const others[] = {
    "rbx", "rcx", "rdx", "rbp", "rsp", "r13", "r14", "r15", "rip"
};

/* The whole register that a name in any form stands for, in lower case; false: it cannot be one. */
static bool normalise(const char *text, char name[NAME_MAX_SIZE])
{
    size_t length;

    text += *text == '%' || *text == '$';
    length = strlen(text);
    if (!length || length >= NAME_MAX_SIZE)
        return false;
    for (size_t i = 0; i <= length; i++)
        name[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] - 'A' + 'a') : text[i];
    if (name[0] == 'r' && name[1] >= '0' && name[1] <= '9') {
        if (strchr("dwbl", name[length - 1]))
            name[length - 1] = '\0';
        if (name[1] == '0' && name[2])
            memmove(name + 1, name + 2, strlen(name + 1));
    }
    for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
        if (!strcmp(name, aliases[i].name))
            snprintf(name, NAME_MAX_SIZE, "%s", aliases[i].whole);
    }
    return true;
}

/* What to do about a value that is not a register's number. */
static const char *hint_register(const struct fastabi_node *value, char hint[FASTABI_HINT_SIZE])
{
    char name[NAME_MAX_SIZE] = "";
    int reg = normalise(value->text, name) ? fastabi_register_number(name) : FASTABI_NO_REGISTER;

    if (reg > 0) {
        snprintf(hint, FASTABI_HINT_SIZE, "%s is register %d, so write %d", name, reg, reg);
        return hint;
    }
    if (reg == 0) {
        snprintf(hint, FASTABI_HINT_SIZE,
                 "%s is register 0, which carries the hypercall and the result; use 1 to 7", name);
        return hint;
    }
    for (size_t i = 0; *name && i < sizeof(others) / sizeof(others[0]); i++) {
        if (!strcmp(name, others[i])) {
            snprintf(hint, FASTABI_HINT_SIZE,
                     "%s is not a register of FastABI; use 1 to 7, for rdi, rsi and r8 to r12",
                     name);
            return hint;
        }
    }
    if (!strncmp(value->text, "reg", 3) && value->text[3] >= '1' && value->text[3] <= '7' &&
        !value->text[4]) {
        snprintf(hint, FASTABI_HINT_SIZE, "write %s", value->text + 3);
        return hint;
    }
    return fastabi_hint_integer(value, hint);
}

int fastabi_read_register(struct fastabi_form *form, const struct fastabi_node *key,
                          const struct fastabi_node *value, int64_t *reg, bool *ok)
{
    char hint[FASTABI_HINT_SIZE];
    struct fastabi_mark mark = fastabi_mark_of(value);
    int64_t parsed = 0;
    int status = fastabi_expect(form, key, value, FASTABI_SCALAR, ok);

    if (status || !*ok)
        return status;
    *ok = false;
    if (!value->plain || fastabi_parse_integer(value->text, true, &parsed) == -EINVAL)
        return fastabi_complain(form, FASTABI_DIAG_NOT_AN_INTEGER, mark,
                                "'%.60s' is not the number of a register; %s", value->text,
                                hint_register(value, hint));
    if (fastabi_parse_integer(value->text, true, &parsed) || parsed < 0 ||
        parsed >= FASTABI_REGISTERS)
        return fastabi_complain(
            form, FASTABI_DIAG_OUT_OF_RANGE, mark,
            "there is no register %.60s; use 1 to %d, as register 0 carries the "
            "hypercall and the result",
            value->text, FASTABI_REGISTERS - 1);
    *reg = parsed;
    *ok = true;
    return 0;
}
