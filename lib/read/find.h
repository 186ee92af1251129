/* SPDX-License-Identifier: MIT */
/* Finding files of the installed specifications. */
#ifndef FASTABI_LIB_FIND_H
#define FASTABI_LIB_FIND_H

#include <fastabi/context.h>

/* The path of such a file ("common/types.yml"), malloced; NULL: none.  0 or -ENOMEM. */
int fastabi_find_installed(struct fastabi_context *context, const char *relative, char **path);

#endif
