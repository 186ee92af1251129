/* SPDX-License-Identifier: MIT */
/* A specification and its context, made again for each test; must not know any test. */
#ifndef TESTS_UNIT_SPEC_FIXTURE_H
#define TESTS_UNIT_SPEC_FIXTURE_H

#include <criterion/criterion.h>

#include <fastabi/fastabi.h>

extern const char spec_text[]; /* what spec was parsed from */
extern struct fastabi_context *context;
extern struct fastabi_spec *spec;

/* A context that finds abi/ and its types, and asks no environment variable. */
struct fastabi_context *make_context(void);

void set_up(void);
void tear_down(void);

#define EXPECT_TEXT(expression, wanted)                                                            \
    do {                                                                                           \
        const char *got_ = (expression);                                                           \
        cr_assert_not_null(got_, #expression);                                                     \
        cr_expect_str_eq(got_, (wanted), "%s is '%s'", #expression, got_);                         \
    } while (0)

#endif
