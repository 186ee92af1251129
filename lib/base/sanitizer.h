/* SPDX-License-Identifier: MIT */
/* SANITIZED: AddressSanitizer is compiled in, whichever compiler it is. */
#ifndef FASTABI_LIB_SANITIZER_H
#define FASTABI_LIB_SANITIZER_H

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

#endif
