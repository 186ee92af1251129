/* SPDX-License-Identifier: MIT */
/*
 * Context and diagnostics: where a caller of libfastabi starts, and where
 * every message ends up.  The library never prints, never exits, and keeps no
 * state outside its contexts; one context belongs to one thread at a time.
 *
 * Functions that can fail return 0 or a negative errno value:
 *   -EINVAL   the specification (or a check) is at fault; see the diagnostics
 *   -ENOTSUP  the request itself is (no such backend, option or value)
 *   -EFAULT   a backend crashed (see FASTABI_CONTEXT_ISOLATE)
 *   -ENOMEM, -EIO, -ENOENT, ...  the system is
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
# define FASTABI_API __attribute__((__visibility__("default")))
#else
# define FASTABI_API
#endif

struct fastabi_context;

enum fastabi_severity {
    FASTABI_NOTE,
    FASTABI_WARNING,
    FASTABI_ERROR,
};

/* One message.  Strings belong to the context (or, in a callback, to the call). */
struct fastabi_diag {
    unsigned int id; /* permanent; printed as FA%04u, see docs/diagnostics.md */
    enum fastabi_severity severity;
    const char *file;    /* NULL: the message is about no file */
    unsigned int line;   /* from 1; 0: the whole file */
    unsigned int column; /* from 1, in characters; 0: the whole line */
    const char *message; /* one line, without the id */
};

typedef void (*fastabi_diag_func)(const struct fastabi_diag *diag, void *data);

/*
 * Limits on input.  Input is never trusted; whatever is over a limit is an
 * error with a place, not a guess.  0 in a field means its default.
 */
struct fastabi_limits {
    size_t file_bytes;   /* one file, bytes; default 64 MiB */
    size_t total_nodes;  /* YAML nodes of one file; default 2^23 */
    size_t mapping_keys; /* keys of one mapping; default 2^17 */
    size_t scalar_bytes; /* one scalar, bytes; default 64 KiB */
    size_t line_bytes;   /* one line, bytes; default 64 KiB */
    unsigned int depth;  /* nested collections; default 32 */
    unsigned int errors; /* stop reading a file after this many; default 50 */
};

/* Flags of a context. */
#define FASTABI_CONTEXT_NOTES  (1u << 0) /* report notes, not only errors and warnings */
#define FASTABI_CONTEXT_NO_ENV (1u << 1) /* ignore FASTABI_ABI_PATH and the like */
#define FASTABI_CONTEXT_LAYOUT                                                                     \
 (1u << 2) /* a layout will tell types: no notes that they are unknown */
#define FASTABI_CONTEXT_ISOLATE (1u << 3) /* run backends of shared objects in child processes */

/*
 * With FASTABI_CONTEXT_ISOLATE a shared object is loaded in a child process first, and its hooks
 * run in one: if it crashes, or calls exit(), that is a diagnostic, and no file is written.  The
 * library forks, so SIGCHLD must not be ignored, and a caller with several threads should know what
 * that means.
 */

/*
 * Options of a new context.  Set size to sizeof(struct fastabi_context_options);
 * a larger struct is accepted when its unknown tail is all zero.
 */
struct fastabi_context_options {
    size_t size;
    uint32_t flags;            /* FASTABI_CONTEXT_* */
    uint32_t reserved;         /* 0 */
    fastabi_diag_func on_diag; /* NULL: keep diagnostics in a list instead */
    void *data;                /* handed to on_diag */
    struct fastabi_limits limits;
};

/*
 * Make a context.  options may be NULL.  Returns 0, -EINVAL for an options
 * struct this library does not understand, or -ENOMEM.
 */
FASTABI_API int fastabi_context_new(const struct fastabi_context_options *options,
                                    struct fastabi_context **context);

/* Free a context.  Specifications read with it must be freed first.  NULL is fine. */
FASTABI_API void fastabi_context_free(struct fastabi_context *context);

/*
 * Add a folder that installed specifications are looked up in, behind those
 * already added and before FASTABI_ABI_PATH and the compiled-in folder.
 */
FASTABI_API int fastabi_context_add_spec_dir(struct fastabi_context *context, const char *dir);

/* The diagnostics kept so far (none when on_diag is set), oldest first. */
FASTABI_API size_t fastabi_context_diag_count(const struct fastabi_context *context);
FASTABI_API const struct fastabi_diag *fastabi_context_diag(const struct fastabi_context *context,
                                                            size_t i);

/* How many diagnostics of severity error were reported, kept or not. */
FASTABI_API size_t fastabi_context_error_count(const struct fastabi_context *context);

/* Forget the kept diagnostics and the error count. */
FASTABI_API void fastabi_context_clear(struct fastabi_context *context);

/* Print one diagnostic as FILE:LINE:COL: SEVERITY: MESSAGE [FA0000] and a newline. */
FASTABI_API int fastabi_diag_print(const struct fastabi_diag *diag, FILE *stream);

/*
 * The registry of diagnostics, in the order of their ids: for documentation and
 * tools.  Returns the number of entries; i-th entry through the pointers, any of
 * which may be NULL.
 */
FASTABI_API size_t fastabi_diag_registry(size_t i, unsigned int *id, const char **name,
                                         const char **meaning);

/*
 * The errors of hypercalls, as Xen's public errno.h has them: the name of a positive number
 * ("ENOSYS"), its text ("function not implemented"), NULL if there is none; the number of a name, 0
 * if there is none; and the name most similar to one that is not a name, or NULL.
 */
FASTABI_API const char *fastabi_errno_name(int number);
FASTABI_API const char *fastabi_errno_text(int number);
FASTABI_API int fastabi_errno_number(const char *name);
FASTABI_API const char *fastabi_errno_guess(const char *name);

/*
 * Find what a misspelt word was meant to be: set word, the rest zero, and try each candidate.  best
 * is then the most similar one, or NULL if none is similar.  Candidates must outlive the guess.
 */
struct fastabi_guess {
    const char *word;
    const char *best;
    unsigned int distance; /* for the library */
};

FASTABI_API void fastabi_guess_try(struct fastabi_guess *guess, const char *candidate);

/*
 * Print text of unknown origin, such as the name of a file, so that no terminal obeys it: control
 * characters, bidirectional formatting and bytes that are not UTF-8 are printed as \x1b or \u202e.
 */
FASTABI_API int fastabi_text_print(const char *text, FILE *stream);

/* Version of the library, "MAJOR.MINOR.PATCH"; never freed. */
FASTABI_API const char *fastabi_version(void);

#ifdef __cplusplus
}
#endif
#endif
