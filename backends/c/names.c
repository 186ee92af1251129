/* SPDX-License-Identifier: MIT */
/* Names and types in generated C. */
#include <string.h>

#include "c.h"

/* What an argument cannot be called: keywords of C and C++, common macros, and what stubs use. */
static const char *const reserved[] = {
    "alignas", "alignof", "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break",
    "case", "catch", "char", "char16_t", "char32_t", "char8_t", "class", "co_await", "co_return",
    "co_yield", "compl", "concept", "const", "const_cast", "consteval", "constexpr", "constinit",
    "continue", "decltype", "default", "delete", "do", "double", "dynamic_cast", "else", "enum",
    "explicit", "export", "extern", "false", "float", "for", "friend", "goto", "if", "inline",
    "int", "long", "mutable", "namespace", "new", "noexcept", "not", "not_eq", "nullptr",
    "operator", "or", "or_eq", "private", "protected", "public", "register", "reinterpret_cast",
    "requires", "restrict", "return", "short", "signed", "sizeof", "static", "static_assert",
    "static_cast", "struct", "switch", "template", "this", "thread_local", "throw", "true", "try",
    "typedef", "typeid", "typename", "typeof", "typeof_unqual", "union", "unsigned", "using",
    "virtual", "void", "volatile", "wchar_t", "while", "xor", "xor_eq",
    /* macros */
    "current", "errno", "i386", "linux", "unix", "NULL",
    /* types that the generated text names */
    "int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t",
    "uintptr_t",
    /* the stub's own */
    "vendor", "param", "ret", "reg0", "reg1", "reg2", "reg3", "reg4", "reg5", "reg6", "reg7",
    "Intel", "Amd"
};

/* "__LINE__", "_Bool": a compiler may have macros and keywords of such names. */
static bool is_implementations(const char *name)
{
    return name[0] == '_' && (name[1] == '_' || (name[1] >= 'A' && name[1] <= 'Z'));
}

static bool is_reserved(const char *name, size_t length)
{
    if (!strncmp(name, "in_", 3) || !strncmp(name, "out_", 4) || is_implementations(name))
        return true;
    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        if (!strncmp(reserved[i], name, length) && !reserved[i][length])
            return true;
    }
    return false;
}

const char *c_argument_name(const struct c_run *run, const char *name)
{
    size_t stem;

    for (stem = strlen(name); stem && name[stem - 1] == '_'; stem--)
        ;
    return is_reserved(name, stem) ? fastabi_emission_printf(run->emission, "%s_", name) : name;
}

/* The C type of an argument: what params says, else the named type's typedef, else the integer. */
static const char *type_of(const struct c_run *run, const struct fastabi_param *param)
{
    const struct fastabi_type *named = fastabi_param_type(param);

    if (run->style == C_STYLE_STRUCT && fastabi_param_c_type(param))
        return fastabi_param_c_type(param);
    if (!named)
        return fastabi_param_c_integer(param);
    return fastabi_emission_printf(run->emission, "xen_fastabi_%s_t", fastabi_type_name(named));
}

static void add_argument(const struct c_run *run, const struct fastabi_param *param,
                         struct c_stub *stub)
{
    struct c_argument *argument = &stub->arguments[stub->argument_count++];

    argument->param = param;
    argument->is_pointer = fastabi_param_out(param) != FASTABI_NO_REGISTER;
    argument->name = c_argument_name(run, fastabi_param_flat_name(param));
    argument->type = type_of(run, param);
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
    stub->structure = value ? NULL : fastabi_op_c_struct(op);
    stub->compat = stub->structure && fastabi_op_c_struct_compat_count(op);
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
