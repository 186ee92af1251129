/* SPDX-License-Identifier: MIT */
/* Paths of output files: joining, links, folders, free names.  Knows nothing of their content. */
#ifndef FASTABI_LIB_TARGET_H
#define FASTABI_LIB_TARGET_H

#include <stddef.h>

/* Folders made for output files, to be removed again; zero-initialised means none. */
struct fastabi_folders {
    char **paths;
    size_t count;
};

/*
 * The file that writing to path has to replace: links followed, also one that points to nothing
 * yet; missing folders above it made and added to folders.  *target is absolute and malloced.
 */
int fastabi_target_resolve(const char *path, struct fastabi_folders *folders, char **target);

/*
 * A hidden name beside target that only this process uses: ".NAME.fastabi-PID-NUMBER", malloced.
 * NULL: out of memory.
 */
char *fastabi_target_beside(const char *target, unsigned int number);

/* Remove those folders, the last made first, and free the list. */
void fastabi_folders_remove(struct fastabi_folders *folders);

/* Free the list, and leave the folders. */
void fastabi_folders_keep(struct fastabi_folders *folders);

#endif
