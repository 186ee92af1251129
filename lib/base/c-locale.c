/* SPDX-License-Identifier: MIT */
/* The locale "C" for a while. */
#include "base/c-locale.h"

void fastabi_c_locale_enter(struct fastabi_c_locale *locale)
{
    locale->plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (locale->plain)
        locale->before = uselocale(locale->plain);
}

void fastabi_c_locale_leave(struct fastabi_c_locale *locale)
{
    if (!locale->plain)
        return;
    uselocale(locale->before);
    freelocale(locale->plain);
}
