/* SPDX-License-Identifier: MIT */
/*
 * Calls that end the domain, and with dom0 the host: the hypervisor's last words are the result, so
 * what they have to be is said before.  "# last words: TEXT" ends the plan well if TEXT follows in
 * the log.
 */
#include "plans.h"

#include "run.h"

#include <xen/sched.h>

/* A reason that nobody else gives here, and with which Xen ends at once. */
#define REASON     SHUTDOWN_watchdog
#define LAST_WORDS "Dom0 shutdown: watchdog"

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
    announce("sched.shutdown", LAST_WORDS);
    tap_bail("shutdown came back: %ld", call_with("sched.shutdown", "reason", REASON));
}

/* The code that was latched first wins over the reason given in the end. */
static void end_latched(void)
{
    long first = call_with("sched.shutdown_code", "reason", REASON);
    long second = call_with("sched.shutdown_code", "reason", SHUTDOWN_crash);

    tap_check(first == 0 && second == 0, "sched.shutdown_code: %ld, then %ld", first, second);
    announce("sched.shutdown_code", LAST_WORDS);
    xen_shutdown(SHUTDOWN_reboot);
}

static void end_watchdog(void)
{
    announce("sched.watchdog", "Watchdog timer fired for domain 0");
    call_with("sched.watchdog", "timeout", 1);
    for (;;)
        hypercall2(__HYPERVISOR_sched_op, SCHEDOP_yield, 0);
}

/* With nobody left to bring it up again, the domain is powered off. */
static void end_down(void)
{
    announce("vcpu.down", "Dom0 halted");
    tap_bail("down came back: %ld", call_with("vcpu.down", "vcpuid", 0));
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
    else if (!strcmp(name, "down"))
        end_down();
    else
        tap_bail("there is no end=%s", name);
}
