/* SPDX-License-Identifier: MIT */
/*
 * The calls in a stream of Xen's trace records, as xentrace writes it.  Must not know how calls
 * are printed.
 */
#include "show.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A header has the event, how many words follow, and whether a time of two words is in between. */
#define EVENT(header)    ((header)&0xfffffffu)
#define WORDS(header)    ((header) >> 28 & 7)
#define HAS_TIME(header) ((header) >> 31)

/* Events of Xen, and those of FastABI (xen/public-fastabi.h). */
enum {
    EVENT_LOST = 0x0001f001,
    EVENT_CPU = 0x0001f003,
    EVENT_CALL = 0x00088001, /* three registers */
    EVENT_MORE = 0x00088002, /* three more */
    EVENT_LAST = 0x00088003, /* two more */
    EVENT_RESULT = 0x00088004,
};

#define CPUS_MAX 4096 /* as many as Xen can be built for */

struct stream {
    const struct tool_specs *specs;
    const unsigned char *next;
    size_t left; /* bytes */
    size_t record;
    uint32_t cpu;
    struct dump *calls; /* of each CPU, as far as it is known */
};

struct record {
    uint32_t event, words[7];
    unsigned int count;
};

static uint32_t take_word(struct stream *stream)
{
    uint32_t word = 0;

    for (unsigned int i = 0; i < sizeof(word); i++)
        word |= (uint32_t)stream->next[i] << 8 * i;
    stream->next += sizeof(word);
    stream->left -= sizeof(word);
    return word;
}

static enum tool_status complain(const struct stream *stream, const char *message)
{
    tool_error("BAD_DUMP", "<stdin>", 0, "record %zu: %s", stream->record, message);
    return TOOL_FAULT;
}

static enum tool_status read_record(struct stream *stream, struct record *record)
{
    uint32_t header;
    unsigned int skipped;

    stream->record++;
    if (stream->left < sizeof(header))
        return complain(stream, "the stream ends in its header; copy all of it");
    header = take_word(stream);
    record->event = EVENT(header);
    record->count = WORDS(header);
    skipped = HAS_TIME(header) ? 2 : 0;
    if (stream->left < (skipped + record->count) * sizeof(header))
        return complain(stream, "the stream ends in it; copy all of it");
    while (skipped--)
        (void)take_word(stream);
    for (unsigned int i = 0; i < record->count; i++)
        record->words[i] = take_word(stream);
    return TOOL_DONE;
}

/* Registers from first on, in words of which the lower half comes first. */
static enum tool_status take_registers(struct stream *stream, const struct record *record,
                                       int first, unsigned int count)
{
    struct dump *dump = &stream->calls[stream->cpu];
    const uint32_t *words = record->words;

    if (record->count != 2 * count)
        return complain(stream, "it has another length than a FastABI record of its kind; decode "
                                "it with the fastabi-gen of that Xen");
    if (!first)
        *dump = (struct dump){ .known = 0 };
    for (int reg = first; reg < first + (int)count; reg++, words += 2) {
        dump->values[reg] = words[0] | (uint64_t)words[1] << 32;
        dump->known |= 1u << reg;
    }
    return TOOL_DONE;
}

static enum tool_status finish_call(struct stream *stream)
{
    struct dump *dump = &stream->calls[stream->cpu];
    bool is_whole = dump->known == (1u << FASTABI_REGISTERS) - 1;
    char before[16];

    if (!is_whole) /* its beginning was lost, which was said */
        return TOOL_DONE;
    snprintf(before, sizeof(before), "cpu%" PRIu32 "  ", stream->cpu);
    return show_call_line(stream->specs, dump, stream->record, before);
}

static enum tool_status take_result(struct stream *stream, const struct record *record)
{
    enum tool_status status = take_registers(stream, record, 0, 1);

    if (status)
        return status;
    printf("cpu%" PRIu32 "    = ", stream->cpu);
    show_result_line(stream->calls[stream->cpu].values[0]);
    return TOOL_DONE;
}

static enum tool_status take_cpu(struct stream *stream, const struct record *record)
{
    if (!record->count || record->words[0] >= CPUS_MAX)
        return complain(stream, "its CPU is not one that Xen can have; this is not what "
                                "xentrace writes");
    stream->cpu = record->words[0];
    return TOOL_DONE;
}

static enum tool_status take_record(struct stream *stream, const struct record *record)
{
    enum tool_status status;

    switch (record->event) {
    case EVENT_CPU:
        return take_cpu(stream, record);
    case EVENT_LOST:
        stream->calls[stream->cpu].known = 0;
        printf("cpu%" PRIu32 "  (records were lost)\n", stream->cpu);
        return TOOL_DONE;
    case EVENT_CALL:
        return take_registers(stream, record, 0, 3);
    case EVENT_MORE:
        return take_registers(stream, record, 3, 3);
    case EVENT_LAST:
        status = take_registers(stream, record, 6, 2);
        return status ? status : finish_call(stream);
    case EVENT_RESULT:
        return take_result(stream, record);
    default:
        return TOOL_DONE;
    }
}

enum tool_status show_records(const struct tool_specs *specs, const char *bytes, size_t length)
{
    struct stream stream = { .specs = specs,
                             .next = (const unsigned char *)bytes,
                             .left = length,
                             .calls = calloc(CPUS_MAX, sizeof(struct dump)) };
    enum tool_status status = TOOL_DONE;

    if (!stream.calls)
        return tool_out_of_memory();
    while (stream.left) {
        struct record record;
        enum tool_status result = read_record(&stream, &record);

        if (result) { /* where the next one begins is not known */
            status = result;
            break;
        }
        if (stream.record == 1 && record.event != EVENT_CPU) {
            status = complain(&stream, "it does not name a CPU, as the first one of xentrace does; "
                                       "write registers as text, or give xentrace's output");
            break;
        }
        result = take_record(&stream, &record);
        status = result > status ? result : status;
    }
    free(stream.calls);
    return status;
}
