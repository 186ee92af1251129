/* SPDX-License-Identifier: MIT */
/*
 * Backends: the interface between the IR and whoever turns it into files.
 * A backend sees specifications (spec.h) and its emission (here), nothing else.
 * The backends in the tree use exactly this.
 */
#ifndef FASTABI_BACKEND_H
#define FASTABI_BACKEND_H

#include <fastabi/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fastabi_emission; /* one run of one backend: its options and its output */
struct fastabi_writer;   /* one file being written; it belongs to the emission */

#define FASTABI_BACKEND_ABI_VERSION 1u

enum fastabi_option_type {
    FASTABI_OPTION_TEXT,   /* any text */
    FASTABI_OPTION_CHOICE, /* one of choices */
};

/* One option of a backend, "-O name=value". */
struct fastabi_backend_option {
    const char *name;
    enum fastabi_option_type type;
    const char *choices;       /* "a|b|c" for FASTABI_OPTION_CHOICE, else NULL */
    const char *default_value; /* never NULL */
    const char *help;          /* one line */
};

#define FASTABI_BACKEND_STUBS (1u << 0) /* emits stubs: the conformance suite applies */
#define FASTABI_BACKEND_ONE_FILE                                                                   \
 (1u << 1) /* one file for all specifications, whose names differ: -o names it */
#define FASTABI_BACKEND_FLAT_NAMES                                                                 \
 (1u << 2) /* functions are called NAME_OP: two that would be one are refused */

/*
 * A backend.  Hooks are called in the order begin, then for each specification
 * spec_begin, op for each operation, spec_end, then end; any may be NULL.  A hook
 * returns 0 or a negative errno; after a failure nothing at all is written.  state is
 * the backend's own for one run: what begin stored with fastabi_emission_set_state.
 */
struct fastabi_backend {
    uint32_t abi_version;    /* FASTABI_BACKEND_ABI_VERSION it was compiled with */
    uint32_t size;           /* sizeof(struct fastabi_backend) */
    const char *name;        /* identifier, "c" */
    const char *description; /* one line */
    uint32_t flags;          /* FASTABI_BACKEND_* */
    uint32_t option_count;
    const struct fastabi_backend_option *options;
    int (*begin)(struct fastabi_emission *emission);
    int (*spec_begin)(struct fastabi_emission *emission, const struct fastabi_spec *spec);
    int (*op)(struct fastabi_emission *emission, const struct fastabi_spec *spec,
              const struct fastabi_op *op);
    int (*spec_end)(struct fastabi_emission *emission, const struct fastabi_spec *spec);
    int (*end)(struct fastabi_emission *emission);
    void (*cleanup)(struct fastabi_emission *emission); /* always called last: free the state */
};

/* The symbol that a shared object with a backend exports. */
typedef const struct fastabi_backend *(*fastabi_backend_entry_func)(void);
#define FASTABI_BACKEND_ENTRY fastabi_backend_entry

/* The backends there are, by position (NULL behind the last) and by name. */
FASTABI_API const struct fastabi_backend *fastabi_backend_at(struct fastabi_context *context,
                                                             size_t i);
FASTABI_API const struct fastabi_backend *fastabi_backend_by_name(struct fastabi_context *context,
                                                                  const char *name);

/* Load a backend from a shared object; it stays until the context is freed. */
FASTABI_API int fastabi_backend_load(struct fastabi_context *context, const char *path);

/* ---- running one ---- */

#define FASTABI_GENERATE_VERIFY (1u << 0) /* write nothing; -EINVAL when a file would change */

struct fastabi_layout; /* layout.h */

/* What to generate.  size as in struct fastabi_context_options. */
struct fastabi_generate_options {
    size_t size;
    uint32_t flags; /* FASTABI_GENERATE_* */
    uint32_t setting_count;
    const char *backend;         /* its name */
    const char *const *settings; /* "key=value" */
    const char *output;          /* folder, file, or "-" for standard output */
    const char *depfile;         /* make rules: outputs from specifications; NULL: none */
    const struct fastabi_layout
        *layout; /* that was applied; its files are inputs, too.  NULL: none */
};

/*
 * Run a backend over specifications.  All files are written, or none; a file
 * whose content would not change is not touched.
 */
FASTABI_API int fastabi_generate(struct fastabi_context *context,
                                 const struct fastabi_spec *const *specs, size_t count,
                                 const struct fastabi_generate_options *options);

/* ---- for backends: the emission ---- */

/* Value of an option: what the user set, or its default.  NULL: the backend has no such option. */
FASTABI_API const char *fastabi_emission_option(const struct fastabi_emission *emission,
                                                const char *name);

/* All specifications of this run. */
FASTABI_API size_t fastabi_emission_spec_count(const struct fastabi_emission *emission);
FASTABI_API const struct fastabi_spec *
fastabi_emission_spec(const struct fastabi_emission *emission, size_t i);

/* The backend's own data for this run. */
FASTABI_API void fastabi_emission_set_state(struct fastabi_emission *emission, void *state);
FASTABI_API void *fastabi_emission_state(const struct fastabi_emission *emission);

#define FASTABI_FILE_SPEC    0u        /* a file for a specification (or the one file) */
#define FASTABI_FILE_SUPPORT (1u << 0) /* a file the others need; dropped when writing to "-" */

/*
 * Open an output file, path relative to the output folder ("fastabi/vcpu.h"; only letters, digits,
 * '_', '-', '.', and '/' between non-empty parts that do not start with '.').  path is ignored for
 * a backend with FASTABI_BACKEND_ONE_FILE.  At most one file is open at a time: opening the next
 * closes the last.
 */
FASTABI_API int fastabi_emission_open(struct fastabi_emission *emission, const char *path,
                                      uint32_t flags, struct fastabi_writer **writer);

/* Report that the backend cannot emit something.  Returns -EINVAL. */
FASTABI_API int fastabi_emission_error(struct fastabi_emission *emission,
                                       const struct fastabi_spec *spec, const struct fastabi_op *op,
                                       const char *message);

/*
 * How this output was made, for a banner: "fastabi-gen generate -b c -O style=value vcpu".
 * spec may be NULL: all of the run.  Valid until the next call.
 */
FASTABI_API const char *fastabi_emission_command(struct fastabi_emission *emission,
                                                 const struct fastabi_spec *spec);

/* ---- for backends: writing text ---- */

/*
 * Write a template.  A newline in it ends a line, and a line that is not empty starts with the
 * writer's indentation.  Conversions, independent of the locale:
 *   %s string   %u unsigned int   %d int   %x unsigned int, hexadecimal   %X uint64_t, hexadecimal
 *   %D int64_t  %*s int and string: padded on the right to that many columns   %c int   %% percent
 * Errors are kept and reported when the emission ends.
 */
FASTABI_API void fastabi_write(struct fastabi_writer *writer, const char *template_, ...);

/* Change the indentation by so many steps (of 4 columns, or what _indent_with was given). */
FASTABI_API void fastabi_writer_indent(struct fastabi_writer *writer, int steps);
FASTABI_API void fastabi_writer_indent_with(struct fastabi_writer *writer, const char *step);

/*
 * Write text wrapped to width columns, each line behind prefix.  A newline in text ends a paragraph
 * (as YAML folds text, a blank line becomes one newline); between paragraphs stands the prefix
 * alone, its trailing blanks cut.  Whatever stands in text for the start or the end of a comment in
 * C ("/" "*") is broken up with a blank.
 */
FASTABI_API void fastabi_write_wrapped(struct fastabi_writer *writer, const char *prefix,
                                       unsigned int width, const char *text);

#ifdef __cplusplus
}
#endif
#endif
