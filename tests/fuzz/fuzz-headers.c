/* SPDX-License-Identifier: MIT */
/*
 * Any text as a header: libclang reads it, and a specification is checked against it.  A header may
 * not name other files here: it could name any file of the machine.
 */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char xen_h[] = "#ifndef XEN_H\n"
                            "#define XEN_H\n"
                            "#define __XEN_LATEST_INTERFACE_VERSION__ 0x00040e00\n"
                            "#define __HYPERVISOR_demo_op 3\n"
                            "typedef unsigned char uint8_t;\n"
                            "typedef unsigned short uint16_t;\n"
                            "typedef unsigned int uint32_t;\n"
                            "typedef unsigned long uint64_t;\n"
                            "typedef short int16_t;\n"
                            "#define XEN_GUEST_HANDLE(name) __guest_handle_ ## name\n"
                            "typedef struct { void *p; } __guest_handle_void;\n"
                            "#endif\n";
static const char specification[] =
    "name: demo\n"
    "hypercall_index: 3\n"
    "hypercall_macro: __HYPERVISOR_demo_op\n"
    "index_prefix: DEMOOP_\n"
    "headers: [demo.h]\n"
    "subops:\n"
    "  go:\n"
    "    index: 1\n"
    "    input: { a: { reg: 2, type: u32 } }\n"
    "    output: { b: { reg: 3, type: u16 }, c: { reg: 4, type: i16 } }\n"
    "    omit: { u: \"not of interest\" }\n"
    "    c_lang:\n"
    "      struct: demo_go\n";

static const char directory[] = "headers";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_start();
    if (mkdir(directory, 0777))
        abort();
    fuzz_write("headers/xen.h", xen_h, "", 0);
    return 0;
}

static void use(struct fastabi_context *context, const struct fastabi_layout *layout,
                struct fastabi_spec *spec)
{
    fuzz_save(context, layout, spec);
    if (!fastabi_layout_check(context, layout, &spec, 1, 0))
        fastabi_layout_apply(context, layout, spec);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *const directories[] = { directory };
    struct fastabi_layout_options options = {
        .size = sizeof(options),
        .header_dirs = directories,
        .header_dir_count = 1,
    };
    struct fastabi_context *context;
    struct fastabi_layout *layout = NULL;
    struct fastabi_spec *spec = NULL;
    char *text = fuzz_text(data, size);
    /* a line that goes on, or a paste of tokens, could spell these words too */
    int is_tried = !strstr(text, "inc") && !strstr(text, "embed") && !strstr(text, "pragma") &&
                   !strstr(text, "import") && !strchr(text, '\\') && !strstr(text, "?\?");

    if (is_tried) {
        context = fuzz_context(FASTABI_CONTEXT_NOTES);
        fuzz_write("headers/demo.h", "#include \"xen.h\"\n#define DEMOOP_go 1\n", data, size);
        fuzz_demand(!fastabi_spec_parse(context, "demo.yml", specification,
                                        sizeof(specification) - 1, &spec),
                    "the specification is one");
        if (!fastabi_layout_open(context, &spec, 1, &options, &layout))
            use(context, layout, spec);
        fastabi_layout_free(layout);
        fastabi_spec_free(spec);
        fastabi_context_free(context);
    }
    free(text);
    return 0;
}
