/* SPDX-License-Identifier: MIT */
/* Reporting diagnostics inside the library; knows nothing of what they are about. */
#ifndef FASTABI_LIB_DIAG_H
#define FASTABI_LIB_DIAG_H

#include <stdarg.h>

#include <fastabi/context.h>

enum fastabi_diag_id {
#define ID(number, name, severity, meaning) FASTABI_DIAG_##name = (number),
#include "base/diag-ids.h"
#undef ID
};

/* A place in a file that is known otherwise; line 0: nowhere. */
struct fastabi_mark {
    uint32_t line;
    uint32_t column;
};

/* A place in a file; line and column 0 when unknown. */
struct fastabi_place {
    const char *file;
    unsigned int line;
    unsigned int column;
};

/*
 * Report a diagnostic; its severity is the registry's.  Returns -EINVAL, so that a caller can
 * return what it reported.  Characters that a terminal obeys are escaped.
 */
int fastabi_report(struct fastabi_context *context, enum fastabi_diag_id id,
                   const struct fastabi_place *place, const char *format, ...)
    __attribute__((__format__(__printf__, 4, 5)));

/* The same for a function that takes a format itself. */
int fastabi_report_va(struct fastabi_context *context, enum fastabi_diag_id id,
                      const struct fastabi_place *place, const char *format, va_list arguments)
    __attribute__((__format__(__printf__, 4, 0)));

/* A second place of the diagnostic just reported: a note with its id, shown where that was. */
void fastabi_report_also_va(struct fastabi_context *context, enum fastabi_diag_id id,
                            const struct fastabi_place *place, const char *format,
                            va_list arguments) __attribute__((__format__(__printf__, 4, 0)));

/* What the registry says of an id. */
enum fastabi_severity fastabi_diag_severity(enum fastabi_diag_id id);

/*
 * Report an argument that a function of the public headers does not take: what is wrong, and what
 * to do.  context may be NULL: then nothing is reported.  Returns -EINVAL.
 */
int fastabi_refuse_argument(struct fastabi_context *context, const char *function,
                            const char *text);

/*
 * Report that the system failed (error is a negative errno, described in the message). Returns
 * error.
 */
int fastabi_report_system(struct fastabi_context *context, enum fastabi_diag_id id,
                          const char *file, int error);

#endif
