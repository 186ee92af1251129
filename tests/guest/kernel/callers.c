/* SPDX-License-Identifier: MIT */
/*
 * Callers written by hand leave bits above a 16-bit or 32-bit input as they were: the call must do
 * what the classic one does with the value alone, and must not be refused.
 */
#include "plans.h"
#include "run.h"
#include "state.h"

#include <xen/errno.h>
#include <xen/event_channel.h>
#include <xen/hvm/params.h>

/* callers.S */
long caller_get_param(uint64_t before, uint16_t domid, uint64_t wide, uint64_t *value);
long caller_alloc_unbound(uint64_t before, uint16_t dom, uint64_t wide, uint64_t *port);
long caller_close(uint64_t wide);

static uint64_t seed;

/* What a register may hold before a value is put into its lowest bits. */
static uint64_t left_over(unsigned number)
{
    if (number < 64)
        return 1ull << number;
    return number == 64 ? 0 : number == 65 ? ~0ull : random_next(&seed);
}

#define LEFT_OVERS 80u

static uint64_t above32(uint64_t before, uint32_t value)
{
    return (before & ~0xffffffffull) | value;
}

static uint64_t above16(uint64_t before, uint16_t value)
{
    return (before & ~0xffffull) | value;
}

/* Parameters that every guest can read, and the same of no domain. */
static void check_get_param(void)
{
    static const uint32_t params[] = { HVM_PARAM_CONSOLE_PFN, HVM_PARAM_STORE_PFN,
                                       HVM_PARAM_CALLBACK_IRQ };
    unsigned good = 0;

    tap_doing("hvm.get_param, called by hand");
    for (unsigned i = 0; i < LEFT_OVERS; i++) {
        uint32_t index = params[i % ARRAY_LENGTH(params)];
        uint64_t before = left_over(i), wide = above32(before, index), wanted = hvm_param(index);
        uint64_t value = ~wanted, none = 77;
        long result = caller_get_param(before, DOMID_SELF, wide, &value);
        long refused = caller_get_param(before, NO_DOMAIN, wide, &none);

        if (!result && value == wanted && refused == -XEN_ESRCH && none == 77)
            good++;
        else
            tap_note("rsi was %lx: %ld, %lx; of no domain %ld", before, result, value, refused);
    }
    tap_check(good == LEFT_OVERS, "hvm.get_param, a u16 and a u32 with other bits above: %u of %u",
              good, LEFT_OVERS);
}

static void check_ports(void)
{
    uint16_t self = own_domid();
    unsigned good = 0;

    tap_doing("event_channel.alloc_unbound, called by hand");
    for (unsigned i = 0; i < LEFT_OVERS; i++) {
        uint64_t before = left_over(i), port = ~0ull, state, wanted;
        uint32_t classic = port_unbound();
        long result = caller_alloc_unbound(before, DOMID_SELF, above16(~before, self), &port), end;

        wanted = port_state(classic);
        state = result ? 0 : port_state((uint32_t)port);
        end = caller_close(above32(before, (uint32_t)port));
        if (!result && state == wanted && !end && port_state((uint32_t)port) == EVTCHNSTAT_closed)
            good++;
        else
            tap_note("rsi was %lx: %ld, port %lx is %lx, not %lx; closed: %ld", before, result,
                     port, state, wanted, end);
        port_close(classic);
    }
    tap_check(good == LEFT_OVERS, "event_channel, u16 and u32 with other bits above: %u of %u",
              good, LEFT_OVERS);
}

void callers_plan(void)
{
    seed = random_state(9);
    state_reset();
    check_get_param();
    check_ports();
    state_reset();
}
