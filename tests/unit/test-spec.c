/* SPDX-License-Identifier: MIT */
/*
 * The public API over a specification in full form, from memory: every question, and who owns what.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "spec-fixture.h"

TestSuite(spec, .init = set_up, .fini = tear_down);

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

/* Memory that an integer names makes an operation unsafe that has no text. */
Test(spec, memory_is_unsafe)
{
    static const char other[] =
        "name: x\nhypercall_index: 1\nsubops:\n"
        "  to: { index: 1, input: { a: { reg: 2, type: u64 } }, "
        "xen: { args: [op, l], arrays: { l: { to: a, count: 1, size: 8 } } } }\n"
        "  both: { index: 2, input: { a: { reg: 2, type: u64 } }, "
        "xen: { args: [op, l], arrays: { l: { both: a, count: 1, size: 8 } } } }\n"
        "  shared: { index: 3, input: { a: { reg: 2, type: u64, shared: true } } }\n"
        "  text: { index: 4, safety: \"Beware.\" }\n"
        "  from: { index: 5, input: { a: { reg: 2, type: u64, shared: true } }, "
        "xen: { args: [op, l], arrays: { l: { from: a, count: 1, size: 8 } } } }\n"
        "  value: { index: 6, input: { a: { reg: 2, type: u64 } }, "
        "output: { b: { reg: 3, type: u32 } } }\n";
    struct fastabi_spec *made;

    cr_assert_eq(fastabi_spec_parse(context, "x", other, strlen(other), &made), 0);
    for (size_t i = 0; i < 6; i++)
        cr_expect_eq(fastabi_op_is_unsafe(fastabi_spec_op(made, i)), i < 4);
    cr_expect_not(fastabi_op_is_unsafe(NULL));
    fastabi_spec_free(made);
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
    const struct fastabi_xen_array *array;
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
    array = fastabi_op_xen_array(op, 0);
    cr_assert_str_eq(fastabi_xen_array_name(array), "list");
    cr_assert_eq(fastabi_xen_array_direction(array), FASTABI_XEN_TO);
    cr_assert_eq(fastabi_xen_array_size(array), 20);
    cr_assert_str_eq(fastabi_xen_array_count_field(array), "n");
    cr_assert_str_eq(fastabi_param_name(fastabi_xen_array_param(array, 0)), "b");
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
    char *copy = strdup(spec_text);
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
    cr_expect_eq(fastabi_spec_load(context, "/proc/none/x.yml", &made), -ENOENT);
    cr_expect_null(made);
}

/* What may be said not to be so is as if nothing was said. */
Test(spec, false_is_the_default)
{
    static const char text[] =
        "name: x\nhypercall_index: 1\nextension: false\nsubops:\n"
        "  a: { index: 1, own_index: false, foreign: false, extension: false, "
        "input: { b: { reg: 2, type: u64, shared: false } } }\n"
        "  c: { index: 2, own_index: true, foreign: true, extension: true, "
        "input: { d: { reg: 2, type: u64, shared: true } } }\n";
    const struct fastabi_op *a, *c;
    struct fastabi_spec *made;

    cr_assert_eq(fastabi_spec_parse(context, "x.yml", text, sizeof(text) - 1, &made), 0);
    a = fastabi_spec_op(made, 0);
    c = fastabi_spec_op(made, 1);
    cr_expect_not(fastabi_op_has_own_index(a));
    cr_expect_not(fastabi_op_is_foreign(a));
    cr_expect_not(fastabi_op_is_extension(a));
    cr_expect_not(fastabi_param_is_shared(fastabi_op_param(a, 0)));
    cr_expect(fastabi_op_has_own_index(c));
    cr_expect(fastabi_op_is_foreign(c));
    cr_expect(fastabi_op_is_extension(c));
    cr_expect(fastabi_param_is_shared(fastabi_op_param(c, 0)));
    fastabi_spec_free(made);
}

/* A type has to be somewhere, and a context may have nowhere to look. */
Test(spec, types_are_nowhere)
{
    static const char text[] = "name: x\nhypercall_index: 1\n"
                               "direct: { input: { a: { reg: 2, type: of_nobody } } }\n";
    struct fastabi_context_options options = { .size = sizeof(options),
                                               .flags = FASTABI_CONTEXT_NO_ENV };
    struct fastabi_context *lonely;
    struct fastabi_spec *made;

    cr_assert_eq(fastabi_context_new(&options, &lonely), 0);
    cr_expect_eq(fastabi_spec_parse(lonely, "x.yml", text, sizeof(text) - 1, &made), -EINVAL);
    cr_expect_null(made);
    cr_expect_not_null(strstr(fastabi_context_diag(lonely, 0)->message, "'of_nobody'"));
    fastabi_context_free(lonely);
}

/* The text is length bytes: a NUL does not end it, and what follows is not read. */
Test(spec, length_counts)
{
    static const char minimal[] = "name: x\nhypercall_index: 1\ndirect: { doc: y }\nnonsense";
    struct fastabi_spec *made;

    cr_assert_eq(fastabi_spec_parse(context, "x", minimal, strlen(minimal) - 8, &made), 0);
    fastabi_spec_free(made);
    cr_expect_eq(fastabi_spec_parse(context, "x", minimal, sizeof(minimal), &made), -EINVAL);
}
