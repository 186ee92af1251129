/* SPDX-License-Identifier: MIT */
/*
 * Backends that are wrong, each in its own way; tests/errors/run compiles this with -DFAULT=...
 * Knows the public headers only, as a third party's would.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fastabi/backend.h>

#define GOOD           0 /* as it should be */
#define VERSION        1 /* made for a later version of the interface */
#define SIZE           2 /* shorter than its version says */
#define NO_NAME        3
#define BAD_NAME       4 /* no identifier */
#define TAKEN          5 /* a name that is taken */
#define FLAGS          6 /* flags that do not exist */
#define NOTHING        7 /* no backend in the entry */
#define OPTION         8 /* a default that is not one of the choices */
#define NO_ENTRY       9
#define OUTSIDE        10 /* asks for a file outside its directory */
#define ABSOLUTE       11
#define HIDDEN         12
#define EMPTY          13 /* a file without a name */
#define SILENT         14 /* fails without saying why */
#define MANY           15 /* opens a file for each operation */
#define TEMPLATE       16 /* a conversion that the writer does not have */
#define LATE           17 /* fails after its first file */
#define CRASH          18 /* follows a null pointer in the middle of its file */
#define EXIT           19 /* ends the process in the middle of its file */
#define HALF           20 /* writes half a file, and fails */
#define CLEANUP        21 /* crashes when all is written */
#define ENTRY          22 /* crashes when it is asked for its backend */
#define LOAD           23 /* crashes before that */
#define UNLOAD         24 /* crashes when it is unloaded */
#define LIE            25 /* says that it has options, and has not */
#define LONG           26 /* asks for a file with an endless name */
#define EXIT_LOAD      27 /* ends the process when it is loaded, as if all were well */
#define EXIT_ENTRY     28 /* the same when it is asked for its backend */
#define FORK           29 /* leaves the hook twice */
#define ORPHAN         30 /* crashes, and leaves a process that lives on */
#define AGAIN          31 /* opens the file of the whole run twice */
#define UNDESCRIBED    32 /* has no description */
#define NO_OPTIONS     33 /* counts options that are not there */
#define OPTION_NAME    34 /* an option whose name is not an identifier */
#define OPTION_HELP    35 /* an option without help */
#define OPTION_TYPE    36 /* an option of no type */
#define OPTION_CHOICES 37 /* a choice between nothing */
#define OPTION_TWICE   38
#define OPTIONLESS     39 /* good, and without any option */
#define SECOND         40 /* has one file, and asks for another */
#define HANG           41 /* a hook that does not return */
#define SPIN           42 /* the same, busy */
#define STOP           43 /* stops its process */
#define HANG_CLEANUP   44
#define HANG_LOAD      45
#define HANG_ENTRY     46
#define PRINT          47 /* prints, wherever its code runs */
#define BABBLE         48 /* never stops writing */
#define COMPLAIN       49 /* never stops reporting errors, and returns none */
#define GREEDY         50 /* wants more memory than there is for it */
#define FORGE          51 /* sends a message with an id that does not exist, in our place */
#define LEFT           52 /* good, but leaves a process that lives on */
#define DEAF           53 /* closes the connection, and goes on */
#define CHANGING       54 /* has other options when it is loaded again */
#define FORGE_LOAD     55 /* sends what is not a description, in our place */

static int *volatile nowhere;

static int open_file(struct fastabi_emission *emission, const char *path)
{
    struct fastabi_writer *writer;
    int status = fastabi_emission_open(emission, path, FASTABI_FILE_SPEC, &writer);

    if (!status)
        fastabi_write(writer, FAULT == TEMPLATE ? "%q\n" : "text\n");
    return status;
}

static int begin(struct fastabi_emission *emission)
{
    switch (FAULT) {
    case OUTSIDE:
        return open_file(emission, "../outside");
    case ABSOLUTE:
        return open_file(emission, "/tmp/outside");
    case HIDDEN:
        return open_file(emission, "a/.hidden");
    case EMPTY:
        return open_file(emission, "");
    case SILENT:
        return -EPERM;
    case MANY:
        return 0;
    case LONG: {
        static char path[10000];

        for (size_t i = 0; i < sizeof(path) - 1; i++)
            path[i] = 'x';
        return open_file(emission, path);
    }
    default:
        return open_file(emission, "file");
    }
}

/* The other process goes first, so that what it says comes in between. */
static int leave_twice(struct fastabi_emission *emission)
{
    static bool is_second;
    struct fastabi_writer *writer;
    pid_t other;
    int status;

    if (is_second)
        return 0;
    is_second = true;
    other = fork();
    if (other <= 0)
        return other;
    waitpid(other, &status, 0);
    status = fastabi_emission_open(emission, "second", FASTABI_FILE_SPEC, &writer);
    fastabi_write(writer, "text\n");
    return status;
}

static void leave_orphan(void)
{
    if (!fork()) {
        close(1);
        close(2);
        sleep(20);
        _exit(0);
    }
}

static void wait_forever(void)
{
    for (;;)
        pause();
}

/* As far as the compiler knows, this may end. */
static void spin(void)
{
    static volatile bool is_done;

    while (!is_done)
        ;
}

static void print(const char *text)
{
    printf("%s by printf\n", text);
    fflush(stdout);
    printf("%s by printf, not flushed\n", text);
    if (write(1, "a line by write\n", 16) != 16)
        abort();
}

static void babble(struct fastabi_emission *emission)
{
    struct fastabi_writer *writer;

    fastabi_emission_open(emission, "second", FASTABI_FILE_SPEC, &writer);
    for (;;)
        fastabi_write(writer, "line of a file that is never complete\n");
}

static void complain(struct fastabi_emission *emission)
{
    for (;;)
        fastabi_emission_error(emission, NULL, NULL, "it is not content");
}

/* More than the limit, in blocks that are used. */
static int take_memory(struct fastabi_emission *emission)
{
    for (int i = 0; i < 3 << 10; i++) {
        char *block = malloc(1 << 20);

        if (!block)
            return fastabi_emission_error(emission, NULL, NULL, "no memory is left");
        for (int j = 0; j < 1 << 20; j += 4096)
            ((volatile char *)block)[j] = 1;
    }
    return 0;
}

/* The connection to the parent: the one descriptor that is a socket of packets. */
static int find_connection(void)
{
    for (int fd = 3; fd < 100; fd++) {
        int type;
        socklen_t size = sizeof(type);

        if (!getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) && type == SOCK_SEQPACKET)
            return fd;
    }
    abort();
}

/* A diagnostic as the library's code in the child would send it: see lib/emit/isolate.c. */
static void forge(void)
{
    struct {
        unsigned int kind, numbers[3];
        char texts[16];
    } message = { 2, { 9999, 0, 0 }, "a.yml\0forged" };

    send(find_connection(), &message, sizeof(message), 0);
}

#if FAULT == FORGE_LOAD
__attribute__((__constructor__)) static void describe(void)
{
    struct {
        unsigned int kind, numbers[3];
        char text[4];
    } message = { 1, { 0, 0, 0 }, "=a" };

    send(find_connection(), &message, sizeof(message), 0);
    message.kind = 3; /* the end */
    send(find_connection(), &message, sizeof(message), 0);
    _exit(0);
}
#endif

/* Hooks that never come to an end, or nearly so. */
static int misbehave(struct fastabi_emission *emission)
{
    switch (FAULT) {
    case HANG:
        wait_forever();
        break;
    case SPIN:
        spin();
        break;
    case STOP:
        raise(SIGSTOP);
        break;
    case PRINT:
        print("a hook");
        break;
    case BABBLE:
        babble(emission);
        break;
    case COMPLAIN:
        complain(emission);
        break;
    case GREEDY:
        return take_memory(emission);
    case FORGE:
        forge();
        break;
    case LEFT:
    case ORPHAN:
        leave_orphan();
        break;
    case DEAF:
        close(find_connection());
        wait_forever();
        break;
    default:
        break;
    }
    if (FAULT == ORPHAN)
        *nowhere = 1;
    return 0;
}

static int do_op(struct fastabi_emission *emission, const struct fastabi_spec *spec,
                 const struct fastabi_op *op)
{
    struct fastabi_writer *writer;

    (void)spec;
    (void)op;
    if (FAULT == FORK)
        return leave_twice(emission);
    if (FAULT >= HANG || FAULT == ORPHAN)
        return misbehave(emission);
    if (FAULT == CRASH || FAULT == EXIT || FAULT == HALF) {
        fastabi_emission_open(emission, "folder/second", FASTABI_FILE_SPEC, &writer);
        for (int i = 0; i < 100000; i++)
            fastabi_write(writer, "line %d of a file that is never complete\n", i);
        if (FAULT == CRASH)
            *nowhere = 1;
        if (FAULT == EXIT)
            exit(0);
        return -EINVAL;
    }
    return FAULT == MANY ? open_file(emission, "same") : 0;
}

static int end(struct fastabi_emission *emission)
{
    if (FAULT == AGAIN || FAULT == SECOND)
        return open_file(emission, FAULT == AGAIN ? "file" : "second");
    return FAULT == LATE ? fastabi_emission_error(emission, NULL, NULL, "it changed its mind") : 0;
}

static void cleanup(struct fastabi_emission *emission)
{
    (void)emission;
    if (FAULT == CLEANUP)
        *nowhere = 1;
    if (FAULT == HANG_CLEANUP)
        wait_forever();
}

static const struct fastabi_backend_option options[] = {
    { FAULT == OPTION_NAME ? "a-b" : "colour",
      FAULT == OPTION_TYPE ? (enum fastabi_option_type)99 : FASTABI_OPTION_CHOICE,
      FAULT == OPTION_CHOICES ? NULL : "red|green", FAULT == OPTION ? "blue" : "red",
      FAULT == OPTION_HELP ? NULL : "a colour" },
    { FAULT == OPTION_TWICE ? "colour" : "size", FASTABI_OPTION_TEXT, NULL, "1", "a size" },
};

static const struct fastabi_backend backend = {
    .abi_version = FASTABI_BACKEND_ABI_VERSION + (FAULT == VERSION),
    .size = FAULT == SIZE ? offsetof(struct fastabi_backend, cleanup) : sizeof(backend),
    .name = FAULT == NO_NAME    ? NULL
            : FAULT == BAD_NAME ? "x; id"
            : FAULT == TAKEN    ? "c"
                                : "plugin",
    .description = FAULT == UNDESCRIBED ? NULL : "A backend of the tests.",
    .flags = FAULT == FLAGS    ? 1u << 31
             : FAULT == SECOND ? FASTABI_BACKEND_ONE_FILE
                               : 0,
    .option_count = FAULT == OPTIONLESS ? 0 : 2,
    .options = FAULT == LIE          ? (const struct fastabi_backend_option *)16
               : FAULT == NO_OPTIONS ? NULL
                                     : options,
    .begin = begin,
    .op = do_op,
    .end = end,
    .cleanup = cleanup,
};

#if FAULT != NO_ENTRY
const struct fastabi_backend *fastabi_backend_entry(void);

__attribute__((__visibility__("default"))) const struct fastabi_backend *fastabi_backend_entry(void)
{
    if (FAULT == ENTRY)
        *nowhere = 1;
    if (FAULT == EXIT_ENTRY)
        exit(0);
    if (FAULT == HANG_ENTRY)
        wait_forever();
    if (FAULT == PRINT)
        print("the entry");
    if (FAULT == CHANGING && mkdir("seen", 0777)) {
        static struct fastabi_backend other;

        other = backend;
        other.option_count = 1;
        return &other;
    }
    return FAULT == NOTHING ? NULL : &backend;
}
#endif

#if FAULT == LOAD
__attribute__((__constructor__)) static void crash(void)
{
    *nowhere = 1;
}
#elif FAULT == HANG_LOAD
__attribute__((__constructor__)) static void hang(void)
{
    wait_forever();
}
#elif FAULT == PRINT
__attribute__((__constructor__)) static void print_early(void)
{
    print("a constructor");
}

__attribute__((__destructor__)) static void print_late(void)
{
    print("a destructor");
}
#elif FAULT == EXIT_LOAD
__attribute__((__constructor__)) static void leave(void)
{
    exit(0);
}
#elif FAULT == UNLOAD
__attribute__((__destructor__)) static void crash(void)
{
    *nowhere = 1;
}
#endif
