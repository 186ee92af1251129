/* SPDX-License-Identifier: MIT */
/*
 * Profiles: named sets of options of backends, for the habits of one system, in YAML files.
 * context.h states the rules for all functions: NULL, bounds, out-parameters, errors.
 */
#ifndef FASTABI_PROFILE_H
#define FASTABI_PROFILE_H

#include <fastabi/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

struct fastabi_profile;

/*
 * Hand the name of each profile that a name can stand for to func, in strcmp order: those of the
 * directories of FASTABI_PROFILE_PATH, of the installation, and of the library itself.
 * Since 0.2.
 */
FASTABI_API int fastabi_profile_find(struct fastabi_context *context, fastabi_path_func func,
                                     void *data);

/*
 * Read a profile, and check its options: each is one of a backend, which takes its value.  What has
 * a '/', or ends in ".yml" or ".yaml", is the path of a file; anything else is a name.  -ENOTSUP if
 * there is no profile of that name.  The caller frees the profile.
 * Since 0.2.
 */
FASTABI_API int fastabi_profile_load(struct fastabi_context *context, const char *name,
                                     struct fastabi_profile **profile);

/*
 * Free a profile.
 * Since 0.2.
 */
FASTABI_API void fastabi_profile_free(struct fastabi_profile *profile);

/*
 * Its name: that of its file, without directory and ending.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_profile_name(const struct fastabi_profile *profile);

/*
 * The path of its file; NULL: it is the library's own.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_profile_path(const struct fastabi_profile *profile);

/*
 * What it is for.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_profile_doc(const struct fastabi_profile *profile);

/*
 * Number of options that it sets.
 * Since 0.2.
 */
FASTABI_API size_t fastabi_profile_option_count(const struct fastabi_profile *profile);

/*
 * The value of its i-th option, in the order of the file.  Stores the name of the backend, and that
 * of the option.
 * Since 0.2.
 */
FASTABI_API const char *fastabi_profile_option(const struct fastabi_profile *profile, size_t i,
                                               const char **backend, const char **option);

#ifdef __cplusplus
}
#endif
#endif
