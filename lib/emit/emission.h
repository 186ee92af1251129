/* SPDX-License-Identifier: MIT */
/* One run of one backend: what the files that implement fastabi_generate() share. */
#ifndef FASTABI_LIB_EMISSION_H
#define FASTABI_LIB_EMISSION_H

#include <stdbool.h>

#include <fastabi/backend.h>

#include "base/arena.h"
#include "emit/inputs.h"
#include "emit/writer.h"

struct fastabi_channel;
struct fastabi_profile;
struct fastabi_sink;

/* What a user calls a specification. */
struct fastabi_emission_file {
    const char *name; /* without directories; NULL: none that a comment can have */
    bool is_installed;
};

struct fastabi_emission {
    struct fastabi_context *context;
    const struct fastabi_backend *backend;
    fastabi_specs given;         /* all that the run was given, or the parts of them */
    struct fastabi_spec **parts; /* without what the headers lack; NULL: nothing is left out */
    size_t given_count;
    fastabi_specs specs; /* those that are written: they have operations */
    size_t spec_count;
    struct fastabi_generate_options options;
    const char **values;             /* of the backend's options, in its order */
    const char **defaults;           /* what they have where the user sets nothing */
    struct fastabi_profile *profile; /* or NULL */
    const struct fastabi_spec *spec; /* whose hooks run, or NULL */
    struct fastabi_sink *sink;
    struct fastabi_inputs inputs; /* none where no file is replaced */
    struct fastabi_writer writer;
    struct fastabi_channel *channel; /* in a child: to the parent, which has the files; else NULL */
    bool is_stdout;
    bool has_opened;                     /* a file that is not a support file */
    int error;                           /* the first one; it was reported */
    struct fastabi_emission_file *files; /* of the specifications, for commands in banners */
    struct fastabi_buffer command;       /* what fastabi_emission_command() returned last */
    struct fastabi_arena texts;          /* of fastabi_emission_printf() */
    void *state;
};

/* Report that there is no memory for a text, so that the run fails.  Returns "". */
const char *fastabi_emission_no_memory(struct fastabi_emission *emission);

/* Fill values from the options' settings, each "key=value".  0 or a negative errno, reported. */
int fastabi_emission_take_settings(struct fastabi_emission *emission);

/* Open a file of the backend in the sink.  0 or a negative errno, reported. */
int fastabi_emission_open_file(struct fastabi_emission *emission, const char *path, uint32_t flags);

/* End the file that is open.  0 or a negative errno, reported. */
int fastabi_emission_close_file(struct fastabi_emission *emission);

#endif
