/* SPDX-License-Identifier: MIT */
/* Cases of what is text: the strings of version, and the console. */
#include "run.h"

#include "places.h"
#include "state.h"

#include <xen/errno.h>
#include <xen/version.h>

#define MOST_BYTES 8192u

static PAGE_ALIGNED unsigned char buffer[3 * PAGE_SIZE];

/* ---- strings ---- */

static uint64_t checksum(void)
{
    uint64_t sum = 0xcbf29ce484222325;

    for (size_t i = 0; i < sizeof(buffer); i++)
        sum = (sum ^ buffer[i]) * 0x100000001b3;
    return sum;
}

/* The whole buffer is compared, so that a byte written past the string is seen. */
static void text_at(struct run *r, unsigned char *at)
{
    memset(buffer, 0x5a, sizeof(buffer));
    CALL(r, IN("buffer", at));
    run_observe(r, "the buffer", checksum());
}

static void text(struct run *r)
{
    text_at(r, buffer + 16);
    run_expect(r, 0);
}

static void text_two_pages(struct run *r)
{
    text_at(r, buffer + PAGE_SIZE - 30);
    run_expect(r, 0);
}

static void text_no_memory(struct run *r)
{
    text_at(r, hole());
    run_expect(r, -XEN_EFAULT);
}

static void command_line(struct run *r)
{
    text_at(r, buffer);
}

static void words(struct run *r)
{
    CALL(r);
    run_expect(r, 0);
}

/* A handle of zeros would look the same however its bytes are told. */
static void handle(struct run *r)
{
    static const xen_domain_handle_t uuid = "\x01\x02\x03\x04\x05\x06\x07\x08"
                                            "\x89\x8a\x8b\x8c\x8d\x8e\x8f\x90";

    domain_handle_set(uuid);
    CALL(r);
    run_expect(r, 0);
    run_expect_output(r, "first", 0x0807060504030201);
    run_expect_output(r, "second", 0x908f8e8d8c8b8a89);
}

static void page_size(struct run *r)
{
    CALL(r);
    run_expect(r, PAGE_SIZE);
}

static void build_id(struct run *r, uint32_t room, uint32_t length, unsigned char *at)
{
    memset(buffer, 0x5a, sizeof(buffer));
    *(uint32_t *)(buffer + 8) = room;
    CALL(r, IN("length", length), IN("buffer", at));
    run_observe(r, "the buffer", checksum());
}

static void build_id_good(struct run *r)
{
    build_id(r, 100, 104, buffer + 8);
}

static void build_id_small(struct run *r)
{
    build_id(r, 4, 8, buffer + 8);
}

static void build_id_length(struct run *r)
{
    build_id(r, 0, 0, NULL);
}

/*
 * Not even the number is there, and none is left from the call before.  Releases differ in what
 * they say of room for nothing.
 */
static void build_id_no_number(struct run *r)
{
    unsigned seen = r->count[r->mode];

    build_id(r, 100, 0, buffer + 8);
    r->count[r->mode] = seen;
    run_check(r,
              r->mode == CLASSIC ? r->result > 0 || !guest_is_dom0
              : guest_is_dom0    ? r->result == -XEN_EINVAL || r->result == -XEN_ENOBUFS
                                 : r->result == -XEN_EPERM,
              "it is %ld", r->result);
}

/* Longer than registers take at once.  The classic ABI has no limit. */
static void build_id_too_long(struct run *r)
{
    unsigned seen = r->count[r->mode];

    build_id(r, MOST_BYTES - 3, MOST_BYTES + 1, buffer + 8);
    r->count[r->mode] = seen;
    run_check(r, r->mode == CLASSIC ? r->result > 0 || !guest_is_dom0 : r->result == -XEN_E2BIG,
              "it is %ld", r->result);
}

/* ---- the console ---- */

static const char line[] = "# written by console_io\n";

static void write_line(struct run *r)
{
    memcpy(buffer + PAGE_SIZE - 10, line, sizeof(line) - 1);
    CALL(r, IN("count", sizeof(line) - 1), IN("buffer", buffer + PAGE_SIZE - 10));
    run_expect(r, 0);
    run_expect_output(r, "count", sizeof(line) - 1);
}

static void write_no_memory(struct run *r)
{
    CALL(r, IN("count", 20), IN("buffer", hole()));
    run_expect(r, -XEN_EFAULT);
}

static void read_nothing(struct run *r)
{
    memset(buffer, 0x5a, sizeof(buffer));
    CALL(r, IN("count", 100), IN("buffer", buffer));
    run_expect(r, 0);
    run_observe(r, "the buffer", checksum());
}

static void console_byte(struct run *r)
{
    buffer[0] = '\n';
    CALL(r, IN("count", 1), IN("buffer", buffer));
}

#define VERSION(name, what, function)                                                              \
    {                                                                                              \
        "version." name, what, function, 0                                                         \
    }

const struct test_case text_cases[] = {
    VERSION("extraversion", "of Xen", words),
    VERSION("guest_handle", "of the domain", handle),
    VERSION("platform_parameters", "for guests of another kind", words),
    VERSION("pagesize", "of a page", page_size),
    VERSION("compile_info", "in a page", text),
    VERSION("compile_info", "across pages", text_two_pages),
    VERSION("compile_info", "no memory", text_no_memory),
    VERSION("capabilities", "in a page", text),
    VERSION("capabilities", "across pages", text_two_pages),
    VERSION("capabilities", "no memory", text_no_memory),
    VERSION("changeset", "in a page", text),
    VERSION("changeset", "no memory", text_no_memory),
    VERSION("commandline", "in a page", command_line),
    VERSION("build_id", "with room", build_id_good),
    VERSION("build_id", "without its number", build_id_no_number),
    VERSION("build_id", "with too little room", build_id_small),
    VERSION("build_id", "its length", build_id_length),
    VERSION("build_id", "with more room than a call takes", build_id_too_long),
    { "console_io.write", "a line", write_line, DOM0 },
    { "console_io.write", "no memory", write_no_memory, DOM0 },
    { "console_io.write", "a byte", console_byte, 0 },
    { "console_io.read", "nothing", read_nothing, DOM0 },
    { "console_io.read", "a byte", console_byte, 0 },
    { NULL, NULL, NULL, 0 },
};
