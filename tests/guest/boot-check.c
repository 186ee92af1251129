/* SPDX-License-Identifier: MIT */
/*
 * Does what the other tests depend on work?  Runs as dom0 or domU, with any number of
 * vCPUs.
 */
#include "boot/runtime.h"

#include <xen/hvm/hvm_op.h>
#include <xen/version.h>

static volatile uint64_t touched;

static void check_text(void)
{
    char text[40];

    text_format(text, sizeof(text), "%5d|%-4u|%04x|%s|%lx|%c", -42, 7u, 0xabu, "word",
                0x123456789abcdeful, '!');
    tap_check(!strcmp(text, "  -42|7   |00ab|word|123456789abcdef|!"), "text is formatted: %s",
              text);
    text_format(text, 4, "%s", "cut off");
    tap_check(!strcmp(text, "cut"), "text is cut off");
}

static void check_fault(void)
{
    struct cpu *cpu = cpu_current();
    uint64_t resume;

    cpu->fault = 0;
    __asm__ __volatile__("leaq 1f(%%rip), %0\n\tmovq %0, %1\n\tud2\n1:"
                         : "=&r"(resume), "=m"(cpu->resume)
                         :
                         : "memory");
    tap_check(cpu->fault == 6, "an undefined instruction is caught");
}

static void check_timer(void)
{
    uint64_t end = xen_system_time() + 500000000;

    timer_start(1000);
    interrupts_on();
    while (timer_ticks < 5 && xen_system_time() < end)
        cpu_relax();
    interrupts_off();
    timer_stop();
    tap_check(timer_ticks >= 5, "the timer ticks");
}

static void run_other(void *argument)
{
    touched += (uintptr_t)argument + cpu_current()->id;
}

static void check_other_cpus(void)
{
    unsigned count = cpu_count();

    tap_note("%u vCPUs", count);
    for (unsigned id = 1; id < count; id++) {
        for (unsigned round = 0; round < 3; round++) {
            int result;

            touched = 0;
            result = cpu_run(id, run_other, (void *)1000);
            tap_check(!result && cpu_wait(id, 2000) && touched == 1000 + id,
                      "vCPU %u runs, round %u: %d", id, round, result);
        }
    }
    if (count == 1)
        tap_skip("one vCPU", "another vCPU runs");
}

void guest_main(const struct hvm_start_info *info)
{
    char value[16];
    long version;

    tap_doing("the boot check");
    tap_check(info->magic == XEN_HVM_START_MAGIC_VALUE, "the start info has its magic number");
    tap_check(xen_cpuid_base != 0, "Xen's leaves are at %x", xen_cpuid_base);
    version = hypercall2(__HYPERVISOR_xen_version, XENVER_version, 0);
    tap_check(version > 0, "Xen %ld.%ld answers", version >> 16, version & 0xffff);
    tap_check(option_get("word", value, sizeof(value)) && !strcmp(value, "given") &&
                  !option_is_set("word") && option_is_set("flag") &&
                  option_number("number", 0) == 42 && !option_is_set("lag"),
              "the command line is read");
    tap_check(xen_shared_info()->wc_sec != 0 || xen_shared_info()->vcpu_info[0].time.version != 0,
              "the shared info is mapped");
    check_text();
    check_fault();
    check_timer();
    check_other_cpus();
    tap_plan();
}
