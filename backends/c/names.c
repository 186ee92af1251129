/* SPDX-License-Identifier: MIT */
/* Names and types in generated C. */
#include <string.h>

#include "c.h"

/*
 * Arguments and locals end in '_', and nothing else does: keywords of C and C++ do not, and neither
 * do the macros that headers define for others to use.  So no list of such words is needed.
 */

/* "__LINE__", "_Bool": a compiler may have macros and keywords of such names. */
static bool is_implementations(const char *name)
{
    return name[0] == '_' && (name[1] == '_' || (name[1] >= 'A' && name[1] <= 'Z'));
}

/* Would it be called as a local of the stub is: "reg1_"? */
static bool is_stubs_own(const char *name, size_t length)
{
    static const char *const own[] = { "vendor", "by", "param", "fields", "ret" };

    if (length == 4 && !strncmp(name, "reg", 3) && name[3] >= '0' && name[3] <= '7')
        return true;
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (!strncmp(own[i], name, length) && !own[i][length])
            return true;
    }
    return false;
}

/*
 * Would it be called as the local of some parameter is, "in_port_" or "in_port__"?  However many
 * '_' end it, there may be a parameter whose local has as many: its start has to differ.
 */
static bool starts_like_local(const char *name)
{
    return !strncmp(name, "in_", 3) || !strncmp(name, "out_", 4) || !strncmp(name, "arg_", 4);
}

const char *c_argument_name(const struct c_run *run, const char *name)
{
    const char *suffix = "_";
    size_t stem;

    if (starts_like_local(name))
        return fastabi_emission_printf(run->emission, "arg_%s_", name);
    for (stem = strlen(name); stem && name[stem - 1] == '_'; stem--)
        ;
    if (is_implementations(name))
        suffix = "___"; /* __attribute and __attribute_ are one macro or another with less */
    else if (is_stubs_own(name, stem))
        suffix = "__";
    return fastabi_emission_printf(run->emission, "%s%s", name, suffix);
}

bool c_is_macro_name(const char *name)
{
    static const char *const others[] = { "and",    "and_eq",  "bitand",      "bitor",     "compl",
                                          "not",    "not_eq",  "or",          "or_eq",     "xor",
                                          "xor_eq", "defined", "__VA_ARGS__", "__VA_OPT__" };

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        if (!strcmp(name, others[i]))
            return false;
    }
    return true;
}

/* What is there under xen_fastabi_ already, and how other generated names start. */
bool c_is_taken(const char *name)
{
    static const char *const names[] = {
        "bool",  "choice",  "cpuid",           "detect", "is_zero", "not_a_vendor", "packed",
        "patch", "pointer", "r12_is_reserved", "site",   "sites",   "sized",        "vendor",
    };
    static const char *const starts[] = {
        "absent_", "alias_", "assert_", "bridge_", "carry_",  "choice_", "command_",
        "cpuid_",  "each_",  "element", "fits_",   "has_",    "lacks_",  "linear_",
        "op_",     "pack_",  "probe_",  "struct_", "switch_", "type_",   "write_",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!strcmp(name, names[i]))
            return true;
    }
    for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
        if (!strncmp(name, starts[i], strlen(starts[i])))
            return true;
    }
    return false;
}

const char *c_typedef_name(const struct c_run *run, const struct fastabi_type *type)
{
    const char *name = fastabi_emission_printf(run->emission, "%s_t", fastabi_type_name(type));

    return fastabi_emission_printf(run->emission, "xen_fastabi_%s%s",
                                   c_is_taken(name) ? "type_" : "", name);
}

bool c_is_pointer_type(const char *type)
{
    return strchr(type, '*') != NULL;
}

/* The C type of an argument: what params says, else the named type's typedef, else the integer. */
static const char *type_of(const struct c_run *run, const struct fastabi_param *param)
{
    const struct fastabi_type *named = fastabi_param_type(param);

    if (run->style == C_STYLE_STRUCT && fastabi_param_c_type(param))
        return fastabi_param_c_type(param);
    if (!named)
        return fastabi_param_c_integer(param);
    return c_typedef_name(run, named);
}

/*
 * Is a C type an integer of the same bits wherever there is FastABI?  Not char, whose sign options
 * of compilers choose, nor long, which Windows has with 32 bits, nor what a header defines.
 */
static bool is_same_everywhere(const char *type)
{
    static const char *const words[] = { "signed", "unsigned", "char", "short", "int", "long" };
    static const char *const names[] = { "size_t", "uintptr_t", "intptr_t" };
    unsigned int count[sizeof(words) / sizeof(words[0])] = { 0 };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!strcmp(type, names[i]))
            return true;
    }
    for (; *type; type += strcspn(type, " "), type += strspn(type, " ")) {
        size_t i = 0, length = strcspn(type, " ");

        while (i < sizeof(words) / sizeof(words[0]) &&
               (strncmp(type, words[i], length) || words[i][length]))
            i++;
        if (i == sizeof(words) / sizeof(words[0]))
            return false;
        count[i]++;
    }
    return !(count[2] && !count[0] && !count[1]) && count[5] != 1;
}

/* Is the C type of an argument not known as well as the specification's? */
static bool is_foreign(const struct c_run *run, const struct fastabi_param *param)
{
    const char *type = fastabi_param_c_type(param);

    return run->style == C_STYLE_STRUCT && type && fastabi_param_is_typed(param) &&
           !c_is_pointer_type(type) && strcmp(type, fastabi_param_c_integer(param)) &&
           !is_same_everywhere(type);
}

static void add_argument(const struct c_run *run, const struct fastabi_param *param,
                         struct c_stub *stub)
{
    struct c_argument *argument = &stub->arguments[stub->argument_count++];

    argument->param = param;
    argument->is_pointer = fastabi_param_out(param) != FASTABI_NO_REGISTER;
    argument->name = c_argument_name(run, fastabi_param_flat_name(param));
    argument->type = type_of(run, param);
    argument->is_foreign = is_foreign(run, param);
}

static void collect_registers(struct c_stub *stub)
{
    for (size_t i = 0; i < fastabi_op_param_count(stub->op); i++) {
        const struct fastabi_param *param = fastabi_op_param(stub->op, i);
        int in = fastabi_param_in(param);
        int out = fastabi_param_out(param);

        if (in != FASTABI_NO_REGISTER) {
            stub->inputs[in] = param;
            stub->in[in] = fastabi_param_flat_name(param);
        }
        if (out != FASTABI_NO_REGISTER) {
            stub->outputs[out] = param;
            stub->out[out] = fastabi_param_flat_name(param);
        }
    }
}

void c_prepare(const struct c_run *run, const struct fastabi_spec *spec,
               const struct fastabi_op *op, struct c_stub *stub)
{
    bool value = run->style == C_STYLE_VALUE;
    size_t count = value ? fastabi_op_param_count(op) : fastabi_op_c_param_count(op);

    stub->spec = spec;
    stub->op = op;
    stub->id = fastabi_op_flat_name(op);
    stub->function = fastabi_emission_printf(run->emission, "%s_%s", run->prefix, stub->id);
    stub->structure = value ? NULL : fastabi_op_c_struct(op);
    stub->compat = stub->structure && fastabi_op_c_struct_compat_count(op);
    stub->set = fastabi_op_input_mask(op);
    stub->changed = fastabi_op_output_mask(op) | fastabi_op_clobber_mask(op);
    stub->argument_count = 0;
    for (size_t i = 0; i < count; i++)
        add_argument(run, value ? fastabi_op_param(op, i) : fastabi_op_c_param(op, i), stub);
    memset(stub->inputs, 0, sizeof(stub->inputs));
    memset(stub->outputs, 0, sizeof(stub->outputs));
    collect_registers(stub);
}

const struct c_argument *c_find_argument(const struct c_stub *stub,
                                         const struct fastabi_param *param)
{
    for (size_t i = 0; i < stub->argument_count; i++) {
        if (stub->arguments[i].param == param)
            return &stub->arguments[i];
    }
    return NULL;
}
