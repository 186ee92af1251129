/* SPDX-License-Identifier: MIT */
/*
 * Calls that end the domain, and with dom0 the host: the hypervisor's last words are the result, so what they have
 * to be is said before.  "# last words: TEXT" ends the plan well if TEXT follows in the log.
 */
#include "plans.h"

#include "run.h"

#include <xen/sched.h>

#define ODD_REASON 77u      /* means nothing to anybody, so Xen prints it */

static long call_with(const char *name, const char *param, uint64_t value)
{
    const struct operation *op = operation_find(name);
    uint64_t in[MAX_PARAMS] = { 0 }, out[MAX_PARAMS] = { 0 };

    in[param_find(op, param)] = value;
    tap_doing("%s, which ends the domain", name);
    return call_stub(op, in, out);
}

/* What Xen says of dom0; of a domU its builder has to look. */
static void announce(const char *name, const char *words)
{
    tap_note("succeeds %s", name);
    print("# last words: %s\n", words);
}

static void end_shutdown(void)
{
    announce("sched.shutdown", "unknown reason 77");
    tap_bail("shutdown came back: %ld", call_with("sched.shutdown", "reason", ODD_REASON));
}

/* The code that was latched first wins over the reason given in the end. */
static void end_latched(void)
{
    long first = call_with("sched.shutdown_code", "reason", ODD_REASON);
    long second = call_with("sched.shutdown_code", "reason", ODD_REASON + 1);

    tap_check(first == 0 && second == 0, "sched.shutdown_code: %ld, then %ld", first, second);
    announce("sched.shutdown_code", "unknown reason 77");
    xen_shutdown(SHUTDOWN_reboot);
}

static void end_watchdog(void)
{
    announce("sched.watchdog", "watchdog rebooting machine");
    call_with("sched.watchdog", "timeout", 1);
    for (;;)
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

void end_plan(void)
{
    char name[32] = "";

    option_get("end", name, sizeof(name));
    if (!strcmp(name, "shutdown"))
        end_shutdown();
    else if (!strcmp(name, "latched"))
        end_latched();
    else if (!strcmp(name, "watchdog"))
        end_watchdog();
    else
        tap_bail("there is no end=%s", name);
}
