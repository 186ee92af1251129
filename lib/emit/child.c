/* SPDX-License-Identifier: MIT */
/*
 * A child process that runs somebody else's code: started with limits, and never left behind.
 * Knows nothing of what it runs, or of how the two processes talk.
 *
 * The child may start processes of its own, and we may be killed at any moment.  So there is a
 * third process, the keeper: it leads a process group that the child belongs to, and kills the
 * group when we are gone.  Where the system can send a signal to a child whose parent dies, both
 * have that too, and none of them lives on for a moment.
 */
#include "emit/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef HAVE_PRCTL
#include <sys/prctl.h>
#endif

#include "base/sanitizer.h"

#define MILLISECOND 1000000L
#define GRACE       1000 /* ms for a child to end after its last word */
#define LOOK        100  /* ms between two looks of a keeper at its parent */

/* ---- in the children ---- */

/* Ask for a signal when the parent dies, where the system has that. */
static void ask_for_signal(int number)
{
#ifdef HAVE_PRCTL
    prctl(PR_SET_PDEATHSIG, (unsigned long)number, 0, 0, 0);
#else
    (void)number;
#endif
}

static void pause_for(long milliseconds)
{
    const struct timespec pause = { milliseconds / 1000, milliseconds % 1000 * MILLISECOND };

    nanosleep(&pause, NULL);
}

/* Wait until the parent may have died.  SIGTERM is blocked, as are all signals. */
static void wait_for_death(void)
{
#ifdef HAVE_PRCTL
    const struct timespec pause = { 1, 0 };
    sigset_t death;

    sigemptyset(&death);
    sigaddset(&death, SIGTERM);
    sigtimedwait(&death, NULL, &pause);
#else
    pause_for(LOOK);
#endif
}

static _Noreturn void keep(pid_t parent)
{
    ask_for_signal(SIGTERM);
    if (!setpgid(0, 0)) {
        while (getppid() == parent)
            wait_for_death();
        kill(0, SIGKILL);
    }
    _exit(EXIT_FAILURE);
}

/* As in a new program: what has a handler of ours is at its default, what is ignored stays so. */
static void reset_signals(void)
{
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;

        if (!sigaction(number, NULL, &action) && action.sa_handler != SIG_IGN)
            signal(number, SIG_DFL);
    }
    signal(SIGTTOU, SIG_IGN); /* it may write to a terminal, although in the background */
}

static void replace_stream(int fd, int flags)
{
    int nothing = open("/dev/null", flags | O_CLOEXEC);

    if (nothing < 0) {
        close(fd);
    } else if (nothing != fd) {
        dup2(nothing, fd);
        close(nothing);
    }
}

/* What it prints is for a person to see, and must not end up in a file of ours. */
static void replace_streams(void)
{
    __fpurge(stdout); /* what we have not written yet is not the child's to write */
    if (dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
        replace_stream(STDOUT_FILENO, O_WRONLY);
    replace_stream(STDIN_FILENO, O_RDONLY);
}

/* Bytes of data and stack that this process has; 0 where the system does not tell. */
static rlim_t measure_data(void)
{
    char text[256];
    const char *next = text;
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

    if (fd >= 0)
        close(fd);
    text[length > 0 ? length : 0] = '\0';
    for (int i = 0; i < 5 && next; i++) { /* it is the sixth number */
        next = strchr(next, ' ');
        next += next != NULL;
    }
    return next ? (rlim_t)strtoul(next, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE) : 0;
}

static void limit_memory(size_t memory)
{
#ifdef SANITIZED
    (void)memory; /* a sanitizer takes more address space than there is memory */
    (void)measure_data;
#else
    rlim_t wanted = measure_data() + memory;
    struct rlimit limit;

    if (getrlimit(RLIMIT_DATA, &limit) || limit.rlim_cur <= wanted)
        return;
    limit.rlim_cur = wanted;
    if (limit.rlim_max > wanted)
        limit.rlim_max = wanted;
    setrlimit(RLIMIT_DATA, &limit);
#endif
}

static void become_child(pid_t parent, pid_t keeper, size_t memory)
{
    ask_for_signal(SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    setpgid(0, keeper);
    reset_signals();
    replace_streams();
    limit_memory(memory);
}

/* ---- in the parent ---- */

static void reap(pid_t child, int *status)
{
    while (waitpid(child, status, 0) < 0 && errno == EINTR)
        ;
}

static void kill_group(const struct fastabi_child *child)
{
    int status;

    kill(-child->keeper, SIGKILL);
    kill(child->keeper, SIGKILL); /* in case it does not lead a group yet */
    reap(child->keeper, &status);
}

static pid_t start(struct fastabi_child *child, size_t memory, const int ends[2])
{
    pid_t parent = getpid();

    child->keeper = fork();
    if (!child->keeper) {
        close(ends[0]);
        close(ends[1]);
        keep(parent);
    }
    if (child->keeper < 0)
        return -errno;
    setpgid(child->keeper, child->keeper);
    child->id = fork();
    if (child->id < 0) {
        int error = -errno;

        kill_group(child);
        return error;
    }
    if (child->id)
        setpgid(child->id, child->keeper); /* whoever is first: both do it */
    else
        become_child(parent, child->keeper, memory);
    return child->id;
}

/* No signal arrives in between, so that no handler of ours runs in a child. */
pid_t fastabi_child_start(struct fastabi_child *child, size_t memory, const int ends[2])
{
    sigset_t all, before;
    pid_t result;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    result = start(child, memory, ends);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

bool fastabi_child_is_alive(const struct fastabi_child *child)
{
    siginfo_t info = { .si_pid = 0 };

    return !waitid(P_PID, (id_t)child->id, &info, WEXITED | WNOHANG | WNOWAIT) && !info.si_pid;
}

/* Whoever ignores SIGCHLD gets no status; that is not the child's fault. */
void fastabi_child_end(const struct fastabi_child *child, bool may_finish, int *status)
{
    *status = 0;
    for (long waited = 0; may_finish && waited < GRACE && fastabi_child_is_alive(child); waited++)
        pause_for(1);
    kill(child->id, SIGKILL);
    reap(child->id, status);
    kill_group(child);
}
