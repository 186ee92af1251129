/* SPDX-License-Identifier: MIT */
/*
 * Named types as newtypes, once for the crate, so that what one specification returns can be passed
 * to another.  Knows nothing of operations.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rust.h"

static const struct rust_type *find(const struct rust_run *run, const char *name)
{
    for (size_t i = 0; i < run->type_count; i++) {
        if (!strcmp(fastabi_type_name(run->types[i].type), name))
            return &run->types[i];
    }
    return NULL;
}

/* "self" and "from" would be the keyword and the trait that the conversions implement. */
static bool is_taken(const struct rust_run *run, const char *name)
{
    if (!strcmp(name, "Self") || !strcmp(name, "From"))
        return true;
    for (size_t i = 0; i < run->type_count; i++) {
        if (!strcmp(run->types[i].name, name))
            return true;
    }
    return false;
}

static int add(struct rust_run *run, const struct fastabi_spec *spec,
               const struct fastabi_type *type)
{
    const char *name = fastabi_type_name(type);
    const struct rust_type *known = find(run, name);
    struct rust_type *grown, *added;

    if (known) {
        if (fastabi_type_width(known->type) == fastabi_type_width(type) &&
            fastabi_type_is_signed(known->type) == fastabi_type_is_signed(type))
            return 0;
        return fastabi_emission_error(
            run->emission, spec, NULL,
            fastabi_emission_printf(run->emission,
                                    "type '%.100s' has another width or sign in %s, which %s uses; "
                                    "use one of the two files for both",
                                    name, fastabi_spec_types_path(known->spec),
                                    fastabi_spec_path(known->spec)));
    }
    grown = realloc(run->types, (run->type_count + 1) * sizeof(*run->types));
    if (!grown)
        return -ENOMEM;
    run->types = grown;
    added = &run->types[run->type_count];
    added->type = type;
    added->spec = spec;
    added->name = rust_camel_case(run, strcmp(name, "domid") ? name : "dom_id");
    while (*added->name && is_taken(run, added->name))
        added->name = fastabi_emission_printf(run->emission, "%s_", added->name);
    run->type_count++;
    return 0;
}

int rust_collect_types(struct rust_run *run)
{
    for (size_t i = 0; i < fastabi_emission_spec_count(run->emission); i++) {
        const struct fastabi_spec *spec = fastabi_emission_spec(run->emission, i);

        for (size_t j = 0; j < fastabi_spec_type_count(spec); j++) {
            int status = add(run, spec, fastabi_spec_type(spec, j));

            if (status)
                return status;
        }
    }
    return 0;
}

const char *rust_newtype(const struct rust_run *run, const struct fastabi_param *param)
{
    const struct fastabi_type *type = fastabi_param_type(param);
    const struct rust_type *found = type ? find(run, fastabi_type_name(type)) : NULL;

    return found ? found->name : NULL;
}

static void write_conversion(struct fastabi_writer *writer, const char *from, const char *to,
                             const char *expression)
{
    fastabi_write(writer,
                  "\n"
                  "impl From<%s> for %s {\n"
                  "    #[inline(always)]\n"
                  "    fn from(value: %s) -> Self {\n"
                  "        %s\n"
                  "    }\n"
                  "}\n",
                  from, to, from, expression);
}

static int write_newtype(const struct rust_run *run, const struct rust_type *type)
{
    struct fastabi_writer *writer = run->writer;
    const char *doc = fastabi_type_doc(type->type);
    const char *integer = fastabi_type_repr(type->type);

    fastabi_write(writer, "\n");
    if (doc) {
        int status = rust_write_prose(writer, "/// ", doc);

        if (status)
            return status;
    } else {
        fastabi_write(writer, "/// The specifications' type `%s`.\n",
                      fastabi_type_name(type->type));
    }
    fastabi_write(writer,
                  "#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]\n"
                  "#[repr(transparent)]\n"
                  "pub struct %s(pub %s);\n"
                  "const _: () = assert!(::core::mem::size_of::<%s>() == %u);\n",
                  type->name, integer, type->name, fastabi_type_width(type->type) / 8);
    write_conversion(writer, integer, type->name, "Self(value)");
    write_conversion(writer, type->name, integer, "value.0");
    return 0;
}

int rust_write_types(struct rust_run *run)
{
    int status = rust_open(run, "src/types.rs", FASTABI_FILE_SUPPORT, NULL);

    if (status)
        return status;
    fastabi_write(
        run->writer,
        "\n//! Types that specifications share: a domain's number cannot be passed for a port.\n");
    for (size_t i = 0; !status && i < run->type_count; i++)
        status = write_newtype(run, &run->types[i]);
    return status;
}
