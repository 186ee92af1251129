#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The command beyond its messages (which tests/errors has): help, list, new, standard input, dumps.
set -u
. "${top_srcdir:?run by make check}/tests/unit/tap.sh"
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
export FASTABI_ABI_PATH=$top_srcdir/abi LC_ALL=C
gen=$FASTABI_GEN

# says TEXT COMMAND...: standard output has the text.
says() { local text=$1; shift; "$@" | grep -F -e "$text"; }

same_help() {
    diff <("$gen" -h) <("$gen" --help) && diff <("$gen" help) <("$gen" --help) &&
        diff <("$gen" help show) <("$gen" show -h) &&
        diff <("$gen" help show) <("$gen" show --help) &&
        diff <("$gen" -V) <("$gen" --version)
}
# Commands of the JSON are those of the text, and each has its options.
json_help() {
    "$gen" help --format json | /usr/bin/python3 -c '
import json, re, subprocess, sys
table = json.load(sys.stdin)
text = subprocess.run([sys.argv[1], "--help"], capture_output=True, text=True).stdout
assert [c["name"] for c in table["commands"]] == re.findall(r"^  ([a-z]+)  ", text, re.M)
for command in table["commands"]:
    text = subprocess.run([sys.argv[1], command["name"], "-h"], capture_output=True,
                          text=True).stdout
    for option in command["options"]:
        assert ", ".join(option[k] for k in ("short", "long") if k in option) in text, option
' "$gen"
}
check '-h, -V and help are the long forms' same_help
check 'help --format json has every command and option' json_help

all_listed() {
    diff <("$gen" list --names | grep -v '\.') \
        <(for file in "$top_srcdir"/abi/*.yml; do basename "$file" .yml; done) &&
        "$gen" list --names | grep -x sched.poll && "$gen" list | grep -F 'sched: hypercall 29, '
}
check 'list shows what is installed' all_listed
# '..' is a directory, and not the name of an operation after a dot.
of_parent() {
    mkdir -p parent/below && cp "$top_srcdir/abi/sched.yml" parent && cd parent/below &&
        diff <("$gen" show .. | head -n 10) <("$gen" show ../sched.yml | head -n 10) &&
        "$gen" show .. | grep -w poll
}
# A name that is wider than its column stands alone, and its text is below.
wide_name() {
    local name=a_field_whose_name_is_wider_than_the_column
    cat >wide.yml <<EOF
name: wide
hypercall_index: 5
direct:
  output: { a: { reg: 2, type: u32 } }
  omit: { $name: "Why.", pad: "Why not." }
  c_lang: { struct: wide }
EOF
    "$gen" show wide.yml.direct >shown && grep -x -A 1 "  $name" shown | grep -x '  *Why\.' &&
        grep -x '  pad  *Why not\.' shown
}
check 'show .. shows the specifications of the parent' of_parent
check 'show gives a wide name a line of its own' wide_name
check 'list SPEC shows one' says 'vcpu.up' "$gen" list "$top_srcdir/abi/vcpu.yml"

reads_stdin() {
    "$gen" check - <"$top_srcdir/abi/sched.yml" &&
        "$gen" show -.poll <"$top_srcdir/abi/sched.yml" &&
        ! "$gen" check - <<<'name: a-b' 2>log && grep '^<stdin>:1:7: error: ' log &&
        ! "$gen" check - - <"$top_srcdir/abi/sched.yml"
}
depfile() {
    "$gen" generate -b c -o out --depfile deps - <"$top_srcdir/abi/sched.yml" && test -s deps &&
        ! grep -F stdin deps
}
# A name as make reads it in a depfile, and a text as a shell does in the banner.
odd_names() {
    local odd="a b#c\$d\\ e"
    mkdir -p odd && cp "$top_srcdir/abi/sched.yml" "odd/$odd.yml" && cd odd &&
        "$gen" generate -b c -O "banner=it's \$mine" -o out --depfile deps "$odd.yml" &&
        grep -F " a\\ b\\#c\$\$d\\\\\\ e.yml" deps && make -f deps out/fastabi/sched.h &&
        grep -F "banner='it'\\''s \$mine'" out/fastabi/sched.h
}
check 'odd names in a depfile and in a command' odd_names
paths() {
    mkdir -p directory && cp "$top_srcdir"/abi/sched.yml directory/x.yaml && cd directory &&
        "$gen" check . && "$gen" check x.yaml && "$gen" check ../directory &&
        "$gen" show x.yaml.poll &&
        cd .. && ! "$gen" check directory && FASTABI_ABI_PATH=directory "$gen" show x.poll
}
check "'-' is standard input" reads_stdin
check 'standard input is not a file of a depfile' depfile
check "'.' and .yaml are paths" paths

closed_pipe() {
    "$gen" --help 2>log | true
    case ${PIPESTATUS[0]} in 0|141) ;; *) return 1 ;; esac
    "$gen" generate -b c memory 2>>log | true
    case ${PIPESTATUS[0]} in 0|141) ;; *) return 1 ;; esac
    ! test -s log
}
check 'a closed pipe ends it quietly' closed_pipe

poll='sched.poll'
xen() { "$gen" show --decode "RAX: 000000004000001d RDI: 0000000000000003 RSI: 0000000000000000"; }
apart() { "$gen" show --decode RAX: 000000004000001d RDI: 0000000000000003 R08: 0000000000000005; }
linux() {
    "$gen" show --decode - <<'EOF'
[   12.345678] RSP: 0018:ffffc900000 EFLAGS: 00000246 ORIG_RAX: ffffffffffffffff
[   12.345679] RAX: 000000004000001d RBX: 0000000000000000 RCX: 0000000000000000
[   12.345680] RDX: 0000000000000000 RSI: 00000000000003e8 RDI: 0000000000000003
[   12.345681] RBP: 0000000000000000 R08: 000000000000002a R09: 0000000000000000
EOF
}
xen_lines() {
    "$gen" show --decode - <<'EOF'
(XEN) rax: 000000004000001d   rbx: 0000000000000000   rcx: 0000000000000000
(XEN) rdx: 0000000000000000   rsi: 00000000000003e8   rdi: 0000000000000003
(XEN) rbp: 0000000000000000   rsp: 0000000000000000   r8:  000000000000002a
EOF
}
gdb() {
    "$gen" show --decode - <<'EOF'
rax            0x4000001d          1073741853
rbx            0x0                 0
rsi            0x3e8               1000
rdi            0x3                 3
r8             0x2a                42
rip            0xffffffff81000000  0xffffffff81000000 <entry>
eflags         0x246               [ IOPL=0 IF ZF PF ]
EOF
}
qemu() {
    "$gen" show --decode 'RAX=000000004000001d RBX=0 RDI=0000000000000003 R8 =000000000000002a'
}
original() {
    "$gen" show --decode "RAX: ffffffffffffffda ORIG_RAX: 000000004000001d RDI: 0000000000000003"
}
in_dump() { "$gen" show --decode 'RAX: ffffffffffffffff RDI: 0000000000000003'; }
check 'a dump of Xen' says "$poll" xen
check 'a dump in several arguments' says '5 = 0x5' apart
check 'a dump of Linux, R08 is r8' says '42 = 0x2a' linux
check 'a dump of Xen in lines' says '42 = 0x2a' xen_lines
check 'a dump of gdb' says '1000 = 0x3e8' gdb
check 'a dump of QEMU' says '42 = 0x2a' qemu
check 'ORIG_RAX where rax is a result' says "$poll" original
# A register that is a word of a text has no value; what the hypervisor keeps in rax is told.
in_words() { "$gen" show --decode 'rax and rdi of it: rax=0x4000001d rdi=3 r8=42'; }
check 'a dump with the names of registers among other words' says '42 = 0x2a' in_words
upper_bits() { "$gen" show --decode rax=0x34000001d rdi=3; }
no_upper_bits() { ! "$gen" show --decode rax=0x4000001d rdi=3 | grep 'Bits 63'; }
check 'bits of rax that are not the call' \
    says 'Bits 63 to 32 of rax, 0x3, are not part of the call' upper_bits
check 'no bits of rax but those of the call' no_upper_bits
# Neither a long line nor a long word is cut.
long_line() {
    { printf '%5000s RAX: 000000004000001d\n' ''; echo 'RDI: 0000000000000003'; } |
        "$gen" show --decode -
}
long_word() { "$gen" show --decode rax=0x4000001d "rdi=0x$(printf '%0120d' 3)"; }
marked() { printf '\xef\xbb\xbfrax=0x4000001d rdi=3 rsi=1 r8=2\n' | "$gen" show --decode -; }
full() { "$gen" show --decode rax=000000004000001d rdi=0000000000000003 rsi=0; }
zeros() { "$gen" show --decode rax=0x4000001d rdi=0000000000000003 rsi=00; }
check 'zero in two digits' says "$poll" zeros
check 'a byte order mark before a trace' says "$poll" marked
check 'leading zeros of 16 digits' says "$poll" full
check 'a dump with a line of 5,000 characters' says "$poll" long_line
check 'a value with 120 digits' says "$poll" long_word
check 'a negative result' says '-38 ENOSYS' "$gen" show --decode rax=-38
check 'a result in hexadecimal' says '-38 ENOSYS' "$gen" show --decode rax=0xffffffffffffffda
check 'a result of 32 bits' says '-22 EINVAL' "$gen" show --decode rax=0xffffffea
check 'a result in a dump' says '-1 EPERM' in_dump

# Xen's trace records: numbers of 32 bits, the lowest byte first.
words() {
    local word
    for word in "$@"; do
        printf '%b' "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $((word & 255)) \
            $((word >> 8 & 255)) $((word >> 16 & 255)) $((word >> 24 & 255)))"
    done
}
cpu() { words 0x2001f003 "$1" 0; }
registers() {
    words 0x60088001 "$1" 0 "$2" 0 "$3" 0 0x60088002 "$4" 0 0 0 0 0 0x40088003 0 0 0 0
}
records() {
    cpu 0
    registers 0x4000001d 3 1 2
    words 0xa0081002 1 2 3 4                        # another event, with its time
    cpu 1
    registers 0x4000001d 2 7 0
    cpu 0
    words 0x20088004 0xffffffda 0xffffffff          # the result of the first call
    cpu 1
    words 0x20088004 9 0 0x1001f001 0               # another one, then some are lost
    words 0x40088003 0 0 0 0                        # the end of a call that has no beginning
    registers 0x4000001d 99 0 0
}
stream() {
    local output status
    output=$("$1" | "$gen" show --decode - 2>log)
    status=$?
    shift
    [ "$status" = "$1" ] && diff <(echo "$output") - && grep -F -- "$2" log
}
records_are_decoded() {
    stream records 1 '<stdin>:18: error: ' <<'EOF'
cpu0  sched.poll(timeout=0x1, port=0x2)
cpu1  sched.shutdown(reason=0x7)
cpu0    = -38 ENOSYS
cpu1    = 0x9
cpu1  (records were lost)
EOF
}
check 'records of xentrace' records_are_decoded

# Of the golden specification: a signed value, and bits that its type does not have.
signed() {
    "$gen" show --decode "$top_srcdir/tests/golden/spec/demo.yml" rax=0x4000002a rdi=0x10 r10="$1"
}
signed_line() {
    echo "rax=0x4000002a rdi=0x10 r10=-2" >line
    "$gen" show --decode "$top_srcdir/tests/golden/spec/demo.yml" - <line
}
check 'a negative value' says '-1 = 0xff' signed -1
check 'bits that are too many' says 'excess bits: 0x1ff' signed 0x1ff
check 'a negative value in a line' says 'flag=-2' signed_line

trace() {
    local output
    output=$("$gen" show --decode - 2>log <<'EOF'
rax=0x4000001d rdi=3 rsi=1 r8=2
no register

rax=-38
rax=0x4000001d rdi=1 rdi=1
RAX: 000000004000001d RDI: 0000000000000001
EOF
    )
    [ $? = 1 ] && diff <(echo "$output") - <<'EOF' && diff <(sed 's/error: .*/error/' log) - <<'END'
sched.poll(timeout=0x1, port=0x2)
-38 ENOSYS
sched.block()
EOF
<stdin>:2: error
<stdin>:5: error
END
}
check 'a trace, a call on each line; bad lines are named' trace

shows_all() {
    mkdir -p two && cp "$top_srcdir"/abi/{sched,vcpu}.yml two &&
        diff <("$gen" show ./two) \
            <("$gen" show ./two/sched.yml; echo; "$gen" show ./two/vcpu.yml)
}
profiles() {
    mkdir -p own && printf '%s\n' 'doc: Mine.' 'options: { c: { width: 80 } }' >own/mine.yml
    export FASTABI_PROFILE_PATH=own
    diff <("$gen" profiles linux mine) <("$gen" profiles linux; echo; "$gen" profiles mine) &&
        says own/mine.yml "$gen" profiles mine &&
        "$gen" profiles linux | grep -E '^    (built in|/.*/linux\.yml)$' # where it is installed
}
check 'show DIRECTORY shows each' shows_all
check 'a direct call has the name direct' says 'set_timer_op.direct' "$gen" show set_timer_op.direct
check 'several profiles, and where they are' profiles

# in_terminal COLUMNS COMMAND: what it prints on a terminal of that width.
in_terminal() {
    script -qec "stty cols $1; $2" /dev/null </dev/null | tr -d '\r'
}
widest() { in_terminal "$1" "$2" | wc -L; }
# Columns that a table needs, a word being as long as it is.
tables_fit() {
    local poll="'$gen' show sched.poll" narrow wide
    narrow=$(widest 64 "$poll") && wide=$(widest 100 "$poll") &&
        [ "$narrow" -le 64 ] && [ "$wide" -gt 64 ] && [ "$wide" -le 100 ] &&
        [ "$(widest 20 "$poll")" = "$(widest 60 "$poll")" ] &&
        [ "$(widest 300 "$poll")" = "$wide" ]
}
same_words() {
    diff <(in_terminal 60 "'$gen' show sched.poll" | tr -cs '[:alnum:]' '\n' | sort -u) \
        <("$gen" show sched.poll | tr -cs '[:alnum:]' '\n' | sort -u)
}
check 'tables and texts are as wide as the terminal' tables_fit
check 'what is narrow has the same words' same_words

skeleton() {
    "$gen" new my_op >my_op.yml && "$gen" check --strict my_op.yml && grep -c '^ *#' my_op.yml &&
        "$gen" new other -o other.yml && "$gen" check other.yml &&
        ! "$gen" new other -o other.yml &&
        diff <("$gen" new other) other.yml
}
of_struct() {
    local name=$1
    "$gen" new "$2" --headers /usr/include --struct "$name" >"$name.yml" &&
        "$gen" check --strict "$name.yml" &&
        { "$gen" check --headers /usr/include "$name.yml" 2>log; ! grep 'error: ' log; } &&
        grep -F "struct: $name" "$name.yml" &&
        "$gen" generate -b c -O style=bridge -o "out-$name" "./$name.yml" &&
        echo "#include <fastabi/$2.h>" | ${CC:-cc} -Wall -Werror -I "out-$name" -xc -fsyntax-only -
}
structs() {
    of_struct evtchn_status event_channel && grep -F 'index: 5' evtchn_status.yml &&
        of_struct sched_poll sched && of_struct gnttab_map_grant_ref grant_table &&
        of_struct evtchn_bind_virq event_channel &&
        of_struct xen_memory_map memory && of_struct xen_hvm_param hvm &&
        of_struct physdev_pci_device_add physdev && grep -F 'ignore: [optarr]' \
            physdev_pci_device_add.yml
}
check 'new writes what check accepts' skeleton
check 'new describes structs of headers' structs

two_directories() {
    mkdir -p one/xen two/xen three/lib && cp -r /usr/include/xen/. one/xen &&
        mv one/xen/vcpu.h two/xen &&
        ! "$gen" check --headers one vcpu && "$gen" check --headers one --headers two vcpu &&
        sed -i '1i #include <lib/extra.h>' one/xen/sched.h &&
        echo 'typedef int extra;' >three/lib/extra.h &&
        ! "$gen" check --headers one sched && "$gen" check --headers one -I three sched
}
check '--headers takes several directories, -I adds more' two_directories
hint() {
    mkdir -p tree/xen/include && cp -r /usr/include/xen tree/xen/include/public
    ! "$gen" check --headers tree/xen/include sched 2>log &&
        grep -F "use 'tree/xen/include/public'" log &&
        "$gen" check --headers tree/xen/include/public sched && "$gen" check --headers tree sched
}
check 'the wrong directory of a Xen tree is answered with the right one' hint
tap_done
