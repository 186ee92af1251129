/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which domains have FastABI: a record of their HVM context, by which a
 * toolstack takes it from one, and by which a domain that has it keeps it over
 * migration. Debug key 'F' prints it.
 */
#include <xen/errno.h>
#include <xen/init.h>
#include <xen/keyhandler.h>
#include <xen/lib.h>
#include <xen/sched.h>

#include <asm/hvm/fastabi-count.h>
#include <asm/hvm/fastabi-save.h>
#include <asm/hvm/fastabi.h>
#include <asm/hvm/hvm.h>
#include <asm/hvm/save.h>

#include "parts.h"

/*
 * None of a domain without: hosts that never heard of FastABI will do for it.
 */
static int cf_check save(struct vcpu *v, hvm_domain_context_t *h)
{
    struct hvm_fastabi record = { .allowed = 1 };

    if ( !v->domain->arch.hvm.fastabi )
        return 0;

    return hvm_save_entry(FASTABI, 0, h, &record);
}

static int read_record(const struct domain *d, hvm_domain_context_t *h,
                       struct hvm_fastabi *record)
{
    if ( hvm_load_entry(FASTABI, h, record) )
        return -ENODATA;

    if ( record->allowed > 1 || record->pad ||
         (record->allowed && !opt_fastabi && !fastabi_is_switched) )
    {
        printk(XENLOG_G_ERR "HVM%d restore: FastABI record %u, %u refused%s\n",
               d->domain_id, record->allowed, record->pad,
               opt_fastabi ? "" : ": fastabi=no");
        return -EINVAL;
    }

    return 0;
}

/*
 * Since 4.19 a context is checked as a whole before any of it is loaded, so
 * that a domain that is refused stays as it is.
 */
static int cf_check __maybe_unused check(const struct domain *d,
                                         hvm_domain_context_t *h)
{
    struct hvm_fastabi record;

    return read_record(d, h, &record);
}

static int cf_check load(struct domain *d, hvm_domain_context_t *h)
{
    struct hvm_fastabi record;
    int rc = read_record(d, h, &record);

    if ( rc )
        return rc;

    d->arch.hvm.fastabi = record.allowed && opt_fastabi;

    return 0;
}

static void cf_check print(unsigned char key)
{
    const struct domain *d;

    rcu_read_lock(&domlist_read_lock);

    /* clang-format off */
    for_each_domain ( d )
        if ( is_hvm_domain(d) )
        {
            printk("FastABI d%u: %s\n", d->domain_id,
                   d->arch.hvm.fastabi ? "yes" : "no");
            fastabi_print_counts(d);
        }
    /* clang-format on */

    rcu_read_unlock(&domlist_read_lock);
}

static int __init cf_check init(void)
{
    register_keyhandler('F', print, "print the use of FastABI", 1);

    hvm_register_savevm(HVM_SAVE_CODE(FASTABI), "FASTABI", save,
                        FASTABI_CHECK(check) load,
                        HVM_SAVE_LENGTH(FASTABI) +
                            sizeof(struct hvm_save_descriptor),
                        HVMSR_PER_DOM);

    return 0;
}
__initcall(init);
