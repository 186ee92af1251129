# SPDX-License-Identifier: MIT
"""Completion for bash, zsh and fish.  Must not know where the files are written.

Options, their values and the keys of -O come from the command's own tables; specifications and
operations are asked of the command when it completes.
"""

HEAD = '# SPDX-License-Identifier: MIT\n# Made by "make generated"; do not edit.\n'


# What --only takes besides names; tests/completion compares it with the language's schema.
CLASSES = "class:any class:device_model class:control class:hardware"


def flags(option):
    return [option[key] for key in ("short", "long") if key in option]


def kind_of(option):
    """An option's value: file, dir, backend, setting, pattern, words or other; '' without one."""
    value = option.get("value", "")
    known = {
        "FILE": "file",
        "PATH": "file",
        "DIR": "dir",
        "BACKEND": "backend",
        "KEY=VALUE": "setting",
        "PROFILE": "profile",
        "PATTERN": "pattern",
        "": "",
    }
    return known.get(value, "words" if "|" in value else "other")


def one_line(text):
    return " ".join(text.replace("-\n", "").split())


def setting_words(keys, command):
    """style=struct style=value ...; headers= where other text will do too"""
    words = []
    for key, values, _, _ in keys:
        choices = values.split("|")
        known = [value for value in choices if value.islower() and ".." not in value]
        known += command.profiles if values == "PROFILE" else []
        words += [f"{key}={value}" for value in known]
        words += [f"{key}="] if any(value.isupper() or ".." in value for value in choices) else []
    return words


# ---- bash ----

BASH = r"""
_fastabi_gen()
{
    local cur prev words cword command= backend= i
    _init_completion -n := || return
    for ((i = 1; i < cword; i++)); do
        case ${words[i]} in
        -b) backend=${words[i + 1]} ;;
        -b*) backend=${words[i]#-b} ;;
        -*) ;;
        *) [[ $command ]] || command=${words[i]} ;;
        esac
    done
    if [[ ! $command ]]; then
        COMPREPLY=($(compgen -W '@COMMANDS@' -- "$cur"))
        return
    fi
    # --option=VALUE: readline takes the text after '=' as a word
    if [[ $cur == --*=* ]]; then
        prev=${cur%%=*} cur=${cur#*=}
    fi
    case $command:$prev in
@VALUES@    esac
    if [[ $cur == -* ]]; then
        case $command in
@OPTIONS@        esac
        return
    fi
    case $command in
@OPERANDS@    esac
}

_fastabi_gen_settings()
{
    case $backend in
@SETTINGS@    esac
    # readline takes the text after '=' as a word
    if [[ $cur == *=* ]]; then
        COMPREPLY=("${COMPREPLY[@]#*=}")
    elif [[ ${COMPREPLY-} == *= ]]; then
        compopt -o nospace
    fi
}

# Of the lines of standard input those that start with $2, after $1.  Names are those of files and
# may be anything: nothing may expand them, as compgen -W does.
_fastabi_gen_lines()
{
    local line
    while IFS= read -r line; do
        [[ $line == "$2"* ]] && COMPREPLY+=("$1$line")
    done
    return 0
}

# Names of profiles, and files.
_fastabi_gen_profiles()
{
    _fastabi_gen_lines '' "$cur" < <(fastabi-gen profiles --names 2>/dev/null)
    _fastabi_gen_files
}

# Names of operations and classes, after a '!' too.
_fastabi_gen_patterns()
{
    local not=${cur%%[!!]*}
    _fastabi_gen_lines "$not" "${cur#"$not"}" \
        < <(fastabi-gen list --names 2>/dev/null; printf '%s\n' @CLASSES@)
    __ltrim_colon_completions "$cur"
}

_fastabi_gen_specs()
{
    _fastabi_gen_lines '' "$cur" < <(fastabi-gen list --names 2>/dev/null | $1)
    _fastabi_gen_files
}

_fastabi_gen_files()
{
    local files
    compopt -o filenames
    mapfile -t files < <(compgen -f -X '!*.@(yml|yaml)' -- "$cur"; compgen -d -- "$cur")
    COMPREPLY+=("${files[@]}")
}

complete -F _fastabi_gen fastabi-gen
"""


def bash_value(option, command):
    kind = kind_of(option)
    if not kind or kind == "other":
        return "return"
    if kind == "words":
        return (
            f"COMPREPLY=($(compgen -W '{option['value'].replace('|', ' ')}' -- \"$cur\")); return"
        )
    if kind == "backend":
        return f"COMPREPLY=($(compgen -W '{command.backend_words}' -- \"$cur\")); return"
    if kind == "setting":
        return "_fastabi_gen_settings; return"
    if kind in ("pattern", "profile"):
        return f"_fastabi_gen_{kind}s; return"
    return "_filedir -d; return" if kind == "dir" else "_filedir; return"


def make_bash(command):
    values, options, operands, settings = "", "", "", ""
    for one in command.commands:
        name = one["name"]
        for option in one["options"]:
            if kind_of(option):
                pattern = "|".join(f"{name}:{flag}" for flag in flags(option))
                values += f"    {pattern}) {bash_value(option, command)} ;;\n"
        words = " ".join(
            flag for option in one["options"] + command.options[:1] for flag in flags(option)
        )
        options += f"        {name}) COMPREPLY=($(compgen -W '{words}' -- \"$cur\")) ;;\n"
        filters = {"SPEC": "grep -v '\\.'", "SPEC.OPERATION": "cat"}
        if one.get("operand") in filters:
            operands += f"    {name}) _fastabi_gen_specs \"{filters[one['operand']]}\" ;;\n"
        elif one.get("operand") == "PROFILE":
            operands += f"    {name}) _fastabi_gen_profiles ;;\n"
        elif one.get("operand") == "COMMAND":
            operands += f"    {name}) COMPREPLY=($(compgen -W '{command.words}' -- \"$cur\")) ;;\n"
    for name, _, keys in command.backends:
        if keys:
            words = " ".join(setting_words(keys, command))
            settings += f"    {name}) COMPREPLY=($(compgen -W '{words}' -- \"$cur\")) ;;\n"
    top = " ".join([command.words] + [flag for option in command.options for flag in flags(option)])
    text = BASH.replace("@COMMANDS@", top).replace("@VALUES@", values).replace("@CLASSES@", CLASSES)
    return HEAD + text.replace("@OPTIONS@", options).replace("@OPERANDS@", operands).replace(
        "@SETTINGS@", settings
    ).replace("_specs \"grep -v '\\.'\"", "_specs operations_off").replace(
        '_specs "cat"', "_specs cat"
    ).replace(
        "operations_off", "'grep -v [.]'"
    )


# ---- zsh ----

ZSH = r"""
_fastabi_gen_specs() {
    local -a names
    names=(${(f)"$(fastabi-gen list --names 2>/dev/null)"})
    [[ $@[-1] == all ]] || names=(${names:#*.*})
    _alternative "specifications:specification:compadd -a names" \
        "files:file:_files -g '*.(yml|yaml)'"
}

_fastabi_gen_profiles() {
    local -a names
    names=(${(f)"$(fastabi-gen profiles --names 2>/dev/null)"})
    _alternative "profiles:profile:compadd -a names" "files:file:_files -g '*.(yml|yaml)'"
}

_fastabi_gen_patterns() {
    local -a names
    names=(${(f)"$(fastabi-gen list --names 2>/dev/null)"} @CLASSES@)
    compset -P '(\\|)!'
    compadd -a names
}

_fastabi_gen_settings() {
    local i backend
    for ((i = 2; i < CURRENT; i++)); do
        [[ $words[i] == -b ]] && backend=$words[i+1]
        [[ $words[i] == -b?* ]] && backend=${words[i]#-b}
    done
    case $backend in
@SETTINGS@    esac
}

_fastabi_gen() {
    local context state state_descr line
    typeset -A opt_args
    _arguments -C @TOP@ '1:command:->command' '*::argument:->argument'
    case $state in
    command)
        local -a commands
        commands=(
@COMMANDS@        )
        _describe command commands ;;
    argument)
        case $line[1] in
@CASES@        esac ;;
    esac
}

_fastabi_gen "$@"
"""


def zsh_quote(text):
    return "'" + text.replace("'", "'\\''") + "'"


def zsh_option(option, command):
    """Specifications of _arguments for an option."""
    about = one_line(option["help"]).replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    about = about.replace(":", "\\:")
    kind, value = kind_of(option), option.get("value", "").replace(":", "\\:")
    action = {
        "": "",
        "file": "_files",
        "dir": "_files -/",
        "other": " ",
        "words": f"({option.get('value', '').replace('|', ' ')})",
        "backend": f"({command.backend_words})",
        "setting": "_fastabi_gen_settings",
        "pattern": "_fastabi_gen_patterns",
        "profile": "_fastabi_gen_profiles",
    }[kind]
    made = []
    for flag in flags(option):
        attach = "" if not kind else "=" if flag.startswith("--") else "+"
        tail = f":{value}:{action}" if kind else ""
        made.append(zsh_quote(f"*{flag}{attach}[{about}]{tail}"))
    return made


def make_zsh(command):
    cases = commands = settings = ""
    for one in command.commands:
        words = [
            spec
            for option in one["options"] + command.options[:1]
            for spec in zsh_option(option, command)
        ]
        operand = {
            "SPEC": "'*:specification:_fastabi_gen_specs'",
            "SPEC.OPERATION": "'*:operation:_fastabi_gen_specs all'",
            "COMMAND": f"'1:command:({command.words})'",
            "NAME": "'1:name: '",
            "PROFILE": "'*:profile:_fastabi_gen_profiles'",
        }
        if one.get("operand"):
            words.append(operand[one["operand"]])
        lines = " \\\n".join(f"                {word}" for word in words)
        cases += f"        {one['name']})\n            _arguments \\\n{lines} ;;\n"
        commands += f"            {zsh_quote(one['name'] + ':' + one_line(one['summary']))}\n"
    for name, _, keys in command.backends:
        if keys:
            words = setting_words(keys, command)
            full = " ".join(word for word in words if not word.endswith("="))
            part = " ".join(word for word in words if word.endswith("="))
            settings += f"    {name}) compadd -- {full or '/dev/null'}"
            settings += f"; compadd -S '' -- {part}" if part else ""
            settings += " ;;\n"
    settings = settings.replace("compadd -- /dev/null; ", "")
    top = " ".join(spec for option in command.options for spec in zsh_option(option, command))
    text = ZSH.replace("@COMMANDS@", commands).replace("@CASES@", cases)
    text = text.replace("@CLASSES@", CLASSES)
    return (
        "#compdef fastabi-gen\n" + HEAD + text.replace("@SETTINGS@", settings).replace("@TOP@", top)
    )


# ---- fish ----

FISH = r"""
function __fastabi_gen_backend
    set -l words (commandline -opc)
    for i in (seq (count $words))
        string match -q -- '-b' $words[$i]; and echo $words[(math $i + 1)]
        string match -q -- '-b?*' $words[$i]; and string sub -s 3 -- $words[$i]
    end
end

function __fastabi_gen_settings
    switch (__fastabi_gen_backend)
@SETTINGS@    end
end

function __fastabi_gen_patterns
    set -l not (string match -r '^!' -- (commandline -ct))
    printf "$not%s\\n" (fastabi-gen list --names 2>/dev/null) @CLASSES_LINES@
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
"""


def fish_quote(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def fish_option(option, command, condition):
    text = f"complete -c fastabi-gen -n {condition}"
    text += f" -s {option['short'][1:]}" if "short" in option else ""
    text += f" -l {option['long'][2:]}" if "long" in option else ""
    kind = kind_of(option)
    text += {
        "": "",
        "file": " -rF",
        "dir": " -xa '(__fish_complete_directories)'",
        "other": " -x",
        "words": f" -xa {fish_quote(option.get('value', '').replace('|', ' '))}",
        "backend": f" -xa {fish_quote(command.backend_words)}",
        "setting": " -xa '(__fastabi_gen_settings)'",
        "pattern": " -xa '(__fastabi_gen_patterns)'",
        "profile": " -xa '(__fastabi_gen_profiles)'",
    }[kind]
    return text + f" -d {fish_quote(one_line(option['help']))}\n"


def make_fish(command):
    settings = ""
    for name, _, keys in command.backends:
        if keys:
            settings += (
                f"        case {name}\n            printf '%s\\n' "
                f"{' '.join(setting_words(keys, command))}\n"
            )
    text = HEAD + FISH.replace("@SETTINGS@", settings).replace("@CLASSES_LINES@", CLASSES)
    for option in command.options:
        text += fish_option(option, command, "__fish_use_subcommand")
    for one in command.commands:
        text += (
            f"\ncomplete -c fastabi-gen -n __fish_use_subcommand -a {one['name']} "
            f"-d {fish_quote(one_line(one['summary']))}\n"
        )
        condition = fish_quote(f"__fish_seen_subcommand_from {one['name']}")
        for option in one["options"] + command.options[:1]:
            text += fish_option(option, command, condition)
        call = {
            "SPEC": "__fastabi_gen_specs",
            "SPEC.OPERATION": "__fastabi_gen_operations",
            "PROFILE": "__fastabi_gen_profiles",
        }
        if one.get("operand") in call:
            text += f"complete -c fastabi-gen -n {condition} -a '({call[one['operand']]})'\n"
        elif one.get("operand") == "COMMAND":
            text += f"complete -c fastabi-gen -n {condition} -a {fish_quote(command.words)}\n"
    return text


def make_files(command):
    """{path: text}"""
    command.words = " ".join(one["name"] for one in command.commands)
    command.backend_words = " ".join(name for name, _, _ in command.backends)
    return {
        "bash/fastabi-gen": make_bash(command),
        "zsh/_fastabi-gen": make_zsh(command),
        "fish/fastabi-gen.fish": make_fish(command),
    }
