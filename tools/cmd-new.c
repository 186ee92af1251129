/* SPDX-License-Identifier: MIT */
/*
 * fastabi-gen new: a commented specification to start from, with the fields of a struct of a header
 * if one is named.  Knows no rule: what it writes is checked like any other specification.
 */
#include "commands.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "layout.h"

#ifndef O_TMPFILE
#define O_TMPFILE 0 /* a directory cannot be written to */
#endif

#define FIRST_INPUT     2 /* register 1 carries the sub-operation's index */
#define FIRST_OUTPUT    1
#define NAME_MAX_LENGTH 128

enum key {
    KEY_STRUCT = TOOL_FIRST_LONG_KEY,
};

static const struct tool_option options[] = {
    { TOOL_KEY_OUTPUT, NULL, "FILE",
      "Write to this file, which must not exist; without -o,\n"
      "and for '-', to standard output." },
    { KEY_STRUCT, "struct", "NAME",
      "Describe an operation whose arguments are the fields of\n"
      "this struct; it is looked for in the headers." },
    LAYOUT_HEADERS_OPTION,
    LAYOUT_INCLUDE_OPTION,
    LAYOUT_PRELUDE_OPTION,
    LAYOUT_TARGET_OPTION,
    { 0, NULL, NULL, NULL },
};

struct request {
    const char *name;
    const char *output;
    const char *structure;
    struct layout_choice choice;
};

/* What is known of the operation that is described. */
struct skeleton {
    const char *name;
    const char *op;                         /* the operation's */
    const struct fastabi_struct *structure; /* NULL: none */
    const char *hypercall_macro;            /* NULL: the headers have none */
    const char *index_macro;
    int64_t hypercall_index;
    int64_t index;
};

/* ---- the text ---- */

static bool is_register_size(const struct fastabi_field *field)
{
    return field->size == 1 || field->size == 2 || field->size == 4 || field->size == 8;
}

/* Can the field be a parameter as it is?  Members of unions and arrays need a decision. */
static bool is_scalar(const struct fastabi_field *field)
{
    return field->kind == FASTABI_FIELD_INTEGER && is_register_size(field);
}

/* Is the field a part of one that is left to the user as a whole? */
static bool is_inside(const struct fastabi_struct *structure, const struct fastabi_field *field)
{
    for (size_t i = 0; i < fastabi_struct_field_count(structure); i++) {
        const struct fastabi_field *outer = fastabi_struct_field(structure, i);
        size_t length = strlen(outer->path);

        if (outer->kind != FASTABI_FIELD_STRUCT && outer != field &&
            !strncmp(outer->path, field->path, length) &&
            (field->path[length] == '.' || field->path[length] == '['))
            return true;
    }
    return strchr(field->path, '[') != NULL;
}

static bool is_output(const struct fastabi_field *field)
{
    return (field->direction & FASTABI_DIRECTION_OUT) != 0;
}

static bool is_input(const struct fastabi_field *field)
{
    return field->direction != FASTABI_DIRECTION_OUT;
}

/* Is the field one that the section carries, while there are registers? */
static bool is_carried(const struct skeleton *skeleton, size_t i, bool output, int *reg)
{
    const struct fastabi_field *field = fastabi_struct_field(skeleton->structure, i);

    if (!is_scalar(field) || is_inside(skeleton->structure, field) ||
        !(output ? is_output(field) : is_input(field)))
        return false;
    return (*reg)++ < FASTABI_REGISTERS;
}

static void print_section(FILE *stream, const struct skeleton *skeleton, bool output)
{
    int reg = output ? FIRST_OUTPUT : FIRST_INPUT;
    bool is_first = true;

    for (size_t i = 0; i < fastabi_struct_field_count(skeleton->structure); i++) {
        const struct fastabi_field *field = fastabi_struct_field(skeleton->structure, i);

        if (!is_carried(skeleton, i, output, &reg))
            continue;
        if (is_first)
            fprintf(stream, "    %s:\n", output ? "output" : "input");
        is_first = false;
        fprintf(stream, "      %s: { reg: %d, type: %c%" PRIu64 ", doc: \"What it says.\" }",
                field->path, reg - 1, field->is_signed ? 'i' : 'u', 8 * field->size);
        fprintf(stream, "  # %s%s\n", fastabi_register_name(reg - 1),
                field->direction == FASTABI_DIRECTION_UNKNOWN
                    ? "; move it to output if it is a result"
                    : "");
    }
}

/* Fields that no register carries: each needs a reason. */
static void print_omit(FILE *stream, const struct skeleton *skeleton)
{
    int in = FIRST_INPUT, out = FIRST_OUTPUT;
    bool is_first = true;

    for (size_t i = 0; i < fastabi_struct_field_count(skeleton->structure); i++) {
        const struct fastabi_field *field = fastabi_struct_field(skeleton->structure, i);
        bool carried = is_carried(skeleton, i, false, &in);

        carried |= is_carried(skeleton, i, true, &out);
        if (carried || field->kind == FASTABI_FIELD_STRUCT || is_inside(skeleton->structure, field))
            continue;
        if (is_first)
            fputs("    # No register carries these; say why, or carry a part of them (\"u.x\").\n"
                  "    omit:\n",
                  stream);
        is_first = false;
        fprintf(stream, "      %s: \"%s\"\n", field->path,
                is_scalar(field)                      ? "no register is left"
                : field->kind == FASTABI_FIELD_UNION  ? "a union"
                : field->kind == FASTABI_FIELD_ARRAY  ? "an array"
                : field->kind == FASTABI_FIELD_HANDLE ? "a guest handle: memory of the guest"
                                                      : "does not fit a register");
    }
}

/* Fields that have no bytes of their own, or no size. */
static void print_ignored(FILE *stream, const struct skeleton *skeleton)
{
    const char
        *before = "    # A bridge cannot look whether these are 0.\n    classic: { ignore: [";

    for (size_t i = 0; i < fastabi_struct_field_count(skeleton->structure); i++) {
        const struct fastabi_field *field = fastabi_struct_field(skeleton->structure, i);

        if ((field->kind != FASTABI_FIELD_BITS &&
             (field->kind != FASTABI_FIELD_ARRAY || field->size)) ||
            is_inside(skeleton->structure, field))
            continue;
        fprintf(stream, "%s%s", before, field->path);
        before = ", ";
    }
    if (*before == ',')
        fputs("] }\n", stream);
}

static void print_example_params(FILE *stream)
{
    fputs("    # A parameter: which register carries it, and its type: u8 to u64, i8 to i64, or "
          "one of\n"
          "    # common/types.yml such as domid. Registers: 1 rdi, 2 rsi, 3 r8, 4 r9, 5 r10, 6 "
          "r11, 7 r12.\n"
          "    # An input cannot use register 1, which carries the index above.\n"
          "    input:\n"
          "      id: { reg: 2, type: u32, doc: \"What it says.\" }\n"
          "    output:\n"
          "      state: { reg: 1, type: u64, doc: \"What it says.\" }\n",
          stream);
}

static void print_head(FILE *stream, const struct skeleton *skeleton)
{
    fprintf(stream,
            "# A hypercall of Xen in FastABI. Replace the numbers and texts, then check it:\n"
            "#   fastabi-gen check --strict %s.yml\n"
            "# docs/language.md describes all keys.\n"
            "name: %s\n",
            skeleton->name, skeleton->name);
    if (skeleton->hypercall_macro)
        fprintf(stream, "hypercall_index: %" PRId64 "\nhypercall_macro: %s\n",
                skeleton->hypercall_index, skeleton->hypercall_macro);
    else
        fprintf(stream,
                "# The number of the hypercall in public/xen.h, and the macro that it has there.\n"
                "hypercall_index: %" PRId64 "\n"
                "# hypercall_macro: __HYPERVISOR_%s\n",
                skeleton->hypercall_index, skeleton->name);
    if (skeleton->structure)
        fprintf(stream, "headers: [%s]\n", fastabi_struct_header(skeleton->structure));
    fputs("doc: \"What the hypercall is for.\"\n\n"
          "# A hypercall without sub-operations has 'direct:' in place of 'subops:'.\n"
          "subops:\n",
          stream);
}

static void print_skeleton(FILE *stream, const struct skeleton *skeleton)
{
    print_head(stream, skeleton);
    fprintf(stream, "  %s:\n", skeleton->op);
    if (skeleton->index_macro)
        fprintf(stream, "    index: %" PRId64 "\n    index_macro: %s\n", skeleton->index,
                skeleton->index_macro);
    else
        fputs(
            "    index: 0  # the number of the sub-operation; the caller passes it in register 1\n",
            stream);
    fputs("    class: any  # who can make the call: any, device_model, control, hardware\n"
          "    doc: \"What the operation does.\"\n",
          stream);
    if (skeleton->structure) {
        print_section(stream, skeleton, false);
        print_section(stream, skeleton, true);
        print_omit(stream, skeleton);
        fprintf(stream, "    c_lang:\n      struct: %s  # size %" PRIu64 " bytes\n",
                fastabi_struct_name(skeleton->structure), fastabi_struct_size(skeleton->structure));
        print_ignored(stream, skeleton);
    } else {
        print_example_params(stream);
    }
    fputs("    errors:\n"
          "      EINVAL: \"When it is returned.\"\n",
          stream);
}

/* ---- the headers ---- */

/* "status" of "evtchn_status": the operation is called after its struct. */
static const char *op_name(const char *structure)
{
    const char *underscore = structure ? strchr(structure, '_') : NULL;

    if (!structure)
        return "example";
    /* What follows the first '_', if that can be a name. */
    return underscore && underscore[1] && !isdigit((unsigned char)underscore[1]) ? underscore + 1
                                                                                 : structure;
}

static bool ends_with_op(const char *macro, const char *op)
{
    size_t prefix = strspn(macro, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    return prefix && macro[prefix] == '_' && !strcmp(macro + prefix + 1, op);
}

static void find_numbers(const struct fastabi_layout *layout, struct skeleton *skeleton)
{
    static const char prefix[] = "__HYPERVISOR_";
    const char *macro;
    int64_t value;

    for (size_t i = 0; (macro = fastabi_layout_macro_at(layout, i, &value)); i++) {
        if (value < 0 || value > UINT32_MAX)
            continue; /* not a number of a hypercall or an operation */
        if (!strncmp(macro, prefix, strlen(prefix)) &&
            (!strcmp(macro + strlen(prefix), skeleton->name) ||
             (!strncmp(macro + strlen(prefix), skeleton->name, strlen(skeleton->name)) &&
              !strcmp(macro + strlen(prefix) + strlen(skeleton->name), "_op")))) {
            skeleton->hypercall_macro = macro;
            skeleton->hypercall_index = value;
        } else if (ends_with_op(macro, skeleton->op)) {
            skeleton->index_macro = macro;
            skeleton->index = value;
        }
    }
}

#define QUESTION "--struct" /* what the specification below is called */

/* The question has no lines that the user knows; and what else the headers lack does not matter. */
static void print_diag(const struct fastabi_diag *diag, void *data)
{
    struct fastabi_diag plain = *diag;

    if (diag->severity != FASTABI_ERROR)
        return;
    if (diag->file && !strcmp(diag->file, QUESTION))
        plain.file = NULL;
    tool_print_diag(&plain, data);
}

/* A specification that makes the library look for the struct. */
static enum tool_status read_question(struct fastabi_context *context,
                                      const struct request *request, const char *op,
                                      struct tool_specs *specs)
{
    char *text = tool_printf("name: %s\nhypercall_index: 0\n"
                             "subops: { %s: { index: 0, c_lang: { struct: %s } } }\n",
                             request->name, op, request->structure);
    enum tool_status status;

    if (!text)
        return TOOL_SYSTEM;
    status = tool_parse_spec(context, QUESTION, text, strlen(text), specs);
    free(text);
    return status;
}

static enum tool_status open_headers(struct fastabi_context *context, const struct request *request,
                                     struct skeleton *skeleton, struct fastabi_layout **layout)
{
    struct tool_specs specs = { .items = NULL };
    enum tool_status status = read_question(context, request, skeleton->op, &specs);

    if (!status)
        status = layout_open(context, &request->choice, &specs, 0, layout);
    if (!status) {
        skeleton->structure = fastabi_layout_struct_by_name(*layout, request->structure);
        find_numbers(*layout, skeleton);
        /* the check says what is near */
        if (!skeleton->structure)
            status = tool_status_of(
                fastabi_layout_check(context, *layout, specs.items, specs.count, 0));
        if (!skeleton->structure && !status)
            status = tool_usage_error(&tool_new, "the headers have no struct '%s'",
                                      request->structure);
    }
    tool_free_specs(&specs);
    return status;
}

/* ---- the command ---- */

static bool is_identifier(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

    return *text && strlen(text) <= NAME_MAX_LENGTH && (*text < '0' || *text > '9') &&
           !text[strspn(text, letters)];
}

static enum tool_status check_request(const struct request *request)
{
    const char *bad = request->name && !is_identifier(request->name) ? request->name
                      : request->structure && !is_identifier(request->structure)
                          ? request->structure
                          : NULL;

    if (!request->name)
        return tool_usage_error(&tool_new,
                                "a name is missing; write one, as in 'fastabi-gen new my_op'");
    if (bad)
        return tool_usage_error(&tool_new,
                                "'%.100s' is not a valid name; use letters, digits and '_' only, "
                                "%d at most, and no digit first",
                                bad, NAME_MAX_LENGTH);
    if (request->structure && !request->choice.headers.count)
        return tool_usage_error(&tool_new,
                                "--struct needs the headers that have it; add --headers DIR");
    if (!request->structure && request->choice.headers.count)
        return tool_usage_error(&tool_new, "--headers is for --struct; add --struct NAME");
    return layout_check_choice(&tool_new, &request->choice);
}

static enum tool_status report_output(const char *path, int error)
{
    struct stat status;

    if (error == EEXIST && !stat(path, &status) && S_ISDIR(status.st_mode))
        error = EISDIR;
    return tool_system_error("CANNOT_WRITE", path, error,
                             error == EEXIST   ? "remove it, or choose another name with -o"
                             : error == ENOENT ? "make its directory, or choose another with -o"
                                               : "choose another name with -o");
}

/* Print all of it to a file.  0 or an errno. */
static int print_to(int fd, const struct skeleton *skeleton)
{
    int copy = dup(fd);
    FILE *stream = copy < 0 ? NULL : fdopen(copy, "w");
    int error = errno;

    if (!stream) {
        if (copy >= 0)
            close(copy);
        return error;
    }
    print_skeleton(stream, skeleton);
    error = fflush(stream) || ferror(stream) ? errno : 0;
    if (fclose(stream) && !error)
        error = errno;
    return error;
}

/*
 * Make a file with the skeleton, whole or not at all, also if we are killed: without a name until
 * it is complete, where the system has that.  0 or an errno.
 */
static int write_unnamed(const char *path, const struct skeleton *skeleton)
{
    const char *name = strrchr(path, '/');
    char *directory = name ? strndup(path, (size_t)(name - path) + 1) : strdup(".");
    int fd = directory ? open(directory, O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666) : -1;
    char unnamed[32];
    int error;

    free(directory);
    if (fd < 0)
        return ENOTSUP;
    snprintf(unnamed, sizeof(unnamed), "/proc/self/fd/%d", fd);
    error = access(unnamed, F_OK) ? ENOTSUP : print_to(fd, skeleton);
    if (!error && linkat(AT_FDCWD, unnamed, AT_FDCWD, path, AT_SYMLINK_FOLLOW))
        error = errno;
    close(fd);
    return error;
}

/* Give a file its name, unless there is one of that name.  0 or an errno. */
static int give_name(const char *temporary, const char *path)
{
    int fd, error;

    if (!link(temporary, path))
        return 0;
    if (errno == EEXIST)
        return EEXIST;
    /* A file system without second names: take the name with an empty file. */
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return errno;
    close(fd);
    if (!rename(temporary, path))
        return 0;
    error = errno;
    unlink(path);
    return error;
}

/*
 * The same under a temporary name beside it, which only SIGKILL leaves: other signals wait until it
 * is gone.  0 or an errno.
 */
static int write_named(const char *path, const struct skeleton *skeleton)
{
    const char *name = strrchr(path, '/');
    int before = name ? (int)(name - path) + 1 : 0;
    char *temporary = NULL;
    sigset_t all, mask;
    int fd, error, printed;

    printed = asprintf(&temporary, "%.*s.%s.fastabi-%ld-0", before, path, path + before,
                       (long)getpid());
    if (printed < 0)
        return ENOMEM;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &mask);
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    error = fd < 0 ? errno : print_to(fd, skeleton);
    if (fd >= 0) {
        if (close(fd) && !error)
            error = errno;
        if (!error)
            error = give_name(temporary, path);
        unlink(temporary);
    }
    sigprocmask(SIG_SETMASK, &mask, NULL);
    free(temporary);
    return error;
}

static enum tool_status write_skeleton(const struct request *request,
                                       const struct skeleton *skeleton)
{
    int error;

    if (!request->output || !strcmp(request->output, "-")) {
        print_skeleton(stdout, skeleton);
        return TOOL_DONE;
    }
    error = write_unnamed(request->output, skeleton);
    if (error == ENOTSUP)
        error = write_named(request->output, skeleton);
    if (error == ENOMEM)
        return tool_out_of_memory();
    return error ? report_output(request->output, error) : TOOL_DONE;
}

static enum tool_status make(const struct request *request)
{
    struct skeleton skeleton = { .name = request->name, .op = op_name(request->structure) };
    struct fastabi_context *context = tool_make_context(FASTABI_CONTEXT_LAYOUT, print_diag, NULL,
                                                        NULL);
    struct fastabi_layout *layout = NULL;
    enum tool_status status = context ? TOOL_DONE : TOOL_SYSTEM;

    if (!status && request->structure)
        status = open_headers(context, request, &skeleton, &layout);
    if (!status)
        status = write_skeleton(request, &skeleton);
    fastabi_layout_free(layout);
    tool_free_context(context);
    return status;
}

static int take_argument(void *target, int key, const char *value)
{
    struct request *request = target;

    switch (key) {
    case TOOL_OPERAND:
        if (request->name) {
            tool_usage_error(&tool_new, "'%s' is one argument too many; leave it out", value);
            return TOOL_ARGUMENTS_BAD;
        }
        request->name = value;
        return TOOL_ARGUMENTS_END;
    case TOOL_KEY_OUTPUT:
        request->output = value;
        return TOOL_ARGUMENTS_END;
    case KEY_STRUCT:
        request->structure = strncmp(value, "struct ", 7) ? value : value + 7;
        return TOOL_ARGUMENTS_END;
    default:
        return layout_take_argument(&request->choice, key, value);
    }
}

static enum tool_status run(const struct tool_command *command, char **argument)
{
    struct request request = { .name = NULL };
    enum tool_status status;
    int key = tool_take_arguments(command, argument, take_argument, &request);

    status = key == TOOL_ARGUMENTS_END ? check_request(&request) : tool_status_of_key(key);
    if (key == TOOL_ARGUMENTS_END && !status)
        status = make(&request);
    layout_free_choice(&request.choice);
    return status;
}

const struct tool_command tool_new = {
    "new",
    "NAME [OPTION]...",
    "Write a specification to start from.",
    "The specification has comments, and passes 'fastabi-gen check'.\n\n"
    "Examples: fastabi-gen new my_op >my_op.yml\n"
    "          fastabi-gen new sched --headers /usr/include --struct sched_poll\n",
    "NAME",
    options,
    run,
};
