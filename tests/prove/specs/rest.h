/* SPDX-License-Identifier: MIT */
/* The struct of rest.yml, for tests/prove alone. */
#ifndef TESTS_PROVE_REST_H
#define TESTS_PROVE_REST_H

#include <stdint.h>

struct rest_test {
    union {
        uint32_t x;
        uint64_t wide;
    } u;
    struct {
        uint8_t first, z[2];
        uint16_t y;
        uint8_t last;
    } s;
    uint32_t a[4];
};

#endif
