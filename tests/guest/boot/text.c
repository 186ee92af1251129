/* SPDX-License-Identifier: MIT */
/* Memory, text, the command line, random numbers. */
#include "runtime.h"

static const char *command_line = "";

void *memset(void *to, int value, size_t size)
{
    void *at = to;

    __asm__ __volatile__("rep stosb" : "+D"(at), "+c"(size) : "a"(value) : "memory");
    return to;
}

void *memcpy(void *to, const void *from, size_t size)
{
    void *at = to;

    __asm__ __volatile__("rep movsb" : "+D"(at), "+S"(from), "+c"(size) : : "memory");
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    if ((uintptr_t)to <= (uintptr_t)from || (uintptr_t)to >= (uintptr_t)from + size)
        return memcpy(to, from, size);
    for (char *t = (char *)to + size; t != (char *)to; t--)
        t[-1] = ((const char *)from)[t - (char *)to - 1];
    return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *x = a, *y = b;

    for (; size; size--, x++, y++)
        if (*x != *y)
            return *x - *y;
    return 0;
}

int bcmp(const void *a, const void *b, size_t size)
{
    return memcmp(a, b, size);
}

size_t strlen(const char *text)
{
    size_t length = 0;

    while (text[length])
        length++;
    return length;
}

int strncmp(const char *a, const char *b, size_t size)
{
    for (; size; size--, a++, b++)
        if (*a != *b || !*a)
            return (unsigned char)*a - (unsigned char)*b;
    return 0;
}

int strcmp(const char *a, const char *b)
{
    return strncmp(a, b, SIZE_MAX);
}

void option_initialise(const struct hvm_start_info *info)
{
    if (info->cmdline_paddr)
        command_line = (const char *)(uintptr_t)info->cmdline_paddr;
}

/* The rest of the first word that starts with NAME, or NULL. */
static const char *find_word(const char *name, size_t length)
{
    for (const char *at = command_line; *at;) {
        while (*at == ' ')
            at++;
        if (!strncmp(at, name, length) && (at[length] == '=' || at[length] == ' ' || !at[length]))
            return at + length;
        while (*at && *at != ' ')
            at++;
    }
    return NULL;
}

bool option_get(const char *name, char *value, size_t size)
{
    const char *at = find_word(name, strlen(name));
    size_t used = 0;

    if (!at || *at != '=')
        return false;
    for (at++; *at && *at != ' ' && used + 1 < size; at++)
        value[used++] = *at;
    value[used] = 0;
    return true;
}

bool option_is_set(const char *name)
{
    const char *at = find_word(name, strlen(name));

    return at && *at != '=';
}

uint64_t option_number(const char *name, uint64_t otherwise)
{
    char text[24];
    uint64_t value = 0;

    if (!option_get(name, text, sizeof(text)) || !*text)
        return otherwise;
    for (const char *at = text; *at; at++) {
        if (*at < '0' || *at > '9')
            return otherwise;
        value = value * 10 + (uint64_t)(*at - '0');
    }
    return value;
}

static uint64_t common_seed = 1;

void random_start(uint64_t seed)
{
    common_seed = seed;
}

uint64_t random_state(uint64_t number)
{
    uint64_t state = (common_seed * 0x9e3779b97f4a7c15 ^ number * 0xd1342543de82ef95) | 1;

    for (unsigned i = 0; i < 8; i++)
        random_next(&state);
    return state;
}

uint64_t random_next(uint64_t *state)
{
    uint64_t x = *state ? *state : 1;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *state = x;
    return x * 0x2545f4914f6cdd1d;
}
