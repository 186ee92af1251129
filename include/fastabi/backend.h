/* SPDX-License-Identifier: MIT */
/*
 * Backends: the interface between specifications and whatever turns them into files.  A backend
 * sees specifications (spec.h) and its emission (here), nothing else; those in the tree use exactly
 * this.  context.h states the rules for all functions: NULL, bounds, out-parameters, errors.
 */
#ifndef FASTABI_BACKEND_H
#define FASTABI_BACKEND_H

#include <stdarg.h>

#include <fastabi/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One run of one backend: its options and its output. */
struct fastabi_emission;
/* The file that is being written; it belongs to the emission. */
struct fastabi_writer;
/* What Xen's headers say; see layout.h. */
struct fastabi_layout;

/* Changes when a backend has to be compiled again, or rewritten. */
#define FASTABI_BACKEND_ABI_VERSION 2u

/*
 * What values an option takes.  The types after CHOICE are of version 0.2.  They may have choices
 * too: words that are taken beside what the type takes.
 */
enum fastabi_option_type {
    /* Any text of one line. */
    FASTABI_OPTION_TEXT,
    /* One of its choices. */
    FASTABI_OPTION_CHOICE,
    /* A number, decimal or 0x hexadecimal; a choice "80..120" is a range of them. */
    FASTABI_OPTION_NUMBER,
    /* An identifier of C. */
    FASTABI_OPTION_NAME,
    /* Tokens of C on one line, with balanced parentheses; no statement, directive or comment. */
    FASTABI_OPTION_CODE,
    /* A type of C: identifiers with a blank between them. */
    FASTABI_OPTION_TYPE,
    /* What precedes the name of a header in #include <...>; may be empty. */
    FASTABI_OPTION_PREFIX,
    /* One or more paths for #include <...>, separated by commas. */
    FASTABI_OPTION_HEADERS,
    /* An SPDX licence expression. */
    FASTABI_OPTION_LICENCE,
    /* Text of one line that a comment of C can contain. */
    FASTABI_OPTION_COMMENT,
    /* Name or path of a profile, as in struct fastabi_generate_options. */
    FASTABI_OPTION_PROFILE,
};

/* One option of a backend, "-O name=value". */
struct fastabi_backend_option {
    /* An identifier. */
    const char *name;
    /* What values it takes. */
    enum fastabi_option_type type;
    /* "a|b|c"; NULL: none.  FASTABI_OPTION_CHOICE and _NUMBER must have some. */
    const char *choices;
    /* Never NULL. */
    const char *default_value;
    /* One line. */
    const char *help;
};

/*
 * What stands for a value of a type that is not one of the choices, in help: "TEXT".  NULL: the
 * choices say all.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_option_type_name(enum fastabi_option_type type);

/* It emits stubs: the conformance suite applies. */
#define FASTABI_BACKEND_STUBS (1u << 0)
/* It writes one file for all specifications; the output names the file. */
#define FASTABI_BACKEND_ONE_FILE (1u << 1)
/* Its functions are called NAME_OP: two operations with one such name are refused. */
#define FASTABI_BACKEND_FLAT_NAMES (1u << 2)
/* It writes what answers calls: two specifications with one hypercall index are refused. */
#define FASTABI_BACKEND_UNIQUE_INDEX (1u << 3)
/*
 * What it writes needs the structs of the classic ABI from Xen's headers, but see structs_unless:
 * with a layout, operations whose struct, field or type the headers lack are left out.
 */
#define FASTABI_BACKEND_STRUCTS (1u << 4)
/* It needs the structs of the hypervisor's handlers: the same for those. */
#define FASTABI_BACKEND_HANDLERS (1u << 5)

/*
 * A backend.  abi_version and size come first in every version.  Its hooks are called in the order
 * begin, then for each specification spec_begin, op for each operation, spec_end, then end; any may
 * be NULL.  A hook returns 0 or a negative errno; after a failure no file is written.
 */
struct fastabi_backend {
    /* FASTABI_BACKEND_ABI_VERSION that it was compiled with. */
    uint32_t abi_version;
    /* sizeof(struct fastabi_backend) */
    uint32_t size;
    /* An identifier: "c". */
    const char *name;
    /* One line. */
    const char *description;
    /* FASTABI_BACKEND_* */
    uint32_t flags;
    /* Number of options; at most 256. */
    uint32_t option_count;
    /* NULL if there are none. */
    const struct fastabi_backend_option *options;
    /* sizeof(struct fastabi_backend_option); 0: that of version 0.2. */
    size_t option_size;
    /* Opens a file for all specifications, makes the state. */
    int (*begin)(struct fastabi_emission *emission);
    /* Opens a file for one specification. */
    int (*spec_begin)(struct fastabi_emission *emission, const struct fastabi_spec *spec);
    /* Writes one operation. */
    int (*op)(struct fastabi_emission *emission, const struct fastabi_spec *spec,
              const struct fastabi_op *op);
    /* Writes what follows the operations. */
    int (*spec_end)(struct fastabi_emission *emission, const struct fastabi_spec *spec);
    /* Writes what follows the specifications. */
    int (*end)(struct fastabi_emission *emission);
    /* Called last, also after a failure: frees the state. */
    void (*cleanup)(struct fastabi_emission *emission);
    /*
     * With FASTABI_BACKEND_STRUCTS: an option and those of its choices with which no struct is
     * needed, "style=value|other"; NULL: structs are always needed.
     */
    const char *structs_unless;
    /*
     * An option and those of its choices with which what it writes reads the fields of the classic
     * call's struct, "style=bridge": with a layout, operations are left out whose struct is there
     * and lacks one.  NULL: it never does.
     */
    const char *fields_if;
};

/* The function that a shared object with a backend exports.  The table must stay valid. */
typedef const struct fastabi_backend *(*fastabi_backend_entry_func)(void);
/* The name of that function. */
#define FASTABI_BACKEND_ENTRY fastabi_backend_entry

/*
 * The i-th backend: those in the tree, then those loaded or registered, in that order.  Looks
 * through FASTABI_BACKEND_PATH and the compiled-in directory when first needed.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_backend *fastabi_backend_at(struct fastabi_context *context,
                                                             size_t i);

/*
 * The backend of that name.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_backend *fastabi_backend_by_name(struct fastabi_context *context,
                                                                  const char *name);

/*
 * Load a backend from a shared object.  It stays loaded until the context is freed.  -ENOTSUP if it
 * cannot be loaded, is not a valid backend, or has the name of another.
 * Since 0.1.
 */
FASTABI_API int fastabi_backend_load(struct fastabi_context *context, const char *path);

/*
 * Add a backend of the program's own to a context; it is not isolated.  What the struct points to
 * must stay valid until the context is freed; the struct itself is copied.  -ENOTSUP if it is not a
 * valid backend, or has the name of another.
 * Since 0.2.
 */
FASTABI_API int fastabi_backend_register(struct fastabi_context *context,
                                         const struct fastabi_backend *backend);

/* ---- running one ---- */

/* Write nothing; -EINVAL if a file would change. */
#define FASTABI_GENERATE_VERIFY (1u << 0)

/*
 * Receives one file of a run: its path (that of the depfile last), and its bytes, which are valid
 * during the call only.  It is called when all files are complete, so never in a run that fails.  A
 * negative result ends the calls and becomes that of fastabi_generate().
 */
typedef int (*fastabi_file_func)(const char *path, const char *bytes, size_t length, void *data);

/* What to generate. */
struct fastabi_generate_options {
    /* sizeof(struct fastabi_generate_options) */
    size_t size;
    /* FASTABI_GENERATE_* */
    uint32_t flags;
    /* Number of settings. */
    uint32_t setting_count;
    /* Name of the backend. */
    const char *backend;
    /* Its options, "key=value" each.  The last of several for one key counts. */
    const char *const *settings;
    /*
     * Directory, file, or "-" for standard output.  With on_file only a part of the paths, or NULL.
     */
    const char *output;
    /* File for make rules, outputs from specifications; NULL: none. */
    const char *depfile;
    /*
     * The layout that was applied: its files are inputs too, and operations for which it lacks
     * something that the backend needs are left out, with a warning.  NULL: none.
     */
    const struct fastabi_layout *layout;
    /* What the make rules make; NULL: the files that are made from specifications. */
    const char *depfile_target;
    /* Receives the files, which are then not written to disk; NULL: they are. */
    fastabi_file_func on_file;
    /* Handed to on_file. */
    void *data;
    /* Name or path of a profile, which sets options that settings do not set; NULL: none. */
    const char *profile;
};

/*
 * Run a backend over specifications.  All files are written, or none; a file whose content would
 * not change is not touched.
 * Since 0.1.
 */
FASTABI_API int fastabi_generate(struct fastabi_context *context, fastabi_specs specs, size_t count,
                                 const struct fastabi_generate_options *options);

/* ---- for backends: the emission ---- */

/*
 * Value of an option of the backend: what the user or the profile set, or its default.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_emission_option(const struct fastabi_emission *emission,
                                                const char *name);

/*
 * Whether the user set an option of the backend, so that the value is neither a profile's nor the
 * default.
 * Since 0.2.
 */
FASTABI_API bool fastabi_emission_option_is_set(const struct fastabi_emission *emission,
                                                const char *name);

/*
 * Number of specifications of this run.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_emission_spec_count(const struct fastabi_emission *emission);

/*
 * The i-th specification of this run.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_spec *
fastabi_emission_spec(const struct fastabi_emission *emission, size_t i);

/*
 * Keep a pointer of the backend's own for this run.
 * Since 0.1.
 */
FASTABI_API void fastabi_emission_set_state(struct fastabi_emission *emission, void *state);

/*
 * What fastabi_emission_set_state() kept.
 * Since 0.1.
 */
FASTABI_API void *fastabi_emission_state(const struct fastabi_emission *emission);

/* A file for a specification, or the one file. */
#define FASTABI_FILE_SPEC 0u
/* A file that the others need; it is dropped if the output is "-". */
#define FASTABI_FILE_SUPPORT (1u << 0)
/* A file that is the same for any specifications: a depfile does not name it. */
#define FASTABI_FILE_FIXED (1u << 1)

/*
 * Open an output file.  path is relative to the output directory, "fastabi/vcpu.h": only letters,
 * digits, '_', '-', '.', and '/' between parts that are not empty and do not start with '.'.  It
 * is ignored for a backend with FASTABI_BACKEND_ONE_FILE.  Opening a file closes the one before.
 * *writer is valid until then; it is NULL on failure, and writing to NULL does nothing.
 * Since 0.1.
 */
FASTABI_API int fastabi_emission_open(struct fastabi_emission *emission, const char *path,
                                      uint32_t flags, struct fastabi_writer **writer);

/*
 * Report that the backend cannot emit something.  spec and op may be NULL; they are the place.
 * Returns -EINVAL.
 * Since 0.1.
 */
FASTABI_API int fastabi_emission_error(struct fastabi_emission *emission,
                                       const struct fastabi_spec *spec, const struct fastabi_op *op,
                                       const char *message);

/*
 * How this output was made, for a banner: "fastabi-gen generate -b c -O style=value vcpu".  A
 * specification that is not installed is named by its file, "./vcpu.yml", for its own directory.
 * With a layout it has "--headers HEADERS", and the target if that is not the default.
 * spec may be NULL: all of the run, with -o DIR if that is several files.  Valid until the next
 * call.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_emission_command(struct fastabi_emission *emission,
                                                 const struct fastabi_spec *spec);

/*
 * Name the operations that are left out because the headers lack something, for the comment at the
 * start of a file: "Left out: event_channel.status, as the headers have no struct 'evtchn_status'."
 * A line with the prefix alone, then a paragraph for each, as fastabi_write_wrapped() does; nothing
 * if there are none.  Operations that were not selected are not named.  spec may be NULL: all of
 * the run, also those of specifications of which nothing is written.
 * Since 0.2.
 */
FASTABI_API void fastabi_emission_write_left_out(struct fastabi_emission *emission,
                                                 struct fastabi_writer *writer,
                                                 const struct fastabi_spec *spec,
                                                 const char *prefix, unsigned int width);

/*
 * A text from a template of printf(), for names and paths that are made of other names:
 * fastabi_emission_printf(emission, "%s.md", name).  It is as long as it has to be, and valid until
 * the run ends.  Without memory it is "", and the run fails.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_emission_printf(struct fastabi_emission *emission,
                                                const char *format, ...) FASTABI_PRINTF(2, 3);

/* ---- for backends: writing text ---- */

/*
 * Write a template.  A newline in it ends a line, and a line that is not empty starts with the
 * writer's indentation.  It has conversions of printf(), independent of the locale:
 *   %[-][0][WIDTH][.PRECISION][LENGTH]TYPE
 *   TYPE       s (never NULL), c, d, i, u, x, X or %
 *   LENGTH     l, ll, z or j, before d, i, u, x and X; so the PRI macros of <inttypes.h> can be
 *              used
 *   PRECISION  a number or *, before s only: bytes
 *   WIDTH      a number or *; of strings in columns: characters of UTF-8
 * Errors, such as another conversion, are kept and reported when the file is closed.
 * Since 0.2.  (In 0.1 it had conversions of its own.)
 */
FASTABI_API void fastabi_write(struct fastabi_writer *writer, const char *format, ...)
    FASTABI_PRINTF(2, 3);

/*
 * The same for functions that take a template themselves.
 * Since 0.2.
 */
FASTABI_API void fastabi_vwrite(struct fastabi_writer *writer, const char *format,
                                va_list arguments) FASTABI_PRINTF(2, 0);

/*
 * Write length bytes of text as they are: no conversions, but lines and indentation as above.
 * Since 0.2.
 */
FASTABI_API void fastabi_write_text(struct fastabi_writer *writer, const char *text, size_t length);

/*
 * Write text as a string of JSON, with its quotes.  Bytes that are not UTF-8 become U+FFFD.
 * Since 0.2.
 */
FASTABI_API void fastabi_write_json(struct fastabi_writer *writer, const char *text);

/* Writes the value of a parameter, without blanks around it. */
typedef void (*fastabi_param_func)(struct fastabi_writer *writer,
                                   const struct fastabi_param *param);

/*
 * Write the condition of an output as an expression of C, in parentheses: true where the output has
 * a meaning.  value writes what its comparisons look at: for an output of the call the integer in
 * its register, for other parameters the value that they had.
 * Since 0.2.
 */
FASTABI_API void fastabi_write_condition(struct fastabi_writer *writer,
                                         const struct fastabi_param *param,
                                         fastabi_param_func value);

/*
 * Change the indentation by a number of steps, of 4 columns or what fastabi_writer_indent_with()
 * set. An indentation below 0 or above 256 bytes is an error, kept like those of fastabi_write().
 * Since 0.1.
 */
FASTABI_API void fastabi_writer_indent(struct fastabi_writer *writer, int steps);

/*
 * Set the text of one step of the indentation, at most 16 bytes: "\t".
 * Since 0.1.
 */
FASTABI_API void fastabi_writer_indent_with(struct fastabi_writer *writer, const char *step);

/*
 * Break lines of C that are longer than width columns from here on: at a blank outside of literals,
 * or after a parenthesis, in a directive with a backslash.  A word that is too long by itself stays
 * as it is, and so do lines of any length with 0, as at the start of a file.
 * Since 0.2.
 */
FASTABI_API void fastabi_writer_fit(struct fastabi_writer *writer, unsigned int width);

/*
 * Write text wrapped to width columns, each line after prefix.  A newline in text ends a paragraph
 * (as YAML folds text, a blank line becomes one newline); between paragraphs there is a line with
 * the prefix alone, its trailing blanks cut.  The start or the end of a C comment in text ("/" "*")
 * is broken up with a blank.
 * Since 0.1.
 */
FASTABI_API void fastabi_write_wrapped(struct fastabi_writer *writer, const char *prefix,
                                       unsigned int width, const char *text);

#ifdef __cplusplus
}
#endif
#endif
