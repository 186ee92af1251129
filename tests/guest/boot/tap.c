/* SPDX-License-Identifier: MIT */
/* Results, as the Test Anything Protocol has them. */
#include "runtime.h"

#include <xen/sched.h>

static unsigned number, failures;
static char doing[128] = "nothing yet";

void tap_doing(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    print("# doing ");
    print_list(format, list);
    print("\n");
    va_end(list);
    va_start(list, format);
    text_list(doing, sizeof(doing), format, list);
    va_end(list);
}

const char *tap_done(void)
{
    return doing;
}

bool tap_check(bool good, const char *format, ...)
{
    va_list list;

    number++;
    failures += !good;
    print("%sok %u - ", good ? "" : "not ", number);
    va_start(list, format);
    print_list(format, list);
    va_end(list);
    print("\n");
    return good;
}

void tap_skip(const char *reason, const char *format, ...)
{
    va_list list;

    print("ok %u - ", ++number);
    va_start(list, format);
    print_list(format, list);
    va_end(list);
    print(" # SKIP %s\n", reason);
}

void tap_note(const char *format, ...)
{
    va_list list;

    print("# ");
    va_start(list, format);
    print_list(format, list);
    va_end(list);
    print("\n");
}

void tap_plan(void)
{
    print("1..%u\n", number);
}

void tap_bail(const char *format, ...)
{
    va_list list;

    print("Bail out! ");
    va_start(list, format);
    print_list(format, list);
    va_end(list);
    print("\n");
    xen_shutdown(SHUTDOWN_reboot);
}
