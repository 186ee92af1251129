/* SPDX-License-Identifier: MIT */
/*
 * Opening a layout: which provider, what it is asked, and where what it hands over goes; and what
 * include/fastabi/layout.h lets a caller ask of one.  Knows nothing of how a provider works.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/context.h"
#include "base/diag.h"
#include "base/path.h"
#include "spec/specs.h"
#include "layout/module.h"
#include "layout/plan.h"
#include "layout/prelude.h"
#include "layout/probe.h"
#include "layout/regular.h"

/* A provider's way into a layout. */
struct opening {
    struct fastabi_layout_sink sink; /* first: providers hand it back */
    struct fastabi_context *context;
    struct fastabi_layout *layout;
    struct fastabi_plan plan;
    struct fastabi_struct *structure; /* the last one; NULL: it was there already */
    uint32_t flags;
    bool is_faulty;
    bool has_gap; /* a header includes a file that is not there */
};

/* ---- the sink ---- */

static bool wants_struct(struct fastabi_layout_sink *sink, const char *name)
{
    struct opening *opening = (struct opening *)sink;

    return opening->flags & FASTABI_LAYOUT_ALL || fastabi_plan_wants(&opening->plan, name);
}

static int add_struct(struct fastabi_layout_sink *sink, const char *name,
                      const struct fastabi_layout_place *place, uint64_t size, bool is_union)
{
    struct opening *opening = (struct opening *)sink;

    return fastabi_layout_add_struct(opening->layout, name, place, size, is_union,
                                     &opening->structure);
}

static int add_field(struct fastabi_layout_sink *sink, const struct fastabi_field *field)
{
    struct opening *opening = (struct opening *)sink;

    if (!opening->structure)
        return 0;
    return fastabi_layout_add_field(opening->layout, opening->structure, field);
}

static int add_macro(struct fastabi_layout_sink *sink, const char *name, int64_t value,
                     const struct fastabi_layout_place *place)
{
    return fastabi_layout_add_macro(((struct opening *)sink)->layout, name, value, place);
}

static int add_type(struct fastabi_layout_sink *sink, const char *name,
                    enum fastabi_field_kind kind, uint64_t size, bool is_signed)
{
    return fastabi_layout_add_type(((struct opening *)sink)->layout, name, kind, size, is_signed);
}

static int set_target(struct fastabi_layout_sink *sink, const char *target)
{
    struct fastabi_layout *layout = ((struct opening *)sink)->layout;

    layout->target = fastabi_arena_copy(&layout->arena, target, strlen(target));
    return layout->target ? 0 : -ENOMEM;
}

static int add_file(struct fastabi_layout_sink *sink, const char *path)
{
    struct opening *opening = (struct opening *)sink;

    return fastabi_layout_add_input(opening->layout,
                                    fastabi_prelude_name(&opening->plan.request, path));
}

static int add_missing(struct fastabi_layout_sink *sink, const char *name)
{
    static const char why[] = "the headers have no such file";
    struct fastabi_layout *layout = ((struct opening *)sink)->layout;
    const void *there;
    char *copy = fastabi_arena_copy(&layout->arena, name, strlen(name));

    return copy ? fastabi_names_add(&layout->missing, &layout->arena, copy, why, &there) : -ENOMEM;
}

/* A fault that may not count. */
static int note_fault(struct fastabi_layout_sink *sink, const struct fastabi_layout_place *place,
                      const char *text, bool is_missing)
{
    struct opening *opening = (struct opening *)sink;

    (void)place;
    (void)text;
    opening->is_faulty = true;
    opening->has_gap |= is_missing;
    return 0;
}

static int take_fault(struct fastabi_layout_sink *sink, const struct fastabi_layout_place *place,
                      const char *text, bool is_missing)
{
    struct opening *opening = (struct opening *)sink;
    const char *base = opening->layout->base;
    struct fastabi_place shown = { place->file, place->line, place->column };

    if (place->file)
        shown.file = fastabi_prelude_name(&opening->plan.request, place->file);
    (void)is_missing;
    /* a header that could not be opened is named as it was included */
    if (base && place->file && place->file[0] != '/' && access(place->file, F_OK))
        shown.file = fastabi_path_join(&opening->plan.arena, base, place->file);
    opening->is_faulty = true;
    fastabi_report(opening->context, FASTABI_DIAG_HEADER_FAULT, &shown, "%s", text);
    return 0;
}

/* ---- the public directory ---- */

/* The directory below another, if it has xen.h; NULL: not this one, or no memory. */
static char *try_directory(struct opening *opening, const char *directory, const char *below)
{
    struct fastabi_arena *arena = &opening->plan.arena;
    char *path = fastabi_arena_printf(arena, "%s%s", directory, below);
    const char *header = path ? fastabi_path_join(arena, path, "xen.h") : NULL;

    return header && !access(header, R_OK) ? path : NULL;
}

/* /usr/include and /usr/include/ are one directory; one that starts with '-' is not an option. */
static char *trim(struct opening *opening, const char *directory)
{
    size_t length = strlen(directory);

    while (length > 1 && directory[length - 1] == '/')
        length--;
    return fastabi_arena_printf(&opening->plan.arena, "%s%.*s", *directory == '-' ? "./" : "",
                                (int)length, directory);
}

/* The public directory that a directory leads to; *is_itself: it is that directory.  NULL: none. */
static char *find_public(struct opening *opening, const char *directory, bool *is_itself)
{
    static const char *const places[] = { "/xen", "", "/xen/include/public", "/include/public" };
    char *base = NULL;

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !base; i++) {
        base = try_directory(opening, directory, places[i]);
        *is_itself = base && i == 0;
    }
    return base;
}

/* No directory has them.  Is there one nearby that has? */
static int report_no_headers(struct opening *opening, const char *directory)
{
    static const char *const places[] = {
        "/public", "/..", "/../public", "/../../public", "/include/xen", "/usr/include/xen",
    };
    struct fastabi_place place = { directory, 0, 0 };
    struct stat status;
    char *near = NULL, *plain;

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !near; i++)
        near = try_directory(opening, directory, places[i]);
    plain = near && strstr(near, "/..") ? realpath(near, NULL) : NULL;
    if (near)
        fastabi_report(opening->context, FASTABI_DIAG_NO_PUBLIC_HEADERS, &place,
                       "this directory has no xen/xen.h or xen.h; use '%.200s'",
                       plain ? plain : near);
    else if (!stat(directory, &status) && !S_ISDIR(status.st_mode))
        fastabi_report(opening->context, FASTABI_DIAG_NO_PUBLIC_HEADERS, &place,
                       "this is not a directory; name one with Xen's public headers, like "
                       "/usr/include or xen/include/public of a Xen tree");
    else if (access(directory, F_OK))
        fastabi_report(opening->context, FASTABI_DIAG_NO_PUBLIC_HEADERS, &place,
                       "there is no such directory; name one with Xen's public headers, like "
                       "/usr/include or xen/include/public of a Xen tree");
    else
        fastabi_report(
            opening->context, FASTABI_DIAG_NO_PUBLIC_HEADERS, &place,
            "this directory has no xen/xen.h or xen.h; name one with Xen's public headers, "
            "like /usr/include or xen/include/public of a Xen tree");
    free(plain);
    return -EINVAL;
}

/* A directory to look in, and to name headers from. */
static int add_root(struct opening *opening, struct fastabi_list *list, const char *directory)
{
    struct fastabi_layout *layout = opening->layout;
    int status = fastabi_list_add_once(list, &opening->plan.arena, directory);

    return status ? status : fastabi_list_add_once(&layout->roots, &layout->arena, directory);
}

static int add_include(struct opening *opening, const char *directory)
{
    return add_root(opening, &opening->plan.request.includes, directory);
}

/* The compiler's own <stdint.h> is before one of libc, which needs more directories than this. */
static int add_itself(struct opening *opening, const char *directory)
{
    return add_root(opening, &opening->plan.request.after, directory);
}

/* A directory besides the base: itself, the public headers that it leads to, and its xen/. */
static int add_other(struct opening *opening, const char *directory, const char *base)
{
    const char *below = fastabi_path_join(&opening->plan.arena, directory, "xen");
    int status = below ? 0 : -ENOMEM;

    if (!status && base)
        status = add_include(opening, base);
    if (!status && !access(below, F_OK))
        status = add_include(opening, below);
    return status ? status : add_itself(opening, directory);
}

/*
 * Set base and includes of the request: the first directory that has xen.h is the base; what it
 * lacks is looked for in the others, then in include_dirs.
 */
static int find_headers(struct opening *opening, const struct fastabi_layout_options *options)
{
    struct fastabi_layout *layout = opening->layout;
    int status = 0;

    for (uint32_t i = 0; i < options->header_dir_count && !status; i++) {
        bool is_itself = false;
        char *directory = trim(opening, options->header_dirs[i]);
        char *base = directory ? find_public(opening, directory, &is_itself) : NULL;

        if (!directory)
            return -ENOMEM;
        status = fastabi_check_headers(opening->context, &opening->plan.arena,
                                       base ? base : directory);
        if (status)
            return status;
        if (base && !layout->base) {
            layout->base = fastabi_arena_copy(&layout->arena, base, strlen(base));
            status = !layout->base ? -ENOMEM : is_itself ? add_itself(opening, directory) : 0;
            if (!status && options->header_dir_count > 1)
                status = add_include(opening,
                                     base); /* other directories' headers include its own */
        } else {
            status = add_other(opening, directory, base);
        }
    }
    if (!status && !layout->base)
        return report_no_headers(opening, options->header_dirs[0]);
    for (uint32_t i = 0; i < options->include_dir_count && !status; i++) {
        const char *directory = trim(opening, options->include_dirs[i]);

        status = directory ? add_include(opening, directory) : -ENOMEM;
    }
    return status;
}

/* ---- opening ---- */

static int read_all(struct opening *opening)
{
    const struct fastabi_layout_provider *provider = opening->layout->provider;
    int status = provider->read(&opening->plan.request, &opening->sink);

    return status ? status : opening->is_faulty ? -EINVAL : 0;
}

/*
 * Is the fault one of the preludes?  What they leave open, or do not define, shows in the headers
 * first, though those are as they should be: so the preludes are read alone, and if there is a
 * fault nothing else is said.
 */
static int read_preludes(struct opening *opening)
{
    struct fastabi_layout_request *request = &opening->plan.request;
    const struct fastabi_layout_request whole = *request;
    int status;

    request->headers.count = request->macros.count = request->types.count = 0;
    opening->is_faulty = false;
    opening->sink.fault = take_fault;
    status = read_all(opening);
    *request = whole;
    return status;
}

/* What was not to be read first is read again, without the headers that include what is missing. */
static int read_part(struct opening *opening)
{
    struct fastabi_layout *layout = opening->layout;
    int status = 0;

    if (opening->has_gap && opening->flags & FASTABI_LAYOUT_PARTIAL)
        status = fastabi_probe_headers(layout->provider, &opening->plan.request, &layout->arena,
                                       &layout->missing);
    opening->is_faulty = false;
    opening->sink.fault = take_fault;
    return status ? status : read_all(opening);
}

static int ask_provider(struct opening *opening)
{
    bool has_preludes = opening->plan.request.preludes.count;
    bool is_trial = has_preludes || opening->flags & FASTABI_LAYOUT_PARTIAL;
    int status;

    opening->sink = (struct fastabi_layout_sink){
        wants_struct, add_struct,  add_field,
        add_macro,    add_type,    set_target,
        add_file,     add_missing, is_trial ? note_fault : take_fault,
    };
    status = read_all(opening);
    if (!is_trial || !opening->is_faulty || status == -ENOMEM)
        return status;
    status = has_preludes ? read_preludes(opening) : 0;
    return status ? status : read_part(opening);
}

/* The headers that are not there are the checks' to complain about. */
static int keep_missing(struct opening *opening)
{
    const struct fastabi_list *missing = &opening->plan.missing;
    int status = 0;

    for (size_t i = 0; i < missing->count && !status; i++)
        status = add_missing(&opening->sink, missing->items[i]);
    return status;
}

static int read_headers(struct opening *opening, const struct fastabi_layout_options *options,
                        fastabi_specs specs, size_t count)
{
    struct fastabi_layout *layout = opening->layout;
    struct fastabi_layout_request *request = &opening->plan.request;
    int status = find_headers(opening, options);

    for (uint32_t i = 0; i < options->include_file_count && !status; i++)
        status = fastabi_prelude_add(opening->context, &opening->plan, options->include_files[i]);
    if (!status)
        status = fastabi_layout_load_module(opening->context, &layout->provider, &layout->module);
    if (!status)
        status = fastabi_plan_make(&opening->plan, layout->base, specs, count);
    request->target = layout->target;
    request->interface_version = options->interface_version;
    layout->is_versioned = options->interface_version;
    if (!status)
        status = keep_missing(opening);
    return status ? status : ask_provider(opening);
}

static int read_snapshot(struct opening *opening, const struct fastabi_layout_options *options)
{
    struct fastabi_layout *layout = opening->layout;

    layout->provider = &fastabi_layout_snapshot;
    opening->plan.request.context = opening->context;
    opening->plan.request.snapshot = options->snapshot;
    return ask_provider(opening);
}

static bool is_version(const char *text)
{
    return *text && !text[strspn(text, "0123456789abcdefABCDEFx")];
}

static int open_layout(struct opening *opening, const struct fastabi_layout_options *options,
                       fastabi_specs specs, size_t count)
{
    struct fastabi_layout *layout = opening->layout;
    const char *target = options->target ? options->target : FASTABI_DEFAULT_TARGET;

    layout->provider = &fastabi_layout_none;
    layout->target = fastabi_arena_copy(&layout->arena, target, strlen(target));
    if (!layout->target)
        return -ENOMEM;
    if (options->snapshot)
        return read_snapshot(opening, options);
    if (options->header_dir_count)
        return read_headers(opening, options, specs, count);
    return ask_provider(opening);
}

/* Copy the options as far as they are known.  0, or -EINVAL, reported. */
static int take_options(struct fastabi_context *context, struct fastabi_layout_options *known,
                        const struct fastabi_layout_options *options)
{
    const char *fault = NULL;

    if (fastabi_options_copy(known, sizeof(*known), options))
        fault = "options with members that this version does not have; leave them zero";
    else if (known->flags & ~(FASTABI_LAYOUT_ALL | FASTABI_LAYOUT_PARTIAL))
        fault = "unknown flags; use FASTABI_LAYOUT_* of these headers";
    else if (known->header_dir_count && !known->header_dirs)
        fault = "header_dirs is NULL; set header_dir_count to 0";
    else if (known->include_dir_count && !known->include_dirs)
        fault = "include_dirs is NULL; set include_dir_count to 0";
    else if (known->include_file_count && !known->include_files)
        fault = "include_files is NULL; set include_file_count to 0";
    else if (known->header_dir_count && known->snapshot)
        fault = "headers and a snapshot; give one of them";
    else if (known->interface_version && !is_version(known->interface_version))
        fault = "the interface version is not a number; write 0x00040e00";
    for (uint32_t i = 0; !fault && i < known->header_dir_count; i++) {
        if (!known->header_dirs[i])
            fault = "a directory of headers is NULL";
    }
    for (uint32_t i = 0; !fault && i < known->include_dir_count; i++) {
        if (!known->include_dirs[i])
            fault = "a directory of includes is NULL";
    }
    for (uint32_t i = 0; !fault && i < known->include_file_count; i++) {
        if (!known->include_files[i])
            fault = "a file to include is NULL";
    }
    return fault ? fastabi_refuse_argument(context, "fastabi_layout_open", fault) : 0;
}

int fastabi_layout_open(struct fastabi_context *context, fastabi_specs specs, size_t count,
                        const struct fastabi_layout_options *options,
                        struct fastabi_layout **layout)
{
    struct fastabi_layout_options known;
    struct opening opening = { .context = context };
    int status;

    if (layout)
        *layout = NULL;
    if (!context || !layout || !options)
        return fastabi_refuse_argument(context, __func__,
                                       "it needs options and a place for the result");
    status = take_options(context, &known, options);
    if (!status)
        status = fastabi_specs_check(context, __func__, specs, count);
    if (status)
        return status;
    if (known.target && !fastabi_layout_is_target(known.target)) {
        fastabi_report(context, FASTABI_DIAG_NO_HEADER_READER, NULL,
                       "'%.60s' is not a target triple; write one like x86_64-unknown-linux-gnu",
                       known.target);
        return -ENOTSUP;
    }
    opening.flags = known.flags;
    opening.layout = calloc(1, sizeof(*opening.layout));
    status = opening.layout ? open_layout(&opening, &known, specs, count) : -ENOMEM;
    if (status == -ENOMEM)
        fastabi_report_system(context, FASTABI_DIAG_OUT_OF_MEMORY, NULL, status);
    fastabi_plan_free(&opening.plan);
    if (status)
        fastabi_layout_free(opening.layout);
    else
        *layout = opening.layout;
    return status;
}

/*
 * The module stays loaded: LLVM keeps state that does not survive being unloaded.
 */
void fastabi_layout_free(struct fastabi_layout *layout)
{
    if (!layout)
        return;
    fastabi_arena_free(&layout->arena);
    free(layout);
}

/* ---- asking ---- */

const char *fastabi_layout_target(const struct fastabi_layout *layout)
{
    return layout ? layout->target : NULL;
}

const char *fastabi_layout_provider(const struct fastabi_layout *layout)
{
    return layout ? layout->provider->name : NULL;
}

size_t fastabi_layout_file_count(const struct fastabi_layout *layout)
{
    return layout ? layout->inputs.count : 0;
}

const char *fastabi_layout_file(const struct fastabi_layout *layout, size_t i)
{
    return layout && i < layout->inputs.count ? layout->inputs.items[i] : NULL;
}

size_t fastabi_layout_struct_count(const struct fastabi_layout *layout)
{
    return layout ? layout->structs.count : 0;
}

const struct fastabi_struct *fastabi_layout_struct(const struct fastabi_layout *layout, size_t i)
{
    return layout && i < layout->structs.count ? layout->structs.items[i] : NULL;
}

bool fastabi_layout_macro(const struct fastabi_layout *layout, const char *name, int64_t *value)
{
    const struct fastabi_layout_macro *macro = fastabi_layout_find_macro(layout, name);

    if (value)
        *value = macro ? macro->value : 0;
    return macro;
}

const char *fastabi_layout_macro_at(const struct fastabi_layout *layout, size_t i, int64_t *value)
{
    const struct fastabi_layout_macro *macro = layout && i < layout->macros.count
                                                   ? layout->macros.items[i]
                                                   : NULL;

    if (value)
        *value = macro ? macro->value : 0;
    return macro ? macro->name : NULL;
}

const char *fastabi_struct_name(const struct fastabi_struct *structure)
{
    return structure ? structure->name : NULL;
}

bool fastabi_struct_is_union(const struct fastabi_struct *structure)
{
    return structure && structure->is_union;
}

const char *fastabi_struct_header(const struct fastabi_struct *structure)
{
    return structure && structure->file ? structure->file->relative : NULL;
}

unsigned int fastabi_struct_line(const struct fastabi_struct *structure)
{
    return structure ? structure->line : 0;
}

uint64_t fastabi_struct_size(const struct fastabi_struct *structure)
{
    return structure ? structure->size : 0;
}

size_t fastabi_struct_field_count(const struct fastabi_struct *structure)
{
    return structure ? structure->field_count : 0;
}

const struct fastabi_field *fastabi_struct_field(const struct fastabi_struct *structure, size_t i)
{
    return structure && i < structure->field_count ? &structure->fields[i] : NULL;
}
