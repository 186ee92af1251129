/* SPDX-License-Identifier: MIT */
/* Bytes or text that grow in memory.  Knows nothing of what is written. */
#include "base/buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for that many bytes more. */
static bool has_room(struct fastabi_buffer *buffer, size_t length)
{
    size_t capacity = 2 * (buffer->length + length) + 256;
    char *larger;

    if (length <= buffer->capacity - buffer->length)
        return true;
    larger = realloc(buffer->bytes, capacity);
    if (!larger) {
        buffer->failed = true;
        return false;
    }
    buffer->bytes = larger;
    buffer->capacity = capacity;
    return true;
}

int fastabi_buffer_add(struct fastabi_buffer *buffer, const char *bytes, size_t length)
{
    if (!length)
        return 0;
    if (!has_room(buffer, length))
        return -ENOMEM;
    memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    return 0;
}

void fastabi_buffer_put(struct fastabi_buffer *buffer, const char *text)
{
    fastabi_buffer_add(buffer, text, strlen(text));
}

void fastabi_buffer_printf(struct fastabi_buffer *buffer, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        buffer->failed = true;
    if (length < 0 || !has_room(buffer, (size_t)length + 1))
        return;
    va_start(arguments, format);
    vsnprintf(buffer->bytes + buffer->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    buffer->length += (size_t)length;
}

char *fastabi_buffer_text(struct fastabi_buffer *buffer)
{
    if (buffer->failed || !has_room(buffer, 1))
        return NULL;
    buffer->bytes[buffer->length] = '\0';
    return buffer->bytes;
}

void fastabi_buffer_free(struct fastabi_buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct fastabi_buffer){ NULL, 0, 0, false };
}
