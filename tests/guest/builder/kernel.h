/* SPDX-License-Identifier: MIT */
/* The few things about 64-bit ELF kernels that the builder wants to know. */
#ifndef BUILDER_KERNEL_H
#define BUILDER_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

struct kernel_segment {
    uint64_t address; /* guest-physical */
    const uint8_t *bytes;
    uint64_t file_size, size; /* the rest of size is zeros */
};

/* The n-th loadable segment, from 0; false if there are not so many. */
bool kernel_segment(const uint8_t *image, uint64_t image_size, unsigned int n,
                    struct kernel_segment *segment);

/* Where the PVH boot protocol enters, from the note XEN_ELFNOTE_PHYS32_ENTRY. */
bool kernel_entry(const uint8_t *image, uint64_t image_size, uint32_t *entry);

#endif
