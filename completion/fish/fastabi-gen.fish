# SPDX-License-Identifier: MIT
# Made by "make generated"; do not edit.

function __fastabi_gen_backend
    set -l words (commandline -opc)
    for i in (seq (count $words))
        string match -q -- '-b' $words[$i]; and echo $words[(math $i + 1)]
        string match -q -- '-b?*' $words[$i]; and string sub -s 3 -- $words[$i]
    end
end

function __fastabi_gen_settings
    switch (__fastabi_gen_backend)
        case c
            printf '%s\n' style=struct style=value style=bridge transfer=argument transfer=vmcall transfer=vmmcall transfer=patch transfer=macro headers=none headers= profile=edk2 profile=freebsd profile=freestanding profile=linux profile=minios profile=netbsd profile=openbsd profile=unikraft profile=windows profile=xen-public profile=xtf profile= types=stdint types=linux types=builtin types=longlong types=none types= interface_version=latest interface_version=none interface_version= inline= helper= result= errno=negative errno=positive prefix= guard= licence= banner= width= instruction= instruction_headers= instruction_outputs=
        case rust
            printf '%s\n' transfer=detect transfer=vmcall transfer=vmmcall transfer=patch form=crate form=module
        case asm
            printf '%s\n' syntax=gas syntax=nasm syntax=masm syntax=both form=macros form=functions convention=sysv convention=microsoft transfer=macro transfer=vmcall transfer=vmmcall transfer=patch prefix= visibility=default visibility=hidden types=stdint types=builtin types=none types= result=
        case xen
            printf '%s\n' headers=
    end
end

function __fastabi_gen_patterns
    set -l not (string match -r '^!' -- (commandline -ct))
    printf "$not%s\\n" (fastabi-gen list --names 2>/dev/null) class:any class:device_model class:control class:hardware
end

function __fastabi_gen_files
    __fish_complete_path (commandline -ct) | string match -r '.*(?:/|\.ya?ml)(?=\t|$)'
end

function __fastabi_gen_specs
    fastabi-gen list --names 2>/dev/null | string match -v '*.*'
    __fastabi_gen_files
end

function __fastabi_gen_profiles
    fastabi-gen profiles --names 2>/dev/null
    __fastabi_gen_files
end

function __fastabi_gen_operations
    fastabi-gen list --names 2>/dev/null
    __fastabi_gen_files
end

complete -c fastabi-gen -f
complete -c fastabi-gen -n __fish_use_subcommand -s h -l help -d 'Show this help; after a command, that command\'s.'
complete -c fastabi-gen -n __fish_use_subcommand -s V -l version -d 'Show the version.'

complete -c fastabi-gen -n __fish_use_subcommand -a generate -d 'Generate files from specifications.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -s b -xa 'c rust asm json markdown html xen' -d 'What to generate; \'fastabi-gen backends\' lists them.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -s o -rF -d 'Write below this directory (a file, for a backend that writes one file); \'-\': to standard output, as without -o for a single SPEC.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -s O -xa '(__fastabi_gen_settings)' -d 'Set an option of the backend; of several the last holds.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -l profile -xa '(__fastabi_gen_profiles)' -d 'Take options from a profile, by its name or file; -O wins. \'fastabi-gen profiles\' lists them.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -l plugin -rF -d 'Load a backend from a shared object.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -l plugin-seconds -x -d 'How long a plug-in may take, 1 to 86400; default: 60.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -l verify -d 'Write nothing; fail if a file would change.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -l depfile -rF -d 'Write make rules: the outputs from the specifications.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -l depfile-target -rF -d 'What the rules of --depfile make, as the build system calls it, instead of the outputs.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -l only -xa '(__fastabi_gen_patterns)' -d 'Only these operations: SPEC, SPEC.OPERATION, with \'*\' and \'?\' in names, or class:CLASS; \'!PATTERN\': not these. Repeatable.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -l headers -xa '(__fish_complete_directories)' -d 'Directory with Xen\'s public headers: DIR/xen/xen.h or DIR/xen.h; of several the first that has them counts.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -s I -xa '(__fish_complete_directories)' -d 'Also look here for what the headers include; repeatable.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -l include -rF -d 'Include this before the headers, for what their tree defines elsewhere; repeatable.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -l layout -rF -d 'Snapshot of headers, saved by \'fastabi-gen layout\'.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -l target -x -d 'Guest that the headers are read for; default: x86_64-unknown-linux-gnu.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -s h -l help -d 'Show this help; after a command, that command\'s.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from generate' -a '(__fastabi_gen_specs)'

complete -c fastabi-gen -n __fish_use_subcommand -a check -d 'Check specifications: the language, and Xen\'s headers.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from check' -l strict -d 'Ask for type, doc and errors everywhere.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from check' -l format -xa 'text json' -d 'How to report: lines on standard error (text), or one JSON object on standard output.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from check' -l all -d 'Print every message. Otherwise one note of a kind in a file is printed, 50 errors or warnings, and how many more there are.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from check' -l only -xa '(__fastabi_gen_patterns)' -d 'Only these operations: SPEC, SPEC.OPERATION, with \'*\' and \'?\' in names, or class:CLASS; \'!PATTERN\': not these. Repeatable.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from check' -l headers -xa '(__fish_complete_directories)' -d 'Directory with Xen\'s public headers: DIR/xen/xen.h or DIR/xen.h; of several the first that has them counts.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from check' -s I -xa '(__fish_complete_directories)' -d 'Also look here for what the headers include; repeatable.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from check' -l include -rF -d 'Include this before the headers, for what their tree defines elsewhere; repeatable.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from check' -l layout -rF -d 'Snapshot of headers, saved by \'fastabi-gen layout\'.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from check' -l target -x -d 'Guest that the headers are read for; default: x86_64-unknown-linux-gnu.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from check' -s h -l help -d 'Show this help; after a command, that command\'s.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from check' -a '(__fastabi_gen_specs)'

complete -c fastabi-gen -n __fish_use_subcommand -a layout -d 'Save what Xen\'s headers say of specifications.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from layout' -s o -rF -d 'Write the snapshot here; \'-\': to standard output.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from layout' -l only -xa '(__fastabi_gen_patterns)' -d 'Only these operations: SPEC, SPEC.OPERATION, with \'*\' and \'?\' in names, or class:CLASS; \'!PATTERN\': not these. Repeatable.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from layout' -l headers -xa '(__fish_complete_directories)' -d 'Directory with Xen\'s public headers: DIR/xen/xen.h or DIR/xen.h; of several the first that has them counts.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from layout' -s I -xa '(__fish_complete_directories)' -d 'Also look here for what the headers include; repeatable.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from layout' -l include -rF -d 'Include this before the headers, for what their tree defines elsewhere; repeatable.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from layout' -l target -x -d 'Guest that the headers are read for; default: x86_64-unknown-linux-gnu.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from layout' -s h -l help -d 'Show this help; after a command, that command\'s.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from layout' -a '(__fastabi_gen_specs)'

complete -c fastabi-gen -n __fish_use_subcommand -a show -d 'Show an operation\'s registers, or the call in a register dump.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from show' -l decode -d 'Name the call in a register dump, or the error in its rax. REGISTER=VALUE, and dumps as Xen, Linux, QEMU and gdb print them, are accepted as arguments; with \'-\' standard input is read: a dump, or a call per line. Registers that are not the ABI\'s are passed over. Without SPEC, all installed specifications are looked at.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from show' -s h -l help -d 'Show this help; after a command, that command\'s.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from show' -a '(__fastabi_gen_operations)'

complete -c fastabi-gen -n __fish_use_subcommand -a list -d 'List specifications and their operations.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from list' -l names -d 'Print names only, one a line.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from list' -l only -xa '(__fastabi_gen_patterns)' -d 'Only these operations: SPEC, SPEC.OPERATION, with \'*\' and \'?\' in names, or class:CLASS; \'!PATTERN\': not these. Repeatable.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from list' -s h -l help -d 'Show this help; after a command, that command\'s.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from list' -a '(__fastabi_gen_specs)'

complete -c fastabi-gen -n __fish_use_subcommand -a diff -d 'Say what has changed, and whether it breaks callers.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from diff' -s h -l help -d 'Show this help; after a command, that command\'s.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from diff' -a '(__fastabi_gen_specs)'

complete -c fastabi-gen -n __fish_use_subcommand -a new -d 'Write a specification to start from.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from new' -s o -rF -d 'Write to this file, which must not exist; without -o, and for \'-\', to standard output.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from new' -l struct -x -d 'Describe an operation whose arguments are the fields of this struct; it is looked for in the headers.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from new' -l headers -xa '(__fish_complete_directories)' -d 'Directory with Xen\'s public headers: DIR/xen/xen.h or DIR/xen.h; of several the first that has them counts.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from new' -s I -xa '(__fish_complete_directories)' -d 'Also look here for what the headers include; repeatable.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from new' -l include -rF -d 'Include this before the headers, for what their tree defines elsewhere; repeatable.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from new' -l target -x -d 'Guest that the headers are read for; default: x86_64-unknown-linux-gnu.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from new' -s h -l help -d 'Show this help; after a command, that command\'s.'

complete -c fastabi-gen -n __fish_use_subcommand -a help -d 'Show help, of all commands or of one.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from help' -l format -xa 'text json' -d 'How to print it: for a person (text), or all commands with their options as JSON.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from help' -s h -l help -d 'Show this help; after a command, that command\'s.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from help' -a 'generate check layout show list diff new help backends profiles'

complete -c fastabi-gen -n __fish_use_subcommand -a backends -d 'List the backends with their options.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from backends' -l plugin -rF -d 'Load a backend from a shared object.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from backends' -l plugin-seconds -x -d 'How long a plug-in may take, 1 to 86400; default: 60.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from backends' -s h -l help -d 'Show this help; after a command, that command\'s.'

complete -c fastabi-gen -n __fish_use_subcommand -a profiles -d 'List the profiles, or show what they set.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from profiles' -l names -d 'Print names only, one a line.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from profiles' -l plugin -rF -d 'Load a backend from a shared object.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from profiles' -s h -l help -d 'Show this help; after a command, that command\'s.'
complete -c fastabi-gen -n '__fish_seen_subcommand_from profiles' -a '(__fastabi_gen_profiles)'
