/* SPDX-License-Identifier: MIT */
/*
 * The sink: what is on disk after a run that worked, failed or only compared.  Everything
 * happens in its own directory; most tests end by looking for what should not be left in it.
 * They run as root too, so nothing relies on permissions.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "base/diag.h"
#include "emit/litter.h"
#include "emit/sink.h"
#include "emit/target.h"

static char folder[] = "/tmp/fastabi-sink-XXXXXX";
static struct fastabi_context *context;
static struct fastabi_sink *sink;

/* ---- helpers ---- */

static void make_sink(bool verify)
{
    cr_assert_eq(fastabi_sink_new(context, verify, &sink), 0);
}

static void set_up(void)
{
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chdir(folder), 0);
    cr_assert_eq(fastabi_context_new(NULL, &context), 0);
    umask(022);
    make_sink(false);
}

static void tear_down(void)
{
    char command[64];

    fastabi_sink_free(sink);
    fastabi_context_free(context);
    cr_assert_eq(chdir("/"), 0);
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
}

TestSuite(sink, .init = set_up, .fini = tear_down);

static void put(const char *path, const char *content)
{
    FILE *stream = fopen(path, "w");

    cr_assert_not_null(stream);
    fputs(content, stream);
    fclose(stream);
}

static void expect_content(const char *path, const char *content)
{
    char text[256];
    FILE *stream = fopen(path, "r");
    size_t length;

    cr_assert_not_null(stream, "%s is missing", path);
    length = fread(text, 1, sizeof(text) - 1, stream);
    fclose(stream);
    text[length] = '\0';
    cr_expect_str_eq(text, content);
}

static void expect_missing(const char *path)
{
    struct stat status;

    cr_expect(lstat(path, &status) && errno == ENOENT, "%s is there", path);
}

/* The directory holds that many entries, hidden ones included. */
static void expect_entries(const char *path, int expected)
{
    DIR *stream = opendir(path);
    int count = 0;

    cr_assert_not_null(stream);
    while (readdir(stream))
        count++;
    closedir(stream);
    cr_expect_eq(count - 2, expected, "%s holds %d entries instead of %d", path, count - 2,
                 expected);
}

/* The i-th diagnostic has this id, file and line; a NULL file is not looked at. */
static void expect_diag(size_t i, enum fastabi_diag_id id, const char *file, unsigned int line)
{
    const struct fastabi_diag *diag = fastabi_context_diag(context, i);

    cr_assert_not_null(diag);
    cr_expect_eq(diag->id, id);
    cr_expect_eq(diag->line, line);
    if (file)
        cr_expect_str_eq(diag->file, file);
}

static int write_file(const char *path, const char *content)
{
    int error = fastabi_sink_open(sink, path, NULL);

    return error ? error : fastabi_sink_write(sink, content, strlen(content));
}

static void finish(void)
{
    fastabi_sink_free(sink);
    sink = NULL;
}

static struct stat look(const char *path)
{
    struct stat status;

    cr_assert_eq(lstat(path, &status), 0);
    return status;
}

static void expect_same_file(const struct stat *before, const struct stat *after)
{
    cr_expect_eq(before->st_ino, after->st_ino);
    cr_expect_eq(before->st_mtim.tv_sec, after->st_mtim.tv_sec);
    cr_expect_eq(before->st_mtim.tv_nsec, after->st_mtim.tv_nsec);
}

/* ---- files ---- */

Test(sink, new_file)
{
    cr_assert_eq(write_file("a", "text\n"), 0);
    expect_missing("a");
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    finish();
    expect_content("a", "text\n");
    cr_expect_eq(look("a").st_mode & 07777, 0644);
    expect_entries(".", 1);
}

Test(sink, empty_file)
{
    cr_assert_eq(write_file("a", ""), 0);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    expect_content("a", "");
}

Test(sink, several_files_and_new_folders)
{
    cr_assert_eq(write_file("x/y/a", "1"), 0);
    cr_assert_eq(write_file("x/b", "2"), 0);
    cr_assert_eq(write_file("x//y/../y/c", "3"), 0);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    cr_assert_eq(fastabi_sink_count(sink), 3);
    cr_expect_str_eq(fastabi_sink_path(sink, 1), "x/b");
    cr_expect_null(fastabi_sink_path(sink, 3));
    finish();
    expect_content("x/y/a", "1");
    expect_content("x/b", "2");
    expect_content("x/y/c", "3");
    expect_entries("x", 2);
    expect_entries("x/y", 2);
}

Test(sink, unchanged_is_not_touched)
{
    struct stat before;
    struct stat after;

    put("a", "same\n");
    before = look("a");
    usleep(20000);
    cr_assert_eq(fastabi_sink_open(sink, "a", NULL), 0);
    cr_assert_eq(fastabi_sink_write(sink, "sa", 2), 0);
    cr_assert_eq(fastabi_sink_write(sink, "me\n", 3), 0);
    cr_assert_eq(write_file("b", "new\n"), 0);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    after = look("a");
    expect_same_file(&before, &after);
    expect_entries(".", 2);
}

Test(sink, changed_keeps_its_mode)
{
    put("a", "old\n");
    cr_assert_eq(chmod("a", 0751), 0);
    cr_assert_eq(write_file("a", "new\n"), 0);
    expect_content("a", "old\n");
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    expect_content("a", "new\n");
    cr_expect_eq(look("a").st_mode & 07777, 0751);
    expect_entries(".", 1);
}

Test(sink, shorter_and_longer_are_changes)
{
    put("a", "same");
    put("b", "same");
    put("c", "");
    cr_assert_eq(write_file("a", "sam"), 0);
    cr_assert_eq(write_file("b", "same!"), 0);
    cr_assert_eq(write_file("c", "!"), 0);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    expect_content("a", "sam");
    expect_content("b", "same!");
    expect_content("c", "!");
}

Test(sink, large_files_differ_in_the_last_byte)
{
    static char big[300001];
    struct stat before;
    struct stat after;

    memset(big, 'x', sizeof(big) - 1);
    put("a", big);
    put("b", big);
    before = look("a");
    cr_assert_eq(write_file("a", big), 0);
    big[sizeof(big) - 2] = 'y';
    cr_assert_eq(write_file("b", big), 0);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    after = look("a");
    expect_same_file(&before, &after);
    cr_assert_eq(system("tail -c 2 b | grep -q '^xy$'"), 0);
    cr_expect_eq(look("b").st_size, 300000);
}

Test(sink, longest_name)
{
    char name[256];

    memset(name, 'n', 255);
    name[255] = '\0';
    cr_assert_eq(write_file(name, "text"), 0);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    expect_content(name, "text");
    expect_entries(".", 1);
}

Test(sink, left_over_temporary_is_in_the_way)
{
    char name[64];

    snprintf(name, sizeof(name), ".a.fastabi-%ld-0", (long)getpid());
    put(name, "left over");
    cr_assert_eq(write_file("a", "text"), 0);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    finish();
    expect_content("a", "text");
    expect_content(name, "left over");
    expect_entries(".", 2);
}

/* ---- links, devices, directories ---- */

Test(sink, link_is_written_through)
{
    cr_assert_eq(mkdir("d", 0777), 0);
    put("d/real", "old");
    cr_assert_eq(symlink("d/real", "link"), 0);
    cr_assert_eq(symlink("link", "link2"), 0);
    cr_assert_eq(write_file("link2", "new"), 0);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    cr_expect(S_ISLNK(look("link").st_mode) && S_ISLNK(look("link2").st_mode));
    expect_content("d/real", "new");
    expect_entries(".", 3);
    expect_entries("d", 1);
}

Test(sink, link_to_nothing_is_written_through)
{
    char target[64];

    snprintf(target, sizeof(target), "%s/d/real", folder);
    cr_assert_eq(mkdir("d", 0777), 0);
    cr_assert_eq(symlink(target, "link"), 0);
    cr_assert_eq(write_file("link", "new"), 0);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    cr_expect(S_ISLNK(look("link").st_mode));
    expect_content("d/real", "new");
}

/* No directory is made where a link leads to: it may be outside of the output directory. */
Test(sink, link_into_nothing)
{
    cr_assert_eq(mkdir("out", 0777), 0);
    cr_assert_eq(symlink("../elsewhere/d/real", "out/link"), 0);
    cr_assert_eq(write_file("out/link", "new"), -ENOENT);
    expect_diag(0, FASTABI_DIAG_CANNOT_WRITE, "out/link", 0);
    expect_missing("elsewhere");
}

/* The directories of a path are made, even if the first of them is a link. */
Test(sink, directories_below_a_link)
{
    cr_assert_eq(mkdir("d", 0777), 0);
    cr_assert_eq(symlink("d", "out"), 0);
    cr_assert_eq(write_file("out/a/b/file", "new"), 0);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    expect_content("d/a/b/file", "new");
}

Test(sink, link_loop)
{
    cr_assert_eq(symlink("b", "a"), 0);
    cr_assert_eq(symlink("a", "b"), 0);
    cr_assert_eq(write_file("a", "text"), -ELOOP);
    expect_diag(0, FASTABI_DIAG_CANNOT_WRITE, "a", 0);
    cr_assert_eq(fastabi_sink_commit(sink), -ELOOP);
    cr_expect_eq(fastabi_context_diag_count(context), 1);
}

Test(sink, device_is_streamed_to)
{
    cr_assert_eq(symlink("/dev/null", "null"), 0);
    cr_assert_eq(write_file("null", "text"), 0);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    cr_expect(S_ISCHR(look("/dev/null").st_mode));
    expect_entries(".", 1);
}

Test(sink, full_device)
{
    cr_assert_eq(write_file("a", "text"), 0);
    cr_assert_eq(write_file("/dev/full", "text"), -ENOSPC);
    expect_diag(0, FASTABI_DIAG_CANNOT_WRITE, "/dev/full", 0);
    cr_assert_eq(fastabi_sink_commit(sink), -ENOSPC);
    finish();
    cr_expect_eq(fastabi_context_diag_count(context), 1);
    expect_entries(".", 0);
}

Test(sink, folder_is_no_target)
{
    cr_assert_eq(mkdir("d", 0777), 0);
    cr_assert_eq(write_file("d", "text"), -EISDIR);
    finish();
    make_sink(false);
    cr_assert_eq(write_file("new/", "text"), -EISDIR);
    finish();
    expect_entries(".", 1);
}

Test(sink, below_a_file)
{
    put("file", "text");
    cr_assert_eq(write_file("file/d/a", "text"), -ENOTDIR);
    expect_diag(0, FASTABI_DIAG_CANNOT_WRITE, "file/d/a", 0);
}

/* ---- all or nothing ---- */

static int lowest_descriptor(void)
{
    int descriptor = open("/", O_RDONLY | O_CLOEXEC);

    close(descriptor);
    return descriptor;
}

Test(sink, nothing_without_commit)
{
    int before = lowest_descriptor();

    put("old", "old");
    cr_assert_eq(write_file("x/y/a", "1"), 0);
    cr_assert_eq(write_file("old", "new"), 0);
    finish();
    cr_expect_eq(lowest_descriptor(), before);
    expect_content("old", "old");
    expect_entries(".", 1);
}

Test(sink, second_file_cannot_be_opened)
{
    put("file", "text");
    put("old", "old");
    cr_assert_eq(write_file("x/a", "1"), 0);
    cr_assert_eq(write_file("old", "new"), 0);
    cr_assert_eq(write_file("file/b", "2"), -ENOTDIR);
    cr_assert_eq(write_file("c", "3"), -ENOTDIR);
    cr_assert_eq(fastabi_sink_commit(sink), -ENOTDIR);
    finish();
    cr_expect_eq(fastabi_context_diag_count(context), 1);
    expect_content("old", "old");
    expect_entries(".", 2);
}

Test(sink, second_target_becomes_a_folder)
{
    put("a", "old");
    cr_assert_eq(write_file("a", "new"), 0);
    cr_assert_eq(write_file("b", "new"), 0);
    cr_assert_eq(mkdir("b", 0777), 0);
    cr_assert_eq(fastabi_sink_commit(sink), -EISDIR);
    finish();
    expect_content("a", "old");
    expect_entries(".", 2);
    expect_entries("b", 0);
}

Test(sink, failing_rename_rolls_back)
{
    struct stat before;
    struct stat after;

    cr_assert_eq(mkdir("d", 0777), 0);
    put("a", "old a");
    put("same", "same");
    before = look("a");
    cr_assert_eq(write_file("a", "new a"), 0);
    cr_assert_eq(write_file("same", "same"), 0);
    cr_assert_eq(write_file("x/new", "new"), 0);
    cr_assert_eq(write_file("d/b", "new b"), 0);
    cr_assert_eq(write_file("c", "new c"), 0);
    cr_assert_eq(rename("d", "e"), 0);
    put("d", "in the way");
    cr_assert_eq(fastabi_sink_commit(sink), -ENOTDIR);
    finish();
    expect_diag(0, FASTABI_DIAG_CANNOT_WRITE, "d/b", 0);
    after = look("a");
    expect_same_file(&before, &after);
    expect_content("a", "old a");
    expect_entries("e", 0);
    expect_entries(".", 4);
}

/* What a signal handler does where files have names. */
Test(sink, abandoned)
{
    struct fastabi_litter *litter = fastabi_litter_of(context);

    cr_assert_not_null(litter);
    cr_assert_eq(fastabi_litter_add(litter, "d", true), 0);
    cr_assert_eq(mkdir("d", 0777), 0);
    cr_assert_eq(fastabi_litter_add(litter, "d/file", false), 0);
    put("d/file", "text");
    cr_assert_eq(fastabi_litter_add(litter, "never-made", false), 0);
    put("other", "text");
    fastabi_context_abandon(context);
    expect_entries(".", 1);
    fastabi_litter_forget(litter);
    cr_assert_eq(mkdir("d", 0777), 0);
    fastabi_context_abandon(context);
    expect_entries(".", 2);
}

/* With the flag a child puts files in place; what it reports arrives here. */
Test(sink, finished_by_a_child)
{
    const struct fastabi_context_options options = {
        .size = sizeof(options),
        .flags = FASTABI_CONTEXT_FINISH,
    };

    finish();
    fastabi_context_free(context);
    cr_assert_eq(fastabi_context_new(&options, &context), 0);
    make_sink(false);
    put("a", "old");
    cr_assert_eq(write_file("a", "new"), 0);
    cr_assert_eq(write_file("x/y/b", "new"), 0);
    expect_entries(".", 1);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    finish();
    expect_content("a", "new");
    expect_content("x/y/b", "new");
    make_sink(false);
    cr_assert_eq(write_file("a", "newer"), 0);
    cr_assert_eq(write_file("z/c", "new"), 0);
    put("z", "in the way");
    cr_assert_eq(fastabi_sink_commit(sink), -ENOTDIR);
    finish();
    expect_diag(0, FASTABI_DIAG_CANNOT_WRITE, "z/c", 0);
    expect_content("a", "new");
    expect_entries(".", 3);
}

Test(sink, parts_of_paths)
{
    cr_assert_eq(write_file("n/../m/./..//k/a", "1"), 0);
    cr_assert_eq(write_file("n/../b", "2"), 0);
    cr_assert_eq(write_file("n/../../fastabi-sink-c", "3"), 0);
    cr_assert_eq(write_file("k/d./.d/e", "4"), 0);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    finish();
    expect_content("k/a", "1");
    expect_content("b", "2");
    expect_content("../fastabi-sink-c", "3");
    expect_content("k/d./.d/e", "4");
    expect_entries(".", 2);
    cr_assert_eq(unlink("../fastabi-sink-c"), 0);
}

/* ---- files without names ---- */

#define KEPT 10 /* a quarter of the limit that is set below */

/* Few files may be open.  Returns what the limit was. */
static struct rlimit limit_files(void)
{
    struct rlimit before;
    struct rlimit few;

    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = before;
    few.rlim_cur = (rlim_t)4 * KEPT;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    return before;
}

/* Files that would be too many to keep open have names from the start, and standard input is not
 * one of them. */
Test(sink, many_files_have_names)
{
    struct rlimit before = limit_files();
    struct stat input;
    struct stat after;
    char name[16];

    cr_assert_eq(fstat(STDIN_FILENO, &input), 0);
    for (int i = 0; i < KEPT + 2; i++) {
        snprintf(name, sizeof(name), "f%d", i);
        cr_assert_eq(write_file(name, "text"), 0);
        expect_entries(".", i < KEPT ? 0 : i - KEPT + 1);
    }
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    cr_assert_eq(fstat(STDIN_FILENO, &after), 0);
    cr_expect_eq(input.st_ino, after.st_ino);
    expect_content("f0", "text");
    expect_content("f11", "text");
    expect_entries(".", KEPT + 2);
}

/* An unchanged file is not kept open, so it does not count. */
Test(sink, unchanged_files_are_not_kept_open)
{
    struct rlimit before = limit_files();
    char name[16];

    for (int i = 0; i < 2 * KEPT; i++) {
        snprintf(name, sizeof(name), "f%d", i);
        put(name, "same");
        cr_assert_eq(write_file(name, "same"), 0);
    }
    cr_assert_eq(write_file("new", "text"), 0);
    expect_entries(".", 2 * KEPT);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    expect_content("new", "text");
}

/* ---- targets ---- */

Test(sink, targets)
{
    static const struct {
        const char *path, *target, *base; /* the last two below the directory */
    } rows[] = {
        { "a", "/a", "" },
        { "new/a", "/new/a", "" },
        { "d/new/a", "/d/new/a", "/d" },
        { "new/../a", "/a", "" },
        { "d/new/../../a", "/a", "" },
        { "d/new/../../new/a", "/new/a", "" },
        { "d/new/../../d/a", "/d/a", "/d" },
    };

    cr_assert_eq(mkdir("d", 0777), 0);
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char text[128];
        char *target = NULL;
        char *base = NULL;

        cr_assert_eq(fastabi_target_resolve(rows[i].path, &target, &base), 0);
        snprintf(text, sizeof(text), "%s%s", folder, rows[i].target);
        cr_expect_str_eq(target, text, "%s: %s", rows[i].path, target);
        snprintf(text, sizeof(text), "%s%s", folder, rows[i].base);
        cr_expect_str_eq(base, text, "%s: %s", rows[i].path, base);
        free(target);
        free(base);
    }
}

Test(sink, target_of_a_link_loop)
{
    char *target = NULL;
    char *base = NULL;

    cr_assert_eq(symlink("b", "a"), 0);
    cr_assert_eq(symlink("a", "b"), 0);
    cr_expect_eq(fastabi_target_resolve("a", &target, &base), -ELOOP);
}

Test(sink, target_is_in)
{
    cr_expect(fastabi_target_is_in("/a/b", "/a"));
    cr_expect(fastabi_target_is_in("/b", "/"));
    cr_expect_not(fastabi_target_is_in("/a/b/c", "/a"));
    cr_expect_not(fastabi_target_is_in("/a/b", "/"));
}

/* ---- in memory ---- */

static int take_file(const char *path, const char *bytes, size_t length, void *data)
{
    FILE *stream = data;

    fprintf(stream, "%s: %.*s\n", path, (int)length, bytes);
    return 0;
}

Test(sink, in_memory)
{
    FILE *stream = fopen("taken", "w");

    cr_assert_not_null(stream);
    fastabi_sink_set_memory(sink, take_file, stream);
    cr_assert_eq(write_file("a", "one"), 0);
    cr_assert_eq(fastabi_sink_write(sink, " two", 4), 0);
    cr_assert_eq(write_file("x/b", ""), 0);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    fclose(stream);
    expect_content("taken", "a: one two\nx/b: \n");
    expect_entries(".", 1);
}

/* ---- clashes ---- */

Test(sink, one_file_twice)
{
    cr_assert_eq(fastabi_sink_open(sink, "a", "one.yml"), 0);
    cr_assert_eq(fastabi_sink_open(sink, "./a", "two.yml"), -EINVAL);
    expect_diag(0, FASTABI_DIAG_OUTPUT_CLASH, "two.yml", 0);
    cr_expect_str_eq(fastabi_context_diag(context, 0)->message,
                     "would write './a', as would one.yml; rename one, or generate them into "
                     "two directories");
    finish();
    expect_entries(".", 0);
}

Test(sink, one_file_twice_for_nobody)
{
    cr_assert_eq(fastabi_sink_open(sink, "a", NULL), 0);
    cr_assert_eq(fastabi_sink_open(sink, "a", NULL), -EINVAL);
    cr_expect_str_eq(fastabi_context_diag(context, 0)->message,
                     "would write 'a', as would the same run; rename one, or generate them into "
                     "two directories");
}

Test(sink, one_file_twice_through_a_link)
{
    put("a", "old");
    cr_assert_eq(symlink("a", "b"), 0);
    cr_assert_eq(write_file("a", "1"), 0);
    cr_assert_eq(write_file("b", "2"), -EINVAL);
    expect_diag(0, FASTABI_DIAG_OUTPUT_CLASH, NULL, 0);
    finish();
    expect_content("a", "old");
}

/* ---- verifying ---- */

Test(sink, verify_same)
{
    put("a", "1\n2\n");
    finish();
    make_sink(true);
    cr_assert_eq(write_file("a", "1\n2\n"), 0);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    cr_expect_eq(fastabi_context_diag_count(context), 0);
    expect_entries(".", 1);
}

Test(sink, verify_reports_every_difference_and_writes_nothing)
{
    struct stat before;
    struct stat after;

    put("a", "1\n2\n3\n");
    put("shorter", "1\n");
    put("longer", "1\n2\n");
    before = look("a");
    finish();
    make_sink(true);
    cr_assert_eq(write_file("a", "1\n2\n4\n"), 0);
    cr_assert_eq(write_file("x/missing", "1\n"), 0);
    cr_assert_eq(write_file("shorter", "1\n2\n"), 0);
    cr_assert_eq(write_file("longer", "1\n"), 0);
    cr_assert_eq(write_file("/dev/null", "1\n"), 0);
    cr_assert_eq(fastabi_sink_commit(sink), -EINVAL);
    finish();
    cr_assert_eq(fastabi_context_diag_count(context), 5);
    expect_diag(0, FASTABI_DIAG_DIFFERS, "a", 3);
    expect_diag(1, FASTABI_DIAG_DIFFERS, "x/missing", 0);
    expect_diag(2, FASTABI_DIAG_DIFFERS, "shorter", 2);
    expect_diag(3, FASTABI_DIAG_DIFFERS, "longer", 2);
    expect_diag(4, FASTABI_DIAG_DIFFERS, "/dev/null", 0);
    after = look("a");
    expect_same_file(&before, &after);
    expect_entries(".", 3);
}

Test(sink, verify_one_file_twice)
{
    finish();
    make_sink(true);
    cr_assert_eq(write_file("a", ""), 0);
    cr_assert_eq(write_file("a", ""), -EINVAL);
    expect_diag(0, FASTABI_DIAG_DIFFERS, "a", 0);
    expect_diag(1, FASTABI_DIAG_OUTPUT_CLASH, NULL, 0);
}

/* ---- standard output ---- */

/* Let standard output be path (NULL: closed) while text is written to it. */
static int write_to_stdout(const char *path, const char *text)
{
    int saved = dup(STDOUT_FILENO);
    int fd = path ? open(path, O_WRONLY | O_CREAT, 0666) : -1;
    int error;

    cr_assert(saved >= 0 && (!path || fd >= 0));
    if (path)
        dup2(fd, STDOUT_FILENO);
    else
        close(STDOUT_FILENO);
    error = fastabi_sink_open_stdout(sink);
    if (!error)
        error = fastabi_sink_write(sink, text, strlen(text));
    if (!error)
        error = fastabi_sink_commit(sink);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    if (path)
        close(fd);
    return error;
}

Test(sink, standard_output)
{
    cr_assert_eq(write_to_stdout("out", "text\n"), 0);
    expect_content("out", "text\n");
    cr_expect_eq(fastabi_sink_count(sink), 0);
}

Test(sink, full_standard_output)
{
    cr_assert_eq(write_to_stdout("/dev/full", "text\n"), -ENOSPC);
    expect_diag(0, FASTABI_DIAG_CANNOT_WRITE, "<stdout>", 0);
}

Test(sink, closed_standard_output)
{
    cr_assert_eq(write_to_stdout(NULL, "text\n"), -EBADF);
}

Test(sink, nowhere)
{
    cr_assert_eq(fastabi_sink_open_nowhere(sink), 0);
    cr_assert_eq(fastabi_sink_write(sink, "text", 4), 0);
    cr_assert_eq(fastabi_sink_commit(sink), 0);
    expect_entries(".", 0);
}
