/* SPDX-License-Identifier: MIT */
/*
 * Which values an option of a backend takes, by its type.  Knows no backend, and not where a value
 * comes from.
 */
#ifndef FASTABI_LIB_OPTION_H
#define FASTABI_LIB_OPTION_H

#include <stdbool.h>

#include <fastabi/backend.h>

/* Is it a type of this version? */
bool fastabi_option_type_is_known(enum fastabi_option_type type);

/* Does an option of the type have choices: never (-1), always (1), or as it likes (0)? */
int fastabi_option_type_choices(enum fastabi_option_type type);

/* Whether the option takes the value. */
bool fastabi_option_takes(const struct fastabi_backend_option *option, const char *value);

/* Whether the length characters at value are one of the choices "a|b|c". */
bool fastabi_is_choice(const char *choices, const char *value, size_t length);

/* Is it an option of the backend, and some of its choices: "style=value|other"? */
bool fastabi_option_is_setting(const struct fastabi_backend *backend, const char *setting);

/* What to write instead of a value that is not taken: "an identifier of C". */
const char *fastabi_option_advice(const struct fastabi_backend_option *option);

#endif
