/* SPDX-License-Identifier: MIT */
/*
 * Conditions (valid_when): NAME OP INTEGER, joined by one of && and ||.  What is wrong with the
 * others is said in words that name it.
 */
#include <string.h>

#include <criterion/criterion.h>

#include "spec/condition.h"
#include "base/names.h"

static struct fastabi_param params[] = { { .name = "status" },
                                         { .name = "time[0]" },
                                         { .name = "u.x" } };
static const struct fastabi_op op = { .params = params, .param_count = 3 };

static const char *find_fault(const char *text)
{
    static char buffer[2 * FASTABI_IDENTIFIER_MAX + 64];

    return fastabi_condition_fault(&op, text, buffer, sizeof(buffer));
}

Test(condition, good)
{
    static const char *const good[] = {
        "status == 4",
        "status==4",
        "status != 0",
        "status < 1",
        "status <= 1",
        "status > 1",
        "status >= 1",
        "status == -1",
        "status>=-0x10",
        "status == 0x7FFFFFFFFFFFFFFF",
        "status == -9223372036854775808",
        "time[0] > 0",
        "u.x == 1",
        "status == 1 && u.x == 2",
        "status == 1||u.x == 2||time[0]<3",
        "  status\t== 4  ",
        "status == 1 && status == 1 && status == 1 && status == 1",
    };

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        cr_expect_null(find_fault(good[i]), "'%s': %s", good[i], find_fault(good[i]));
}

static void expect_faults(const char *const *texts, size_t count, const char *fault)
{
    for (size_t i = 0; i < count; i++) {
        const char *found = find_fault(texts[i]);

        cr_assert_not_null(found, "'%s'", texts[i]);
        cr_expect_str_eq(found, fault, "'%s': %s", texts[i], found);
    }
}

#define EXPECT_FAULTS(fault, ...)                                                                  \
    do {                                                                                           \
        static const char *const texts[] = { __VA_ARGS__ };                                        \
        expect_faults(texts, sizeof(texts) / sizeof(texts[0]), (fault));                           \
    } while (0)

Test(condition, bad)
{
    EXPECT_FAULTS("a name is missing; write NAME OPERATOR INTEGER, as in 'status >= 0'", "", " ",
                  "== 1", "status == 1 &&", "status == 1 && ", "&& status == 1", "||", "=");
    EXPECT_FAULTS("'time' is not a parameter; did you mean 'time[0]'?", "time == 1",
                  "status == 1 || time == 1");
    EXPECT_FAULTS("'(status' is not a parameter; did you mean 'status'?", "(status == 1)");
    EXPECT_FAULTS("'1' is not a parameter; name one of this operation", "1 == status");
    EXPECT_FAULTS("an operator is missing; write one of == != < <= > >= after the name", "status",
                  "status = 1", "status ! 1", "status 1", "status & 1", "status && 1",
                  "status is 1");
    EXPECT_FAULTS("an integer is missing; write it decimal or 0x hexadecimal after the operator",
                  "status ==\n4", "status ==", "status == ", "status === 1", "status == x",
                  "status == u.x", "status == 01", "status == 1.0", "status == 0x", "status == 1u",
                  "status <> 1", "status == 1)", "status == 1;", "status == 9223372036854775808",
                  "status == - 1", "status == \"1\"");
    EXPECT_FAULTS("a comparison is followed by something else; join comparisons by && or by ||",
                  "status == 1 1", "status == 1 & u.x == 1", "status == 1 | u.x == 1",
                  "status == 1 and u.x == 1", "status == 1 = 1", "status == 1 == 1",
                  "status == 1 &| u.x == 1", "status == 1 !");
    EXPECT_FAULTS("&& and || cannot be mixed; use one of them",
                  "status == 1 && u.x == 1 || u.x == 2", "status == 1 || u.x == 1 && u.x == 2");
}

/* Words of any length neither overrun nor get cut into something that is right. */
Test(condition, long_words)
{
    char text[1000];

    memset(text, 'a', sizeof(text));
    strcpy(text + sizeof(text) - 8, " == 1");
    cr_expect_str_eq(find_fault(text),
                     "a name is missing; write NAME OPERATOR INTEGER, as in 'status >= 0'");
    memset(text, 'a', FASTABI_IDENTIFIER_MAX);
    strcpy(text + FASTABI_IDENTIFIER_MAX, " == 1");
    cr_expect_not_null(strstr(find_fault(text), "aaa' is not a parameter"));
    memset(text, '0', sizeof(text));
    memcpy(text, "status == 1", 11);
    text[sizeof(text) - 1] = '\0';
    cr_expect_str_eq(
        find_fault(text),
        "an integer is missing; write it decimal or 0x hexadecimal after the operator");
}

Test(condition, without_parameters)
{
    static const struct fastabi_op none = { .params = NULL };
    char buffer[2 * FASTABI_IDENTIFIER_MAX + 64];

    cr_expect_str_eq(fastabi_condition_fault(&none, "status == 1", buffer, sizeof(buffer)),
                     "'status' is not a parameter; name one of this operation");
}
