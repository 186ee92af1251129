/* SPDX-License-Identifier: MIT */
/*
 * What the files of the C backend share.  Like a third party's backend, it sees the public API
 * only.
 */
#ifndef FASTABI_BACKENDS_C_H
#define FASTABI_BACKENDS_C_H

#include <fastabi/fastabi.h>

enum c_style { C_STYLE_STRUCT, C_STYLE_VALUE, C_STYLE_BRIDGE };

enum c_transfer {
    C_TRANSFER_ARGUMENT,
    C_TRANSFER_VMCALL,
    C_TRANSFER_VMMCALL,
    C_TRANSFER_PATCH,
    C_TRANSFER_MACRO,
};

/* The options, in the order of their table. */
enum c_option {
    C_OPTION_STYLE,
    C_OPTION_TRANSFER,
    C_OPTION_HEADERS,
    C_OPTION_PROFILE,
    C_OPTION_TYPES,
    C_OPTION_INTERFACE_VERSION,
    C_OPTION_INLINE,
    C_OPTION_HELPER,
    C_OPTION_RESULT,
    C_OPTION_ERRNO,
    C_OPTION_PREFIX,
    C_OPTION_GUARD,
    C_OPTION_LICENCE,
    C_OPTION_BANNER,
    C_OPTION_WIDTH,
    C_OPTION_INSTRUCTION,
    C_OPTION_INSTRUCTION_HEADERS,
    C_OPTION_INSTRUCTION_OUTPUTS,
    C_OPTION_COUNT,
};

/* One run: what the options say. */
struct c_run {
    struct fastabi_emission *emission;
    enum c_style style; /* of the stubs */
    bool is_bridge;     /* and bridges over them */
    enum c_transfer transfer;
    const char *headers; /* what comes before a Xen header's name, "xen/"; NULL: includes none */
    const char *types;   /* where integer types are from */
    const char *interface_version;   /* "latest", "none", or a number */
    const char *inlining;            /* how a stub starts */
    const char *helper;              /* how a function of fastabi.h starts */
    const char *result;              /* the type that a stub returns */
    bool is_negated;                 /* a stub negates the result */
    const char *prefix;              /* of names of functions */
    const char *guard;               /* of names of include guards */
    const char *licence;             /* SPDX expression */
    const char *banner;              /* the user's own line; "": none */
    const char *instruction;         /* transfer=macro: what it is; "": the includer's */
    const char *instruction_headers; /* what that needs, separated by commas */
    const char *instruction_outputs; /* what it changes; "": nothing */
    unsigned int width;              /* columns of a line */
    struct fastabi_writer *writer;   /* the file being written */
};

/* An argument of a stub that is not the struct. */
struct c_argument {
    const struct fastabi_param *param;
    const char *name;
    const char *type; /* without the '*' of an output */
    bool is_pointer;  /* stored through; read through if it is an input too */
    bool is_foreign;  /* an integer whose width and sign are its header's, or the compiler's */
};

/* One operation as the run's style sees it, with the names that its text is made of. */
struct c_stub {
    const struct fastabi_spec *spec;
    const struct fastabi_op *op;
    const char *id;        /* "event_channel_status" */
    const char *function;  /* "xen_hypercall_event_channel_status" */
    const char *structure; /* of the argument "param", or NULL */
    bool compat;           /* other structs may be passed for it */
    struct c_argument arguments[2 * FASTABI_REGISTERS];
    size_t argument_count;
    uint32_t set;     /* mask of registers with inputs ... */
    uint32_t changed; /* ... and of those that the call changes */
    const struct fastabi_param *inputs[FASTABI_REGISTERS];
    const struct fastabi_param *outputs[FASTABI_REGISTERS];
    const char *in[FASTABI_REGISTERS]; /* flattened names of inputs and outputs */
    const char *out[FASTABI_REGISTERS];
};

/* options.c */
extern const struct fastabi_backend_option c_options[C_OPTION_COUNT];
void c_read_options(struct c_run *run);

/* support-file.c: fastabi.h and fastabi-bridge.h, and what other files have like them */
int c_write_support(struct c_run *run);
void c_write_licence(const struct c_run *run);
/*
 * How the guard of a file goes on after the option "guard": of fastabi.h, of fastabi-bridge.h and,
 * with the name, of a specification's file.  After "XEN_FASTABI_" no constant goes on so.
 */
#define C_GUARD        "H"
#define C_GUARD_BRIDGE "BRIDGE_H"
#define C_GUARD_SPEC   "H_"
void c_write_guard(const struct c_run *run, const char *guard);
void c_write_guard_end(const struct c_run *run, const char *guard);
void c_write_quiet(const struct c_run *run);
void c_write_loud(const struct c_run *run);
/* An #include for each of "a.h,b.h". */
void c_write_header_list(const struct c_run *run, const char *directive, const char *headers);

/* names.c */

/*
 * What an argument is called: the name and '_', or more of them where that is taken.  How many
 * depends on what precedes the name's own '_', so two names never become one.
 */
const char *c_argument_name(const struct c_run *run, const char *name);
/* Can a macro have the name, in C++ too, so that #ifdef may ask for it? */
bool c_is_macro_name(const char *name);
/*
 * Does a name after xen_fastabi_ start as others do, or have they it already?  What a specification
 * has a name for gets another start then, so that it never has the name of something else.
 */
bool c_is_taken(const char *name);
/* Is a C type that of a pointer? */
bool c_is_pointer_type(const char *type);
/* "xen_fastabi_port_t" */
const char *c_typedef_name(const struct c_run *run, const struct fastabi_type *type);
void c_prepare(const struct c_run *run, const struct fastabi_spec *spec,
               const struct fastabi_op *op, struct c_stub *stub);
/* The argument that carries a parameter, or NULL: it is a field of the struct. */
const struct c_argument *c_find_argument(const struct c_stub *stub,
                                         const struct fastabi_param *param);

/* doc.c: the comment above a stub */
void c_write_doc(const struct c_run *run, const struct c_stub *stub);

/*
 * stub.c: parameters up to the closing parenthesis, aligned at a column, or on lines of their own
 * if one would not fit there
 */
void c_write_params(const struct c_run *run, size_t column, const char *const *declarations,
                    size_t count);

/* stub.c: one operation */
void c_write_stub(const struct c_run *run, const struct fastabi_spec *spec,
                  const struct fastabi_op *op);

/* struct.c: what precedes a stub that takes a struct */

/* Most fields of a struct that generated text looks at. */
#define C_FIELDS_MAX 64

/* Fields of a struct, sorted by name. */
struct c_fields {
    const char *paths[C_FIELDS_MAX];
    const char *names[C_FIELDS_MAX]; /* without subscripts: "u.interdomain.port" */
    const char *types[C_FIELDS_MAX]; /* of what stands for them */
    size_t count;
    bool has_arrays;
    bool is_aligned; /* to more than a byte, unless the struct is packed */
};

bool c_uses_struct(const struct c_stub *stub);
void c_start_fields(struct c_fields *fields);
/* false: there are too many. */
bool c_add_field(const struct c_run *run, struct c_fields *fields, const char *path,
                 const char *type, bool is_aligned);
/* Those that a stub carries. */
void c_add_param_fields(const struct c_run *run, const struct c_stub *stub,
                        struct c_fields *fields);
/* By a macro, what stands for a struct that headers lack: xen_fastabi_struct_<id>. */
#define C_STRUCT "XEN_FASTABI_STRUCT"
void c_write_stand_in(const struct c_run *run, const char *macro, const char *id,
                      const char *structure, const struct c_fields *fields);
void c_write_struct(const struct c_run *run, const struct c_stub *stub);

/* pack.c: functions that make packed inputs of their fields */
/* "xen_fastabi_pack_event_channel_status__a" */
const char *c_pack_name(const struct c_run *run, const struct fastabi_op *op,
                        const struct fastabi_param *param);
void c_write_packs(const struct c_run *run, const struct c_stub *stub);

/* store.c: where outputs go */

/* Is a parameter's integer type another one than that of the register? */
bool c_needs_cast(const struct fastabi_param *param);
/*
 * The cast to the specification's type between a register and an argument whose C type may be
 * another one; "": it needs none.
 */
const char *c_argument_cast(const struct c_run *run, const struct c_argument *argument);
/* The cast of an integer to a pointer or back that compilers do not warn of; "": not a pointer. */
const char *c_pointer_cast(bool is_pointer);
/* A constant of 32 or 64 bits: in a way that every standard of C has, without a warning. */
const char *c_number(const struct c_run *run, int64_t number, bool is_unsigned);
/* A field of the struct, to be read or written. */
void c_write_field(struct fastabi_writer *writer, const struct c_stub *stub,
                   const struct fastabi_param *param);
/* The outputs that have a condition are stored after the others. */
void c_write_stores(const struct c_run *run, const struct c_stub *stub);

/* The lines of fastabi.h, NULL after the last; made from backends/c/fastabi.h when building. */
extern const char *const c_support_lines[];
/* The same of fastabi-bridge.h. */
extern const char *const c_bridge_lines[];

extern const struct fastabi_backend fastabi_backend_c;

#endif
