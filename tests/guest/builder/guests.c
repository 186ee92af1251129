/* SPDX-License-Identifier: MIT */
/* Runs of one or more domains that may know of each other. Must not know what they do. */
#include "runtime.h"

#include "builder.h"

#define MILLISECOND 1000000ull
#define POLL_NS     (1 * MILLISECOND)
/* A domain whose vCPUs all wait for this long without having run waits forever. */
#define BLOCKED_NS (1000ull * MILLISECOND)

/* The clock may leap on a busy machine: time counts only if there were so many looks in it. */
#define BLOCKED_LOOKS  50
#define LOOKS_A_SECOND 20

const char *stop_name(enum stop stop)
{
    switch (stop) {
    case STOP_NOT:
        return "running";
    case STOP_SHUTDOWN:
        return "shut down";
    case STOP_BLOCKED:
        return "blocked";
    case STOP_TIMEOUT:
        return "out of time";
    default:
        return "gone";
    }
}

static void introduce(struct guest *guests, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        struct mailbox *mailbox = guests[i].domain.mailbox;
        mailbox->index = (uint16_t)i;
        mailbox->peers = (uint16_t)(count - 1);
        mailbox->peer = guests[(i + 1) % count].domain.id;
    }
}

int guests_start(struct guest *guests, unsigned int count)
{
    int rc = 0;
    for (unsigned int i = 0; i < count; i++)
        guests[i].started = false;
    for (unsigned int i = 0; i < count && !rc; i++) {
        struct guest *guest = &guests[i];
        rc = domain_create(&guest->domain, guest->vcpus, guest->megabytes, i, guest->features,
                           guest->label);
        guest->started = !rc;
        guest->domain.record = guest->has_record ? guest->record : NULL;
        if (!rc)
            rc = domain_load(&guest->domain, &guest->image, guest->command_line);
    }
    if (!rc)
        introduce(guests, count);
    for (unsigned int i = 0; i < count && !rc; i++)
        rc = domain_start(&guests[i].domain);
    if (rc)
        guests_destroy(guests, count);
    return rc;
}

void guests_destroy(struct guest *guests, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++)
        if (guests[i].started)
            domain_destroy(&guests[i].domain);
}

/* What a guest says is told to its peer: the words first, then the step that makes them valid. */
static void pass_on(struct guest *guests, unsigned int count)
{
    for (unsigned int i = 0; i < count; i++) {
        volatile struct mailbox *from = guests[i].domain.mailbox;
        volatile struct mailbox *to = guests[(i + count - 1) % count].domain.mailbox;
        uint32_t step = from->step;
        if (to->peer_step == step)
            continue;
        for (unsigned int w = 0; w < ARRAY_LENGTH(from->word); w++)
            to->peer_word[w] = from->word[w];
        to->peer_step = step;
    }
}

static bool ended_well(const struct guest *guest, enum stop stop, unsigned int reason,
                       unsigned int wanted)
{
    bool well = stop == STOP_SHUTDOWN && reason == wanted;
    if (stop == STOP_SHUTDOWN)
        print("# builder: d%u (%s) shut down with reason %u, wanted %u\n", guest->domain.id,
              guest->image.name, reason, wanted);
    else
        print("# builder: d%u (%s) %s: it did not end by itself\n", guest->domain.id,
              guest->image.name, stop_name(stop));
    return well;
}

unsigned int guests_wait(struct guest *guests, unsigned int count, unsigned int seconds,
                         unsigned int wanted)
{
    uint64_t end = now_ns() + seconds * 1000ull * MILLISECOND, looks = 0;
    uint64_t ran[MAX_GUESTS] = { 0 }, since[MAX_GUESTS] = { 0 }, looks_then[MAX_GUESTS] = { 0 };
    bool over[MAX_GUESTS] = { false };
    unsigned int left = count, badly = 0;
    while (left) {
        wait_ns(POLL_NS);
        pass_on(guests, count);
        uint64_t now = now_ns();
        looks++;
        for (unsigned int i = 0; i < count; i++) {
            unsigned int reason = 0;
            uint64_t cpu_time = 0;
            if (over[i])
                continue;
            enum stop stop = domain_state(&guests[i].domain, &reason, &cpu_time);
            if (stop != STOP_BLOCKED || cpu_time != ran[i]) {
                since[i] = now;
                looks_then[i] = looks;
            }
            ran[i] = cpu_time;
            if (stop == STOP_BLOCKED &&
                (now - since[i] < BLOCKED_NS || looks - looks_then[i] < BLOCKED_LOOKS))
                stop = STOP_NOT;
            if (stop == STOP_NOT && now > end && looks > (uint64_t)seconds * LOOKS_A_SECOND)
                stop = STOP_TIMEOUT;
            if (stop == STOP_NOT)
                continue;
            over[i] = true;
            left--;
            badly += !ended_well(&guests[i], stop, reason, wanted);
        }
    }
    return badly;
}
