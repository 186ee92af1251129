/* SPDX-License-Identifier: MIT */
/*
 * Domains that make random calls, each with the next seed when one has stopped.  An operation that
 * stops domains is drawn the more rarely the more often it does: the builder counts what was under
 * way, so such operations need not be listed.
 */
#include "runtime.h"

#include "builder.h"

#define MILLISECOND 1000000ull
#define POLL_NS     (5 * MILLISECOND)
#define BLOCKED_NS  (30 * MILLISECOND)
#define LIFE_NS     (20000 * MILLISECOND)

/*
 * Under load an emulated clock may leap: time alone says nothing unless the builder looked now and
 * then.
 */
#define LIFE_POLLS    1000
#define TOLD_POLLS    100 /* the log has a line so often, or the machine would seem to be silent */
#define BLOCKED_POLLS 5

/* An operation may end one domain in so many calls that name any operation. */
#define CALLS_AN_END 1000

struct slot {
    struct guest guest;
    char command_line[512];
    uint64_t seed, born, ran, since;
    unsigned int polls, idle_polls;
    bool used;
};

static struct slot slots[MAX_GUESTS];

static struct {
    uint64_t domains, calls, failures, ends[6], unmade;
    uint64_t count[MAILBOX_OPS], success[MAILBOX_OPS], stopped[MAILBOX_OPS];
} total;

/* One digit an operation: it is drawn two to the minus that many times as often as others. */
static void write_rarity(char *to)
{
    for (unsigned int i = 0; i < MAILBOX_OPS; i++) {
        unsigned int level = 0;
        while (level < 15 && total.stopped[i] * CALLS_AN_END > total.count[i] << level)
            level++;
        to[i] = "0123456789abcdef"[level];
    }
    to[MAILBOX_OPS] = 0;
    /* Short where it can be. */
    for (unsigned int i = MAILBOX_OPS; i > 1 && to[i - 1] == '0'; i--)
        to[i - 1] = 0;
}

static int slot_start(struct slot *slot, const struct random_plan *plan, unsigned int window)
{
    char rarity[MAILBOX_OPS + 1];
    write_rarity(rarity);
    text_format(slot->command_line, sizeof(slot->command_line), "seed=%lu calls=%lu rare=%s",
                slot->seed, plan->calls, plan->rare ? plan->rare : rarity);
    struct guest *guest = &slot->guest;
    memset(guest, 0, sizeof(*guest));
    int rc = domain_create(&guest->domain, plan->vcpus, plan->megabytes, window, 0, NULL);
    if (rc)
        return rc;
    rc = domain_load(&guest->domain, &plan->image, slot->command_line);
    if (rc) {
        domain_destroy(&guest->domain);
        return rc;
    }
    /* Another one that lives at the same time, or lived before. */
    guest->domain.mailbox->peer = slots[window ? 0 : plan->at_once - 1].guest.domain.id;
    slot->used = true;
    slot->born = slot->since = now_ns();
    slot->ran = 0;
    slot->polls = slot->idle_polls = 0;
    return domain_start(&guest->domain);
}

/* Which operation was under way when the domain stopped, or 0. */
static unsigned int under_way(const struct mailbox *mailbox)
{
    uint32_t current = mailbox->current;
    return current < MAILBOX_OPS ? current : 0;
}

static void print_call(const struct mailbox *mailbox)
{
    print("# builder:   in operation %u:", under_way(mailbox));
    for (unsigned int i = 0; i < ARRAY_LENGTH(mailbox->registers); i++)
        print(" %lx", mailbox->registers[i]);
    print("\n");
}

/* Few calls break more than one promise: more failures than calls are not the domain's count. */
static void print_mailbox(const struct mailbox *mailbox)
{
    const uint64_t *words = (const uint64_t *)mailbox;

    if (mailbox->failures <= mailbox->calls)
        return;
    for (unsigned int i = 0; i < sizeof(*mailbox) / sizeof(*words); i++)
        print("%s%lx%s", i % 8 ? " " : "# builder:   mailbox: ", words[i], i % 8 == 7 ? "\n" : "");
    print("\n");
}

static void slot_account(struct slot *slot, enum stop stop, unsigned int reason)
{
    struct domain *domain = &slot->guest.domain;
    const struct mailbox *mailbox = domain->mailbox;
    total.domains++;
    total.calls += mailbox->calls;
    total.failures += mailbox->failures;
    for (unsigned int i = 0; i < MAILBOX_OPS; i++) {
        total.count[i] += mailbox->count[i];
        total.success[i] += mailbox->success[i];
    }
    print("# builder: d%u %s: %lu calls, %lu failures, %s", domain->id, slot->command_line,
          mailbox->calls, mailbox->failures, mailbox->done ? "finished" : stop_name(stop));
    if (mailbox->done) {
        total.ends[0]++;
        print("\n");
    } else {
        total.ends[stop]++;
        total.stopped[under_way(mailbox)]++;
        print(" with reason %u\n", reason);
        print_call(mailbox);
    }
    print_mailbox(mailbox);
}

/* Has the domain stopped?  Then count what it did, and throw it away. */
static bool slot_check(struct slot *slot)
{
    struct domain *domain = &slot->guest.domain;
    unsigned int reason = 0;
    uint64_t cpu_time = 0, now = now_ns();
    enum stop stop = domain_state(domain, &reason, &cpu_time);
    if (stop != STOP_BLOCKED || cpu_time != slot->ran) {
        slot->since = now;
        slot->idle_polls = 0;
    }
    slot->ran = cpu_time;
    if (!(++slot->polls % TOLD_POLLS))
        print("# builder: d%u lives after %u looks, %lu calls\n", domain->id, slot->polls,
              domain->mailbox->calls);
    if (stop == STOP_BLOCKED &&
        (slot->idle_polls++ < BLOCKED_POLLS || now - slot->since < BLOCKED_NS))
        stop = STOP_NOT;
    if (stop == STOP_NOT && now - slot->born > LIFE_NS && slot->polls > LIFE_POLLS)
        stop = STOP_TIMEOUT;
    if (stop == STOP_NOT)
        return false;
    slot_account(slot, stop, reason);
    slot->used = false;
    domain_destroy(domain);
    return true;
}

static void print_operations(void)
{
    for (unsigned int i = 0; i < MAILBOX_OPS; i++)
        if (total.count[i])
            print("# random: operation %u calls %lu successes %lu stopped %lu\n", i, total.count[i],
                  total.success[i], total.stopped[i]);
    print(
        "# random: domains %lu calls %lu failures %lu finished %lu shut %lu blocked %lu late %lu\n",
        total.domains, total.calls, total.failures, total.ends[0], total.ends[STOP_SHUTDOWN],
        total.ends[STOP_BLOCKED], total.ends[STOP_TIMEOUT]);
}

static bool enough(const struct random_plan *plan, uint64_t started)
{
    return total.calls >= plan->total || total.unmade || (plan->once && started >= plan->at_once);
}

static void run_all(const struct random_plan *plan)
{
    uint64_t seed = plan->seed, started = 0;
    unsigned int used = 0;
    do {
        for (unsigned int i = 0; i < plan->at_once && !enough(plan, started); i++) {
            if (slots[i].used)
                continue;
            slots[i].seed = seed++;
            if (slot_start(&slots[i], plan, i))
                total.unmade++;
            else
                started++, used++;
        }
        wait_ns(POLL_NS);
        for (unsigned int i = 0; i < plan->at_once; i++)
            if (slots[i].used && slot_check(&slots[i]))
                used--;
    } while (used || !enough(plan, started));
}

void random_run(const struct random_plan *plan)
{
    uint64_t before;
    if (!plan->at_once || plan->at_once > MAX_GUESTS)
        tap_bail("at most %u domains at once", MAX_GUESTS);
    tap_doing("random calls from seed %lu on, %lu in all", plan->seed, plan->total);
    memset(&total, 0, sizeof(total));
    bool leaks = heap_leaks(plan->vcpus);
    if (heap_free(&before))
        tap_bail("the hypervisor does not tell its free pages");
    run_all(plan);
    print_operations();
    tap_check(!total.unmade, "random: domains are made");
    tap_check(!total.failures, "random: %lu promises broken in %lu calls of %lu domains",
              total.failures, total.calls, total.domains);
    tap_check(plan->once || total.calls >= plan->total, "random: %lu of %lu calls made",
              total.calls, plan->total);
    heap_check(before, "random", leaks);
}
