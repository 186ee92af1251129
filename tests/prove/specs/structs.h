/* SPDX-License-Identifier: MIT */
/* The struct of structs.yml, for tests/prove alone. */
#ifndef TESTS_PROVE_STRUCTS_H
#define TESTS_PROVE_STRUCTS_H

#include <stdint.h>

struct structs_test {
    uint32_t kind, value, answer, spare;
};

#endif
