/* SPDX-License-Identifier: MIT */
/*
 * libyaml's phrases in plain words, with what to do.  One row for each phrase that it has; the unit
 * test test-hint-yaml.sh compares them with the library itself.  Knows nothing of specifications.
 */
#include <string.h>

#include "read/hint.h"

static const struct row {
    const char *problem;
    const char *context; /* NULL: any */
    const char *text;
    bool at_start;
} rows[] = {
    /* what happens */
    { "found a tab character where an indentation space is expected", NULL,
      "a tab indents this line; use spaces", false },
    { "found a tab character that violates indentation", NULL,
      "a tab indents this line; use spaces", false },
    { "found character that cannot start any token", NULL, NULL, false },
    { "could not find expected ':'", NULL,
      "this line is not 'key: value'; write a ':' and a space after the key, and indent the lines "
      "of a "
      "text more than its key",
      true },
    { "mapping values are not allowed in this context", NULL,
      "a ':' where no key can be; put a text with ': ' in quotes, and indent the keys of a mapping "
      "alike",
      false },
    { "mapping keys are not allowed in this context", NULL,
      "a key cannot start here; write it on a line of its own, indented like its neighbours",
      false },
    { "block sequence entries are not allowed in this context", NULL,
      "a list item cannot start here; write '- ' on a line of its own below the key, or use [a, b]",
      false },
    { FASTABI_YAML_NO_KEY, NULL,
      "this line does not belong to the mapping before it; indent the keys of a mapping alike, and "
      "close "
      "each quote and bracket",
      false },
    { "did not find expected '-' indicator", NULL,
      "this line does not belong to the list before it; start items with '- ', all indented alike",
      false },
    { "did not find expected ',' or '}'", NULL,
      "the '{' here is not closed; write '}' at its end and ',' between its entries", true },
    { "did not find expected ',' or ']'", NULL,
      "the '[' here is not closed; write ']' at its end and ',' between its entries", true },
    { "did not find expected node content", NULL,
      "a value is missing here; write one, or remove the ',' or bracket that is too many", false },
    { "found unexpected end of stream", NULL,
      "the quote that opens here is not closed; write the same quote at the end of the text",
      true },
    { "found unexpected document indicator", NULL,
      "the quote that opens here is not closed before '---' or '...'; close it", true },
    { "found unknown escape character", NULL,
      "no such escape in a text in double quotes; write \\\\ for a backslash, or use single quotes",
      false },
    { "did not find expected hexdecimal number", NULL,
      "an escape like \\x41 lacks digits; write \\\\ for a backslash, or use single quotes",
      false },
    { "found invalid Unicode character escape code", NULL,
      "an escape that is not a character; write the character itself", false },
    { "found unexpected ':'", NULL,
      "a ':' inside of brackets; put a space after it, or the text in quotes", false },
    { "did not find expected alphabetic or numeric character", NULL,
      "'&' and '*' start anchors and aliases, which the language does not have; put the text in "
      "quotes",
      false },
    { "did not find expected comment or line break", "while scanning a block scalar",
      "a text after '|' or '>' starts on the next line; write it there, indented", false },
    { "found an indentation indicator equal to 0", NULL,
      "'|0' and '>0' do not exist; leave out the 0", false },
    { "did not find the expected '>'", NULL,
      "'!' starts a tag, which the language does not have; put the text in quotes", true },
    { "did not find expected '!'", NULL,
      "'!' starts a tag, which the language does not have; put the text in quotes", true },
    { "did not find expected tag URI", NULL,
      "'!' starts a tag, which the language does not have; put the text in quotes", true },
    { "did not find URI escaped octet", NULL,
      "'!' starts a tag, which the language does not have; put the text in quotes", true },
    { "found an incorrect leading UTF-8 octet", NULL,
      "'!' starts a tag, which the language does not have; put the text in quotes", true },
    { "found an incorrect trailing UTF-8 octet", NULL,
      "'!' starts a tag, which the language does not have; put the text in quotes", true },
    { "found undefined tag handle", NULL,
      "'!' starts a tag, which the language does not have; put the text in quotes", false },
    { "did not find expected whitespace or line break", NULL,
      "'!' starts a tag, which the language does not have; put the text in quotes", true },
    { "did not find expected <document start>", NULL,
      "text after the end of the document; indent all keys alike, and remove what is not part of "
      "the file",
      false },
    /* what the reader of bytes refuses before */
    { "invalid leading UTF-8 octet", NULL, "invalid UTF-8; save the file as UTF-8", false },
    { "incomplete UTF-8 octet sequence", NULL, "invalid UTF-8; save the file as UTF-8", false },
    { "invalid trailing UTF-8 octet", NULL, "invalid UTF-8; save the file as UTF-8", false },
    { "invalid length of a UTF-8 sequence", NULL, "invalid UTF-8; save the file as UTF-8", false },
    { "invalid Unicode character", NULL, "invalid UTF-8; save the file as UTF-8", false },
    { "incomplete UTF-16 character", NULL, "the file is UTF-16; save it as UTF-8", false },
    { "unexpected low surrogate area", NULL, "the file is UTF-16; save it as UTF-8", false },
    { "incomplete UTF-16 surrogate pair", NULL, "the file is UTF-16; save it as UTF-8", false },
    { "expected low surrogate area", NULL, "the file is UTF-16; save it as UTF-8", false },
    { "control characters are not allowed", NULL, "a control character; remove it", false },
    { "input error", NULL, "the file cannot be read; try again", false },
    { "input is too long", NULL, "the file is too long; divide it", false },
    /* directives, which are refused before */
    { "could not find expected directive name", NULL, "a line starts with '%'; remove it", false },
    { "found unexpected non-alphabetical character", NULL, "a line starts with '%'; remove it",
      false },
    { "found unknown directive name", NULL, "a line starts with '%'; remove it", false },
    { "found extremely long version number", NULL, "a line starts with '%'; remove it", false },
    { "did not find expected digit or '.' character", NULL, "a line starts with '%'; remove it",
      false },
    { "did not find expected version number", NULL, "a line starts with '%'; remove it", false },
    { "did not find expected whitespace", NULL, "a line starts with '%'; remove it", false },
    { "did not find expected comment or line break", NULL, "a line starts with '%'; remove it",
      false },
    { "found duplicate %YAML directive", NULL, "a line starts with '%'; remove it", false },
    { "found incompatible YAML document", NULL, "a line starts with '%'; remove it", false },
    { "found duplicate %TAG directive", NULL, "a line starts with '%'; remove it", false },
    /* of calls that are not made */
    { "did not find expected <stream-start>", NULL,
      "the text is not YAML; compare it with an example", false },
};

/* libyaml has one phrase for all characters that nothing starts with. */
static const char *refuse_character(char next)
{
    if (next == '\t')
        return "a tab indents this line; use spaces";
    return "a value cannot start with this character; put the value in quotes";
}

const char *fastabi_yaml_text(const char *problem, const char *context, char next, bool *at_start)
{
    for (size_t i = 0; problem && i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].problem, problem) ||
            (rows[i].context && (!context || strcmp(rows[i].context, context))))
            continue;
        *at_start = rows[i].at_start;
        return rows[i].text ? rows[i].text : refuse_character(next);
    }
    *at_start = false;
    return "the text is not YAML; compare it with an example";
}
