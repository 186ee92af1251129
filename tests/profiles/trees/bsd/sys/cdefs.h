/* SPDX-License-Identifier: MIT */
#ifndef _SYS_CDEFS_H_
#define _SYS_CDEFS_H_

#define __inline inline
#define __unused        __attribute__((__unused__))
#define __packed        __attribute__((__packed__))
#define __always_inline __attribute__((__always_inline__))
#define __CONCAT1(x, y) x##y
#define __CONCAT(x, y)  __CONCAT1(x, y)

#endif
