/* SPDX-License-Identifier: MIT */
/*
 * Reading the text of a specification, and refusing bytes that are not text before anything
 * parses them.
 */
#include "read/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/context.h"
#include "base/utf8.h"

#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

/*
 * Does not wait for a writer that a FIFO may never get; for what a pipe's writer has to say, it
 * does.
 */
static FILE *open_stream(const char *path)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    FILE *stream = NULL;

    if (fd < 0)
        return NULL;
    if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK) >= 0)
        stream = fdopen(fd, "rb");
    if (!stream)
        close(fd);
    return stream;
}

static int report_size(const struct fastabi_source *source)
{
    struct fastabi_place place = { source->name, 0, 0 };

    return fastabi_report(source->context, FASTABI_DIAG_FILE_TOO_LARGE, &place,
                          "the file is larger than %zu bytes; divide it",
                          source->context->limits.file_bytes);
}

/* What can be known of a file before it is read. */
static int check_file(struct fastabi_source *source)
{
    struct stat status;

    if (fstat(fileno(source->stream), &status))
        return 0;
    if (S_ISDIR(status.st_mode))
        return fastabi_report_system(source->context, FASTABI_DIAG_CANNOT_READ, source->name,
                                     -EISDIR);
    if (S_ISREG(status.st_mode) && (uintmax_t)status.st_size > source->context->limits.file_bytes)
        return report_size(source);
    return 0;
}

int fastabi_source_open(struct fastabi_source *source, struct fastabi_context *context,
                        const char *path, const char *name, const char *text, size_t length)
{
    int status;

    memset(source, 0, sizeof(*source));
    source->context = context;
    source->name = name;
    source->text = text;
    source->left = length;
    source->fingerprint = FNV_BASIS;
    source->line = 1;
    if (!path)
        return 0;
    source->stream = open_stream(path);
    if (!source->stream)
        return fastabi_report_system(context, FASTABI_DIAG_CANNOT_READ, name, -errno);
    status = check_file(source);
    if (status)
        fastabi_source_close(source);
    return status;
}

void fastabi_source_close(struct fastabi_source *source)
{
    if (source->stream)
        fclose(source->stream);
    source->stream = NULL;
}

static struct fastabi_place here(const struct fastabi_source *source)
{
    return (struct fastabi_place){ source->name, source->line, source->column + 1 };
}

/* Do the first bytes look like text of 16 bits a character? */
static bool is_utf16(const struct fastabi_source *source)
{
    return source->line == 1 && source->line_bytes <= 2;
}

static int refuse_utf8(struct fastabi_source *source)
{
    struct fastabi_place place = here(source);

    return fastabi_report(source->context, FASTABI_DIAG_NOT_UTF8, &place,
                          is_utf16(source)
                              ? "the file is UTF-16 or UTF-32, or not text; save it as UTF-8"
                              : "invalid UTF-8; save the file as UTF-8, if it is text");
}

/* The carriage return was the last character. */
static int refuse_return(struct fastabi_source *source)
{
    struct fastabi_place place = { source->name, source->line, source->column };

    return fastabi_report(
        source->context, FASTABI_DIAG_CONTROL_CHARACTER, &place,
        "a carriage return within a line is not allowed; end lines with a newline");
}

static int check_code_point(struct fastabi_source *source, uint32_t code_point)
{
    struct fastabi_place place = here(source);

    if (code_point == 0xfeff && source->line == 1 && source->line_bytes == 3)
        return 0; /* a byte order mark */
    if (!code_point && is_utf16(source))
        return refuse_utf8(source);
    if (fastabi_is_forbidden(code_point))
        return fastabi_report(source->context, FASTABI_DIAG_CONTROL_CHARACTER, &place,
                              source->line == 1 && !source->column
                                  ? "character U+%04X is not allowed; remove it, if this is text"
                                  : "character U+%04X is not allowed; remove it",
                              (unsigned int)code_point);
    source->column++;
    return 0;
}

/* A byte of a character outside ASCII. */
static int check_multibyte(struct fastabi_source *source, unsigned char byte)
{
    uint32_t code_point;

    if (!source->character_length)
        source->character_length = fastabi_utf8_length(byte);
    else if ((byte & 0xc0) != 0x80)
        return refuse_utf8(source);
    if (!source->character_length)
        return refuse_utf8(source);
    source->character[source->character_bytes++] = (char)byte;
    if (source->character_bytes < source->character_length)
        return 0;
    source->character[source->character_bytes] = '\0';
    source->character_bytes = source->character_length = 0;
    if (!fastabi_utf8_decode(source->character, &code_point))
        return refuse_utf8(source);
    return check_code_point(source, code_point);
}

static int check_byte(struct fastabi_source *source, unsigned char byte)
{
    if (source->carriage_return && byte != '\n')
        return refuse_return(source);
    source->carriage_return = byte == '\r';
    if (byte == '\n') {
        if (source->character_bytes)
            return refuse_utf8(source);
        source->line++;
        source->column = 0;
        source->line_bytes = 0;
        return 0;
    }
    if (source->character_bytes || byte >= 0x80)
        return check_multibyte(source, byte);
    return check_code_point(source, byte);
}

/* libyaml reads all directives before it reports one, each time looking at those before. */
static int refuse_directive(struct fastabi_source *source)
{
    struct fastabi_place place = here(source);

    return fastabi_report(source->context, FASTABI_DIAG_TAG, &place,
                          "a directive; the language has none, so remove the line, or indent a "
                          "text that starts with '%%'");
}

static int check_bytes(struct fastabi_source *source, const unsigned char *bytes, size_t length)
{
    size_t i = 0;

    while (i < length) {
        if (!source->column && bytes[i] == '%')
            return refuse_directive(source);
        if (!source->character_bytes && !source->carriage_return) {
            size_t plain = fastabi_utf8_plain(bytes + i, length - i);

            while (i + plain < length && bytes[i + plain] >= 0x20 && bytes[i + plain] < 0x7f)
                plain++;

            i += plain;
            source->column += (unsigned int)plain;
            source->line_bytes += plain;
        }
        if (i < length && bytes[i] != '\n')
            source->line_bytes++;
        if (source->line_bytes > source->context->limits.line_bytes) {
            struct fastabi_place place = { source->name, source->line, 1 };

            return fastabi_report(source->context, FASTABI_DIAG_LINE_TOO_LONG, &place,
                                  "the line is longer than %zu bytes; wrap it",
                                  source->context->limits.line_bytes);
        }
        if (i < length && check_byte(source, bytes[i++]))
            return -EINVAL;
    }
    return 0;
}

uint64_t fastabi_fingerprint_add(uint64_t fingerprint, const void *data, size_t length)
{
    const unsigned char *bytes = data;
    size_t i = 0;

    for (; i + 4 <= length; i += 4) {
        fingerprint = (fingerprint ^ bytes[i]) * FNV_PRIME;
        fingerprint = (fingerprint ^ bytes[i + 1]) * FNV_PRIME;
        fingerprint = (fingerprint ^ bytes[i + 2]) * FNV_PRIME;
        fingerprint = (fingerprint ^ bytes[i + 3]) * FNV_PRIME;
    }
    for (; i < length; i++)
        fingerprint = (fingerprint ^ bytes[i]) * FNV_PRIME;
    return fingerprint;
}

static int fetch(struct fastabi_source *source, unsigned char *buffer, size_t size, size_t *got)
{
    if (!source->stream) {
        *got = source->left < size ? source->left : size;
        if (*got)
            memcpy(buffer, source->text, *got);
        source->text += *got;
        source->left -= *got;
        return 0;
    }
    errno = 0;
    *got = fread(buffer, 1, size, source->stream);
    if (*got < size && ferror(source->stream))
        return fastabi_report_system(source->context, FASTABI_DIAG_CANNOT_READ, source->name,
                                     errno ? -errno : -EIO);
    return 0;
}

int fastabi_source_read(struct fastabi_source *source, unsigned char *buffer, size_t size,
                        size_t *got)
{
    *got = 0;
    if (source->error)
        return source->error;
    source->error = fetch(source, buffer, size, got);
    if (source->error)
        return source->error;
    source->total += *got;
    if (source->total > source->context->limits.file_bytes)
        source->error = report_size(source);
    else if (check_bytes(source, buffer, *got) ||
             (!*got && source->character_bytes && refuse_utf8(source)) ||
             (!*got && source->carriage_return && refuse_return(source)))
        source->error = -EINVAL;
    source->fingerprint = fastabi_fingerprint_add(source->fingerprint, buffer, *got);
    return source->error;
}
