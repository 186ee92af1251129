/* SPDX-License-Identifier: MIT */
/* See bundle.h.  Must not know what the files are. */
#include "runtime.h"

#include "bundle.h"

#define MAGIC "fastabi-bundle\n"

struct entry {
    char name[48];
    uint64_t offset, size;
};

struct header {
    char magic[16];
    uint64_t entries;
    struct entry entry[];
};

static const struct header *bundle;

bool bundle_open(const struct hvm_start_info *info)
{
    const struct hvm_modlist_entry *module = (const struct hvm_modlist_entry *)info->modlist_paddr;
    if (!info->nr_modules || module->size < sizeof(*bundle))
        return false;
    const struct header *header = (const struct header *)module->paddr;
    if (memcmp(header->magic, MAGIC, sizeof(header->magic)) ||
        header->entries > (module->size - sizeof(*header)) / sizeof(struct entry))
        return false;
    for (uint64_t i = 0; i < header->entries; i++) {
        const struct entry *entry = &header->entry[i];
        if (entry->offset > module->size || module->size - entry->offset < entry->size)
            return false;
    }
    bundle = header;
    return true;
}

bool bundle_find(const char *name, struct image *image)
{
    for (uint64_t i = 0; i < bundle->entries; i++) {
        const struct entry *entry = &bundle->entry[i];
        if (strncmp(entry->name, name, sizeof(entry->name)))
            continue;
        image->name = entry->name;
        image->bytes = (const uint8_t *)bundle + entry->offset;
        image->size = entry->size;
        return true;
    }
    return false;
}
