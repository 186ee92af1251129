/* SPDX-License-Identifier: MIT */
/* What the build system includes before each source. */
#include <Base.h>
