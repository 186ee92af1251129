/* SPDX-License-Identifier: MIT */
/*
 * A dom0 that makes unprivileged domains as its plan says.  The plan is a text in the bundle, a
 * word list a line:
 *
 *   guest IMAGE VCPUS MEGABYTES [COMMAND LINE]   add a domain to the next run
 *   devices                                      the next domain has all that Xen emulates
 *   nested                                       the next domain may have guests of its own
 *   label LABEL                                  the next domain has this label of Flask's
 *   record ALLOWED PAD                           the next domain's context has a record of FastABI
 *   loses                                        Xen may lose memory in the next run: how much?
 *   key CHARACTER                                press this debug key in the next run
 *   refused                                      the domains of the next run cannot be made
 *   run SECONDS [REASON]                         run them, at most so long, and throw them away;
 *   they are to
 *                                                shut down with this reason, 1 (reboot) if none is
 *                                                given
 *   leave                                        do not throw away those of the next run, which
 *   must be noticed
 *   random IMAGE VCPUS MEGABYTES AT-ONCE SEED CALLS TOTAL [RARE]
 *                                                domains with random calls: random.c
 *   once ...                                     the same for one domain only
 */
#include "runtime.h"

#include <xen/errno.h>
#include <xen/sched.h>

#include "builder.h"
#include "bundle.h"

static struct guest guests[MAX_GUESTS];
static unsigned int guest_count;
static bool leave, refused, has_record, loses;
static unsigned int features;
static uint32_t record[2];
static char key;
static const char *label;

/*
 * The next word of a line, ended by a zero; NULL if there is none.  The rest of the line is left at
 * *at.
 */
static char *next_word(char **at)
{
    char *word = *at;
    while (*word == ' ')
        word++;
    if (!*word)
        return NULL;
    char *end = word;
    while (*end && *end != ' ')
        end++;
    *at = *end ? end + 1 : end;
    *end = 0;
    return word;
}

static uint64_t next_number(char **at)
{
    const char *word = next_word(at);
    uint64_t value = 0;
    if (!word)
        tap_bail("the plan lacks a number");
    for (; *word >= '0' && *word <= '9'; word++)
        value = value * 10 + (uint64_t)(*word - '0');
    if (*word)
        tap_bail("the plan has %s for a number", word);
    return value;
}

static void next_image(char **at, struct image *image)
{
    const char *name = next_word(at);
    if (!name || !bundle_find(name, image))
        tap_bail("there is no image %s", name ? name : "");
}

static void plan_guest(char *line)
{
    if (guest_count == MAX_GUESTS)
        tap_bail("a run of more than %u domains", MAX_GUESTS);
    struct guest *guest = &guests[guest_count++];
    next_image(&line, &guest->image);
    guest->vcpus = (unsigned int)next_number(&line);
    guest->megabytes = (unsigned int)next_number(&line);
    guest->command_line = line;
    guest->features = features;
    guest->label = label;
    guest->has_record = has_record;
    memcpy(guest->record, record, sizeof(record));
    has_record = false;
    features = 0;
    label = NULL;
}

/* What is wrong with a domain is found out before it runs. */
static bool plan_start(const char *what)
{
    int rc = guests_start(guests, guest_count);
    if (!refused)
        return tap_check(!rc, "%s: domains are made", what);
    tap_check(rc == -XEN_EINVAL, "%s: a context is refused: %d", what, rc);
    if (!rc)
        guests_destroy(guests, guest_count);
    return false;
}

static void plan_run(char *line)
{
    static unsigned int number;
    unsigned int seconds = (unsigned int)next_number(&line);
    unsigned int reason = *line ? (unsigned int)next_number(&line) : SHUTDOWN_reboot;
    uint64_t before;
    char what[32];
    text_format(what, sizeof(what), "run %u", ++number);
    tap_doing("%s of %u domains, the first is %s %s", what, guest_count, guests[0].image.name,
              guests[0].command_line);
    bool leaks = false;
    for (unsigned int i = 0; i < guest_count; i++)
        leaks |= heap_leaks(guests[i].vcpus);
    if (heap_free(&before))
        tap_bail("the hypervisor does not tell its free pages");
    if (plan_start(what)) {
        if (key)
            tap_check(!press_key(key), "%s: key %c", what, key);
        unsigned int badly = guests_wait(guests, guest_count, seconds, reason);
        tap_check(!badly, "%s: %u of %u domains end as they should", what, guest_count - badly,
                  guest_count);
        if (!leave)
            guests_destroy(guests, guest_count);
        if (loses)
            heap_tell(before, what);
        else
            heap_check(before, what, leaks);
    }
    guest_count = 0;
    leave = refused = loses = false;
    key = 0;
}

static void plan_random(char *line, bool once)
{
    struct random_plan plan = { .once = once };
    next_image(&line, &plan.image);
    plan.vcpus = (unsigned int)next_number(&line);
    plan.megabytes = (unsigned int)next_number(&line);
    plan.at_once = (unsigned int)next_number(&line);
    plan.seed = next_number(&line);
    plan.calls = next_number(&line);
    plan.total = next_number(&line);
    plan.rare = next_word(&line);
    random_run(&plan);
}

static void plan_line(char *line)
{
    const char *word = next_word(&line);
    if (!word)
        return;
    if (!strcmp(word, "guest"))
        plan_guest(line);
    else if (!strcmp(word, "run"))
        plan_run(line);
    else if (!strcmp(word, "leave"))
        leave = true;
    else if (!strcmp(word, "devices"))
        features |= DOMAIN_DEVICES;
    else if (!strcmp(word, "nested"))
        features |= DOMAIN_NESTED;
    else if (!strcmp(word, "refused"))
        refused = true;
    else if (!strcmp(word, "loses"))
        loses = true;
    else if (!strcmp(word, "label"))
        label = next_word(&line);
    else if (!strcmp(word, "key"))
        key = *line;
    else if (!strcmp(word, "record")) {
        has_record = true;
        record[0] = (uint32_t)next_number(&line);
        record[1] = (uint32_t)next_number(&line);
    } else if (!strcmp(word, "random") || !strcmp(word, "once"))
        plan_random(line, !strcmp(word, "once"));
    else
        tap_bail("the plan has a line that begins with %s", word);
}

void guest_main(const struct hvm_start_info *info)
{
    static char plan[16384];
    struct image text;
    if (!bundle_open(info) || !bundle_find("plan", &text) || text.size >= sizeof(plan))
        tap_bail("the builder's module is missing, or is not a bundle with a plan");
    memcpy(plan, text.bytes, text.size);
    char *line = plan;
    while (*line) {
        char *end = line;
        while (*end && *end != '\n')
            end++;
        char *next = *end ? end + 1 : end;
        *end = 0;
        plan_line(line);
        line = next;
    }
    tap_plan();
}
