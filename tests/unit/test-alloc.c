/* SPDX-License-Identifier: MIT */
/*
 * Out of memory, everywhere: the N-th allocation of a whole run (context, reading, strict checking,
 * generating into a directory) fails, for every N, and from the N-th on all of them.  A run must
 * succeed, with the right files, or say so cleanly: -ENOMEM from where it stopped, no file, no
 * directory and no memory left behind.
 *
 * A plain program that speaks TAP: Criterion allocates too.  malloc and its like are replaced
 * (failing-alloc.c), for libyaml and libc's own calls as well.
 */
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fastabi/fastabi.h>

#include "failing-alloc.h"

/* ---- a run ---- */

#define SPEC                                                                                       \
    "name: demo\nhypercall_index: 42\nhypercall_macro: HM\nindex_prefix: P_\nheaders: [a.h, "      \
    "b.h]\n"                                                                                       \
    "doc: \"Demonstration, of some length.\"\nsince: \"4.17\"\n"                                   \
    "direct: { input: { x: { reg: 2, type: u32 } } }\nsubops:\n"                                   \
    "  full:\n    index: 5\n    doc: \"All.\"\n    safety: \"None.\"\n    since: \"4.19\"\n"       \
    "    errors: { ESRCH: \"no domain\", EINVAL: \"no port\" }\n"                                  \
    "    input: { dom: { reg: 2, type: domid, doc: \"D.\" }, port: { reg: 3, type: evtchn_port "   \
    "}, "                                                                                          \
    "frame: 4 }\n"                                                                                 \
    "    output: { status: { reg: 2, type: i16 }, port: { reg: 6, valid_when: \"status >= 0\" } "  \
    "}\n"                                                                                          \
    "    fixed: { version: 3 }\n    omit: { pad: \"padding\" }\n    clobbers: [7]\n"               \
    "    xen: { args: [op, port, struct, 1], continue: [AGAIN, 9], status: st.x, fields: { n: 1, " \
    "p: "                                                                                          \
    "port } }\n"                                                                                   \
    "    c_lang: { struct: s, mapping: { frame: u.frame }, params: { port: evtchn_port_t } }\n"    \
    "  other:\n    index: 6\n    input: { a: 2, b: 3 }\n    c_lang: { params: { a: unknown_t, b: " \
    "void * } }\n"                                                                                 \
    "    xen: { struct: t, frame: a, arrays: { list: { from: b, count: n, size: 8 } } }\n"         \
    "xen: { args: [params, struct] }\n"

#define TYPES                                                                                      \
    "types:\n  domid: { repr: u16, c_type: domid_t, doc: \"A domain.\" }\n"                        \
    "  evtchn_port: { repr: u32, c_type: evtchn_port_t }\n"

static const char *root; /* a directory of this test */

/* A path below it; eight at a time. */
static const char *below(const char *name)
{
    static char paths[8][256];
    static unsigned int next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof(paths[0]), "%s/%s", root, name);
    return path;
}

static void put(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");

    if (!stream || fputs(text, stream) < 0 || fclose(stream)) {
        perror(path);
        exit(1);
    }
}

/* Content of a file, or NULL; freed by the caller. */
static char *get(const char *path)
{
    FILE *stream = fopen(path, "r");
    char *text = calloc(1, 300000);

    if (!stream || !text) {
        free(text);
        return NULL;
    }
    text[fread(text, 1, 299999, stream)] = '\0';
    fclose(stream);
    return text;
}

struct outcome {
    int status; /* of the first function that failed */
    const char *where;
    size_t errors;  /* diagnostics of severity error */
    uint64_t files; /* a sum of what is below "out", names and contents */
};

static void look_at(const struct fastabi_diag *diag, void *data)
{
    struct outcome *outcome = data;

    outcome->errors += diag->severity == FASTABI_ERROR;
}

static int load(const char *path, void *data)
{
    void **arguments = data;

    return fastabi_spec_load(arguments[0], path, arguments[1]);
}

/* What a scenario does between the first and the last allocation. */
typedef void scenario_func(struct fastabi_context *context, struct outcome *outcome);

static bool went_well(struct outcome *outcome, int status, const char *where)
{
    outcome->status = status;
    outcome->where = where;
    return !status;
}

static void generate_twice(struct fastabi_context *context, struct outcome *outcome)
{
    struct fastabi_spec *specs[2] = { NULL, NULL };
    void *first[] = { context, &specs[0] };
    void *second[] = { context, &specs[1] };
    const char *const settings[] = { "style=value", "headers=x/" };
    struct fastabi_generate_options options = {
        .size = sizeof(options),
        .backend = "c",
        .settings = settings,
        .setting_count = 2,
        .output = below("out/a"),
        .depfile = below("out/d"),
        .profile = below("mine.yml"),
    };

    if (went_well(outcome, fastabi_context_add_spec_dir(context, below("abi")), "add_spec_dir") &&
        went_well(outcome, fastabi_spec_find(context, "demo", load, first), "find by name") &&
        went_well(outcome, fastabi_spec_find(context, below("folder"), load, second),
                  "find a directory"))
        went_well(outcome, fastabi_generate(context, specs, 2, &options), "generate");
    fastabi_spec_free(specs[0]);
    fastabi_spec_free(specs[1]);
}

/* Files are there already: one is the same, one differs. */
static void regenerate(struct fastabi_context *context, struct outcome *outcome)
{
    struct fastabi_spec *spec = NULL;
    struct fastabi_generate_options options = { .size = sizeof(options),
                                                .backend = "c",
                                                .output = below("old") };

    if (went_well(outcome, fastabi_spec_load(context, below("abi/demo.yml"), &spec), "load"))
        went_well(outcome, fastabi_generate(context, &spec, 1, &options), "generate");
    fastabi_spec_free(spec);
}

static void verify(struct fastabi_context *context, struct outcome *outcome)
{
    struct fastabi_spec *spec = NULL;
    struct fastabi_generate_options options = {
        .size = sizeof(options),
        .flags = FASTABI_GENERATE_VERIFY,
        .backend = "c",
        .output = below("right"),
    };

    if (went_well(outcome, fastabi_spec_load(context, below("abi/demo.yml"), &spec), "load"))
        went_well(outcome, fastabi_generate(context, &spec, 1, &options), "verify");
    fastabi_spec_free(spec);
}

/* Names that languages have taken: backends make others of them. */
static void rename_things(struct fastabi_context *context, struct outcome *outcome)
{
    static const char text[] =
        "name: self\nhypercall_index: 7\ndirect: { input: { Type: { reg: 2, type: u8 } } "
        "}\nsubops:\n"
        "  self:\n    index: 1\n"
        "    input: { linux: { reg: 2, type: u8 }, loop: { reg: 3, type: u8 } }\n"
        "    output: { a_b: { reg: 4, type: u8 }, b: { reg: 5, type: u8 } }\n"
        "  self_: { index: 2, doc: \"What `a_b` is.\", safety: \"None [of] it.\", since: "
        "\"4.17\",\n"
        "    errors: { EINVAL: \"no <a>\" }, input: { a: { reg: 2, type: u16, doc: \"_A_\" } } "
        "}\n";
    static const char *const backends[] = { "c", "rust", "asm", "markdown", "html", "json" };
    static const char *const settings[] = { "style=bridge" };
    struct fastabi_spec *spec = NULL;
    bool goes_on = went_well(outcome,
                             fastabi_spec_parse(context, below("abi/self.yml"), text,
                                                sizeof(text) - 1, &spec),
                             "parse");

    for (size_t i = 0; i < sizeof(backends) / sizeof(backends[0]) && goes_on; i++) {
        struct fastabi_generate_options options = {
            .size = sizeof(options),
            .backend = backends[i],
            .settings = settings,
            .setting_count = i == 0,
            .output = below(i < 4 ? "out" : "out/page"), /* two write one file */
        };

        goes_on = went_well(outcome, fastabi_generate(context, &spec, 1, &options), backends[i]);
    }
    fastabi_spec_free(spec);
}

static void select_with(struct fastabi_context *context, struct outcome *outcome,
                        const char *const *patterns, size_t count)
{
    struct fastabi_spec *spec = NULL, *part = NULL;
    struct fastabi_generate_options options = {
        .size = sizeof(options),
        .backend = "c",
        .output = below("out"),
    };

    if (went_well(outcome, fastabi_spec_load(context, below("abi/demo.yml"), &spec), "load") &&
        went_well(outcome, fastabi_spec_select(context, &spec, 1, patterns, count, &part),
                  "select"))
        went_well(outcome, fastabi_generate(context, &part, 1, &options), "generate");
    fastabi_spec_free(part);
    fastabi_spec_free(spec);
}

static void select_some(struct fastabi_context *context, struct outcome *outcome)
{
    static const char *const patterns[] = { "!demo.d*", "demo.f*", "*.o*" };

    select_with(context, outcome, patterns, 3);
}

static void select_nothing(struct fastabi_context *context, struct outcome *outcome)
{
    static const char *const patterns[] = { "demo.ful", "dmo", "other", "!*.oter" };

    select_with(context, outcome, patterns, 4);
}

/*
 * Input at fault stays at fault: what is short of memory must not hide it, nor change what is said.
 */
static void complain(struct fastabi_context *context, struct outcome *outcome)
{
    struct fastabi_spec *spec = NULL;

    went_well(outcome, fastabi_spec_load(context, below("bad.yml"), &spec), "load");
    fastabi_spec_free(spec);
}

/* ---- all runs ---- */

static int tests;
static int faults;

__attribute__((__format__(__printf__, 3, 4))) static void report(bool good, const char *name,
                                                                 const char *format, ...)
{
    va_list arguments;

    printf("%sok %d - %s", good ? "" : "not ", ++tests, name);
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    faults += !good;
}

/* Remove a directory and what is in it, but none of the directories below that. */
static int count_and_remove(const char *folder)
{
    char command[512];
    DIR *stream = opendir(folder);
    int count = 0;

    if (!stream)
        return 0;
    for (struct dirent *entry; (entry = readdir(stream));)
        count += strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
    closedir(stream);
    snprintf(command, sizeof(command), "rm -rf '%s'", folder);
    return system(command) ? -1 : count + 1;
}

/* ---- what is below "out" ---- */

static uint64_t files_sum;

static uint64_t hash(uint64_t sum, const char *text)
{
    for (; *text; text++)
        sum = (sum ^ (unsigned char)*text) * 0x100000001b3u;
    return sum;
}

static int add_file(const char *path, const struct stat *status, int type, struct FTW *place)
{
    char *text = type == FTW_F ? get(path) : NULL;

    (void)status;
    (void)place;
    files_sum += hash(hash(0xcbf29ce484222325u, path), text ? text : "");
    free(text);
    return 0;
}

/* In whatever order the directories have them. */
static uint64_t sum_files(void)
{
    files_sum = 0;
    nftw(below("out"), add_file, 8, FTW_PHYS);
    return files_sum;
}

static bool is_same(const char *path, const char *wanted)
{
    char *text = get(path);
    bool same = text && !strcmp(text, wanted);

    free(text);
    return same;
}

/* One run with what is set; the outcome is complete, and what it made is still there. */
static struct outcome run_once(scenario_func *scenario)
{
    struct outcome outcome = { .where = "context_new" };
    struct fastabi_context_options options = {
        .size = sizeof(options),
        .flags = FASTABI_CONTEXT_NO_ENV,
        .on_diag = look_at,
        .data = &outcome,
    };
    struct fastabi_context *context = NULL;

    allocator.count = allocator.failed = allocator.live = 0;
    allocator.counting = true;
    outcome.status = fastabi_context_new(&options, &context);
    if (!outcome.status)
        scenario(context, &outcome);
    fastabi_context_free(context);
    allocator.counting = false;
    outcome.files = sum_files();
    return outcome;
}

/* What is wrong with a run whose N-th allocation failed, or NULL. */
static const char *find_fault(const struct outcome *outcome, const struct outcome *normal)
{
    if (allocator.live > 0)
        return "memory was left behind";
    if (outcome->status != normal->status && outcome->status != -ENOMEM)
        return "it failed with something else than -ENOMEM";
    if (outcome->status == -ENOMEM && strcmp(outcome->where, "context_new") &&
        strcmp(outcome->where, "add_spec_dir") && !outcome->errors)
        return "nothing was said";
    if (outcome->status == normal->status && outcome->errors != normal->errors)
        return "something else was said";
    if (outcome->status == normal->status && outcome->files != normal->files)
        return "files are other than without the failure";
    return NULL;
}

/* check: what must be so after a run, and tidying up; false: it is not. */
#define YAML_ALLOCATIONS 50 /* at least, of any run */

static void run_all(const char *name, scenario_func *scenario,
                    bool (*check)(const struct outcome *outcome))
{
    struct outcome normal;
    long count;
    int shown = 0;

    allocator.failing = 0;
    normal = run_once(scenario);
    count = allocator.count;
    report(check(&normal) && allocator.live <= 0 && count > YAML_ALLOCATIONS, name,
           ": without failures, %ld allocations", count);
    for (int after = 0; after < 2; after++) {
        long bad = 0;

        allocator.all_after = after;
        for (allocator.failing = 1; allocator.failing <= count; allocator.failing++) {
            struct outcome outcome = run_once(scenario);
            const char *fault = allocator.failed ? find_fault(&outcome, &normal) : NULL;

            if (!check(&outcome) && !fault)
                fault = "files are not what they should be";
            bad += fault != NULL;
            if (fault && shown++ < 20)
                printf("# %s: allocation %ld%s: %s (%s: %d, %zu errors, %ld live)\n", name,
                       allocator.failing, after ? " and after" : "", fault, outcome.where,
                       outcome.status, outcome.errors, allocator.live);
        }
        allocator.failing = 0;
        report(!bad, name, ": %ld of %ld are wrong when %s", bad, count,
               after ? "all after it fail too" : "one fails");
    }
}

/* ---- what each run leaves ---- */

static bool is_there(const char *name)
{
    return !access(below(name), F_OK);
}

static char *wanted;       /* demo.h as it should be */
static char *wanted_value; /* in value style */

static bool check_new(const struct outcome *outcome)
{
    bool good = true;

    if (!outcome->status)
        good = is_same(below("out/a/fastabi/demo.h"), wanted_value) &&
               !access(below("out/a/fastabi/demo2.h"), F_OK) &&
               !access(below("out/a/fastabi.h"), F_OK) && !access(below("out/d"), F_OK);
    else if (!access(below("out"), F_OK))
        good = false;
    count_and_remove(below("out"));
    return good;
}

/* Only fastabi/demo.h, which was wrong, is new, or nothing is. */
static bool check_old(const struct outcome *outcome)
{
    bool good = outcome->status ? is_same(below("old/fastabi/demo.h"), "old\n")
                                : is_same(below("old/fastabi/demo.h"), wanted);

    good = good && count_and_remove(below("old/fastabi")) == 2;
    mkdir(below("old/fastabi"), 0777);
    put(below("old/fastabi/demo.h"), "old\n");
    return good;
}

static bool check_verified(const struct outcome *outcome)
{
    (void)outcome;
    return is_same(below("right/fastabi/demo.h"), wanted);
}

/* All files, or those of the first backends. */
static bool check_renamed(const struct outcome *outcome)
{
    bool good = outcome->status == -ENOMEM ||
                (!outcome->status && is_there("out/src/self_.rs") &&
                 is_there("out/fastabi/self.S.h") && is_there("out/fastabi/self.h") &&
                 is_there("out/self.md"));

    count_and_remove(below("out"));
    return good;
}

static bool check_selected(const struct outcome *outcome)
{
    bool good = is_there("out/fastabi/demo.h") == !outcome->status;

    count_and_remove(below("out"));
    return good;
}

static bool check_nothing(const struct outcome *outcome)
{
    (void)outcome;
    return true;
}

static void make_golden(const char *folder, const char *setting)
{
    struct fastabi_context *context;
    struct fastabi_spec *spec;
    struct fastabi_generate_options options = {
        .size = sizeof(options),
        .backend = "c",
        .settings = &setting,
        .setting_count = 1,
        .output = folder,
    };

    if (fastabi_context_new(NULL, &context) ||
        fastabi_spec_load(context, below("abi/demo.yml"), &spec) ||
        fastabi_generate(context, &spec, 1, &options)) {
        printf("Bail out! the specification cannot be generated at all\n");
        exit(1);
    }
    fastabi_spec_free(spec);
    fastabi_context_free(context);
}

static void make_files(void)
{
    static const char *const folders[] = { "abi", "abi/common", "folder", "folder/common" };

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        mkdir(below(folders[i]), 0777);
    put(below("abi/demo.yml"), SPEC);
    put(below("abi/common/types.yml"), TYPES);
    put(below("folder/two.yml"),
        "name: demo2\nhypercall_index: 1\ndirect: { input: { a: { reg: 1, type: domid } } }\n");
    put(below("folder/common/types.yml"), TYPES);
    put(below("mine.yml"),
        "doc: mine\noptions: { c: { width: 80, prefix: hv }, asm: { syntax: gas } }\n");
    put(below("bad.yml"), "name: a-b\nhypercall_index: x\nunknown: 1\nsubops:\n  a: { index: 1 }\n "
                          " b: { index: 1 }\n");
    make_golden(below("right"), "style=struct");
    make_golden(below("old"), "style=struct");
    make_golden(below("value"), "style=value");
    wanted = get(below("right/fastabi/demo.h"));
    put(below("old/fastabi/demo.h"), "old\n");
    make_golden(below("valued"), "headers=x/");
}

/* In value style nothing depends on headers=, but the banner tells it. */
static void make_wanted_value(void)
{
    struct outcome outcome = run_once(generate_twice);

    if (outcome.status) {
        printf("Bail out! %s: %d\n", outcome.where, outcome.status);
        exit(1);
    }
    wanted_value = get(below("out/a/fastabi/demo.h"));
    count_and_remove(below("out"));
}

int main(void)
{
    char folder[] = "/tmp/fastabi-alloc-XXXXXX";

    if (!mkdtemp(folder))
        return 1;
    root = folder;
    make_files();
    make_wanted_value();
    run_all("generating new files", generate_twice, check_new);
    run_all("generating over old files", regenerate, check_old);
    run_all("verifying", verify, check_verified);
    run_all("making names from other names", rename_things, check_renamed);
    run_all("selecting", select_some, check_selected);
    run_all("selecting what is not there", select_nothing, check_selected);
    run_all("complaining", complain, check_nothing);
    free(wanted);
    free(wanted_value);
    count_and_remove(folder);
    printf("1..%d\n", tests);
    return faults != 0;
}
