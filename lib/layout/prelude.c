/* SPDX-License-Identifier: MIT */
/*
 * Files that are included before the headers: which ones a parser is given, and what they are
 * called.  Reads none of them.
 */
#include "layout/prelude.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/path.h"
#include "layout/regular.h"

/* A name becomes C text, in which these end it, or the line that it is in. */
static bool has_character_of_text(const char *path)
{
    return path[strcspn(path, "\"\\\n\r")];
}

/* A parser would look for such a file in other places, too, and name no path. */
int fastabi_prelude_add(struct fastabi_context *context, struct fastabi_plan *plan,
                        const char *path)
{
    const struct fastabi_place place = { path, 0, 0 };
    struct stat status;
    int error = stat(path, &status) ? -errno : S_ISDIR(status.st_mode) ? -EISDIR : 0;

    if (!error && access(path, R_OK))
        error = -errno;
    if (error)
        return fastabi_report_system(context, FASTABI_DIAG_CANNOT_READ, path, error);
    if (has_character_of_text(path))
        return fastabi_report(context, FASTABI_DIAG_CANNOT_READ, &place,
                              "#include takes no quotation mark, backslash or end of a line; "
                              "rename the file or its directory");
    error = fastabi_check_regular(context, &place, &status);
    return error ? error : fastabi_list_add(&plan->request.preludes, &plan->arena, path);
}

/* A parser finds them, and what is beside them, as "./FILE". */
const char *fastabi_prelude_name(const struct fastabi_layout_request *request, const char *path)
{
    const struct fastabi_list *const lists[] = { &request->includes, &request->after };

    if (!request->preludes.count || strncmp(path, "./", 2))
        return path;
    for (size_t i = 0; i < request->preludes.count; i++) {
        if (!strcmp(path + 2, request->preludes.items[i]))
            return path + 2;
    }
    if (fastabi_path_in(path, request->base))
        return path;
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        for (size_t j = 0; j < lists[i]->count; j++) {
            if (fastabi_path_in(path, lists[i]->items[j]))
                return path;
        }
    }
    return path + 2;
}
