/* SPDX-License-Identifier: MIT */
/*
 * A plugin of QEMU that counts the instructions which Xen, its dom0 and its HVM domains execute,
 * from the first to the last time that a domain runs. Must not know what they do.
 *
 * An HVM domain runs between a vmrun and the next instruction of Xen's; Xen is known by its
 * addresses. What Xen does for a domain is what it does between two times that it runs.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Of QEMU's qemu-plugin.h, which Debian has no package of. */
struct qemu_plugin_tb;
struct qemu_plugin_insn;
extern int qemu_plugin_version;
int qemu_plugin_version = 1;
int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv);
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id,
                                           void (*call)(uint64_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *block,
                                          void (*call)(unsigned int, void *), int flags,
                                          void *data);
void qemu_plugin_register_atexit_cb(uint64_t id, void (*call)(uint64_t, void *), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
const uint8_t *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
void qemu_plugin_outs(const char *text);

/* Where Xen's own code is, in every release that the tests build. */
#define XEN_START 0xffff82d000000000u
#define XEN_END   0xffff82e000000000u

enum { XEN_FOR_DOM0, XEN_FOR_DOMAIN, DOM0, DOMAIN, KINDS };

static uint64_t counts[KINDS], at_first[KINDS], at_last[KINDS];
/* Of the block before: it was Xen's, and ended with vmrun. And who was the last one besides Xen. */
static bool entering, domain_was_last, was_domain;

/* What is known of a block when it is translated, in the bits of a pointer. */
#define IN_XEN       1u
#define HAS_VMRUN    2u
#define LENGTH_SHIFT 2

static void copy(uint64_t *to)
{
    for (int i = 0; i < KINDS; i++) {
        to[i] = counts[i];
    }
}

static void executed(unsigned int cpu, void *data)
{
    const uintptr_t block = (uintptr_t)data;
    const uint64_t length = block >> LENGTH_SHIFT;

    (void)cpu;
    if (block & IN_XEN) {
        counts[domain_was_last ? XEN_FOR_DOMAIN : XEN_FOR_DOM0] += length;
        entering = block & HAS_VMRUN;
        was_domain = false;
        if (entering) {
            copy(at_last);
            if (!at_first[XEN_FOR_DOM0]) {
                copy(at_first);
            }
        }
        return;
    }
    was_domain = was_domain || entering;
    entering = false;
    domain_was_last = was_domain;
    counts[was_domain ? DOMAIN : DOM0] += length;
}

static void translated(uint64_t id, struct qemu_plugin_tb *block)
{
    const uint64_t address = qemu_plugin_tb_vaddr(block);
    const size_t length = qemu_plugin_tb_n_insns(block);
    uintptr_t data = (uintptr_t)length << LENGTH_SHIFT;

    (void)id;
    if (address >= XEN_START && address < XEN_END) {
        data |= IN_XEN;
        for (size_t i = 0; i < length; i++) {
            const struct qemu_plugin_insn *const insn = qemu_plugin_tb_get_insn(block, i);
            const uint8_t *const bytes = qemu_plugin_insn_data(insn);

            if (qemu_plugin_insn_size(insn) == 3 && bytes[0] == 0x0f && bytes[1] == 0x01 &&
                bytes[2] == 0xd8) {
                data |= HAS_VMRUN;
            }
        }
    }
    qemu_plugin_register_vcpu_tb_exec_cb(block, executed, 0, (void *)data);
}

static void at_exit(uint64_t id, void *data)
{
    char line[200];

    (void)id;
    (void)data;
    snprintf(line, sizeof(line),
             "instructions: xen-for-dom0 %" PRIu64 " xen-for-domains %" PRIu64 " dom0 %" PRIu64
             " domains %" PRIu64 "\n",
             at_last[XEN_FOR_DOM0] - at_first[XEN_FOR_DOM0],
             at_last[XEN_FOR_DOMAIN] - at_first[XEN_FOR_DOMAIN], at_last[DOM0] - at_first[DOM0],
             at_last[DOMAIN] - at_first[DOMAIN]);
    qemu_plugin_outs(line);
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv)
{
    (void)info;
    (void)argc;
    (void)argv;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, at_exit, NULL);
    return 0;
}
