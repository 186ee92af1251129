/* SPDX-License-Identifier: MIT */
/*
 * What to do about a value that is not what it should be.  Called only when a message is about to
 * be printed.  Knows nothing of hypercalls.
 */
#ifndef FASTABI_LIB_HINT_H
#define FASTABI_LIB_HINT_H

#include "read/reader.h"

#define FASTABI_HINT_SIZE 200

/* Write into hint what to do, as an imperative clause.  Each returns hint. */
const char *fastabi_hint_integer(const struct fastabi_node *value, char hint[FASTABI_HINT_SIZE]);
const char *fastabi_hint_number(const char *text, char hint[FASTABI_HINT_SIZE]);
const char *fastabi_hint_identifier(const char *text, char hint[FASTABI_HINT_SIZE]);
const char *fastabi_hint_field_path(const char *text, char hint[FASTABI_HINT_SIZE]);
const char *fastabi_hint_boolean(const struct fastabi_node *value, char hint[FASTABI_HINT_SIZE]);
const char *fastabi_hint_release(const char *text, char hint[FASTABI_HINT_SIZE]);

/* libyaml's phrase for a line, or the rest of one, that is not a key of the mapping before it. */
#define FASTABI_YAML_NO_KEY "did not find expected key"

/* How to make one kind of value from another. */
const char *fastabi_hint_kind(enum fastabi_node_kind wanted, const struct fastabi_node *value);

/*
 * What libyaml's phrase means and what to do; next is the character that it stopped at.  *at_start:
 * what is wrong opened at the context's place, not at the problem's.
 */
const char *fastabi_yaml_text(const char *problem, const char *context, char next, bool *at_start);

#endif
