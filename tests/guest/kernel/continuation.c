/* SPDX-License-Identifier: MIT */
/*
 * A call that the hypervisor breaks off to let an interrupt in, and goes on with afterwards:
 * closing thousands of ports under a fast timer.  The interrupt handler sees that it happens: it
 * comes at the transfer instruction of a call whose reg0 holds a state.  It makes calls of its own
 * meanwhile.
 */
#include "plans.h"
#include "state.h"

#include <xen/errno.h>
#include <xen/event_channel.h>

#define PORTS  4000u
#define ROUNDS 40u
#define ENOUGH 2u    /* continued calls to be seen in each way to call */
#define PERIOD 1000u /* microseconds */

static const struct operation *reset, *nested;
static volatile unsigned continued, nested_calls, nested_failures;

static bool is_transfer(const unsigned char *code)
{
    return code[0] == 0x0f && code[1] == 0x01 && (code[2] == 0xc1 || code[2] == 0xd9);
}

static void tick(struct trap_frame *frame)
{
    uint64_t in[MAX_PARAMS] = { 0 }, out[MAX_PARAMS] = { 0 };

    timer_ticks++;
    apic_end();
    if (!is_transfer((const unsigned char *)frame->rip) ||
        (uint32_t)frame->rax != (FASTABI_MASK | reset->hypercall) || !(frame->rax >> 32))
        return;
    continued++;
    nested_calls++;
    if (call_stub(nested, in, out) != 0 || !out[0])
        nested_failures++;
}

static void open_ports(void)
{
    for (unsigned i = 0; i < PORTS; i++)
        port_unbound();
}

/* One reset of many ports; was all as it should be? */
static bool round_is_good(bool by_stub, uint64_t *seed)
{
    struct register_report report = { 0 };
    uint64_t in[MAX_PARAMS] = { 0 }, out[MAX_PARAMS] = { 0 };
    long result;

    open_ports();
    in[0] = DOMID_SELF;
    timer_start(PERIOD);
    trap_set(TIMER_VECTOR, tick);
    interrupts_on();
    result = by_stub ? call_stub(reset, in, out) : call_registers(reset, in, out, seed, &report);
    interrupts_off();
    timer_stop();
    if (result || report.lost || port_state(1) != EVTCHNSTAT_closed ||
        port_state(PORTS) != EVTCHNSTAT_closed) {
        tap_note("the result is %ld, port 1 is %lx, port %u is %lx, lost: %s %lx %lx", result,
                 port_state(1), PORTS, port_state(PORTS), report.lost ? report.what : "none",
                 report.before, report.after);
        return false;
    }
    return true;
}

static void check_rounds(bool by_stub)
{
    uint64_t seed = random_state(5);
    unsigned rounds = 0, seen = 0;
    bool good = true;

    nested_calls = nested_failures = 0;
    while (good && rounds < ROUNDS && seen < ENOUGH) {
        unsigned before = continued;

        rounds++;
        tap_doing("a reset of %u ports, round %u", PORTS, rounds);
        good = round_is_good(by_stub, &seed);
        seen += continued != before;
    }
    tap_check(good, "%u resets of %u ports %s", rounds, PORTS,
              by_stub ? "by the stub" : "with all registers");
    tap_check(seen >= ENOUGH, "%u of them were seen to be continued", seen);
    tap_check(nested_calls && !nested_failures, "%u calls in between, %u failed", nested_calls,
              nested_failures);
}

/* A state that the hypervisor did not leave there. */
static void check_forged(void)
{
    uint64_t seed = random_state(6);

    for (unsigned bit = 32; bit < 64; bit++) {
        struct registers before, after;
        struct register_report report;
        uint64_t in[MAX_PARAMS] = { DOMID_SELF };
        uint32_t port = port_unbound();
        long result;

        tap_doing("a reset with forged state %lx", 1ul << bit);
        registers_fill(&before, &seed);
        registers_set(&before, reset, in);
        before.general[RAX] |= 1ull << bit;
        after = before;
        registers_call(&after);
        result = (long)after.general[RAX];
        registers_compare(&before, &after, registers_changeable(reset), &report);
        tap_check(result < 0 && result >= -200 && !report.lost &&
                      (port_state(port) & 0xff) == EVTCHNSTAT_unbound,
                  "forged state %lx: %ld, the port is %lx%s%s", 1ul << bit, result,
                  port_state(port), report.lost ? ", lost " : "", report.lost ? report.what : "");
    }
}

void continuation_plan(void)
{
    reset = operation_find("event_channel.reset");
    nested = operation_find("hvm.get_time");
    state_reset();
    check_rounds(false);
    check_rounds(true);
    check_forged();
    state_reset();
}
