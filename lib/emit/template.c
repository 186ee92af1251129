/* SPDX-License-Identifier: MIT */
/*
 * Templates: the conversions of printf() that a generator needs, without its locale.  Knows nothing
 * of where the text goes.
 */
#include "emit/put.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/types.h>

/* Called for each piece of text: a call would cost more than what it does. */
#define ALWAYS_INLINE __attribute__((__always_inline__)) static inline

#define NUMBER_MAX 20    /* digits of a 64-bit number */
#define FIELD_MAX  65536 /* of a width or precision */

/* A conversion of a template: %[-][0][WIDTH][.PRECISION][LENGTH]TYPE. */
struct conversion {
    bool is_left;
    bool has_zeroes;
    int width;     /* columns, at least; 0: as many as there are */
    int precision; /* bytes of a string, at most; -1: all of it */
    char length;   /* 0, 'l', 'L' for "ll", 'z' or 'j' */
    char type;
};

/* Blanks or zeroes. */
static void put_repeated(struct fastabi_writer *writer, char character, size_t count)
{
    static const char blanks[] = "                                ";
    static const char zeroes[] = "00000000000000000000000000000000";
    const char *text = character == '0' ? zeroes : blanks;
    const size_t most = sizeof(blanks) - 1;

    for (; count > most; count -= most)
        put_bytes(writer, text, most);
    put_bytes(writer, text, count);
}

/* The digits of a number, up to end.  Returns the first. */
static char *print_decimal(char *end, uint64_t value)
{
    do {
        *--end = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    return end;
}

static char *print_hexadecimal(char *end, uint64_t value, const char *digits)
{
    do {
        *--end = digits[value & 15];
        value >>= 4;
    } while (value);
    return end;
}

static const char lower_digits[] = "0123456789abcdef";
static const char upper_digits[] = "0123456789ABCDEF";

static void put_decimal(struct fastabi_writer *writer, uint64_t value, bool is_negative)
{
    char text[NUMBER_MAX + 1];
    char *end = text + sizeof(text);
    char *start;

    start_line(writer);
    if (value < 10 && !is_negative && writer->used < FASTABI_WRITER_BUFFER) { /* most are */
        writer->buffer[writer->used++] = (char)('0' + value);
        return;
    }
    start = print_decimal(end, value);
    if (is_negative)
        *--start = '-';
    put_bytes(writer, start, (size_t)(end - start));
}

static void put_signed(struct fastabi_writer *writer, int64_t value)
{
    put_decimal(writer, value < 0 ? -(uint64_t)value : (uint64_t)value, value < 0);
}

static void put_hexadecimal(struct fastabi_writer *writer, uint64_t value)
{
    char text[NUMBER_MAX];
    char *end = text + sizeof(text);
    char *start = print_hexadecimal(end, value, lower_digits);

    start_line(writer);
    put_bytes(writer, start, (size_t)(end - start));
}

/* A value in a field of the conversion's width. */
static void put_padded(struct fastabi_writer *writer, const struct conversion *conversion,
                       const char *text, size_t length)
{
    size_t columns = fastabi_text_columns(text, length);
    size_t blanks = (size_t)conversion->width > columns ? (size_t)conversion->width - columns : 0;

    if (blanks && !conversion->is_left) {
        start_line(writer);
        put_repeated(writer, ' ', blanks);
    }
    fastabi_writer_put_text(writer, text, length);
    if (blanks && conversion->is_left) {
        start_line(writer);
        put_repeated(writer, ' ', blanks);
    }
}

static void put_padded_number(struct fastabi_writer *writer, const struct conversion *conversion,
                              uint64_t value, bool is_negative)
{
    char text[NUMBER_MAX + 1];
    char *end = text + sizeof(text);
    char *start = conversion->type == 'x'   ? print_hexadecimal(end, value, lower_digits)
                  : conversion->type == 'X' ? print_hexadecimal(end, value, upper_digits)
                                            : print_decimal(end, value);
    size_t length = (size_t)(end - start) + is_negative;
    size_t width = (size_t)conversion->width;

    if (conversion->has_zeroes && !conversion->is_left && width > length) {
        start_line(writer);
        put_bytes(writer, "-", is_negative);
        put_repeated(writer, '0', width - length);
        put_bytes(writer, start, (size_t)(end - start));
        return;
    }
    if (is_negative)
        *--start = '-';
    put_padded(writer, conversion, start, length);
}

static void put_padded_string(struct fastabi_writer *writer, const struct conversion *conversion,
                              const char *text)
{
    if (!text)
        set_error(writer, -EINVAL);
    else if (conversion->precision < 0)
        put_padded(writer, conversion, text, strlen(text));
    else
        put_padded(writer, conversion, text, strnlen(text, (size_t)conversion->precision));
}

/* NOLINTBEGIN(bugprone-branch-clone): types that are the same on some machines only */
static int64_t take_signed(char length, va_list *arguments)
{
    switch (length) {
    case 'l':
        return va_arg(*arguments, long);
    case 'L':
        return va_arg(*arguments, long long);
    case 'z':
        return va_arg(*arguments, ssize_t);
    case 'j':
        return va_arg(*arguments, intmax_t);
    default:
        return va_arg(*arguments, int);
    }
}

static uint64_t take_unsigned(char length, va_list *arguments)
{
    switch (length) {
    case 'l':
        return va_arg(*arguments, unsigned long);
    case 'L':
        return va_arg(*arguments, unsigned long long);
    case 'z':
        return va_arg(*arguments, size_t);
    case 'j':
        return va_arg(*arguments, uintmax_t);
    default:
        return va_arg(*arguments, unsigned int);
    }
}
/* NOLINTEND(bugprone-branch-clone) */

/* A width or precision, in digits or as an argument, cut at FIELD_MAX.  Moves *at past it. */
static int read_number(const char **at, va_list *arguments)
{
    int value = 0;

    if (**at == '*') {
        ++*at;
        value = va_arg(*arguments, int);
        return value > FIELD_MAX ? FIELD_MAX : value < -FIELD_MAX ? -FIELD_MAX : value;
    }
    for (; **at >= '0' && **at <= '9'; ++*at)
        value = value < FIELD_MAX / 10 ? 10 * value + (**at - '0') : FIELD_MAX;
    return value;
}

/* Read a conversion after its '%'.  Returns where the template goes on. */
static const char *read_conversion(struct conversion *conversion, const char *at,
                                   va_list *arguments)
{
    *conversion = (struct conversion){ .precision = -1 };
    for (; *at == '-' || *at == '0'; at++) {
        conversion->is_left |= *at == '-';
        conversion->has_zeroes |= *at == '0';
    }
    conversion->width = read_number(&at, arguments);
    if (conversion->width < 0) {
        conversion->is_left = true;
        conversion->width = -conversion->width;
    }
    if (*at == '.') {
        at++;
        conversion->precision = read_number(&at, arguments);
    }
    if (*at == 'l' && at[1] == 'l') {
        conversion->length = 'L';
        at += 2;
    } else if (*at == 'l' || *at == 'z' || *at == 'j') {
        conversion->length = *at++;
    }
    conversion->type = *at;
    return *at ? at + 1 : at;
}

/* A conversion with a flag, a width, a precision or a length. */
__attribute__((__noinline__)) static const char *
put_long_conversion(struct fastabi_writer *writer, const char *at, va_list *arguments)
{
    struct conversion conversion;
    int64_t value;

    at = read_conversion(&conversion, at, arguments);
    if (conversion.type == 's' && !conversion.length) {
        put_padded_string(writer, &conversion, va_arg(*arguments, const char *));
        return at;
    }
    if (conversion.precision >= 0)
        conversion.type = '\0';
    switch (conversion.type) {
    case 'd':
    case 'i':
        value = take_signed(conversion.length, arguments);
        put_padded_number(writer, &conversion, value < 0 ? -(uint64_t)value : (uint64_t)value,
                          value < 0);
        return at;
    case 'u':
    case 'x':
    case 'X':
        put_padded_number(writer, &conversion, take_unsigned(conversion.length, arguments), false);
        return at;
    default:
        set_error(writer, -EINVAL);
        return at;
    }
}

static void put_string(struct fastabi_writer *writer, const char *text)
{
    if (text)
        put_until(writer, text, END);
    else
        set_error(writer, -EINVAL);
}

static void put_character(struct fastabi_writer *writer, int character)
{
    const char text[2] = { (char)character, '\0' };

    put_until(writer, text, END);
}

/* One conversion, which starts after its '%'.  Returns where the template goes on. */
ALWAYS_INLINE const char *put_conversion(struct fastabi_writer *writer, const char *at,
                                         va_list *arguments)
{
    switch (*at) {
    case 's':
        put_string(writer, va_arg(*arguments, const char *));
        break;
    case 'u':
        put_decimal(writer, va_arg(*arguments, unsigned int), false);
        break;
    case 'd':
        put_signed(writer, va_arg(*arguments, int));
        break;
    case 'x':
        put_hexadecimal(writer, va_arg(*arguments, unsigned int));
        break;
    case 'c':
        put_character(writer, va_arg(*arguments, int));
        break;
    case '%':
        put_until(writer, "%", END);
        break;
    default:
        return put_long_conversion(writer, at, arguments);
    }
    return at + 1;
}

ALWAYS_INLINE void put_template(struct fastabi_writer *writer, const char *text, va_list *arguments)
{
    while (!writer->error) {
        if (*text != '%')
            text = put_until(writer, text, END | PERCENT);
        if (!*text)
            break;
        text = put_conversion(writer, text + 1, arguments);
    }
}

void fastabi_write(struct fastabi_writer *writer, const char *format, ...)
{
    va_list arguments;

    if (!writer)
        return;
    if (!format) {
        set_error(writer, -EINVAL);
        return;
    }
    va_start(arguments, format);
    put_template(writer, format, &arguments);
    va_end(arguments);
}

void fastabi_vwrite(struct fastabi_writer *writer, const char *format, va_list arguments)
{
    va_list copy;

    if (!writer)
        return;
    if (!format) {
        set_error(writer, -EINVAL);
        return;
    }
    va_copy(copy, arguments);
    put_template(writer, format, &copy);
    va_end(copy);
}
