/* SPDX-License-Identifier: MIT */
/* See kernel.h.  Must not know domains. */
#include "runtime.h"

#include <elf.h>

#include "kernel.h"

#define PHYS32_ENTRY 18 /* XEN_ELFNOTE_PHYS32_ENTRY */

/* The n-th program header of a kind; NULL if there are not so many, or it leaves the file. */
static const Elf64_Phdr *find_header(const uint8_t *image, uint64_t size, uint32_t kind,
                                     unsigned int n)
{
    const Elf64_Ehdr *file = (const Elf64_Ehdr *)image;
    if (size < sizeof(*file) || memcmp(file->e_ident, ELFMAG, SELFMAG) ||
        file->e_ident[EI_CLASS] != ELFCLASS64 || file->e_phentsize != sizeof(Elf64_Phdr) ||
        file->e_phoff > size || size - file->e_phoff < file->e_phnum * sizeof(Elf64_Phdr))
        return NULL;
    const Elf64_Phdr *headers = (const Elf64_Phdr *)(image + file->e_phoff);
    for (unsigned int i = 0; i < file->e_phnum; i++) {
        const Elf64_Phdr *header = &headers[i];
        if (header->p_type != kind || n--)
            continue;
        if (header->p_offset > size || size - header->p_offset < header->p_filesz ||
            header->p_memsz < header->p_filesz)
            return NULL;
        return header;
    }
    return NULL;
}

bool kernel_segment(const uint8_t *image, uint64_t image_size, unsigned int n,
                    struct kernel_segment *segment)
{
    const Elf64_Phdr *header = find_header(image, image_size, PT_LOAD, n);
    if (!header)
        return false;
    segment->address = header->p_paddr;
    segment->bytes = image + header->p_offset;
    segment->file_size = header->p_filesz;
    segment->size = header->p_memsz;
    return true;
}

static bool find_entry(const uint8_t *notes, uint64_t size, uint32_t *entry)
{
    while (size >= sizeof(Elf64_Nhdr)) {
        const Elf64_Nhdr *note = (const Elf64_Nhdr *)notes;
        uint64_t name_size = (note->n_namesz + 3u) & ~3u;
        uint64_t note_size = sizeof(*note) + name_size + ((note->n_descsz + 3u) & ~3u);
        if (note_size > size)
            return false;
        const uint8_t *name = notes + sizeof(*note);
        if (note->n_type == PHYS32_ENTRY && note->n_namesz == 4 && !memcmp(name, "Xen", 4)) {
            memcpy(entry, name + name_size, sizeof(*entry));
            return true;
        }
        notes += note_size;
        size -= note_size;
    }
    return false;
}

bool kernel_entry(const uint8_t *image, uint64_t image_size, uint32_t *entry)
{
    const Elf64_Phdr *header;
    for (unsigned int i = 0; (header = find_header(image, image_size, PT_NOTE, i)); i++)
        if (find_entry(image + header->p_offset, header->p_filesz, entry))
            return true;
    return false;
}
