/* SPDX-License-Identifier: MIT */
/*
 * Contexts and diagnostics: where a caller of libfastabi starts, and where every message ends up.
 *
 * These rules hold for every function of these headers.  A comment says so where one adds to them.
 *
 * Work.  A function that can fail returns 0 or a negative errno value:
 *   -EINVAL   the specification, a check or an argument of the call is at fault
 *   -ENOTSUP  the request is: there is no such backend, option or value
 *   -EFAULT   a backend crashed, or exceeded a limit; see FASTABI_CONTEXT_ISOLATE
 *   -ENOMEM, -EIO, -ENOENT, ...  the system is
 * Each failure is also a diagnostic, if the call has a context.  A required argument that is NULL,
 * an unknown flag, and an option struct that the library does not understand are -EINVAL (FA0011).
 *
 * Accessors.  A function that only asks cannot fail.  If its object is NULL, its index is out of
 * bounds, or its name is NULL or unknown, the result is NULL, 0, false or FASTABI_NO_REGISTER,
 * whichever the type has.  The same value means that the specification is silent.
 *
 * Out-parameters.  Each may be NULL, and is always set: to NULL, 0 or false if there is nothing to
 * store.  The exception is the one that receives a new object, which must not be NULL.
 *
 * Void functions do nothing when their object is NULL.
 *
 * Ownership.  Everything that an accessor returns belongs to the object it was asked of, and lives
 * as long as that.  Strings are UTF-8 and end with NUL.  Arguments are copied where they have to
 * outlive the call, unless a comment says otherwise.
 *
 * Growth.  A struct that starts with its size may get more members at its end.  Whoever fills it in
 * sets size to its sizeof, and members that it does not need to 0 or NULL.  The library takes a
 * smaller struct of an older header, and a larger one whose unknown members are all zero.  Other
 * structs are only handed out by pointer, so that they can grow too: never make an array of them.
 *
 * State.  The library never prints, never exits, and keeps no state outside its contexts.  One
 * context belongs to one thread at a time.
 *
 * "Since" names the first version that has a function.
 */
#ifndef FASTABI_CONTEXT_H
#define FASTABI_CONTEXT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define FASTABI_API __attribute__((__visibility__("default")))
/* A function whose argument format is a template of printf(), with its values from first on. */
#define FASTABI_PRINTF(format, first) __attribute__((__format__(__printf__, format, first)))
#else
#define FASTABI_API
#define FASTABI_PRINTF(format, first)
#endif

/* ---- version ---- */

/* The version of these headers. */
#define FASTABI_VERSION_MAJOR 0
#define FASTABI_VERSION_MINOR 2
#define FASTABI_VERSION_PATCH 0

/* The same as one number, to be compared in #if: 10203 for 1.2.3. */
#define FASTABI_VERSION_NUMBER                                                                     \
    (FASTABI_VERSION_MAJOR * 10000 + FASTABI_VERSION_MINOR * 100 + FASTABI_VERSION_PATCH)

/*
 * Version of the library that runs, "MAJOR.MINOR.PATCH".  Never freed.
 * Since 0.1.
 */
FASTABI_API const char *fastabi_version(void);

/*
 * The same as a number, as in FASTABI_VERSION_NUMBER.
 * Since 0.2.
 */
FASTABI_API unsigned int fastabi_version_number(void);

/* ---- contexts ---- */

struct fastabi_context;

/* How serious a diagnostic is. */
enum fastabi_severity {
    FASTABI_NOTE,
    FASTABI_WARNING,
    FASTABI_ERROR,
};

/* One message. */
struct fastabi_diag {
    /* sizeof(struct fastabi_diag) of the library that made it */
    size_t size;
    /* Permanent; printed as FA%04u.  docs/diagnostics.md lists them. */
    unsigned int id;
    /* The registry's for that id. */
    enum fastabi_severity severity;
    /* NULL: the message is not about a file. */
    const char *file;
    /* From 1; 0: the whole file. */
    unsigned int line;
    /* From 1, in characters; 0: the whole line. */
    unsigned int column;
    /* One line, without the id. */
    const char *message;
};

/*
 * Receives one diagnostic, which is valid during the call only.  data is the context option's.
 * It must not use the context.
 */
typedef void (*fastabi_diag_func)(const struct fastabi_diag *diag, void *data);

/*
 * Limits on input.  Input is never trusted: what is over a limit is an error with a place.
 * 0 in a member means its default.
 */
struct fastabi_limits {
    /* sizeof(struct fastabi_limits) */
    size_t size;
    /* Bytes of one file; default 64 MiB. */
    size_t file_bytes;
    /* YAML nodes of one file; default 2^23. */
    size_t total_nodes;
    /* Keys of one mapping; default 2^17. */
    size_t mapping_keys;
    /* Bytes of one scalar; default 64 KiB. */
    size_t scalar_bytes;
    /* Bytes of one line; default 64 KiB. */
    size_t line_bytes;
    /* Nested collections; default 32. */
    unsigned int depth;
    /* Stop reading a file after this many errors; default 50. */
    unsigned int errors;
    /* With FASTABI_CONTEXT_ISOLATE: seconds that a plug-in may take; default 60. */
    unsigned int plugin_seconds;
    /* The same: bytes of memory that it may use; default 1 GiB. */
    size_t plugin_memory;
    /* The same: bytes that it may write; default 256 MiB. */
    size_t plugin_output;
};

/* Report notes, not only errors and warnings. */
#define FASTABI_CONTEXT_NOTES (1u << 0)
/* Ignore FASTABI_ABI_PATH and the other variables of the environment. */
#define FASTABI_CONTEXT_NO_ENV (1u << 1)
/* A layout will supply types, so do not note that they are unknown. */
#define FASTABI_CONTEXT_LAYOUT (1u << 2)
/*
 * Load shared objects in child processes only, and run their hooks there.  If a backend crashes,
 * calls exit() or exceeds a limit, that is a diagnostic, and no file is written.  The backend that
 * fastabi_backend_at() returns has no hooks then.  The library forks, so SIGCHLD must not be
 * ignored, and a caller with several threads should know what that means.
 */
#define FASTABI_CONTEXT_ISOLATE (1u << 3)
/*
 * Put files in place in a child process that goes on when this one is killed.  Then there are all
 * the new files or all the old ones, whatever the moment, even of SIGKILL.  The library forks, as
 * with FASTABI_CONTEXT_ISOLATE.
 */
#define FASTABI_CONTEXT_FINISH (1u << 4)

/* Options of a new context. */
struct fastabi_context_options {
    /* sizeof(struct fastabi_context_options) */
    size_t size;
    /* FASTABI_CONTEXT_* */
    uint32_t flags;
    /* 0 */
    uint32_t reserved;
    /* Receives each diagnostic; NULL: they are kept in a list instead. */
    fastabi_diag_func on_diag;
    /* Handed to on_diag. */
    void *data;
    /* Copied; NULL: the defaults. */
    const struct fastabi_limits *limits;
};

/*
 * Make a context.  options may be NULL: all defaults.  -EINVAL for options that the library does
 * not understand, -ENOMEM.  The caller frees the context.
 * Since 0.1.
 */
FASTABI_API int fastabi_context_new(const struct fastabi_context_options *options,
                                    struct fastabi_context **context);

/*
 * Free a context.  Specifications and layouts that were read with it must be freed first.
 * Since 0.1.
 */
FASTABI_API void fastabi_context_free(struct fastabi_context *context);

/*
 * Remove what an unfinished call with this context has on disk.  For a signal handler, in a process
 * that ends with it: it is async-signal-safe, and nothing may be done with the context afterwards.
 * It is of use where a file system has no unnamed files; elsewhere an unfinished call has nothing
 * on disk.  The library itself installs no handler.
 * Since 0.2.
 */
FASTABI_API void fastabi_context_abandon(const struct fastabi_context *context);

/*
 * Add a directory to look up installed specifications in: after those already added, and before
 * FASTABI_ABI_PATH and the compiled-in directory.  The directory need not exist.
 * Since 0.1.
 */
FASTABI_API int fastabi_context_add_spec_dir(struct fastabi_context *context, const char *dir);

/* ---- diagnostics ---- */

/*
 * Number of diagnostics kept so far.  0 if the context has on_diag.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_context_diag_count(const struct fastabi_context *context);

/*
 * The i-th diagnostic kept, the oldest first.  Valid until the next call with this context.
 * Since 0.1.
 */
FASTABI_API const struct fastabi_diag *fastabi_context_diag(const struct fastabi_context *context,
                                                            size_t i);

/*
 * Number of diagnostics of severity error that were reported, whether kept or not.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_context_error_count(const struct fastabi_context *context);

/*
 * Forget the kept diagnostics and the error count.
 * Since 0.1.
 */
FASTABI_API void fastabi_context_clear(struct fastabi_context *context);

/*
 * Print a diagnostic as "FILE:LINE:COL: SEVERITY: MESSAGE [FA0000]" and a newline.  Control
 * characters in the file's name are printed as '?'.  -EINVAL, or -EIO if the stream fails.
 * Since 0.1.
 */
FASTABI_API int fastabi_diag_print(const struct fastabi_diag *diag, FILE *stream);

/*
 * The registry of diagnostics, in the order of their ids, for documentation and tools.  Stores the
 * id, the name ("UNKNOWN_KEY") and the meaning of the i-th entry.  Returns the number of entries,
 * whatever i is.
 * Since 0.1.
 */
FASTABI_API size_t fastabi_diag_registry(size_t i, unsigned int *id, const char **name,
                                         const char **meaning);

/*
 * Print text of unknown origin, such as the name of a file, so that no terminal obeys it: control
 * characters, bidirectional formatting and bytes that are not UTF-8 are printed as \x1b or \u202e.
 * -EINVAL, or -EIO if the stream fails.
 * Since 0.2.
 */
FASTABI_API int fastabi_text_print(const char *text, FILE *stream);

/*
 * Print text as a string of JSON, with its quotes.  Bytes that are not UTF-8 (the name of a file
 * may have any) become U+FFFD.  -EINVAL, or -EIO if the stream fails.
 * Since 0.2.
 */
FASTABI_API int fastabi_json_print(const char *text, FILE *stream);

/*
 * Columns that at most length bytes of text take: characters of UTF-8, one column each.
 * Since 0.2.
 */
FASTABI_API size_t fastabi_text_columns(const char *text, size_t length);

/* ---- errors of hypercalls, as Xen's public errno.h has them ---- */

/*
 * Name of a positive number: "ENOSYS".
 * Since 0.2.
 */
FASTABI_API const char *fastabi_errno_name(int number);

/*
 * What a positive number means: "function not implemented".
 * Since 0.2.
 */
FASTABI_API const char *fastabi_errno_text(int number);

/*
 * The positive number of a name; 0: it is not a name.
 * Since 0.2.
 */
FASTABI_API int fastabi_errno_number(const char *name);

/*
 * The name most similar to one that is not a name, or NULL.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_errno_guess(const char *name);

/* ---- words ---- */

/* What a misspelt word was meant to be. */
struct fastabi_guess {
    /* sizeof(struct fastabi_guess) */
    size_t size;
    /* The word. */
    const char *word;
    /* The most similar candidate so far; NULL: none is similar. */
    const char *best;
    /* The library's own; 0 at first. */
    unsigned int distance;
};

/*
 * Try a candidate, which must outlive the guess.
 * Since 0.2.
 */
FASTABI_API void fastabi_guess_try(struct fastabi_guess *guess, const char *candidate);

#ifdef __cplusplus
}
#endif
#endif
