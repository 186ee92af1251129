// SPDX-License-Identifier: MIT
/*
 * A module that holds FastABI against the classic hypercalls in a living kernel: detection, and
 * every operation that does no harm there.  TAP in the kernel's log, each line after "fastabi: ".
 *
 * insmod fastabi-test.ko expect=fastabi     or expect=stock: what kind of Xen this must be
 */
#include <linux/cpu.h>
#include <linux/module.h>
#include <linux/sched.h>

#include <xen/xen.h>
#include <fastabi/event_channel.h>
#include <fastabi/sched.h>
#include <fastabi/vcpu.h>

#include "test.h"

static char *expect = "fastabi";
module_param(expect, charp, 0);
MODULE_PARM_DESC(expect, "fastabi or stock");

static unsigned int count;

void test_check(bool good, const char *format, ...)
{
    struct va_format text;
    va_list list;

    va_start(list, format);
    text.fmt = format;
    text.va = &list;
    printk(KERN_INFO "fastabi: %sok %u - %pV\n", good ? "" : "not ", ++count, &text);
    va_end(list);
}

static bool is_wanted(long wanted, long result)
{
    return wanted == TEST_EQUAL || (wanted == TEST_SUCCESS ? result >= 0 : result == wanted);
}

void test_compare(const char *name, long wanted, long classic, long fast, const void *a,
                  const void *b, size_t size)
{
    const u8 *one = a, *other = b;
    size_t i;

    for (i = 0; i < size && one[i] == other[i]; i++)
        ;
    test_check(classic == fast && is_wanted(wanted, fast) && i == size, "%s: %ld", name, fast);
    if (classic != fast || !is_wanted(wanted, fast))
        printk(KERN_INFO "fastabi: # classic %ld, FastABI %ld\n", classic, fast);
    if (i < size)
        printk(KERN_INFO "fastabi: # byte %zu of the struct: classic %#x, FastABI %#x\n", i, one[i],
               other[i]);
}

/* A Xen without FastABI: nothing is detected, and calls made all the same do no harm. */
static void test_stock(void)
{
    struct evtchn_status status = { .dom = DOMID_SELF, .status = 77 };

    test_check(!xen_fastabi_detect(xen_fastabi_cpuid), "detection says no");
    test_check(xen_hypercall_sched_yield() == -ENOSYS, "sched.yield is refused");
    test_check(xen_hypercall_event_channel_status(&status) == -ENOSYS && status.status == 77,
               "event_channel.status is refused, the struct as it was");
    test_check(xen_hypercall_vcpu_is_up(0) == -ENOSYS, "vcpu.is_up is refused");
}

static void test_all(void)
{
    u32 base = xen_fastabi_detect(xen_fastabi_cpuid);

    test_check(base, "detection says yes");
    test_check(base == xen_cpuid_base(), "Xen's CPUID leaves are where Linux has found them: %#x",
               base);
    if (!base)
        return;
    test_channels();
    test_times();
    test_others();
}

static int __init fastabi_test_init(void)
{
    struct cpumask old = *current->cpus_ptr;

    if (!xen_domain())
        return -ENODEV;
    printk(KERN_INFO "fastabi: # %s, expecting %s\n", xen_initial_domain() ? "dom0" : "domU",
           expect);
    /* Calls name vCPU 0 and are about the calling one; keep to it. */
    set_cpus_allowed_ptr(current, cpumask_of(0));
    if (!strcmp(expect, "stock"))
        test_stock();
    else
        test_all();
    set_cpus_allowed_ptr(current, &old);
    printk(KERN_INFO "fastabi: 1..%u\n", count);
    /* insmod tries again when this fails; the lines say what did. */
    return 0;
}

static void __exit fastabi_test_exit(void)
{
}

module_init(fastabi_test_init);
module_exit(fastabi_test_exit);
MODULE_DESCRIPTION("FastABI against the classic hypercalls");
MODULE_LICENSE("Dual MIT/GPL");
