/* SPDX-License-Identifier: MIT */
/* Which parts a boot has. */
#include "plans.h"
#include "run.h"
#include "state.h"

static void cases_plan(void)
{
    char only[64];
    const char *operation = option_get("operation", only, sizeof(only)) ? only : NULL;

    run_cases(event_cases, operation);
    run_cases(grant_cases, operation);
    run_cases(platform_cases, operation);
    run_cases(sched_cases, operation);
    run_cases(vcpu_cases, operation);
    run_print_seen();
}

static const struct {
    const char *name;
    void (*function)(void);
} plans[] = {
    { "cases", cases_plan },
    { "errors", errors_plan },
    { "modes", modes_plan },
    { "stock", stock_plan },
    { "detect", detect_plan },
    { "continuation", continuation_plan },
    { "together", together_plan },
    { "end", end_plan },
};

/* Is NAME one of the names in LIST, which are joined by '+'? */
static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; *at; at++)
        if ((at == list || at[-1] == '+') && !strncmp(at, name, length) && (at[length] == '+' || !at[length]))
            return true;
    return false;
}

void guest_main(const struct hvm_start_info *info)
{
    char list[64];
    unsigned found = 0;

    guest_is_dom0 = info->flags & SIF_INITDOMAIN;
    if (!option_get("plan", list, sizeof(list)))
        tap_bail("no plan= on the command line");
    print("# a guest with the stubs of %s, %s, %u vCPUs\n", guest_language, guest_is_dom0 ? "dom0" : "domU", cpu_count());
    for (unsigned i = 0; i < ARRAY_LENGTH(plans); i++) {
        if (is_listed(list, plans[i].name)) {
            plans[i].function();
            found++;
        }
    }
    if (!found)
        tap_bail("there is no plan %s", list);
    tap_plan();
}
