/* SPDX-License-Identifier: MIT */
/* The builder's module: kernels and a plan in one file, made by bundle.py. */
#ifndef BUILDER_BUNDLE_H
#define BUILDER_BUNDLE_H

#include <stdbool.h>

#include "domain.h"

struct hvm_start_info;

/* Find the module; false if there is none, or it is not a bundle. */
bool bundle_open(const struct hvm_start_info *info);

/* A file of the bundle by its name. */
bool bundle_find(const char *name, struct image *image);

#endif
