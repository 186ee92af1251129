/* SPDX-License-Identifier: MIT */
/* Runs a test of the Xen Test Framework, and prints its result as XTF does. */
#include "xtf.h"

enum status { RUNNING, SUCCESS, SKIP, ERROR, FAILURE };

static enum status status;

static void report(enum status reported, const char *format, va_list list)
{
    char text[160];

    if (reported > status)
        status = reported;
    if (!format)
        return;
    text_list(text, sizeof(text), format, list);
    print("# %s", text);
}

#define DEFINE_REPORT(name, status_)                                                               \
    void xtf_##name(const char *format, ...)                                                       \
    {                                                                                              \
        va_list list;                                                                              \
                                                                                                   \
        va_start(list, format);                                                                    \
        report(status_, format, list);                                                             \
        va_end(list);                                                                              \
    }

DEFINE_REPORT(success, SUCCESS)
DEFINE_REPORT(skip, SKIP)
DEFINE_REPORT(error, ERROR)
DEFINE_REPORT(failure, FAILURE)

void guest_main(const struct hvm_start_info *info)
{
    static const char *const names[] = { "RUNNING", "SUCCESS", "SKIP", "ERROR", "FAILURE" };

    (void)info;
    tap_doing("%s", test_title);
    test_main();
    if (status == RUNNING)
        xtf_error("the test did not report a status\n");
    tap_note("Test result: %s", names[status]);
    tap_plan();
}
