/* SPDX-License-Identifier: MIT */
/*
 * Paths of output files: joining, links, directories, free names.  Knows nothing of their content.
 */
#ifndef FASTABI_LIB_TARGET_H
#define FASTABI_LIB_TARGET_H

#include <stdbool.h>
#include <stddef.h>

struct fastabi_litter;

/* Directories made for output files, to be removed again; zero-initialised means none. */
struct fastabi_directories {
    char **paths;
    size_t count;
};

/*
 * The file that writing to path has to replace: links followed, also one that points to nothing
 * yet.  Nothing is made.  *target is absolute; *base is the directory nearest to it that exists.
 * Both are malloced.
 */
int fastabi_target_resolve(const char *path, char **target, char **base);

/*
 * Make the directories between base and target, and add them to directories and, unless it is NULL,
 * to litter.
 */
int fastabi_directories_make(struct fastabi_directories *directories, const char *base,
                             const char *target, struct fastabi_litter *litter);

/* Whether target is directly in the directory. */
bool fastabi_target_is_in(const char *target, const char *directory);

/*
 * A hidden name beside target that only this process uses: ".NAME.fastabi-PID-NUMBER", malloced.
 * NULL: out of memory.
 */
char *fastabi_target_beside(const char *target, unsigned int number);

/* Remove those directories, the last made first, and free the list. */
void fastabi_directories_remove(struct fastabi_directories *directories);

/* Free the list, and leave the directories. */
void fastabi_directories_keep(struct fastabi_directories *directories);

#endif
