/* SPDX-License-Identifier: MIT */
/*
 * Conditions (valid_when): NAME OP INTEGER, joined by one of && and ||.  What is wrong with the
 * others is said in words that name it.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "spec/condition.h"
#include "base/names.h"
#include "emit/writer.h"

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
                  "status 1", "status & 1", "status && 1", "status is 1");
    EXPECT_FAULTS("an integer is missing; write it decimal or 0x hexadecimal after the operator",
                  "status ==\n4", "status ==", "status == ");
    EXPECT_FAULTS("'===' is not a valid comparison; use == != < <= > or >=", "status === 1",
                  "status ===");
    EXPECT_FAULTS("'<>' is not a valid comparison; use == != < <= > or >=", "status <> 1",
                  "status<>1");
    EXPECT_FAULTS("'=' is not a valid comparison; use == != < <= > or >=", "status = 1");
    EXPECT_FAULTS("'!' is not a valid comparison; use == != < <= > or >=", "status ! 1");
    EXPECT_FAULTS("'<==' is not a valid comparison; use == != < <= > or >=", "status <== 1");
    EXPECT_FAULTS("'x' is not an integer; write it decimal or 0x hexadecimal, like 18 or 0x12",
                  "status == x", "status == x && u.x == 1");
    EXPECT_FAULTS("'-' is not an integer; write it decimal or 0x hexadecimal, like 18 or 0x12",
                  "status == - 1");
    EXPECT_FAULTS("'1)' is not an integer; write it decimal or 0x hexadecimal, like 18 or 0x12",
                  "status == 1)");
    EXPECT_FAULTS("'0x' is not an integer; write it decimal or 0x hexadecimal, like 18 or 0x12",
                  "status == 0x");
    EXPECT_FAULTS("'01' is not an integer; remove the leading zero and write 1", "status == 01");
    EXPECT_FAULTS("'1.0' is not an integer; write 1", "status == 1.0");
    EXPECT_FAULTS("'1u' is not an integer; write 1", "status == 1u");
    EXPECT_FAULTS("'0b11' is not an integer; write 3", "status == 0b11");
    EXPECT_FAULTS("'-0' is not an integer; write 0", "status == -0");
    EXPECT_FAULTS("9223372036854775808 is out of range; a condition takes -9223372036854775808 to "
                  "9223372036854775807",
                  "status == 9223372036854775808");
    EXPECT_FAULTS("-9223372036854775809 is out of range; a condition takes -9223372036854775808 to "
                  "9223372036854775807",
                  "status == -9223372036854775809");
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
    cr_expect_str_eq(find_fault(text),
                     "an integer has too many digits; a condition takes those of 64 bits");
    text[10] = '0';
    cr_expect_str_eq(find_fault(text),
                     "an integer has too many digits; write it without leading zeros");
    text[10] = 'x';
    cr_expect_str_eq(find_fault(text),
                     "a word is too long for an integer; write it decimal or 0x hexadecimal");
    memset(text, '=', sizeof(text));
    memcpy(text, "status ", 7);
    text[sizeof(text) - 1] = '\0';
    cr_expect_not_null(strstr(find_fault(text), "==' is not a valid comparison"));
}

Test(condition, without_parameters)
{
    static const struct fastabi_op none = { .params = NULL };
    char buffer[2 * FASTABI_IDENTIFIER_MAX + 64];

    cr_expect_str_eq(fastabi_condition_fault(&none, "status == 1", buffer, sizeof(buffer)),
                     "'status' is not a parameter; name one of this operation");
}

/* ---- conditions that are read ---- */

static struct fastabi_spec *parse_outputs(const char *outputs)
{
    static const char head[] = "name: t\nhypercall_index: 1\nsubops:\n  a:\n    index: 0\n"
                               "    input:\n      dom: { reg: 2, type: u16 }\n    output:\n";
    char text[1024];
    struct fastabi_context *context = NULL;
    struct fastabi_spec *spec = NULL;

    cr_assert_eq(fastabi_context_new(NULL, &context), 0);
    snprintf(text, sizeof(text), "%s%s", head, outputs);
    cr_assert_eq(fastabi_spec_parse(context, "t.yml", text, strlen(text), &spec), 0);
    fastabi_context_free(context);
    return spec;
}

Test(condition, comparisons)
{
    struct fastabi_spec *spec = parse_outputs(
        "      a: { reg: 3, type: u32, valid_when: \"b >= 1 || dom != -0x10\" }\n"
        "      b: { reg: 4, type: u32 }\n");
    const struct fastabi_op *made = fastabi_spec_op(spec, 0);
    const struct fastabi_param *a = fastabi_op_output(made, 3);
    enum fastabi_comparison comparison;
    int64_t number;

    cr_assert_eq(fastabi_param_condition_count(a), 2);
    cr_expect(fastabi_param_condition_is_any(a));
    cr_expect_eq(fastabi_param_condition(a, 0, &comparison, &number), fastabi_op_output(made, 4));
    cr_expect_str_eq(fastabi_comparison_text(comparison), ">=");
    cr_expect_eq(number, 1);
    cr_expect_eq(fastabi_param_condition(a, 1, &comparison, &number), fastabi_op_input(made, 2));
    cr_expect_str_eq(fastabi_comparison_text(comparison), "!=");
    cr_expect_eq(number, -16);
    cr_expect_null(fastabi_param_condition(a, 2, &comparison, &number));
    cr_expect_eq(fastabi_param_condition_count(fastabi_op_output(made, 4)), 0);
    fastabi_spec_free(spec);
}

/*
 * An output that another condition names is looked at first; in a circle, the one that the search
 * comes back to is taken as it is.
 */
Test(condition, order)
{
    static const char *const order[] = { "d", "c", "a", "f", "e" };
    struct fastabi_spec *spec = parse_outputs(
        "      a: { reg: 3, type: u32, valid_when: \"b == 1 && c == 1\" }\n"
        "      b: { reg: 4, type: u32 }\n"
        "      c: { reg: 5, type: u32, valid_when: \"d == 1\" }\n"
        "      d: { reg: 6, type: u32, valid_when: \"d > 1\" }\n"
        "      e: { reg: 7, type: u32, valid_when: \"f > 1\" }\n"
        "      f: { reg: 1, type: u32, valid_when: \"e > 1\" }\n");
    const struct fastabi_op *made = fastabi_spec_op(spec, 0);

    cr_assert_eq(fastabi_op_conditional_count(made), sizeof(order) / sizeof(order[0]));
    for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
        cr_expect_str_eq(fastabi_param_name(fastabi_op_conditional(made, i)), order[i]);
    cr_expect_null(fastabi_op_conditional(made, 5));
    fastabi_spec_free(spec);
}

/* Where no value decides; checked against every value of eight bits. */
Test(condition, settled)
{
    for (int number = -300; number <= 300; number++) {
        for (int comparison = FASTABI_EQUAL; comparison <= FASTABI_GREATER_OR_EQUAL; comparison++) {
            for (int is_signed = 0; is_signed < 2; is_signed++) {
                int least = is_signed ? -128 : 0, true_count = 0;
                bool holds = false;

                for (int value = least; value < least + 256; value++)
                    true_count += comparison == FASTABI_EQUAL           ? value == number
                                  : comparison == FASTABI_NOT_EQUAL     ? value != number
                                  : comparison == FASTABI_LESS          ? value < number
                                  : comparison == FASTABI_LESS_OR_EQUAL ? value <= number
                                  : comparison == FASTABI_GREATER       ? value > number
                                                                        : value >= number;
                cr_assert_eq(fastabi_comparison_is_settled((enum fastabi_comparison)comparison,
                                                           number, 8, is_signed, &holds),
                             true_count == 0 || true_count == 256, "%d %d %d", number, comparison,
                             is_signed);
                cr_assert_eq(holds, true_count == 256);
            }
        }
    }
    cr_expect(fastabi_comparison_is_settled(FASTABI_LESS_OR_EQUAL, INT64_MAX, 64, true, NULL));
    cr_expect_not(fastabi_comparison_is_settled(FASTABI_LESS_OR_EQUAL, INT64_MAX, 64, false, NULL));
    cr_expect(fastabi_comparison_is_settled(FASTABI_GREATER, -1, 64, false, NULL));
    cr_expect(fastabi_comparison_is_settled(FASTABI_LESS, INT64_MIN, 64, true, NULL));
}

/* ---- conditions that are written ---- */

static char written[1024];

static int collect(void *data, const char *bytes, size_t count)
{
    (void)data;
    cr_assert_lt(strlen(written) + count, sizeof(written));
    strncat(written, bytes, count);
    return 0;
}

static void write_value(struct fastabi_writer *writer, const struct fastabi_param *param)
{
    fastabi_write(writer, "%s", fastabi_param_name(param));
}

/* No operand of && or || is a constant: compilers warn of those. */
Test(condition, in_c)
{
    static const struct {
        const char *condition, *expected;
    } cases[] = {
        { "dom == 1", "((int64_t)(uint16_t)dom == (int64_t)0x1)" },
        { "dom == 1 && dom != 2", "((int64_t)(uint16_t)dom == (int64_t)0x1 && "
                                  "(int64_t)(uint16_t)dom != (int64_t)0x2)" },
        { "dom >= 0 && dom == 1", "((int64_t)(uint16_t)dom == (int64_t)0x1)" },
        { "dom == 1 && dom < 65536", "((int64_t)(uint16_t)dom == (int64_t)0x1)" },
        { "dom < 0 || dom == 1", "((int64_t)(uint16_t)dom == (int64_t)0x1)" },
        { "dom >= 0 || dom == 1", "(1)" },
        { "dom == 1 && dom < 0", "(0)" },
        { "dom < 0 || dom > 65535", "(0)" },
        { "dom >= 0 && dom <= 65535", "(1)" },
        /* One comparison excludes another, or covers what it leaves. */
        { "dom == 1 && dom == 2", "(0)" },
        { "dom == 1 && dom >= 1", "((int64_t)(uint16_t)dom == (int64_t)0x1 && "
                                  "(int64_t)(uint16_t)dom >= (int64_t)0x1)" },
        { "dom > 5 && x == 1 && dom < 6", "(0)" },
        { "dom > 65534 && dom != 65535", "(0)" },
        { "dom > 65533 && dom != 65535", "((int64_t)(uint16_t)dom > (int64_t)0xfffd && "
                                         "(int64_t)(uint16_t)dom != (int64_t)0xffff)" },
        { "dom != 1 || dom != 2", "(1)" },
        { "dom <= 5 || x == 1 || dom >= 6", "(1)" },
        { "dom == 1 || dom == 2", "((int64_t)(uint16_t)dom == (int64_t)0x1 || "
                                  "(int64_t)(uint16_t)dom == (int64_t)0x2)" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fastabi_writer writer;
        struct fastabi_spec *spec;
        char output[128];

        snprintf(output, sizeof(output), "      x: { reg: 3, type: u32, valid_when: \"%s\" }\n",
                 cases[i].condition);
        spec = parse_outputs(output);
        written[0] = '\0';
        cr_assert_eq(fastabi_writer_init(&writer, collect, NULL), 0);
        fastabi_write_condition(&writer, fastabi_op_conditional(fastabi_spec_op(spec, 0), 0),
                                write_value);
        cr_assert_eq(fastabi_writer_finish(&writer), 0);
        fastabi_writer_release(&writer);
        fastabi_spec_free(spec);
        cr_expect_str_eq(written, cases[i].expected, "%s: %s", cases[i].condition, written);
    }
}
