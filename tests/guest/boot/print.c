/* SPDX-License-Identifier: MIT */
/* Text to Xen's debug port, which takes a character at a time and prints whole lines. */
#include "runtime.h"

struct sink {
    char *to; /* NULL: the port */
    size_t size, used;
};

static void put(struct sink *sink, char c)
{
    if (!sink->to)
        __asm__ __volatile__("outb %0, $0xe9" : : "a"(c));
    else if (sink->used + 1 < sink->size)
        sink->to[sink->used] = c;
    sink->used++;
}

static void put_padded(struct sink *sink, const char *text, size_t length, size_t width, char pad,
                       bool left)
{
    size_t fill = width > length ? width - length : 0;

    for (size_t i = 0; !left && i < fill; i++)
        put(sink, pad);
    for (size_t i = 0; i < length; i++)
        put(sink, text[i]);
    for (size_t i = 0; left && i < fill; i++)
        put(sink, ' ');
}

static char *digits(char *end, uint64_t value, unsigned base)
{
    do
        *--end = "0123456789abcdef"[value % base];
    while (value /= base);
    return end;
}

static void put_number(struct sink *sink, uint64_t value, unsigned base, bool negative,
                       size_t width, char pad, bool left)
{
    char text[24], *end = text + sizeof(text), *start = digits(end, value, base);

    if (negative)
        *--start = '-';
    put_padded(sink, start, (size_t)(end - start), width, pad, left);
}

static void put_list(struct sink *sink, const char *f, va_list list)
{
    for (; *f; f++) {
        bool left = false;
        char pad = ' ';
        size_t width = 0;
        unsigned longs = 0;

        if (*f != '%') {
            put(sink, *f);
            continue;
        }
        for (f++; *f == '-' || *f == '0'; f++)
            *f == '-' ? (void)(left = true) : (void)(pad = '0');
        for (; *f >= '0' && *f <= '9'; f++)
            width = width * 10 + (size_t)(*f - '0');
        for (; *f == 'l' || *f == 'z'; f++)
            longs++;
        if (*f == 'd' || *f == 'i') {
            int64_t value = longs ? va_arg(list, long) : va_arg(list, int);

            put_number(sink, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, value < 0, width,
                       pad, left);
        } else if (*f == 'u' || *f == 'x') {
            uint64_t value = longs ? va_arg(list, unsigned long) : va_arg(list, unsigned);

            put_number(sink, value, *f == 'u' ? 10 : 16, false, width, pad, left);
        } else if (*f == 'p') {
            put_padded(sink, "0x", 2, 0, ' ', false);
            put_number(sink, (uint64_t)(uintptr_t)va_arg(list, void *), 16, false, 0, ' ', false);
        } else if (*f == 's') {
            const char *text = va_arg(list, const char *);

            put_padded(sink, text ? text : "(null)", text ? strlen(text) : 6, width, ' ', left);
        } else if (*f == 'c') {
            put(sink, (char)va_arg(list, int));
        } else {
            put(sink, *f);
        }
    }
}

void print_list(const char *format, va_list list)
{
    struct sink port = { NULL, 0, 0 };

    put_list(&port, format, list);
}

void print(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    print_list(format, list);
    va_end(list);
}

void text_list(char *to, size_t size, const char *format, va_list list)
{
    struct sink sink = { to, size, 0 };

    put_list(&sink, format, list);
    to[sink.used < size ? sink.used : size - 1] = 0;
}

void text_format(char *to, size_t size, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    text_list(to, size, format, list);
    va_end(list);
}
