#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Every key that says something to a caller is in every output for people and for programs: class,
# foreign, hvm_since, own_index, pack, arrays with optional, progress, valid_when; and classic, in
# those that describe the classic call.
set -u
. "${top_srcdir:?run by make check}/tests/unit/tap.sh"
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
generator=${FASTABI_GEN:?run by make check}
cd "$scratch" || exit 1

cat >keys.yml <<'EOF'
name: keys
hypercall_index: 7
subops:
  lend:
    index: 65536
    since: "4.2"
    hvm_since: "4.11"
    own_index: true
    class: device_model
    foreign: true
    input:
      list: { reg: 2, type: u64 }
      count: { reg: 3, type: u32 }
      place: { reg: 4, type: u64, pack: { a.dom: u16, slot: i8, class: u32 } }
    output:
      count: { reg: 3 }
      status: { reg: 5, type: i16 }
      handle: { reg: 6, type: u32, valid_when: "status >= 0" }
    xen:
      args: [op, element, count, struct]
      struct: lend
      fields: { status: status, handle: handle }
      arrays:
        element: { both: list, count: count, struct: element, optional: true }
      progress: { arg: 2, left: true, param: count }
  plain:
    index: 1
  area:
    index: 3
    fixed: { dom: 1 }
    omit: { status: "told", rsvd: "unused" }
    input:
      vcpu: { reg: 2, type: u32 }
      addr.p: { reg: 3, type: u64 }
    c_lang: { struct: area, params: { vcpu: uint32_t } }
    classic:
      success: { status: -7 }
      ignore: [rsvd]
      fallback: [ENOSYS, EPERM, EINVAL]
      linear:
        { index: 2, index_macro: KEYS_linear, field: addr.v, param: addr.p, size: 24, none: -1 }
  map:
    index: 4
    input: { port: { reg: 2, type: u32 } }
    c_lang: { struct: map }
    xen: { args: [op, struct, 1] }
    classic: { elements: 2, interface_version: 0x30209 }
  move:
    index: 5
    input: { size: { reg: 2, type: u16 }, to: { reg: 3, type: u64 }, from: { reg: 4, type: u64 } }
    xen:
      struct: move
      fields: { size: size, to: to, from: from }
      progress: { arg: 0, shift: 6 }
    classic: { range: { count: size, next: [to, from] } }
EOF

# In all texts for people; words may be wrapped over lines.
sentences=(
    'The device model of the domain that it acts on can make this call, '
    'make this call, which can act on other domains.'
    'HVM guests can use it since Xen 4.11.'
    "The classic ABI has no such sub-operation; the number is FastABI's own."
    "If it is interrupted, it succeeds with the part that is done; output 'count' tells how much."
    'Bits 15 to 0: a.dom (u16).'
    'Bits 23 to 16: slot (i8).'
    'Bits 55 to 24: class (u32).'
    "The call reads and writes 'count' elements of struct element at this address."
    '0 stands for no memory.'
)

classic_sentences=(
    "When it succeeds, the classic call writes -7 to 'status'."
    "The classic call does not look at 'rsvd'."
    'A bridge makes the classic call after -ENOSYS, -EPERM or -EINVAL.'
    'It stands for the classic sub-operation KEYS_linear, 2 too, '
    "which takes a linear address of 24 bytes in 'addr.v'."
    'A linear address of 0 is 0xffffffffffffffff here.'
    'The classic call takes an array of structs; argument 2 is the number of them.'
    'Its struct has these fields from interface version 0x00030209 on.'
    "The classic call goes on by itself until all of 'size' is done."
)

# Text without what makes it a comment or a page, on one line.
flat() {
    sed -E 's:^ *(///|\*|;|//!) ?: :; s:<[^>]*>: :g; s:&#39;|&apos;:'"'"':g; s:\\::g' |
        tr -s ' \n' ' '
}

has_all() {
    local text sentence missing=0
    text=$(flat)
    for sentence in "${sentences[@]}"; do
        [[ $text == *"$sentence"* ]] || { echo "missing: $sentence"; missing=1; }
    done
    return "$missing"
}

has_classic() {
    local sentences=("${classic_sentences[@]}")
    has_all
}

generate() { "$generator" generate -b "$1" -o "out-$1" "${@:2}" keys.yml; }

shown()    { "$generator" show ./keys.yml.lend | has_all; }
in_c()     { generate c && has_all <out-c/fastabi/keys.h; }
in_rust()  { generate rust && has_all <out-rust/src/keys.rs; }
in_gas()   { generate asm && has_all <out-asm/fastabi/keys.S.h; }
in_nasm()  { has_all <out-asm/fastabi/keys.inc; }
in_md()    { generate markdown && has_all <out-markdown/keys.md; }
in_html()  { generate html && has_all <out-html; }
classic_shown() {
    for op in area map move; do "$generator" show "./keys.yml.$op" || return 1; done | has_classic
}
classic_in_md() { has_classic <out-markdown/keys.md; }
classic_in_html() { has_classic <out-html; }
classic_diff() {
    local change
    for change in 's/status: -7/status: -6/' 's/ignore: .rsvd./ignore: [status]/' \
                  's/, EINVAL\]/]/' 's/elements: 2, //' 's/0x30209/0x3020a/' \
                  's/size: 24/size: 32/' \
                  's/next: .to, from./next: [to]/' 's/none: -1/none: 0/' \
                  's/KEYS_linear/KEYS_other/'; do
        sed "$change" keys.yml >changed.yml
        [[ $change == *ignore* ]] && sed -i 's/success: .*/success: { other: 1 }/' changed.yml
        "$generator" diff ./keys.yml ./changed.yml >diff.txt 2>&1 || { cat diff.txt; return 1; }
        grep -q 'what is said of its classic call has changed.*FA0627' diff.txt ||
            { echo "$change"; cat diff.txt; return 1; }
    done
    "$generator" diff ./keys.yml ./keys.yml 2>&1 | { ! grep .; }
}
nothing_said() {
    # Nothing is said of an operation without these keys.
    "$generator" show ./keys.yml.plain | { ! grep -E 'can make|HVM|interrupted|Bits|lassic'; }
}

decoded() {
    local field
    "$generator" show ./keys.yml --decode \
        'rax=0x40000007 rdi=65536 rsi=0 r8=1 r9=0x00000000fffffffe0001' >dump || return 1
    for field in 'a.dom 1 = 0x1 ' 'slot -2 = 0xfe ' 'class 16777215 = 0xffffff '; do
        grep -F "$field" dump || { cat dump; return 1; }
    done
}

in_json() {
    "$generator" generate -b json -o keys.json keys.yml &&
        python3 - <<'EOF'
import json
op = json.load(open("keys.json"))["specifications"][0]["operations"][0]
params = {p["name"]: p for p in op["params"]}
assert (op["class"], op["foreign"], op["hvm_since"], op["own_index"]) == \
    ("device_model", True, "4.11", True)
assert op["conditional"] == ["handle"]
assert params["handle"]["condition"] == \
    {"any": False, "comparisons": [{"param": "status", "comparison": ">=", "value": "0"}]}
assert [(p["field"], p["shift"], p["width"], p["signed"]) for p in params["place"]["pack"]] == \
    [("a.dom", 0, 16, False), ("slot", 16, 8, True), ("class", 24, 32, False)]
classic = {o["name"]: o["classic"] for o in
           json.load(open("keys.json"))["specifications"][0]["operations"]}
assert classic["plain"] == {
    "success": [], "ignore": [], "fallback": ["ENOSYS"], "elements": None,
    "interface_version": None, "linear": None, "range": None}
assert classic["area"] == {
    "success": [{"field": "status", "value": "-7"}], "ignore": ["rsvd"], "elements": None,
    "fallback": ["ENOSYS", "EPERM", "EINVAL"], "range": None,
    "interface_version": None,
    "linear": {"index": 2, "index_macro": "KEYS_linear", "field": "addr.v", "param": "addr.p",
               "size": 24, "none": "-1"}}
assert (classic["map"]["elements"], classic["map"]["interface_version"]) == (2, 0x30209)
assert classic["move"]["range"] == {"count": "size", "next": ["to", "from"]}
assert op["xen"]["arrays"][0]["optional"] and op["xen"]["progress"]["param"] == "count"
EOF
}

# Constants, and the function that packs: names that are keywords, signs, widths.
c_helpers() {
    cat >helpers.c <<'EOF'
struct area {
    union { unsigned long p; void *v; } addr;
    unsigned short dom;
    short status;
    int rsvd;
};
struct map { unsigned int port; };
#include <fastabi/keys.h>
XEN_FASTABI_ASSERT(class, XEN_FASTABI_CLASS_keys_lend == XEN_FASTABI_CALLER_DEVICE_MODEL);
XEN_FASTABI_ASSERT(foreign, XEN_FASTABI_FOREIGN_keys_lend);
#ifdef XEN_FASTABI_CLASS_keys_plain
# error "nothing was said of its class"
#endif
int main(void)
{
    return xen_fastabi_pack_keys_lend__place(0x8001, -2, 0x80000003u) !=
           (0x80000003ull << 24 | 0xfe8001u);
}
EOF
    # shellcheck disable=SC2086 # it may be "ccache gcc"
    ${CC:-gcc} -Wall -Wextra -Wconversion -Wsign-conversion -Werror -Iout-c helpers.c \
        -o helpers && ./helpers
}

asm_constants() {
    local define name value
    for define in '#define:S.h' '%define:inc'; do
        for name in CLASS_keys_lend:2 FOREIGN_keys_lend:1 SHIFT_keys_lend__place__slot:16 \
                    SHIFT_keys_lend__place__class:24; do
            value=${name#*:}
            grep -qxF "${define%:*} XEN_FASTABI_${name%:*} $value" \
                "out-asm/fastabi/keys.${define#*:}" || {
                echo "${define#*:}: no $name"
                return 1
            }
        done
    done
}

rust_pack() {
    grep -qF 'caller: Some(crate::Caller::DeviceModel)' out-rust/src/keys.rs &&
        grep -qF 'caller: None' out-rust/src/keys.rs &&
        grep -qF 'pub const fn place(' out-rust/src/keys.rs
}

for output in shown in_c in_rust in_gas in_nasm in_md in_html; do
    check "all that keys say: $output" "$output"
done
for output in classic_shown classic_in_md classic_in_html; do
    check "the classic call: $output" "$output"
done
check 'a changed classic call is in diff, as what callers do not see' classic_diff
check 'nothing is said without the keys' nothing_said
check 'a dump has the fields of a packed input' decoded
check 'JSON' in_json
check 'C: constants, and a function that packs' c_helpers
check 'assembly: constants' asm_constants
check 'Rust: class and packing' rust_pack
tap_done
