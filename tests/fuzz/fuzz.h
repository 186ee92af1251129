/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets share: a directory in memory, demands, contexts whose messages are checked.
 * Knows no target.
 */
#ifndef FASTABI_FUZZ_H
#define FASTABI_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include <fastabi/fastabi.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * The directory, which is removed at the end with all that is in it; made by fuzz_start(), after
 * which it is the working directory.
 */
extern char fuzz_folder[];
void fuzz_start(void);

/* Remove what is in the directory. */
void fuzz_clear(void);

/* Ends the run if the condition does not hold. */
void fuzz_demand(int condition, const char *what);

/* Writes a file of the directory, with a head before the data. */
void fuzz_write(const char *name, const char *head, const void *data, size_t size);

/* The data with a NUL after it; the caller frees it. */
char *fuzz_text(const uint8_t *data, size_t size);

/* How many operations backends have refused, as contexts were told; the caller makes it 0. */
extern unsigned int fuzz_refused;

/* A context that demands of each message that it is one line, and that its place makes sense. */
struct fastabi_context *fuzz_context(uint32_t flags);

/* Saves what a specification needs of a layout, and demands that a copy of the copy is the same. */
void fuzz_save(struct fastabi_context *context, const struct fastabi_layout *layout,
               struct fastabi_spec *spec);

/* Reads a text, or NULL; the result only keeps the compiler from leaving that out. */
size_t fuzz_touch(const char *text);

/* Walks through every question of the public API about a specification. */
void fuzz_ask(const struct fastabi_spec *spec);

#endif
