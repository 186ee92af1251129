/* SPDX-License-Identifier: MIT */
/*
 * The public API over a specification in full form, from memory: every question, who owns what,
 * limits, option structs that grow, and contexts in threads.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include <fastabi/fastabi.h>

#include "base/diag.h"

static const char text[] = "name: demo\n"
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

static struct fastabi_context *context;
static struct fastabi_spec *spec;

static struct fastabi_context *make_context(void)
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

static void set_up(void)
{
    context = make_context();
    cr_assert_eq(fastabi_spec_parse(context, "demo.yml", text, strlen(text), &spec), 0);
    cr_assert_eq(fastabi_context_diag_count(context), 0);
}

static void tear_down(void)
{
    fastabi_spec_free(spec);
    fastabi_context_free(context);
}

TestSuite(spec, .init = set_up, .fini = tear_down);

#define EXPECT_TEXT(expression, wanted)                                                            \
 do {                                                                                              \
  const char *got_ = (expression);                                                                 \
  cr_assert_not_null(got_, #expression);                                                           \
  cr_expect_str_eq(got_, (wanted), "%s is '%s'", #expression, got_);                               \
 } while (0)

static const struct fastabi_param *find_param(const struct fastabi_op *op, const char *name)
{
    for (size_t i = 0; i < fastabi_op_param_count(op); i++) {
        if (!strcmp(fastabi_param_name(fastabi_op_param(op, i)), name))
            return fastabi_op_param(op, i);
    }
    cr_assert(false, "there is no '%s'", name);
    return NULL;
}

Test(spec, file)
{
    EXPECT_TEXT(fastabi_spec_name(spec), "demo");
    EXPECT_TEXT(fastabi_spec_path(spec), "demo.yml");
    cr_expect_eq(fastabi_spec_hypercall_index(spec), 0x2a);
    EXPECT_TEXT(fastabi_spec_hypercall_macro(spec), "__HYPERVISOR_demo");
    EXPECT_TEXT(fastabi_spec_doc(spec), "A demonstration.");
    EXPECT_TEXT(fastabi_spec_since(spec), "4.17");
    cr_expect_eq(fastabi_spec_header_count(spec), 2);
    EXPECT_TEXT(fastabi_spec_header(spec, 0), "demo.h");
    EXPECT_TEXT(fastabi_spec_header(spec, 1), "hvm/demo.h");
    cr_expect_null(fastabi_spec_header(spec, 2));
    cr_expect_not_null(strstr(fastabi_spec_types_path(spec), "abi/common/types.yml"));
    cr_expect_neq(fastabi_spec_fingerprint(spec), 0);
}

Test(spec, operations)
{
    const struct fastabi_op *full = fastabi_spec_op_by_name(spec, "full");

    cr_assert_eq(fastabi_spec_op_count(spec), 3);
    cr_expect(fastabi_op_is_direct(fastabi_spec_op(spec, 0)));
    cr_expect_null(fastabi_op_name(fastabi_spec_op(spec, 0)));
    cr_expect_eq(fastabi_op_index(fastabi_spec_op(spec, 0)), 0);
    cr_expect_null(fastabi_op_index_macro(fastabi_spec_op(spec, 0)));
    cr_expect_eq(fastabi_spec_op(spec, 1), full);
    EXPECT_TEXT(fastabi_op_name(fastabi_spec_op(spec, 2)), "second");
    cr_expect_null(fastabi_spec_op(spec, 3));
    cr_expect_null(fastabi_spec_op(spec, (size_t)-1));
    cr_expect_eq(fastabi_spec_op_by_index(spec, 5), full);
    cr_expect_null(fastabi_spec_op_by_index(spec, 0));
    cr_expect_null(fastabi_spec_op_by_index(spec, UINT64_C(0x100000005)));
    cr_expect_null(fastabi_spec_op_by_name(spec, "direct"));
    cr_expect_null(fastabi_spec_op_by_name(spec, ""));
}

Test(spec, operation)
{
    const struct fastabi_op *full = fastabi_spec_op_by_name(spec, "full");
    const struct fastabi_op *second = fastabi_spec_op_by_name(spec, "second");

    cr_expect_not(fastabi_op_is_direct(full));
    cr_expect_eq(fastabi_op_index(full), 5);
    EXPECT_TEXT(fastabi_op_index_macro(full), "DEMOOP_full");
    EXPECT_TEXT(fastabi_op_doc(full), "All there is.");
    EXPECT_TEXT(fastabi_op_safety(full), "None.");
    EXPECT_TEXT(fastabi_op_since(full), "4.19");
    EXPECT_TEXT(fastabi_op_c_struct(full), "demo_full");
    cr_expect(fastabi_op_is_extension(full));
    cr_expect_eq(fastabi_op_line(full), 9);
    cr_expect_eq(fastabi_op_input_mask(full), 0x3f);
    cr_expect_eq(fastabi_op_output_mask(full), 0x47);
    cr_expect_eq(fastabi_op_clobber_mask(full), 0x90);
    EXPECT_TEXT(fastabi_op_index_macro(second), "OTHER");
    EXPECT_TEXT(fastabi_op_since(second), "4.17");
    cr_expect_not(fastabi_op_is_extension(second));
    cr_expect_null(fastabi_op_doc(second));
    cr_expect_null(fastabi_op_safety(second));
    cr_expect_null(fastabi_op_c_struct(second));
    cr_expect_eq(fastabi_op_input_mask(fastabi_spec_op(spec, 0)), 5);
    cr_expect_eq(fastabi_op_output_mask(fastabi_spec_op(spec, 0)), 1);
}

Test(spec, lists_of_an_operation)
{
    const struct fastabi_op *full = fastabi_spec_op_by_name(spec, "full");
    const struct fastabi_op *second = fastabi_spec_op_by_name(spec, "second");
    const char *more = "untouched";
    int64_t value = 42;

    cr_assert_eq(fastabi_op_error_count(full), 2);
    EXPECT_TEXT(fastabi_op_error(full, 0, &more), "ESRCH");
    EXPECT_TEXT(more, "no domain");
    EXPECT_TEXT(fastabi_op_error(full, 1, NULL), "EINVAL");
    cr_expect_null(fastabi_op_error(full, 2, &more));
    cr_expect_null(more);
    cr_assert_eq(fastabi_op_fixed_count(full), 2);
    EXPECT_TEXT(fastabi_op_fixed(full, 0, NULL), "version");
    EXPECT_TEXT(fastabi_op_fixed(full, 1, &value), "offset");
    cr_expect_eq(value, -1);
    cr_expect_null(fastabi_op_fixed(full, 2, &value));
    cr_expect_eq(value, 0);
    cr_assert_eq(fastabi_op_omit_count(full), 1);
    EXPECT_TEXT(fastabi_op_omit(full, 0, &more), "pad");
    EXPECT_TEXT(more, "padding");
    cr_expect_null(fastabi_op_omit(full, 1, NULL));
    cr_expect_eq(fastabi_op_error_count(second) + fastabi_op_fixed_count(second) +
                     fastabi_op_omit_count(second) + fastabi_op_c_struct_compat_count(second),
                 0);
    cr_expect_null(fastabi_op_error(second, 0, NULL));
    cr_expect_null(fastabi_op_c_struct_compat(second, 0));
}

Test(spec, representations)
{
    static const char other[] =
        "name: x\nhypercall_index: 1\nsubops:\n"
        "  u: { index: 1, input: { a: { reg: 2, type: u8 }, b: { reg: 3, type: u16 }, c: { reg: 4, "
        "type: u32 }, d: { reg: 5, type: u64 } } }\n"
        "  i: { index: 2, input: { a: { reg: 2, type: i8 }, b: { reg: 3, type: i16 }, c: { reg: 4, "
        "type: i32 }, d: { reg: 5, type: i64 } } }\n";
    static const char *const names[2][4] = { { "u8", "u16", "u32", "u64" },
                                             { "i8", "i16", "i32", "i64" } };
    struct fastabi_spec *made;

    cr_assert_eq(fastabi_spec_parse(context, "x", other, strlen(other), &made), 0);
    for (size_t i = 0; i < 2; i++) {
        for (size_t j = 0; j < 4; j++)
            EXPECT_TEXT(fastabi_param_repr(fastabi_op_param(fastabi_spec_op(made, i), j)),
                        names[i][j]);
    }
    fastabi_spec_free(made);
}

Test(spec, compat)
{
    static const char other[] = "name: x\nhypercall_index: 1\ndirect: { input: { a: { reg: 1, "
                                "type: u8 } }, c_lang: { struct: s, struct_compat: [t, u] } }\n";
    struct fastabi_spec *made;
    const struct fastabi_op *op;

    cr_assert_eq(fastabi_spec_parse(context, "x", other, strlen(other), &made), 0);
    op = fastabi_spec_op(made, 0);
    cr_expect_eq(fastabi_op_c_struct_compat_count(op), 2);
    EXPECT_TEXT(fastabi_op_c_struct_compat(op, 0), "t");
    EXPECT_TEXT(fastabi_op_c_struct_compat(op, 1), "u");
    cr_expect_null(fastabi_op_c_struct_compat(op, 2));
    fastabi_spec_free(made);
}

/* What is usual, what a file says, and what an operation says. */
Test(spec, xen)
{
    static const char said[] =
        "name: said\n"
        "hypercall_index: 7\n"
        "subops:\n"
        "  usual: { index: 3, input: { a: { reg: 2, type: u8 }, b: { reg: 3, type: u8 } },\n"
        "           c_lang: { struct: s, params: { b: uint8_t } } }\n"
        "  own: { index: 4, input: { a: { reg: 2, type: u8 }, b: { reg: 3, type: u64 }, c: { reg: "
        "4, type: u64 },\n"
        "                            d: { reg: 5, type: u64 } }, output: { e: { reg: 2, type: u32 "
        "} },\n"
        "         xen: { args: [d, struct, -5], struct: t, frame: c, status: x.y, continue: "
        "[OTHER, 9],\n"
        "                fields: { f: a, g: -1, h: e }, arrays: { list: { to: b, count: n, size: "
        "20 } } } }\n"
        "xen: { args: [op, params, struct, 1] }\n";
    struct fastabi_spec *other;
    const struct fastabi_op *op;
    const struct fastabi_param *param;
    enum fastabi_xen_direction direction;
    const char *name;
    int64_t number;
    uint32_t index;

    /*
     * this suite's own specification says nothing of it: all inputs outside the struct, then its
     * handle
     */
    op = fastabi_spec_op_by_name(spec, "full");
    cr_assert_eq(fastabi_op_xen_arg_count(op), 3);
    cr_assert_eq(fastabi_op_xen_arg(op, 0, NULL, NULL), FASTABI_XEN_OP);
    cr_assert_eq(fastabi_op_xen_arg(op, 1, &param, NULL), FASTABI_XEN_PARAM);
    cr_assert_str_eq(fastabi_param_name(param), "plain");
    cr_assert_eq(fastabi_op_xen_arg(op, 2, NULL, NULL), FASTABI_XEN_STRUCT);
    cr_assert_str_eq(fastabi_op_xen_struct(op), "demo_full");
    cr_assert_eq(fastabi_op_xen_field_count(op) + fastabi_op_xen_array_count(op), 0);
    cr_assert_eq(fastabi_op_xen_continue_count(op), 0);
    cr_assert_null(fastabi_op_xen_frame(op));
    cr_assert_null(fastabi_op_xen_status(op));
    op = fastabi_spec_op(spec, 0); /* the direct call, without a struct */
    cr_assert_eq(fastabi_op_xen_arg_count(op), 1);
    cr_assert_eq(fastabi_op_xen_arg(op, 0, NULL, NULL), FASTABI_XEN_PARAM);
    cr_assert_null(fastabi_op_xen_struct(op));

    cr_assert_eq(fastabi_spec_parse(context, "said.yml", said, strlen(said), &other), 0);
    op = fastabi_spec_op_by_name(other, "usual");
    cr_assert_eq(fastabi_op_xen_arg_count(op), 4);
    cr_assert_eq(fastabi_op_xen_arg(op, 1, &param, NULL), FASTABI_XEN_PARAM);
    cr_assert_str_eq(fastabi_param_name(param), "b");
    cr_assert_eq(fastabi_op_xen_arg(op, 3, NULL, &number), FASTABI_XEN_NUMBER);
    cr_assert_eq(number, 1);
    op = fastabi_spec_op_by_name(other, "own");
    cr_assert_eq(fastabi_op_xen_arg_count(op), 3);
    cr_assert_eq(fastabi_op_xen_arg(op, 0, &param, NULL), FASTABI_XEN_PARAM);
    cr_assert_str_eq(fastabi_param_name(param), "d");
    cr_assert_eq(fastabi_op_xen_arg(op, 2, NULL, &number), FASTABI_XEN_NUMBER);
    cr_assert_eq(number, -5);
    cr_assert_str_eq(fastabi_op_xen_struct(op), "t");
    cr_assert_null(fastabi_op_c_struct(op));
    cr_assert_str_eq(fastabi_param_name(fastabi_op_xen_frame(op)), "c");
    cr_assert_str_eq(fastabi_op_xen_status(op), "x.y");
    cr_assert_eq(fastabi_op_xen_field_count(op), 3);
    cr_assert_str_eq(fastabi_op_xen_field(op, 0, &param, &number), "f");
    cr_assert_str_eq(fastabi_param_name(param), "a");
    cr_assert_str_eq(fastabi_op_xen_field(op, 1, &param, &number), "g");
    cr_assert(!param && number == -1);
    cr_assert_str_eq(fastabi_op_xen_field(op, 2, &param, &number), "h");
    cr_assert_str_eq(fastabi_param_name(param), "e");
    cr_assert_eq(fastabi_op_xen_array_count(op), 1);
    cr_assert_str_eq(fastabi_op_xen_array(op, 0, &direction, &param, &name, &index), "list");
    cr_assert(direction == FASTABI_XEN_TO && index == 20 && !strcmp(name, "n"));
    cr_assert_str_eq(fastabi_param_name(param), "b");
    cr_assert_eq(fastabi_op_xen_continue_count(op), 2);
    fastabi_op_xen_continue(op, 0, &name, &index);
    cr_assert_str_eq(name, "OTHER");
    fastabi_op_xen_continue(op, 1, &name, &index);
    cr_assert(!name && index == 9);
    fastabi_spec_free(other);
}

Test(spec, parameters_in_order)
{
    static const char *const names[] = { "dom", "port", "frame", "plain", "status", "time[1]" };
    const struct fastabi_op *full = fastabi_spec_op_by_name(spec, "full");
    const struct fastabi_op *second = fastabi_spec_op_by_name(spec, "second");

    cr_assert_eq(fastabi_op_param_count(full), 6);
    for (size_t i = 0; i < 6; i++)
        EXPECT_TEXT(fastabi_param_name(fastabi_op_param(full, i)), names[i]);
    cr_expect_null(fastabi_op_param(full, 6));
    EXPECT_TEXT(fastabi_param_flat_name(fastabi_op_param(full, 0)), "dom");
    EXPECT_TEXT(fastabi_param_flat_name(fastabi_op_param(full, 5)), "time_1");
    cr_assert_eq(fastabi_op_c_param_count(full), 1);
    EXPECT_TEXT(fastabi_param_name(fastabi_op_c_param(full, 0)), "plain");
    cr_expect_null(fastabi_op_c_param(full, 1));
    cr_assert_eq(fastabi_op_c_param_count(second), 3);
    EXPECT_TEXT(fastabi_param_name(fastabi_op_c_param(second, 0)), "b");
    EXPECT_TEXT(fastabi_param_name(fastabi_op_c_param(second, 1)), "a");
    EXPECT_TEXT(fastabi_param_name(fastabi_op_c_param(second, 2)), "c");
    cr_expect_eq(fastabi_op_input(full, 3), find_param(full, "port"));
    cr_expect_eq(fastabi_op_output(full, 6), find_param(full, "port"));
    cr_expect_eq(fastabi_op_output(full, 1), find_param(full, "time[1]"));
    for (int reg = -3; reg < 40; reg++) {
        if (reg < 2 || reg > 5)
            cr_expect_null(fastabi_op_input(full, reg), "%d", reg);
    }
}

Test(spec, parameter)
{
    const struct fastabi_op *full = fastabi_spec_op_by_name(spec, "full");
    const struct fastabi_param *port = find_param(full, "port");
    const struct fastabi_param *frame = find_param(full, "frame");
    const struct fastabi_param *plain = find_param(full, "plain");
    const struct fastabi_param *status = find_param(full, "status");

    cr_expect_eq(fastabi_param_in(port), 3);
    cr_expect_eq(fastabi_param_out(port), 6);
    EXPECT_TEXT(fastabi_param_field(port), "port");
    EXPECT_TEXT(fastabi_param_valid_when(port), "status >= 0");
    cr_expect(fastabi_param_is_typed(port));
    EXPECT_TEXT(fastabi_type_name(fastabi_param_type(port)), "evtchn_port");
    cr_expect_eq(fastabi_param_width(port), 32);
    cr_expect_null(fastabi_param_doc(port));
    cr_expect_not(fastabi_param_is_shared(port));
    EXPECT_TEXT(fastabi_param_doc(find_param(full, "dom")), "Domain.");
    EXPECT_TEXT(fastabi_param_field(frame), "u.x[0].frame");
    cr_expect(fastabi_param_is_shared(frame));
    cr_expect_eq(fastabi_param_out(frame), FASTABI_NO_REGISTER);
    cr_expect_eq(fastabi_param_width(frame), 64);
    cr_expect_null(fastabi_param_field(plain));
    EXPECT_TEXT(fastabi_param_c_type(plain), "long");
    cr_expect(fastabi_param_is_typed(plain));
    cr_expect(fastabi_param_is_signed(plain));
    cr_expect_eq(fastabi_param_width(plain), 64);
    cr_expect_null(fastabi_param_type(plain));
    cr_expect_eq(fastabi_param_in(status), FASTABI_NO_REGISTER);
    cr_expect_eq(fastabi_param_width(status), 16);
    cr_expect(fastabi_param_is_signed(status));
    cr_expect_null(fastabi_param_valid_when(status));
    cr_expect_null(fastabi_param_c_type(status));
}

Test(spec, untyped_parameter)
{
    const struct fastabi_param *b = find_param(fastabi_spec_op_by_name(spec, "second"), "b");

    cr_expect_not(fastabi_param_is_typed(b));
    cr_expect_eq(fastabi_param_width(b), 64);
    cr_expect_not(fastabi_param_is_signed(b));
    EXPECT_TEXT(fastabi_param_c_type(b), "foo_t");
}

Test(spec, types)
{
    cr_assert_eq(fastabi_spec_type_count(spec), 3);
    EXPECT_TEXT(fastabi_type_name(fastabi_spec_type(spec, 0)), "domid");
    EXPECT_TEXT(fastabi_type_c_type(fastabi_spec_type(spec, 0)), "domid_t");
    EXPECT_TEXT(fastabi_type_name(fastabi_spec_type(spec, 1)), "evtchn_port");
    EXPECT_TEXT(fastabi_type_name(fastabi_spec_type(spec, 2)), "gfn");
    cr_expect_null(fastabi_type_c_type(fastabi_spec_type(spec, 2)));
    cr_expect_null(fastabi_spec_type(spec, 3));
    cr_expect_eq(fastabi_type_width(fastabi_spec_type(spec, 0)), 16);
    cr_expect_not(fastabi_type_is_signed(fastabi_spec_type(spec, 0)));
    EXPECT_TEXT(fastabi_type_repr(fastabi_spec_type(spec, 0)), "u16");
    cr_expect_not_null(fastabi_type_doc(fastabi_spec_type(spec, 0)));
}

/* ---- values and calls ---- */

Test(spec, values)
{
    const struct fastabi_op *full = fastabi_spec_op_by_name(spec, "full");

    cr_expect_eq(fastabi_param_value(find_param(full, "dom"), UINT64_C(0xffffffffffff7ff0)),
                 0x7ff0);
    cr_expect_eq(fastabi_param_value(find_param(full, "status"), UINT64_C(0x123400008000)),
                 UINT64_C(0xffffffffffff8000));
    cr_expect_eq(fastabi_param_value(find_param(full, "status"), 0x17fff), 0x7fff);
    cr_expect_eq(fastabi_param_value(find_param(full, "time[1]"), UINT64_MAX), UINT64_MAX);
    cr_expect_eq(fastabi_param_value(find_param(full, "port"), UINT64_MAX), UINT32_MAX);
}

static const struct fastabi_op *decode(uint64_t reg0, uint64_t reg1, uint32_t known)
{
    struct fastabi_spec *specs[] = { spec };
    const uint64_t regs[FASTABI_REGISTERS] = { reg0, reg1 };
    const struct fastabi_spec *found;
    const struct fastabi_op *op = fastabi_decode(specs, 1, regs, known, &found);

    cr_expect_eq(op != NULL && found != spec, false);
    return op;
}

Test(spec, decode)
{
    const struct fastabi_op *full = fastabi_spec_op_by_name(spec, "full");

    cr_expect_eq(decode(0x4000002a, 5, 3), full);
    cr_expect_eq(decode(UINT64_C(0xffff00004000002a), 5, 3), full);
    cr_expect_eq(decode(0x4000002a, 99, 3), fastabi_spec_op(spec, 0));
    cr_expect_eq(decode(0x4000002a, 5, 1), fastabi_spec_op(spec, 0));
    cr_expect_null(decode(0x2a, 5, 3));
    cr_expect_null(decode(0xc000002a, 5, 3));
    cr_expect_null(decode(0x4000002b, 5, 3));
    cr_expect_null(decode(0x4000002a, 5, 2));
    cr_expect_null(decode(0, 0, 0));
}

Test(spec, registers)
{
    static const char *const names[] = { "rax", "rdi", "rsi", "r8", "r9", "r10", "r11", "r12" };

    for (int reg = 0; reg < FASTABI_REGISTERS; reg++) {
        EXPECT_TEXT(fastabi_register_name(reg), names[reg]);
        cr_expect_eq(fastabi_register_number(names[reg]), reg);
    }
    cr_expect_null(fastabi_register_name(-1));
    cr_expect_null(fastabi_register_name(FASTABI_REGISTERS));
    cr_expect_eq(fastabi_register_number("r13"), FASTABI_NO_REGISTER);
    cr_expect_eq(fastabi_register_number(""), FASTABI_NO_REGISTER);
    cr_expect_eq(fastabi_register_number("RAX"), FASTABI_NO_REGISTER);
}

/* ---- who owns what ---- */

/* Nothing of the text, its name or the context's other specifications is needed any more. */
Test(spec, owns_everything)
{
    char *copy = strdup(text);
    char *name = strdup("copy.yml");
    struct fastabi_spec *mine;

    cr_assert_eq(fastabi_spec_parse(context, name, copy, strlen(copy), &mine), 0);
    memset(copy, 'x', strlen(copy));
    memset(name, 'x', strlen(name));
    free(copy);
    free(name);
    fastabi_spec_free(spec);
    spec = NULL;
    EXPECT_TEXT(fastabi_spec_path(mine), "copy.yml");
    EXPECT_TEXT(fastabi_op_doc(fastabi_spec_op_by_name(mine, "full")), "All there is.");
    EXPECT_TEXT(fastabi_type_name(fastabi_spec_type(mine, 0)), "domid");
    fastabi_spec_free(mine);
    fastabi_spec_free(NULL);
    fastabi_context_free(NULL);
}

Test(spec, failure_sets_the_pointer)
{
    struct fastabi_spec *before = (struct fastabi_spec *)&context;
    struct fastabi_spec *made = before;

    cr_expect_eq(fastabi_spec_parse(context, "x", "name: 1", 7, &made), -EINVAL);
    cr_expect_null(made);
    made = before;
    cr_expect_eq(fastabi_spec_parse(context, "x", NULL, 0, &made), -EINVAL);
    cr_expect_null(made);
    made = before;
    cr_expect_eq(fastabi_spec_load(context, "/nonexistent/x.yml", &made), -ENOENT);
    cr_expect_null(made);
}

/* The text is length bytes: a NUL does not end it, and what is behind is not read. */
Test(spec, length_counts)
{
    static const char minimal[] = "name: x\nhypercall_index: 1\ndirect: { doc: y }\nnonsense";
    struct fastabi_spec *made;

    cr_assert_eq(fastabi_spec_parse(context, "x", minimal, strlen(minimal) - 8, &made), 0);
    fastabi_spec_free(made);
    cr_expect_eq(fastabi_spec_parse(context, "x", minimal, sizeof(minimal), &made), -EINVAL);
}

/* ---- diagnostics ---- */

Test(spec, diagnostics_are_kept)
{
    struct fastabi_spec *made;
    const struct fastabi_diag *diag;

    cr_expect_null(fastabi_context_diag(context, 0));
    cr_assert_eq(fastabi_spec_parse(context, "bad.yml", "name: a-b\nhypercall_index: x\n", 29,
                                    &made),
                 -EINVAL);
    cr_assert_eq(fastabi_context_diag_count(context), 3);
    cr_expect_eq(fastabi_context_error_count(context), 3);
    diag = fastabi_context_diag(context, 1);
    cr_expect_eq(diag->id, FASTABI_DIAG_NOT_AN_INTEGER);
    cr_expect_eq(diag->severity, FASTABI_ERROR);
    EXPECT_TEXT(diag->file, "bad.yml");
    cr_expect_eq(diag->line, 2);
    cr_expect_eq(diag->column, 18);
    fastabi_context_clear(context);
    cr_expect_eq(fastabi_context_diag_count(context), 0);
    cr_expect_eq(fastabi_context_error_count(context), 0);
    cr_expect_null(fastabi_context_diag(context, 0));
}

static void expect_print(const struct fastabi_diag *diag, const char *wanted)
{
    char *printed = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&printed, &size);

    cr_assert_not_null(stream);
    cr_expect_eq(fastabi_diag_print(diag, stream), 0);
    fclose(stream);
    cr_expect_str_eq(printed, wanted);
    free(printed);
}

Test(spec, printing)
{
    struct fastabi_diag diag = { sizeof(diag), 302, FASTABI_ERROR, "a.yml", 7, 11, "no" };

    expect_print(&diag, "a.yml:7:11: error: no [FA0302]\n");
    diag.column = 0;
    expect_print(&diag, "a.yml:7: error: no [FA0302]\n");
    diag.line = 0;
    diag.severity = FASTABI_WARNING;
    expect_print(&diag, "a.yml: warning: no [FA0302]\n");
    diag.file = NULL;
    diag.severity = FASTABI_NOTE;
    diag.id = 1;
    expect_print(&diag, "note: no [FA0001]\n");
}

Test(spec, registry)
{
    size_t count = fastabi_diag_registry(0, NULL, NULL, NULL);
    unsigned int last = 0;

    cr_assert_gt(count, 50);
    for (size_t i = 0; i < count; i++) {
        unsigned int id = 0;
        const char *name = NULL;
        const char *meaning = NULL;

        cr_expect_eq(fastabi_diag_registry(i, &id, &name, &meaning), count);
        cr_expect_gt(id, last, "ids rise: %u", id);
        cr_expect(name && *name && meaning && meaning[strlen(meaning) - 1] == '.', "%u", id);
        last = id;
    }
    cr_expect_eq(fastabi_diag_registry(count, &last, NULL, NULL), count);
}

static void count_notes(const struct fastabi_diag *diag, void *data)
{
    if (diag->severity == FASTABI_NOTE)
        ++*(int *)data;
}

Test(spec, callback_and_notes)
{
    static const char untyped[] =
        "name: x\nhypercall_index: 1\ndirect: { input: { a: 1 }, c_lang: { struct: s } }\n";
    int notes = 0;
    struct fastabi_context_options options = {
        .size = sizeof(options),
        .flags = FASTABI_CONTEXT_NOTES,
        .on_diag = count_notes,
        .data = &notes,
    };
    struct fastabi_context *other;
    struct fastabi_spec *made;

    cr_assert_eq(fastabi_context_new(&options, &other), 0);
    cr_assert_eq(fastabi_spec_parse(other, "x", untyped, strlen(untyped), &made), 0);
    cr_expect_eq(notes, 1);
    cr_expect_eq(fastabi_context_diag_count(other), 0);
    cr_expect_eq(fastabi_context_error_count(other), 0);
    fastabi_spec_free(made);
    fastabi_context_free(other);
    cr_assert_eq(fastabi_spec_parse(context, "x", untyped, strlen(untyped), &made), 0);
    cr_expect_eq(fastabi_context_diag_count(context), 0);
    fastabi_spec_free(made);
}

Test(spec, strict)
{
    size_t errors;

    cr_expect_eq(fastabi_spec_check_strict(context, spec), -EINVAL);
    errors = fastabi_context_error_count(context);
    cr_expect_gt(errors, 5);
    cr_expect_eq(fastabi_spec_check_strict(context, spec), -EINVAL);
    cr_expect_eq(fastabi_context_error_count(context), 2 * errors);
}

/* ---- limits and option structs ---- */

static int parse_with(const struct fastabi_limits *limits, unsigned int *id)
{
    struct fastabi_context_options options = { .size = sizeof(options),
                                               .flags = FASTABI_CONTEXT_NO_ENV,
                                               .limits = limits };
    struct fastabi_context *other;
    struct fastabi_spec *made = NULL;
    static const char small[] =
        "name: x\nhypercall_index: 1\nsubops:\n  a: { index: 0, doc: abcdefghijklmnopqrstuvwxyz "
        "}\n  b: { index: 1 }\n  c: { index: 2 }\n";
    int status;

    cr_assert_eq(fastabi_context_new(&options, &other), 0);
    status = fastabi_spec_parse(other, "x", small, strlen(small), &made);
    *id = fastabi_context_diag_count(other) ? fastabi_context_diag(other, 0)->id : 0;
    fastabi_spec_free(made);
    fastabi_context_free(other);
    return status;
}

Test(spec, limits)
{
    static const struct {
        struct fastabi_limits limits;
        unsigned int id;
    } cases[] = {
        { { .depth = 0 }, 0 },
        { { .file_bytes = 20 }, FASTABI_DIAG_FILE_TOO_LARGE },
        { { .total_nodes = 8 }, FASTABI_DIAG_TOO_MANY_NODES },
        { { .mapping_keys = 2 }, FASTABI_DIAG_TOO_MANY_KEYS },
        { { .scalar_bytes = 25 }, FASTABI_DIAG_SCALAR_TOO_LONG },
        { { .line_bytes = 40 }, FASTABI_DIAG_LINE_TOO_LONG },
        { { .depth = 2 }, FASTABI_DIAG_TOO_DEEP },
        { { .file_bytes = 1000,
            .total_nodes = 40,
            .mapping_keys = 3,
            .scalar_bytes = 26,
            .line_bytes = 60,
            .depth = 3,
            .errors = 1 },
          0 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fastabi_limits limits = cases[i].limits;
        unsigned int id;

        limits.size = sizeof(limits);
        cr_expect_eq(parse_with(&limits, &id), cases[i].id ? -EINVAL : 0, "%zu", i);
        cr_expect_eq(id, cases[i].id, "%zu: %u", i, id);
    }
}

Test(spec, limit_of_errors)
{
    const struct fastabi_limits limits = { .size = sizeof(limits), .errors = 2 };
    struct fastabi_context_options options = { .size = sizeof(options), .limits = &limits };
    struct fastabi_context *other;
    struct fastabi_spec *made;

    cr_assert_eq(fastabi_context_new(&options, &other), 0);
    cr_expect_eq(fastabi_spec_parse(other, "x", "a: 1\nb: 2\nc: 3\nd: 4\n", 20, &made), -EINVAL);
    cr_assert_eq(fastabi_context_diag_count(other), 3);
    cr_expect_eq(fastabi_context_diag(other, 1)->line, 2);
    cr_expect_eq(fastabi_context_diag(other, 2)->id, FASTABI_DIAG_TOO_MANY_ERRORS);
    fastabi_context_free(other);
}

Test(spec, options_may_grow)
{
    struct {
        struct fastabi_context_options known;
        unsigned char tail[64];
    } larger = { .known = { .size = sizeof(larger) } };
    struct fastabi_context *other;

    cr_assert_eq(fastabi_context_new(&larger.known, &other), 0);
    fastabi_context_free(other);
    for (size_t i = 0; i < sizeof(larger.tail); i++) {
        larger.tail[i] = 1;
        cr_expect_eq(fastabi_context_new(&larger.known, &other), -EINVAL, "%zu", i);
        larger.tail[i] = 0;
    }
    larger.known.size = sizeof(larger.known);
    larger.tail[0] = 1;
    cr_assert_eq(fastabi_context_new(&larger.known, &other), 0);
    fastabi_context_free(other);
}

/* An older caller's struct ended earlier; what it does not have is as if it were zero. */
Test(spec, options_may_be_short)
{
    const struct fastabi_limits limits = { .size = sizeof(limits), .depth = 1 };
    struct fastabi_context_options options = { .flags = FASTABI_CONTEXT_NOTES,
                                               .on_diag = (fastabi_diag_func)(uintptr_t)1,
                                               .limits = &limits };
    static const char nested[] = "name: x\nhypercall_index: 1\ndirect: { doc: y }\n";
    struct fastabi_context *other;
    struct fastabi_spec *made;

    options.size = offsetof(struct fastabi_context_options, on_diag);
    cr_assert_eq(fastabi_context_new(&options, &other), 0);
    cr_assert_eq(fastabi_spec_parse(other, "x", nested, strlen(nested), &made), 0);
    fastabi_spec_free(made);
    fastabi_context_free(other);
    for (options.size = 0; options.size < sizeof(size_t); options.size++)
        cr_expect_eq(fastabi_context_new(&options, &other), -EINVAL);
}

Test(spec, options_that_are_unknown)
{
    struct fastabi_context_options options = { .size = sizeof(options), .flags = 1u << 31 };
    struct fastabi_generate_options generate = { .size = sizeof(generate),
                                                 .backend = "c",
                                                 .output = "/nonexistent" };
    struct fastabi_context *other;
    struct fastabi_spec *specs[] = { spec };

    cr_expect_eq(fastabi_context_new(&options, &other), -EINVAL);
    options.flags = 0;
    options.reserved = 1;
    cr_expect_eq(fastabi_context_new(&options, &other), -EINVAL);
    generate.flags = 1u << 31;
    cr_expect_eq(fastabi_generate(context, specs, 1, &generate), -EINVAL);
    cr_assert_eq(fastabi_context_diag_count(context), 1);
    cr_expect_eq(fastabi_context_diag(context, 0)->id, FASTABI_DIAG_BAD_ARGUMENT);
    generate.flags = 0;
    generate.size = 0;
    cr_expect_eq(fastabi_generate(context, specs, 1, &generate), -EINVAL);
    generate.size = sizeof(generate);
    generate.backend = NULL;
    cr_expect_eq(fastabi_generate(context, specs, 1, &generate), -EINVAL);
    generate.backend = "no_such";
    cr_expect_eq(fastabi_generate(context, specs, 1, &generate), -ENOTSUP);
}

/* ---- several contexts ---- */

enum { THREADS = 8, ROUNDS = 20 };

static void *work(void *data)
{
    char folder[] = "/tmp/fastabi-spec-XXXXXX";
    char command[64];
    uint64_t *fingerprint = data;

    if (!mkdtemp(folder))
        return data;
    for (int round = 0; round < ROUNDS; round++) {
        struct fastabi_context *mine = make_context();
        struct fastabi_spec *made = NULL;
        struct fastabi_spec *bad = NULL;
        struct fastabi_generate_options options = { .size = sizeof(options),
                                                    .backend = "c",
                                                    .output = folder };
        struct fastabi_spec *specs[1];

        if (fastabi_spec_parse(mine, "demo.yml", text, strlen(text), &made))
            return data;
        specs[0] = made;
        *fingerprint = fastabi_spec_fingerprint(made);
        if (fastabi_generate(mine, specs, 1, &options) ||
            fastabi_spec_parse(mine, "bad", "a: b", 4, &bad) != -EINVAL ||
            fastabi_context_error_count(mine) != 4)
            return data;
        fastabi_spec_free(made);
        fastabi_context_free(mine);
    }
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command) ? data : NULL;
}

Test(spec, threads)
{
    pthread_t threads[THREADS];
    uint64_t fingerprints[THREADS];

    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, work, &fingerprints[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed;

        cr_assert_eq(pthread_join(threads[i], &failed), 0);
        cr_expect_null(failed);
        cr_expect_eq(fingerprints[i], fastabi_spec_fingerprint(spec));
    }
}

/*
 * A specification does not change after it was read, so threads may share it; each has its context.
 */
static void *generate_shared(void *data)
{
    struct fastabi_context *mine = make_context();
    char folder[] = "/tmp/fastabi-spec-XXXXXX";
    char command[64];
    struct fastabi_generate_options options = { .size = sizeof(options),
                                                .backend = "c",
                                                .output = folder };
    struct fastabi_spec *specs[] = { data };
    int status = mkdtemp(folder) ? fastabi_generate(mine, specs, 1, &options) : -1;

    fastabi_context_free(mine);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command) || status ? data : NULL;
}

Test(spec, shared_by_threads)
{
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, generate_shared, spec), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed;

        cr_assert_eq(pthread_join(threads[i], &failed), 0);
        cr_expect_null(failed);
    }
}

/* ---- finding ---- */

struct visits {
    char paths[16][128];
    size_t count;
    int result;
};

static int visit(const char *path, void *data)
{
    struct visits *visits = data;

    cr_assert_lt(visits->count, 16);
    snprintf(visits->paths[visits->count++], sizeof(visits->paths[0]), "%s", path);
    return visits->result;
}

Test(spec, find)
{
    char folder[] = "/tmp/fastabi-spec-XXXXXX";
    static const char *const names[] = { "b.yml",       "a.yml",  "B.yml",
                                         ".hidden.yml", "c.yaml", "d.yml~" };
    struct visits visits = { .count = 0 };
    char path[64];

    cr_assert_not_null(mkdtemp(folder));
    for (size_t i = 0; i < 6; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        fclose(fopen(path, "w"));
    }
    cr_expect_eq(fastabi_spec_find(context, folder, visit, &visits), 0);
    cr_assert_eq(visits.count, 4);
    cr_expect_str_eq(visits.paths[0] + strlen(folder), "/B.yml");
    cr_expect_str_eq(visits.paths[1] + strlen(folder), "/a.yml");
    cr_expect_str_eq(visits.paths[2] + strlen(folder), "/b.yml");
    cr_expect_str_eq(visits.paths[3] + strlen(folder), "/c.yaml");
    visits = (struct visits){ .result = -7 };
    cr_expect_eq(fastabi_spec_find(context, folder, visit, &visits), -7);
    cr_expect_eq(visits.count, 1);
    visits = (struct visits){ .count = 0 };
    snprintf(path, sizeof(path), "%s/a.yml", folder);
    cr_expect_eq(fastabi_spec_find(context, path, visit, &visits), 0);
    cr_expect_str_eq(visits.paths[0], path);
    visits.count = 0;
    cr_expect_eq(fastabi_spec_find(context, "vcpu", visit, &visits), 0);
    cr_expect_not_null(strstr(visits.paths[0], "/abi/vcpu.yml"));
    cr_expect_eq(fastabi_spec_find(context, "no_such", visit, &visits), -ENOENT);
    cr_expect_eq(fastabi_spec_find(context, "./no_such", visit, &visits), -ENOENT);
    cr_expect_eq(visits.count, 1);
    cr_expect_eq(fastabi_context_diag(context, 0)->id, FASTABI_DIAG_NO_SUCH_SPEC);
    for (size_t i = 0; i < 6; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}
