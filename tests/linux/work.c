/* SPDX-License-Identifier: MIT */
/*
 * Work of a domU that is too fine for its shell: sends events to itself, and waits for timers.
 * Must not know how the kernel makes hypercalls.
 *
 *   work events N    over one event channel, one after the other; prints how many arrived
 *   work timers N    on each of two CPUs at once; prints how many ended on each
 *   work data BYTES  the same bytes in each run
 */
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The header takes it from another. */
typedef uint16_t domid_t;
#include <xen/evtchn.h>

#define DOMID_SELF 0x7ff0u

static int failed(const char *what)
{
    perror(what);
    return 1;
}

static int run_on(int cpu)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity(0, sizeof(set), &set);
}

/* Both ends are ours. The next event is sent when the one before has arrived. */
static int events(unsigned long count)
{
    struct ioctl_evtchn_bind_unbound_port unbound = { .remote_domain = DOMID_SELF };
    struct ioctl_evtchn_bind_interdomain other = { .remote_domain = DOMID_SELF };
    unsigned long arrived;
    int fd = open("/dev/xen/evtchn", O_RDWR), here, there;

    /* Where Linux delivers the events of a channel that it has not moved. */
    if (fd < 0 || run_on(0)) {
        return failed("/dev/xen/evtchn");
    }
    here = ioctl(fd, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &unbound);
    other.remote_port = (unsigned int)here;
    there = here < 0 ? here : ioctl(fd, IOCTL_EVTCHN_BIND_INTERDOMAIN, &other);
    if (there < 0) {
        return failed("binding a channel");
    }
    for (arrived = 0; arrived < count; arrived++) {
        struct ioctl_evtchn_notify notify = { .port = (unsigned int)there };
        uint32_t port;

        if (ioctl(fd, IOCTL_EVTCHN_NOTIFY, &notify)) {
            return failed("sending an event");
        }
        do {
            /* Writing unmasks it. At the other end there is one event, of the binding. */
            if (read(fd, &port, sizeof(port)) != sizeof(port) ||
                write(fd, &port, sizeof(port)) != sizeof(port)) {
                return failed("receiving an event");
            }
        } while (port != (uint32_t)here);
    }
    printf("%lu\n", arrived);
    return 0;
}

/* Each sleep is ended by a timer of its own; one that is lost never ends. */
static int timers(unsigned long count)
{
    unsigned long ended;
    int cpu, status, result = 0;
    pid_t child;

    for (cpu = 0; cpu < 2; cpu++) {
        child = fork();
        if (child < 0) {
            return failed("fork");
        }
        if (!child) {
            if (run_on(cpu)) {
                return failed("sched_setaffinity");
            }
            for (ended = 0; ended < count; ended++) {
                const struct timespec time = { .tv_nsec = 200000 };

                if (clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL)) {
                    return 1;
                }
            }
            printf("%lu\n", ended);
            return 0;
        }
    }
    for (cpu = 0; cpu < 2; cpu++) {
        if (wait(&status) < 0 || status) {
            result = 1;
        }
    }
    return result;
}

/* A linear congruential generator's upper bits. */
static int data(unsigned long bytes)
{
    uint64_t state = 1;

    for (; bytes > 0; bytes--) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        putchar((int)(state >> 56));
    }
    return fflush(stdout) ? failed("writing") : 0;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        int (*run)(unsigned long number);
    } works[] = { { "events", events }, { "timers", timers }, { "data", data } };

    for (size_t i = 0; argc == 3 && i < sizeof(works) / sizeof(works[0]); i++) {
        if (!strcmp(argv[1], works[i].name)) {
            return works[i].run(strtoul(argv[2], NULL, 10));
        }
    }
    fputs("usage: work events|timers|data NUMBER\n", stderr);
    return 2;
}
