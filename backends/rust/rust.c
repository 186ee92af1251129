/* SPDX-License-Identifier: MIT */
/*
 * The Rust backend: a no_std crate, with a module for each specification.
 * Functions are op.c's, the asm statements below them transfer.c's; sees the public API only.
 */
#include "rust.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct fastabi_backend_option options[] = {
    { "transfer", FASTABI_OPTION_CHOICE, "detect|vmcall|vmmcall|patch", "detect",
      "the transfer where none is named: chosen by CPUID, fixed, or patched at boot" },
    { "form", FASTABI_OPTION_CHOICE, "crate|module", "crate",
      "a crate of its own, or one file fastabi.rs for another crate to include!" },
};

/* Of an option's value the transfer type. */
static const char *transfer_type(const char *option)
{
    if (!strcmp(option, "vmcall"))
        return "Vmcall";
    if (!strcmp(option, "vmmcall"))
        return "Vmmcall";
    return strcmp(option, "patch") ? "Detected" : "Patch";
}

static int write_manifest(struct rust_run *run)
{
    int status = rust_open(run, "Cargo.toml", FASTABI_FILE_SUPPORT | FASTABI_FILE_FIXED, NULL);

    if (status)
        return status;
    fastabi_write(run->writer,
                  "\n"
                  "[package]\n"
                  "name = \"xen-fastabi\"\n"
                  "version = \"%s\"\n"
                  "edition = \"2021\"\n"
                  "rust-version = \"1.63\"\n"
                  "license = \"MIT\"\n"
                  "description = \"Xen hypercalls by registers, for x86-64 guests\"\n"
                  "publish = false\n",
                  fastabi_version());
    return 0;
}

static const char crate_doc[] =
    "\n"
    "//! Xen FastABI for x86-64 guests: hypercalls whose arguments and results are in registers.\n"
    "//!\n"
    "//! A module is a hypercall, a function in it an operation. The function itself makes the "
    "call by\n"
    "//! [`DefaultTransfer`]; the one of its name in `with` by the [`Transfer`] of your choice; "
    "the one in\n"
    "//! `raw` returns registers as they are. `calls` has the registers of each.\n"
    "//!\n"
    "//! [`detect`] tells whether the hypervisor speaks FastABI. Outputs come from the hypervisor: "
    "in a\n"
    "//! confidential guest, from a side that is not trusted.\n"
    "\n"
    "#![no_std]\n"
    "#![deny(unsafe_op_in_unsafe_fn)]\n"
    "// Whoever uses macro transfer! writes `unsafe`. Older releases of Clippy do not know the "
    "lint.\n"
    "#![allow(unknown_lints, clippy::macro_metavars_in_unsafe)]\n"
    "#![cfg_attr(rustfmt, rustfmt_skip)]\n"
    "// Names are the specifications'.\n"
    "#![allow(non_camel_case_types, non_snake_case, non_upper_case_globals, "
    "renamed_and_removed_lints)]\n"
    "#![allow(clippy::blacklisted_name, clippy::disallowed_names, "
    "clippy::just_underscores_and_digits)]\n"
    "#![allow(clippy::module_inception, clippy::identity_op)]\n"
    "\n"
    "#[cfg(not(target_arch = \"x86_64\"))]\n"
    "compile_error!(\"FastABI is for x86-64 guests\");\n"
    "\n"
    "mod support;\n"
    "mod transfer;\n"
    "pub mod types;\n";

static const char module_head[] = "\n"
                                  "#[cfg(not(target_arch = \"x86_64\"))]\n"
                                  "compile_error!(\"FastABI is for x86-64 guests\");\n"
                                  "\n"
                                  "#[allow(unused_imports)]\n"
                                  "pub(crate) use self::transfer::transfer;\n";

static int write_root(struct rust_run *run)
{
    const char *allow = run->is_module ? "#[allow(unused_imports, unreachable_pub)]\n" : "";
    const char *transfer = transfer_type(fastabi_emission_option(run->emission, "transfer"));
    int status = rust_open(run, "src/lib.rs", FASTABI_FILE_SUPPORT, NULL);

    if (status)
        return status;
    fastabi_write(run->writer, "%s\n", run->is_module ? module_head : crate_doc);
    for (size_t i = 0; !run->is_module && i < fastabi_emission_spec_count(run->emission); i++)
        fastabi_write(run->writer, "pub mod %s;\n",
                      rust_module_name(run, fastabi_emission_spec(run->emission, i)));
    fastabi_write(
        run->writer,
        "%s%spub use self::support::{cpuid, detect, patch, set_vendor, vendor, MASK};\n"
        "%spub use self::support::{Call, Caller, Detected, Errno, Patch, PatchError, Vendor, "
        "Vmcall, Vmmcall};\n"
        "%spub use self::transfer::Transfer;\n"
        "\n"
        "/// How the functions that name no transfer make their call.\n%s"
        "pub type DefaultTransfer = %s;\n",
        run->is_module ? "" : "\n", allow, allow, allow,
        run->is_module ? "#[allow(dead_code, unreachable_pub)]\n" : "", transfer);
    return 0;
}

static bool starts_with(const char *line, const char *start)
{
    return !strncmp(line, start, strlen(start));
}

static int write_support(struct rust_run *run)
{
    int status = rust_open(run, "src/support.rs", FASTABI_FILE_SUPPORT | FASTABI_FILE_FIXED, NULL);

    for (size_t i = 0; !status && rust_support_lines[i]; i++) {
        const char *line = rust_support_lines[i];

        if (run->is_module && starts_with(line, "crate::transfer!"))
            line = "super::transfer! {";
        if (i) /* the first line is its licence, which the banner has */
            fastabi_write(run->writer, "%s\n", line);
        if (run->is_module && starts_with(line, "use ::core::sync"))
            fastabi_write(run->writer, "use super::Transfer; // for transfer!\n");
    }
    return status;
}

static int begin(struct fastabi_emission *emission)
{
    struct rust_run *run = calloc(1, sizeof(*run));
    int status;

    if (!run)
        return -ENOMEM;
    fastabi_emission_set_state(emission, run);
    run->emission = emission;
    run->is_module = !strcmp(fastabi_emission_option(emission, "form"), "module");
    status = rust_collect_types(run);
    if (!status && !run->is_module)
        status = write_manifest(run);
    if (!status)
        status = write_root(run);
    if (!status)
        status = write_support(run);
    if (!status)
        status = rust_write_transfer(run);
    return status ? status : rust_write_types(run);
}

/* Does the specification use a named type? */
static bool has_newtype(const struct rust_run *run, const struct fastabi_spec *spec)
{
    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++) {
        const struct fastabi_op *op = fastabi_spec_op(spec, i);

        for (size_t j = 0; j < fastabi_op_param_count(op); j++) {
            if (rust_newtype(run, fastabi_op_param(op, j)))
                return true;
        }
    }
    return false;
}

static void write_use_of_types(const struct rust_run *run, const struct fastabi_spec *spec,
                               int depth)
{
    if (has_newtype(run, spec))
        fastabi_write(run->writer, "use %s::types;\n", rust_root(run, depth));
}

static int spec_begin(struct fastabi_emission *emission, const struct fastabi_spec *spec)
{
    struct rust_run *run = fastabi_emission_state(emission);
    const char *name = rust_without_prefix(rust_module_name(run, spec));
    int status = rust_open(run, fastabi_emission_printf(emission, "src/%s.rs", name),
                           FASTABI_FILE_SPEC, spec);

    if (status)
        return status;
    fastabi_write(run->writer, "\n//! Hypercall %u, `%s`.\n", fastabi_spec_hypercall_index(spec),
                  fastabi_spec_name(spec));
    if (fastabi_spec_doc(spec)) {
        fastabi_write(run->writer, "//!\n");
        status = rust_write_prose(run->writer, "//! ", fastabi_spec_doc(spec));
    }
    fastabi_write(run->writer, "\n");
    write_use_of_types(run, spec, 0);
    fastabi_write(run->writer,
                  "use %s::{Call, DefaultTransfer, Errno};\n\n"
                  "/// The hypercall's number, without [`MASK`](%s::MASK).\n"
                  "pub const HYPERCALL_INDEX: u32 = %u;\n\n",
                  rust_root(run, 0), rust_root(run, 0), fastabi_spec_hypercall_index(spec));
    return status;
}

static int write_op(struct fastabi_emission *emission, const struct fastabi_spec *spec,
                    const struct fastabi_op *op)
{
    struct rust_run *run = fastabi_emission_state(emission);
    struct rust_op prepared;

    rust_prepare(run, spec, op, &prepared);
    return rust_write_op(run, &prepared);
}

/* A nested module with something of every operation. */
static int write_module(const struct rust_run *run, const struct fastabi_spec *spec,
                        const char *head, const char *uses,
                        int (*write)(const struct rust_run *run, const struct rust_op *op))
{
    int status = 0;

    fastabi_write(run->writer, "%s", head);
    fastabi_writer_indent(run->writer, 1);
    if (write == rust_write_with)
        write_use_of_types(run, spec, 1);
    fastabi_write(run->writer, "use %s::%s;\n\n", rust_root(run, 1), uses);
    for (size_t i = 0; !status && i < fastabi_spec_op_count(spec); i++) {
        struct rust_op op;

        rust_prepare(run, spec, fastabi_spec_op(spec, i), &op);
        fastabi_write(run->writer, i ? "\n" : "");
        status = write(run, &op);
    }
    fastabi_writer_indent(run->writer, -1);
    fastabi_write(run->writer, "}\n\n");
    return status;
}

static int write_call(const struct rust_run *run, const struct rust_op *op)
{
    rust_write_call(run, op);
    return 0;
}

static void write_list(const struct rust_run *run, const struct fastabi_spec *spec)
{
    fastabi_write(run->writer, "/// All calls of this module.\npub const CALLS: &[Call] = &[\n");
    for (size_t i = 0; i < fastabi_spec_op_count(spec); i++)
        fastabi_write(run->writer, "    calls::%s,\n",
                      rust_function_name(run, spec, fastabi_spec_op(spec, i)));
    fastabi_write(run->writer,
                  "];\n"
                  "const _: () = %s::support::check(HYPERCALL_INDEX, CALLS);\n",
                  rust_root(run, 0));
}

static int spec_end(struct fastabi_emission *emission, const struct fastabi_spec *spec)
{
    struct rust_run *run = fastabi_emission_state(emission);
    int status = write_module(run, spec,
                              "/// The same calls, by the transfer that the caller names.\n"
                              "pub mod with {\n",
                              "{Errno, Transfer}", rust_write_with);

    if (!status)
        status = write_module(
            run, spec,
            "/// The same calls, with registers as they are: outputs mean nothing if the first\n"
            "/// result, rax, is negative.\n"
            "pub mod raw {\n",
            "{Transfer, MASK}", rust_write_raw);
    if (!status)
        status = write_module(run, spec,
                              "/// Numbers and registers of the calls.\n"
                              "pub mod calls {\n",
                              "Call", write_call);
    write_list(run, spec);
    rust_write_packs(run, spec);
    return status;
}

static int end(struct fastabi_emission *emission)
{
    rust_end_part(fastabi_emission_state(emission));
    return 0;
}

static void cleanup(struct fastabi_emission *emission)
{
    struct rust_run *run = fastabi_emission_state(emission);

    if (run)
        free(run->types);
    free(run);
}

const struct fastabi_backend fastabi_backend_rust = {
    .abi_version = FASTABI_BACKEND_ABI_VERSION,
    .size = sizeof(struct fastabi_backend),
    .name = "rust",
    .description = "A no_std crate with a function for each operation",
    .flags = FASTABI_BACKEND_STUBS,
    .options = options,
    .option_count = sizeof(options) / sizeof(options[0]),
    .begin = begin,
    .spec_begin = spec_begin,
    .op = write_op,
    .spec_end = spec_end,
    .end = end,
    .cleanup = cleanup,
};
