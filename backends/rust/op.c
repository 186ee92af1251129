/* SPDX-License-Identifier: MIT */
/*
 * One operation as Rust functions: the safe one with the crate's default transfer, the same with
 * any transfer, the raw one below both, and what registers it uses.
 */
#include <string.h>

#include "rust.h"

enum layer { PLAIN, WITH, RAW };

/* "types::EvtchnPort", or "u32" */
static const char *type_of(const struct rust_run *run, const struct fastabi_param *param,
                           enum layer layer)
{
    const char *newtype = layer == RAW ? NULL : rust_newtype(run, param);

    return newtype ? fastabi_emission_printf(run->emission, "types::%s", newtype)
                   : fastabi_param_repr(param);
}

/* ---- the struct for several outputs ---- */

static int write_struct(const struct rust_run *run, const struct rust_op *op)
{
    struct fastabi_writer *writer = run->writer;
    int status = 0;

    fastabi_write(writer,
                  "/// Outputs of `%s`.\n"
                  "#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]\n"
                  "pub struct %s {\n",
                  rust_without_prefix(op->name), op->result);
    fastabi_writer_indent(writer, 1);
    for (size_t i = 0; !status && i < op->output_count; i++) {
        const struct fastabi_param *param = op->outputs[i];
        const char *condition = fastabi_param_valid_when(param);
        const char *doc = fastabi_param_doc(param);

        if (doc)
            status = rust_write_prose(writer, "/// ", doc);
        if (condition)
            fastabi_write(writer, "%s/// Valid when `%s`, else 0.\n", doc ? "///\n" : "",
                          condition);
        if (!doc && !condition)
            fastabi_write(writer, "/// What came back in %s.\n",
                          fastabi_register_name(fastabi_param_out(param)));
        fastabi_write(writer, "pub %s: %s,\n", rust_param_name(run, param),
                      type_of(run, param, PLAIN));
    }
    fastabi_writer_indent(writer, -1);
    fastabi_write(writer, "}\n\n");
    return status;
}

/* ---- signatures ---- */

static const char *return_type(const struct rust_run *run, const struct rust_op *op,
                               enum layer layer)
{
    const char *registers = "i64";

    if (layer == RAW) {
        for (size_t i = 0; i < op->output_count; i++)
            registers = fastabi_emission_printf(run->emission, "%s, %s", registers,
                                                fastabi_param_repr(op->outputs[i]));
        return op->output_count ? fastabi_emission_printf(run->emission, "(%s)", registers)
                                : registers;
    }
    if (op->output_count == 0)
        return "Result<u64, Errno>";
    if (op->output_count == 1)
        return fastabi_emission_printf(run->emission, "Result<%s, Errno>",
                                       type_of(run, op->outputs[0], layer));
    return fastabi_emission_printf(run->emission, "Result<%s%s, Errno>",
                                   layer == WITH ? "super::" : "", op->result);
}

/* On one line, or with a parameter a line, as rustfmt has it. */
static void write_function(const struct rust_run *run, const struct rust_op *op, enum layer layer)
{
    struct fastabi_writer *writer = run->writer;
    const char *unsafe_ = layer == RAW || fastabi_op_is_unsafe(op->op) ? "unsafe " : "";
    const char *generics = layer == PLAIN ? "" : "<T: Transfer>";
    const char *params[FASTABI_REGISTERS];
    const char *returned = return_type(run, op, layer);
    size_t length = strlen("pub fn () ->  {") + strlen(unsafe_) + strlen(op->name) +
                    strlen(generics);
    bool wraps;

    length += strlen(returned) + (layer == PLAIN ? 0 : 4);
    for (size_t i = 0; i < op->input_count; i++) {
        params[i] = fastabi_emission_printf(run->emission, "%s: %s",
                                            rust_param_name(run, op->inputs[i]),
                                            type_of(run, op->inputs[i], layer));
        length += strlen(params[i]) + (i ? 2 : 0);
    }
    wraps = op->input_count && length > RUST_WIDTH;
    fastabi_write(writer, "#[inline(always)]\npub %sfn %s%s(%s", unsafe_, op->name, generics,
                  wraps ? "\n" : "");
    for (size_t i = 0; i < op->input_count; i++)
        fastabi_write(writer, wraps ? "    %s%s,\n" : "%s%s", wraps || !i ? "" : ", ", params[i]);
    fastabi_write(writer, ") -> %s {\n", returned);
}

/* ---- bodies ---- */

static void write_arguments(const struct rust_run *run, const struct rust_op *op,
                            bool is_taken_apart)
{
    for (size_t i = 0; i < op->input_count; i++)
        fastabi_write(run->writer, "%s%s%s", i ? ", " : "", rust_param_name(run, op->inputs[i]),
                      is_taken_apart && rust_newtype(run, op->inputs[i]) ? ".0" : "");
}

static void write_safety_comment(const struct rust_run *run, const struct rust_op *op)
{
    fastabi_write(run->writer, "    // SAFETY: %s\n",
                  fastabi_op_is_unsafe(op->op)
                      ? "the caller's."
                      : "its specification names nothing that could break memory safety.");
}

int rust_write_op(const struct rust_run *run, const struct rust_op *op)
{
    int status = op->output_count > 1 ? write_struct(run, op) : 0;
    bool is_unsafe = fastabi_op_is_unsafe(op->op);

    if (!status)
        status = rust_write_op_doc(run, op);
    write_function(run, op, PLAIN);
    if (is_unsafe)
        write_safety_comment(run, op);
    fastabi_write(run->writer, "    %swith::%s::<DefaultTransfer>(", is_unsafe ? "unsafe { " : "",
                  op->name);
    write_arguments(run, op, false);
    fastabi_write(run->writer, is_unsafe ? ") }\n}\n\n" : ")\n}\n\n");
    return status;
}

/* types::EvtchnPort(out.1) */
static void write_output(const struct rust_run *run, const struct rust_op *op, size_t i)
{
    const char *newtype = rust_newtype(run, op->outputs[i]);

    if (newtype)
        fastabi_write(run->writer, "types::%s(out.%u)", newtype, (unsigned int)i + 1);
    else
        fastabi_write(run->writer, "out.%u", (unsigned int)i + 1);
}

static void write_success(const struct rust_run *run, const struct rust_op *op)
{
    struct fastabi_writer *writer = run->writer;

    if (op->output_count == 0) {
        fastabi_write(writer, "    Ok(out as u64)\n");
        return;
    }
    if (op->output_count == 1) {
        fastabi_write(writer, "    Ok(");
        write_output(run, op, 0);
        fastabi_write(writer, ")\n");
        return;
    }
    fastabi_write(writer, "    Ok(super::%s {\n", op->result);
    for (size_t i = 0; i < op->output_count; i++) {
        fastabi_write(writer, "        %s: ", rust_param_name(run, op->outputs[i]));
        write_output(run, op, i);
        fastabi_write(writer, ",\n");
    }
    fastabi_write(writer, "    })\n");
}

int rust_write_with(const struct rust_run *run, const struct rust_op *op)
{
    struct fastabi_writer *writer = run->writer;
    const char *status_of_call = op->output_count ? "out.0" : "out";
    int status = rust_write_short_doc(run, op, false);

    write_function(run, op, WITH);
    write_safety_comment(run, op);
    fastabi_write(writer, "    let out = unsafe { super::raw::%s::<T>(", op->name);
    write_arguments(run, op, true);
    fastabi_write(writer,
                  ") };\n"
                  "    if %s < 0 {\n"
                  "        return Err(Errno(%s));\n"
                  "    }\n",
                  status_of_call, status_of_call);
    write_success(run, op);
    fastabi_write(writer, "}\n");
    return status;
}

/* The arguments of a transfer method: reg0, reg1, then what each register carries. */
static void write_registers(const struct rust_run *run, const struct rust_op *op)
{
    struct fastabi_writer *writer = run->writer;

    fastabi_write(writer, "MASK | %u", fastabi_spec_hypercall_index(op->spec));
    if (!fastabi_op_is_direct(op->op))
        fastabi_write(writer, ", %u", fastabi_op_index(op->op));
    for (int reg = 1; reg < FASTABI_REGISTERS; reg++) {
        const struct fastabi_param *param = fastabi_op_input(op->op, reg);

        if (param)
            fastabi_write(writer, strcmp(fastabi_param_repr(param), "u64") ? ", %s as u64" : ", %s",
                          rust_param_name(run, param));
    }
}

int rust_write_raw(const struct rust_run *run, const struct rust_op *op)
{
    struct fastabi_writer *writer = run->writer;
    const char *tuple = rust_tuple_name(run, op);
    int status = rust_write_short_doc(run, op, true);

    if (fastabi_op_conditional_count(op->op))
        fastabi_write(writer, "#[allow(clippy::manual_range_contains, clippy::eq_op, "
                              "clippy::nonminimal_bool, "
                              "clippy::absurd_extreme_comparisons)]\n");
    write_function(run, op, RAW);
    fastabi_write(writer, "    // SAFETY: the caller's.\n    ");
    if (op->output_count)
        fastabi_write(writer, "let %s = ", tuple);
    fastabi_write(writer, "unsafe { T::");
    rust_write_shape_name(writer, op->op);
    fastabi_write(writer, "(");
    write_registers(run, op);
    fastabi_write(writer, op->output_count ? ") };\n" : ") }\n");
    rust_write_conditions(run, op);
    if (op->output_count)
        fastabi_write(writer, "    (%s.0", tuple);
    for (size_t i = 0; i < op->output_count; i++) {
        const char *integer = fastabi_param_repr(op->outputs[i]);

        fastabi_write(writer, ", %s.%u", tuple,
                      rust_place_of(op, fastabi_param_out(op->outputs[i])));
        if (strcmp(integer, "u64"))
            fastabi_write(writer, " as %s", integer);
    }
    fastabi_write(writer, op->output_count ? ")\n}\n" : "}\n");
    return status;
}

void rust_write_call(const struct rust_run *run, const struct rust_op *op)
{
    fastabi_write(run->writer,
                  "/// `%s`\n"
                  "pub const %s: Call = Call {\n"
                  "    hypercall_index: super::HYPERCALL_INDEX,\n",
                  rust_without_prefix(op->name), op->name);
    if (fastabi_op_is_direct(op->op))
        fastabi_write(run->writer, "    index: None,\n");
    else
        fastabi_write(run->writer, "    index: Some(%u),\n", fastabi_op_index(op->op));
    fastabi_write(run->writer, "    inputs: 0x%x,\n    outputs: 0x%x,\n    clobbers: 0x%x,\n",
                  fastabi_op_input_mask(op->op), fastabi_op_output_mask(op->op),
                  fastabi_op_clobber_mask(op->op));
    if (fastabi_op_caller(op->op) == FASTABI_CALLER_UNKNOWN)
        fastabi_write(run->writer, "    caller: None,\n");
    else
        fastabi_write(run->writer, "    caller: Some(%s::Caller::%s),\n", rust_root(run, 1),
                      rust_camel_case(run, fastabi_caller_name(fastabi_op_caller(op->op))));
    fastabi_write(run->writer, "    is_foreign: %s,\n};\n",
                  fastabi_op_is_foreign(op->op) ? "true" : "false");
}
