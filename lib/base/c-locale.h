/* SPDX-License-Identifier: MIT */
/*
 * The locale "C" for a while, in this thread: what the system says of an error is then in English,
 * whatever language the program has chosen.
 */
#ifndef FASTABI_LIB_C_LOCALE_H
#define FASTABI_LIB_C_LOCALE_H

#include <locale.h>

struct fastabi_c_locale {
    locale_t plain;
    locale_t before;
};

void fastabi_c_locale_enter(struct fastabi_c_locale *locale);
void fastabi_c_locale_leave(struct fastabi_c_locale *locale);

#endif
