/* SPDX-License-Identifier: MIT */
/*
 * What the tests of specifications start from: one in full form, parsed from memory, with its
 * context.  Must not know any test.
 */
#include "spec-fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char spec_text[] = "name: demo\n"
                         "hypercall_index: 0x2a\n"
                         "hypercall_macro: __HYPERVISOR_demo\n"
                         "index_prefix: DEMOOP_\n"
                         "headers: [demo.h, hvm/demo.h]\n"
                         "doc: \"A demonstration.\"\n"
                         "since: \"4.17\"\n"
                         "subops:\n"
                         "  full:\n"
                         "    index: 5\n"
                         "    doc: \"All there is.\"\n"
                         "    safety: \"None.\"\n"
                         "    since: \"4.19\"\n"
                         "    extension: true\n"
                         "    errors: { ESRCH: \"no domain\", EINVAL: \"no port\" }\n"
                         "    input:\n"
                         "      dom: { reg: 2, type: domid, doc: \"Domain.\" }\n"
                         "      port: { reg: 3, type: evtchn_port }\n"
                         "      frame: { reg: 4, type: gfn, shared: true }\n"
                         "      plain: 5\n"
                         "    output:\n"
                         "      status: { reg: 2, type: i16 }\n"
                         "      port: { reg: 6, valid_when: \"status >= 0\" }\n"
                         "      time[1]: { reg: 1, type: i64 }\n"
                         "    fixed: { version: 3, offset: -1 }\n"
                         "    omit: { pad: \"padding\" }\n"
                         "    clobbers: [7, 4]\n"
                         "    c_lang:\n"
                         "      struct: demo_full\n"
                         "      mapping: { frame: \"u.x[0].frame\" }\n"
                         "      params: { plain: long }\n"
                         "  second: { index: 6, index_macro: OTHER, input: { a: { reg: 2, type: "
                         "u8 }, b: 3 }, output: { c: { reg: 2, type: domid } },\n"
                         "            c_lang: { params: { b: foo_t } } }\n"
                         "direct: { input: { dest: { reg: 2, type: u32 } } }\n";

struct fastabi_context *context;
struct fastabi_spec *spec;

struct fastabi_context *make_context(void)
{
    struct fastabi_context_options options = { .size = sizeof(options),
                                               .flags = FASTABI_CONTEXT_NO_ENV };
    struct fastabi_context *made;
    const char *source = getenv("top_srcdir");
    char folder[4096];

    snprintf(folder, sizeof(folder), "%s/abi", source ? source : "../..");
    cr_assert_eq(fastabi_context_new(&options, &made), 0);
    cr_assert_eq(fastabi_context_add_spec_dir(made, folder), 0);
    return made;
}

void set_up(void)
{
    context = make_context();
    cr_assert_eq(fastabi_spec_parse(context, "demo.yml", spec_text, strlen(spec_text), &spec), 0);
    cr_assert_eq(fastabi_context_diag_count(context), 0);
}

void tear_down(void)
{
    fastabi_spec_free(spec);
    fastabi_context_free(context);
}
