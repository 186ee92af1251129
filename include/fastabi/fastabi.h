/* SPDX-License-Identifier: MIT */
/* Everything that a build tool or a backend may use. */
#ifndef FASTABI_FASTABI_H
#define FASTABI_FASTABI_H

#include <fastabi/context.h>
#include <fastabi/param.h>
#include <fastabi/spec.h>
#include <fastabi/classic.h>
#include <fastabi/xen.h>
#include <fastabi/backend.h>
#include <fastabi/profile.h>
#include <fastabi/layout.h>

#endif
