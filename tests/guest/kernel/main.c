/* SPDX-License-Identifier: MIT */
/* Which parts a boot has. */
#include "plans.h"
#include "builder/policy.h"
#include "run.h"
#include "state.h"

#include <xen/version.h>

static void cases_plan(void)
{
    run_is_lenient = option_is_set("lenient");
    run_cases(event_cases);
    run_cases(grant_cases);
    run_cases(memory_cases);
    run_cases(buffer_cases);
    if (guest_is_dom0)
        run_cases(buffer_dom0_cases);
    run_cases(physdev_cases);
    run_cases(platform_cases);
    run_cases(sched_cases);
    run_cases(text_cases);
    run_cases(vcpu_cases);
    run_print_seen();
}

/* The same without FastABI: do the cases hold by themselves? */
static void classic_plan(void)
{
    run_last_mode = CLASSIC;
    cases_plan();
}

/* Those without stubs are the same in every language: the word stub-only leaves them out. */
static const struct {
    const char *name;
    void (*function)(void);
    bool has_stubs;
} plans[] = {
    { "cases", cases_plan, true },       { "classic", classic_plan, false },
    { "errors", errors_plan, false },    { "modes", modes_plan, false },
    { "callers", callers_plan, false },  { "stock", stock_plan, true },
    { "detect", detect_plan, true },     { "continuation", continuation_plan, true },
    { "balloon", balloon_plan, true },   { "progress", progress_plan, true },
    { "together", together_plan, true }, { "end", end_plan, true },
};

/* Is NAME one of the names in LIST, which are joined by '+'? */
static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; *at; at++)
        if ((at == list || at[-1] == '+') && !strncmp(at, name, length) &&
            (at[length] == '+' || !at[length]))
            return true;
    return false;
}

void guest_main(const struct hvm_start_info *info)
{
    char list[64];
    unsigned found = 0;
    long version = hypercall2(__HYPERVISOR_xen_version, XENVER_version, 0);

    random_start(option_number("seed", 1));
    guest_is_dom0 = info->flags & SIF_INITDOMAIN;
    if (!option_get("plan", list, sizeof(list)))
        tap_bail("no plan= on the command line");
    print("# a guest with the stubs of %s, %s, %u vCPUs\n", guest_language,
          guest_is_dom0 ? "dom0" : "domU", cpu_count());
    for (unsigned i = 0; i < ARRAY_LENGTH(plans); i++) {
        if (!is_listed(list, plans[i].name))
            continue;
        found++;
        if (plans[i].has_stubs || !option_is_set("stub-only"))
            plans[i].function();
    }
    if (policy_enforces())
        tap_note("policy");
    print("# release %ld.%ld\n", version >> 16, version & 0xffff);
    if (!found)
        tap_bail("there is no plan %s", list);
    tap_plan();
}
