/* SPDX-License-Identifier: MIT */
/*
 * The public API of contexts: diagnostics, limits, option structs that grow, contexts in threads,
 * and finding specifications.
 */
#include <errno.h>
#include <libintl.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "spec-fixture.h"

TestSuite(context, .init = set_up, .fini = tear_down);

/* ---- diagnostics ---- */

/* A catalog with one text, as msgfmt makes it: a header, two tables, and the texts. */
static void write_catalog(const char *path, const char *text, const char *translated)
{
    const uint32_t length = (uint32_t)strlen(text), to_length = (uint32_t)strlen(translated);
    const uint32_t words[] = {
        0x950412de, 0, 1, 28, 36, 0, 0, length, 44, to_length, 44 + length + 1,
    };
    FILE *stream = fopen(path, "w");

    cr_assert_not_null(stream);
    fwrite(words, sizeof(words), 1, stream);
    fwrite(text, length + 1, 1, stream);
    fwrite(translated, to_length + 1, 1, stream);
    cr_assert_eq(fclose(stream), 0);
}

/* A catalog of the C library in a language that the test invents: messages stay as they are. */
Test(context, messages_do_not_depend_on_the_language)
{
    char *english = strdup(strerror(ENOENT));
    char wanted[128];
    struct fastabi_spec *made;
    char folder[] = "/tmp/fastabi-context-XXXXXX";
    char path[300];

    cr_assert_not_null(english);
    cr_assert_not_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/xx", folder);
    cr_assert_eq(mkdir(path, 0777), 0);
    snprintf(path, sizeof(path), "%s/xx/LC_MESSAGES", folder);
    cr_assert_eq(mkdir(path, 0777), 0);
    snprintf(path, sizeof(path), "%s/xx/LC_MESSAGES/libc.mo", folder);
    write_catalog(path, english, "Nirgends");
    cr_assert_not_null(setlocale(LC_ALL, "C.UTF-8"));
    cr_assert_eq(setenv("LANGUAGE", "xx", 1), 0);
    cr_assert_not_null(bindtextdomain("libc", folder));
    cr_assert_str_eq(strerror(ENOENT), "Nirgends", "the C library has the catalog");
    cr_expect_neq(fastabi_spec_load(context, "/proc/none/a.yml", &made), 0);
    snprintf(wanted, sizeof(wanted), "%s; check the path", english);
    EXPECT_TEXT(fastabi_context_diag(context, 0)->message, wanted);
    cr_assert_str_eq(strerror(ENOENT), "Nirgends", "the language is the program's again");
    free(english);
    unlink(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    *strrchr(path, '/') = '\0';
    rmdir(path);
    rmdir(folder);
}

Test(context, diagnostics_are_kept)
{
    struct fastabi_spec *made;
    const struct fastabi_diag *diag;

    cr_expect_null(fastabi_context_diag(context, 0));
    cr_assert_eq(fastabi_spec_parse(context, "bad.yml", "name: a-b\nhypercall_index: x\n", 29,
                                    &made),
                 -EINVAL);
    cr_assert_eq(fastabi_context_diag_count(context), 3);
    cr_expect_eq(fastabi_context_error_count(context), 3);
    diag = fastabi_context_diag(context, 1);
    cr_expect_eq(diag->id, FASTABI_DIAG_NOT_AN_INTEGER);
    cr_expect_eq(diag->severity, FASTABI_ERROR);
    EXPECT_TEXT(diag->file, "bad.yml");
    cr_expect_eq(diag->line, 2);
    cr_expect_eq(diag->column, 18);
    fastabi_context_clear(context);
    cr_expect_eq(fastabi_context_diag_count(context), 0);
    cr_expect_eq(fastabi_context_error_count(context), 0);
    cr_expect_null(fastabi_context_diag(context, 0));
}

static void expect_print(const struct fastabi_diag *diag, const char *wanted)
{
    char *printed = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&printed, &size);

    cr_assert_not_null(stream);
    cr_expect_eq(fastabi_diag_print(diag, stream), 0);
    fclose(stream);
    cr_expect_str_eq(printed, wanted);
    free(printed);
}

Test(context, printing)
{
    struct fastabi_diag diag = { sizeof(diag), 302, FASTABI_ERROR, "a.yml", 7, 11, "no" };

    expect_print(&diag, "a.yml:7:11: error: no [FA0302]\n");
    diag.column = 0;
    expect_print(&diag, "a.yml:7: error: no [FA0302]\n");
    diag.line = 0;
    diag.severity = FASTABI_WARNING;
    expect_print(&diag, "a.yml: warning: no [FA0302]\n");
    diag.file = NULL;
    diag.severity = FASTABI_NOTE;
    diag.id = 1;
    expect_print(&diag, "note: no [FA0001]\n");
}

Test(context, registry)
{
    size_t count = fastabi_diag_registry(0, NULL, NULL, NULL);
    unsigned int last = 0;

    cr_assert_gt(count, 50);
    for (size_t i = 0; i < count; i++) {
        unsigned int id = 0;
        const char *name = NULL;
        const char *meaning = NULL;

        cr_expect_eq(fastabi_diag_registry(i, &id, &name, &meaning), count);
        cr_expect_gt(id, last, "ids rise: %u", id);
        cr_expect(name && *name && meaning && meaning[strlen(meaning) - 1] == '.', "%u", id);
        last = id;
    }
    cr_expect_eq(fastabi_diag_registry(count, &last, NULL, NULL), count);
}

static void count_notes(const struct fastabi_diag *diag, void *data)
{
    if (diag->severity == FASTABI_NOTE)
        ++*(int *)data;
}

Test(context, callback_and_notes)
{
    static const char untyped[] =
        "name: x\nhypercall_index: 1\ndirect: { input: { a: 1 }, c_lang: { struct: s } }\n";
    int notes = 0;
    struct fastabi_context_options options = {
        .size = sizeof(options),
        .flags = FASTABI_CONTEXT_NOTES,
        .on_diag = count_notes,
        .data = &notes,
    };
    struct fastabi_context *other;
    struct fastabi_spec *made;

    cr_assert_eq(fastabi_context_new(&options, &other), 0);
    cr_assert_eq(fastabi_spec_parse(other, "x", untyped, strlen(untyped), &made), 0);
    cr_expect_eq(notes, 1);
    cr_expect_eq(fastabi_context_diag_count(other), 0);
    cr_expect_eq(fastabi_context_error_count(other), 0);
    fastabi_spec_free(made);
    fastabi_context_free(other);
    cr_assert_eq(fastabi_spec_parse(context, "x", untyped, strlen(untyped), &made), 0);
    cr_expect_eq(fastabi_context_diag_count(context), 0);
    fastabi_spec_free(made);
}

Test(context, strict)
{
    size_t errors;

    cr_expect_eq(fastabi_spec_check_strict(context, spec), -EINVAL);
    errors = fastabi_context_error_count(context);
    cr_expect_gt(errors, 5);
    cr_expect_eq(fastabi_spec_check_strict(context, spec), -EINVAL);
    cr_expect_eq(fastabi_context_error_count(context), 2 * errors);
}

/* ---- limits and option structs ---- */

static int parse_with(const struct fastabi_limits *limits, unsigned int *id)
{
    struct fastabi_context_options options = { .size = sizeof(options),
                                               .flags = FASTABI_CONTEXT_NO_ENV,
                                               .limits = limits };
    struct fastabi_context *other;
    struct fastabi_spec *made = NULL;
    static const char small[] =
        "name: x\nhypercall_index: 1\nsubops:\n  a: { index: 0, doc: abcdefghijklmnopqrstuvwxyz "
        "}\n  b: { index: 1 }\n  c: { index: 2 }\n";
    int status;

    cr_assert_eq(fastabi_context_new(&options, &other), 0);
    status = fastabi_spec_parse(other, "x", small, strlen(small), &made);
    *id = fastabi_context_diag_count(other) ? fastabi_context_diag(other, 0)->id : 0;
    fastabi_spec_free(made);
    fastabi_context_free(other);
    return status;
}

Test(context, limits)
{
    static const struct {
        struct fastabi_limits limits;
        unsigned int id;
    } cases[] = {
        { { .depth = 0 }, 0 },
        { { .file_bytes = 20 }, FASTABI_DIAG_FILE_TOO_LARGE },
        { { .total_nodes = 8 }, FASTABI_DIAG_TOO_MANY_NODES },
        { { .mapping_keys = 2 }, FASTABI_DIAG_TOO_MANY_KEYS },
        { { .scalar_bytes = 25 }, FASTABI_DIAG_SCALAR_TOO_LONG },
        { { .line_bytes = 40 }, FASTABI_DIAG_LINE_TOO_LONG },
        { { .depth = 2 }, FASTABI_DIAG_TOO_DEEP },
        { { .file_bytes = 1000,
            .total_nodes = 40,
            .mapping_keys = 3,
            .scalar_bytes = 26,
            .line_bytes = 60,
            .depth = 3,
            .errors = 1 },
          0 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fastabi_limits limits = cases[i].limits;
        unsigned int id;

        limits.size = sizeof(limits);
        cr_expect_eq(parse_with(&limits, &id), cases[i].id ? -EINVAL : 0, "%zu", i);
        cr_expect_eq(id, cases[i].id, "%zu: %u", i, id);
    }
}

Test(context, limit_of_errors)
{
    const struct fastabi_limits limits = { .size = sizeof(limits), .errors = 2 };
    struct fastabi_context_options options = { .size = sizeof(options), .limits = &limits };
    struct fastabi_context *other;
    struct fastabi_spec *made;

    cr_assert_eq(fastabi_context_new(&options, &other), 0);
    cr_expect_eq(fastabi_spec_parse(other, "x", "a: 1\nb: 2\nc: 3\nd: 4\n", 20, &made), -EINVAL);
    cr_assert_eq(fastabi_context_diag_count(other), 3);
    cr_expect_eq(fastabi_context_diag(other, 1)->line, 2);
    cr_expect_eq(fastabi_context_diag(other, 2)->id, FASTABI_DIAG_TOO_MANY_ERRORS);
    fastabi_context_free(other);
}

Test(context, options_may_grow)
{
    struct {
        struct fastabi_context_options known;
        unsigned char tail[64];
    } larger = { .known = { .size = sizeof(larger) } };
    struct fastabi_context *other;

    cr_assert_eq(fastabi_context_new(&larger.known, &other), 0);
    fastabi_context_free(other);
    for (size_t i = 0; i < sizeof(larger.tail); i++) {
        larger.tail[i] = 1;
        cr_expect_eq(fastabi_context_new(&larger.known, &other), -EINVAL, "%zu", i);
        larger.tail[i] = 0;
    }
    larger.known.size = sizeof(larger.known);
    larger.tail[0] = 1;
    cr_assert_eq(fastabi_context_new(&larger.known, &other), 0);
    fastabi_context_free(other);
}

/* An older caller's struct ended earlier; what it does not have is as if it were zero. */
Test(context, options_may_be_short)
{
    const struct fastabi_limits limits = { .size = sizeof(limits), .depth = 1 };
    struct fastabi_context_options options = { .flags = FASTABI_CONTEXT_NOTES,
                                               .on_diag = (fastabi_diag_func)(uintptr_t)1,
                                               .limits = &limits };
    static const char nested[] = "name: x\nhypercall_index: 1\ndirect: { doc: y }\n";
    struct fastabi_context *other;
    struct fastabi_spec *made;

    options.size = offsetof(struct fastabi_context_options, on_diag);
    cr_assert_eq(fastabi_context_new(&options, &other), 0);
    cr_assert_eq(fastabi_spec_parse(other, "x", nested, strlen(nested), &made), 0);
    fastabi_spec_free(made);
    fastabi_context_free(other);
    for (options.size = 0; options.size < sizeof(size_t); options.size++)
        cr_expect_eq(fastabi_context_new(&options, &other), -EINVAL);
}

Test(context, options_that_are_unknown)
{
    struct fastabi_context_options options = { .size = sizeof(options), .flags = 1u << 31 };
    struct fastabi_generate_options generate = { .size = sizeof(generate),
                                                 .backend = "c",
                                                 .output = "/nonexistent" };
    struct fastabi_context *other;
    struct fastabi_spec *specs[] = { spec };

    cr_expect_eq(fastabi_context_new(&options, &other), -EINVAL);
    options.flags = 0;
    options.reserved = 1;
    cr_expect_eq(fastabi_context_new(&options, &other), -EINVAL);
    generate.flags = 1u << 31;
    cr_expect_eq(fastabi_generate(context, specs, 1, &generate), -EINVAL);
    cr_assert_eq(fastabi_context_diag_count(context), 1);
    cr_expect_eq(fastabi_context_diag(context, 0)->id, FASTABI_DIAG_BAD_ARGUMENT);
    generate.flags = 0;
    generate.size = 0;
    cr_expect_eq(fastabi_generate(context, specs, 1, &generate), -EINVAL);
    generate.size = sizeof(generate);
    generate.backend = NULL;
    cr_expect_eq(fastabi_generate(context, specs, 1, &generate), -EINVAL);
    generate.backend = "no_such";
    cr_expect_eq(fastabi_generate(context, specs, 1, &generate), -ENOTSUP);
}

/* ---- several contexts ---- */

enum { THREADS = 8, ROUNDS = 20 };

static void *work(void *data)
{
    char folder[] = "/tmp/fastabi-spec-XXXXXX";
    char command[64];
    uint64_t *fingerprint = data;

    if (!mkdtemp(folder))
        return data;
    for (int round = 0; round < ROUNDS; round++) {
        struct fastabi_context *mine = make_context();
        struct fastabi_spec *made = NULL;
        struct fastabi_spec *bad = NULL;
        struct fastabi_generate_options options = { .size = sizeof(options),
                                                    .backend = "c",
                                                    .output = folder };
        struct fastabi_spec *specs[1];

        if (fastabi_spec_parse(mine, "demo.yml", spec_text, strlen(spec_text), &made))
            return data;
        specs[0] = made;
        *fingerprint = fastabi_spec_fingerprint(made);
        if (fastabi_generate(mine, specs, 1, &options) ||
            fastabi_spec_parse(mine, "bad", "a: b", 4, &bad) != -EINVAL ||
            fastabi_context_error_count(mine) != 4)
            return data;
        fastabi_spec_free(made);
        fastabi_context_free(mine);
    }
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command) ? data : NULL;
}

Test(context, threads)
{
    pthread_t threads[THREADS];
    uint64_t fingerprints[THREADS];

    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, work, &fingerprints[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed;

        cr_assert_eq(pthread_join(threads[i], &failed), 0);
        cr_expect_null(failed);
        cr_expect_eq(fingerprints[i], fastabi_spec_fingerprint(spec));
    }
}

/*
 * A specification does not change after it was read, so threads may share it; each has its context.
 */
static void *generate_shared(void *data)
{
    struct fastabi_context *mine = make_context();
    char folder[] = "/tmp/fastabi-spec-XXXXXX";
    char command[64];
    struct fastabi_generate_options options = { .size = sizeof(options),
                                                .backend = "c",
                                                .output = folder };
    struct fastabi_spec *specs[] = { data };
    int status = mkdtemp(folder) ? fastabi_generate(mine, specs, 1, &options) : -1;

    fastabi_context_free(mine);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command) || status ? data : NULL;
}

Test(context, shared_by_threads)
{
    pthread_t threads[THREADS];

    for (int i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, generate_shared, spec), 0);
    for (int i = 0; i < THREADS; i++) {
        void *failed;

        cr_assert_eq(pthread_join(threads[i], &failed), 0);
        cr_expect_null(failed);
    }
}

/* ---- finding ---- */

struct visits {
    char paths[16][128];
    size_t count;
    int result;
};

static int visit(const char *path, void *data)
{
    struct visits *visits = data;

    cr_assert_lt(visits->count, 16);
    snprintf(visits->paths[visits->count++], sizeof(visits->paths[0]), "%s", path);
    return visits->result;
}

Test(context, find)
{
    char folder[] = "/tmp/fastabi-spec-XXXXXX";
    static const char *const names[] = { "b.yml",       "a.yml",  "B.yml",
                                         ".hidden.yml", "c.yaml", "d.yml~" };
    struct visits visits = { .count = 0 };
    char path[64];

    cr_assert_not_null(mkdtemp(folder));
    for (size_t i = 0; i < 6; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        fclose(fopen(path, "w"));
    }
    cr_expect_eq(fastabi_spec_find(context, folder, visit, &visits), 0);
    cr_assert_eq(visits.count, 4);
    cr_expect_str_eq(visits.paths[0] + strlen(folder), "/B.yml");
    cr_expect_str_eq(visits.paths[1] + strlen(folder), "/a.yml");
    cr_expect_str_eq(visits.paths[2] + strlen(folder), "/b.yml");
    cr_expect_str_eq(visits.paths[3] + strlen(folder), "/c.yaml");
    visits = (struct visits){ .result = -7 };
    cr_expect_eq(fastabi_spec_find(context, folder, visit, &visits), -7);
    cr_expect_eq(visits.count, 1);
    visits = (struct visits){ .count = 0 };
    snprintf(path, sizeof(path), "%s/a.yml", folder);
    cr_expect_eq(fastabi_spec_find(context, path, visit, &visits), 0);
    cr_expect_str_eq(visits.paths[0], path);
    visits.count = 0;
    cr_expect_eq(fastabi_spec_find(context, "vcpu", visit, &visits), 0);
    cr_expect_not_null(strstr(visits.paths[0], "/abi/vcpu.yml"));
    cr_expect_eq(fastabi_spec_find(context, "no_such", visit, &visits), -ENOENT);
    cr_expect_eq(fastabi_spec_find(context, "./no_such", visit, &visits), -ENOENT);
    cr_expect_eq(visits.count, 1);
    cr_expect_eq(fastabi_context_diag(context, 0)->id, FASTABI_DIAG_NO_SUCH_SPEC);
    for (size_t i = 0; i < 6; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}
