/* SPDX-License-Identifier: MIT */
/* C types as they stand under params: parsed, never pasted.  Knows nothing of YAML. */
#ifndef FASTABI_LIB_CTYPE_H
#define FASTABI_LIB_CTYPE_H

#include <stdbool.h>
#include <stdint.h>

enum fastabi_c_kind {
    FASTABI_C_INTEGER,   /* width and sign are known */
    FASTABI_C_POINTER,   /* 64 bits */
    FASTABI_C_NAME,      /* a typedef of an integer, or an enum: only a header knows more */
    FASTABI_C_AGGREGATE, /* a struct or union by value: fits no register */
};

struct fastabi_c_type {
    enum fastabi_c_kind kind;
    uint8_t width;
    bool is_signed;
    char spelling[160]; /* the type with single blanks: what generated code says */
};

/* 0, or -EINVAL when it is not a C type of the kind that can be passed. */
int fastabi_c_type_parse(const char *text, struct fastabi_c_type *type);

#endif
