/* SPDX-License-Identifier: MIT */
/* Detection, and a hypervisor that knows nothing of FastABI. */
#include "plans.h"

#include <xen/errno.h>

#define POISON        0xa5a5a5a5a5a5a5a5ull
#define CPUID_FASTABI 0x80u /* leaf base + 4, eax */

/* By the CPUID leaves themselves. */
static bool is_advertised(void)
{
    uint32_t regs[4];

    if (!xen_cpuid_base)
        return false;
    cpuid(xen_cpuid_base, 0, regs);
    if (regs[0] < xen_cpuid_base + 4)
        return false;
    cpuid(xen_cpuid_base + 4, 0, regs);
    return regs[0] & CPUID_FASTABI;
}

void detect_plan(void)
{
    tap_doing("detection");
    tap_check(is_advertised(), "CPUID says that there is FastABI");
    tap_check(stub_detects(), "the guest's own detection finds it");
}

void stock_plan(void)
{
    uint64_t seed = random_state(4);

    tap_doing("detection");
    tap_check(!is_advertised(), "CPUID says that there is no FastABI");
    tap_check(!stub_detects(), "the guest's own detection finds none");
    for (const struct operation *op = operations; op->name; op++) {
        uint64_t in[MAX_PARAMS], out[MAX_PARAMS], unused[MAX_PARAMS];
        struct register_report report;
        bool kept = true;
        long result;

        tap_doing("%s, which this hypervisor has not", op->name);
        for (unsigned n = 0; op->params[n].width; n++)
            in[n] = out[n] = POISON & value_mask(&op->params[n]);
        result = call_stub(op, in, out);
        for (unsigned n = 0; op->params[n].width; n++)
            kept = kept && out[n] == (POISON & value_mask(&op->params[n]));
        tap_check(result == -XEN_ENOSYS && kept, "%s: %ld%s", op->name, result,
                  kept ? "" : ", outputs written");
        result = call_registers(op, in, unused, &seed, &report);
        tap_check(result == -XEN_ENOSYS && !report.lost, "%s with all registers: %ld, lost %s",
                  op->name, result, report.lost ? report.what : "none");
    }
}
