/* SPDX-License-Identifier: MIT */
/*
 * Paths of output files: joining, links, directories, free names.  Knows nothing of their content.
 */
#ifndef FASTABI_LIB_TARGET_H
#define FASTABI_LIB_TARGET_H

#include <stddef.h>

/* Directories made for output files, to be removed again; zero-initialised means none. */
struct fastabi_directories {
    char **paths;
    size_t count;
};

/*
 * The file that writing to path has to replace: links followed, also one that points to nothing
 * yet; missing directories above it made and added to directories.  *target is absolute and
 * malloced.
 */
int fastabi_target_resolve(const char *path, struct fastabi_directories *directories,
                           char **target);

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
