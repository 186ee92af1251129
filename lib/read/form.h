/* SPDX-License-Identifier: MIT */
/*
 * A file being read by tables of keys: values into places, faults collected.  What the keys mean is
 * the caller's; this knows nothing of hypercalls.
 */
#ifndef FASTABI_LIB_FORM_H
#define FASTABI_LIB_FORM_H

#include <stddef.h>

#include "base/names.h"
#include "read/reader.h"

#define FASTABI_KEPT 64

/*
 * Functions that read part of a tree return 0 also when they complained: faults of the language are
 * collected, so that a user sees them together.  A negative errno stops the reading.
 */
struct fastabi_form {
    struct fastabi_context *context;
    struct fastabi_arena *arena; /* what lasts; the caller's */
    struct fastabi_reader reader;
    struct fastabi_arena scratch; /* the tree of one entry */
    struct fastabi_arena sets;    /* what must last for the file: name sets */
    struct fastabi_names keys;    /* of the outer mapping */
    unsigned int errors;
    const struct fastabi_key_table *const *tables; /* all of the file, up to a NULL, for hints */
    const char *kept[FASTABI_KEPT];                /* lately */
};

/* What is called for a key; target is the object being filled. */
typedef int (*fastabi_key_func)(struct fastabi_form *form, const struct fastabi_node *key,
                                const struct fastabi_node *value, void *target);

/* What reads a value into a text. */
typedef int (*fastabi_text_func)(struct fastabi_form *form, const struct fastabi_node *key,
                                 const struct fastabi_node *value, const char **text);

/* The member of an object that a value goes into. */
struct fastabi_member {
    bool is_behind; /* the object is what a pointer in the target points to; else the target */
    size_t pointer;
    size_t offset;
};

#define FASTABI_INSIDE(target, member)                                                             \
    {                                                                                              \
        .offset = offsetof(target, member)                                                         \
    }
#define FASTABI_BEHIND(target, pointer_, object, member)                                           \
    {                                                                                              \
        .is_behind = true, .pointer = offsetof(target, pointer_),                                  \
        .offset = offsetof(object, member)                                                         \
    }

struct fastabi_key {
    const char *name;
    fastabi_key_func read;
    /* Instead of read: what reads the value into a member, a const char * or a bool. */
    fastabi_text_func text;
    int (*boolean)(struct fastabi_form *form, const struct fastabi_node *key,
                   const struct fastabi_node *value, bool *boolean);
    struct fastabi_member place;
    /* Of the outer mapping only, instead of read: walks the value that the reader has reached. */
    int (*walk)(struct fastabi_form *form, const struct fastabi_node *key, void *target);
};

/* The keys of one kind of mapping. */
struct fastabi_key_table {
    const char *where; /* "in an operation", after the name of a key */
    const struct fastabi_key *keys;
    size_t count;
};

/* Initializer of a table, of an array of keys. */
#define FASTABI_KEY_TABLE(where, keys)                                                             \
    {                                                                                              \
        (where), (keys), sizeof(keys) / sizeof((keys)[0])                                          \
    }

/*
 * Open a file (path), or text in memory (path NULL); name is for diagnostics.  What lasts goes into
 * arena, or if that is NULL into the form itself.  Close it also when this fails.
 */
int fastabi_form_open(struct fastabi_form *form, struct fastabi_context *context,
                      struct fastabi_arena *arena, const char *path, const char *name,
                      const char *text, size_t length);
void fastabi_form_close(struct fastabi_form *form);

/* Read the whole file by a table of the outer mapping's keys. */
int fastabi_form_read(struct fastabi_form *form, const struct fastabi_key_table *table,
                      void *target);

/* Report a fault of the language; -EINVAL only when there are too many. */
int fastabi_complain(struct fastabi_form *form, enum fastabi_diag_id id, struct fastabi_mark mark,
                     const char *format, ...) __attribute__((__format__(__printf__, 4, 5)));

/* A diagnostic that is not a fault. */
void fastabi_remark(struct fastabi_form *form, enum fastabi_diag_id id, struct fastabi_mark mark,
                    const char *format, ...) __attribute__((__format__(__printf__, 4, 5)));

/* Report that memory ran out.  Returns -ENOMEM. */
int fastabi_no_memory(struct fastabi_form *form);

struct fastabi_mark fastabi_mark_of(const struct fastabi_node *node);

/* Another place of the file, FILE:LINE:COLUMN, for a message that is made before the entry ends. */
const char *fastabi_form_at(struct fastabi_form *form, struct fastabi_mark mark);

/* Children of a mapping (keys and values both counted) or of a list. */
size_t fastabi_count_children(const struct fastabi_node *collection);

/* Walk a mapping by a table of keys. */
int fastabi_read_keys(struct fastabi_form *form, const struct fastabi_node *mapping,
                      const struct fastabi_key_table *table, void *target);

/* Is value of the kind, and not empty?  Complains if not (*ok false). */
int fastabi_expect(struct fastabi_form *form, const struct fastabi_node *key,
                   const struct fastabi_node *value, enum fastabi_node_kind kind, bool *ok);

/* Values into places; a place is left alone when the value is at fault. */
int fastabi_read_text(struct fastabi_form *form, const struct fastabi_node *key,
                      const struct fastabi_node *value, const char **text);
int fastabi_read_identifier(struct fastabi_form *form, const struct fastabi_node *key,
                            const struct fastabi_node *value, const char **identifier);
int fastabi_read_field_path(struct fastabi_form *form, const struct fastabi_node *key,
                            const struct fastabi_node *value, const char **path);
int fastabi_read_integer(struct fastabi_form *form, const struct fastabi_node *key,
                         const struct fastabi_node *value, int64_t minimum, int64_t maximum,
                         int64_t *integer, bool *ok);
int fastabi_read_boolean(struct fastabi_form *form, const struct fastabi_node *key,
                         const struct fastabi_node *value, bool *boolean);
/* Two numbers and a dot. */
int fastabi_read_release(struct fastabi_form *form, const struct fastabi_node *key,
                         const struct fastabi_node *value, const char **release);

/* Is a key a name of the kind?  Complains if not (*ok false). */
int fastabi_expect_identifier(struct fastabi_form *form, const struct fastabi_node *key, bool *ok);
int fastabi_expect_field_path(struct fastabi_form *form, const struct fastabi_node *key, bool *ok);

/* A key that must not have been given before in this file, by names that last for the file. */
int fastabi_check_new_name(struct fastabi_form *form, struct fastabi_names *names,
                           const struct fastabi_node *key);

/* A copy in the arena of what lasts; one that was made lately may be given again. */
const char *fastabi_keep(struct fastabi_form *form, const char *text);

#endif
