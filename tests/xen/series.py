# SPDX-License-Identifier: MIT
"""What a Xen maintainer asks of a series of patches: its form, Xen's coding style, a build at each
patch, Xen's own documentation. tests/xen/run has the trees and says what is tested when. Must not
know any patch of the series by name.
"""
import glob
import os
import re
import subprocess

SIGNED = "Some One <some.one@example.org>"
SUBJECT, BODY = 76, 75          # columns, by Xen's docs/process/sending-patches.pandoc
WIDTH = 79                      # of code, by Xen's CODING_STYLE
DOCS_WIDTH = 79


class Wrong(Exception):
    """What is wrong with the series."""


def environment(signed=True):
    """Git as someone uses it who signs patches, or who never told it a name."""
    found = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    found.update(GIT_CONFIG_NOSYSTEM="1", GIT_CONFIG_GLOBAL="/dev/null", HOME="/nonexistent",
                 GIT_CEILING_DIRECTORIES="/")
    if signed:
        name, email = re.fullmatch(r"(.*) <(.*)>", SIGNED).groups()
        found.update(GIT_CONFIG_COUNT="2", GIT_CONFIG_KEY_0="user.name", GIT_CONFIG_VALUE_0=name,
                     GIT_CONFIG_KEY_1="user.email", GIT_CONFIG_VALUE_1=email)
    return found


def run(command, cwd=None, env=None, timeout=600):
    done = subprocess.run(command, cwd=cwd, env=env or environment(), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, errors="replace", timeout=timeout,
                          check=False)
    if done.returncode:
        raise Wrong("%s: status %d\n%s%s" % (" ".join(command)[:300], done.returncode,
                                             done.stdout[-2000:], done.stderr[-3000:]))
    return done.stdout + done.stderr


def read(path):
    with open(path, encoding="utf-8") as stream:
        return stream.read()


class Patch:
    """The parts of a file of git format-patch."""

    def __init__(self, path):
        text = read(path)
        self.name = os.path.basename(path)
        head, self.diff = text.split("\n---\n", 1)
        head, body = head.split("\n\n", 1)
        subject = re.search(r"^Subject: (.*(?:\n .*)*)", head, re.MULTILINE)[1]
        self.number, self.subject = re.fullmatch(r"\[PATCH (\d+/\d+)\] (.*)",
                                                 subject.replace("\n", "")).groups()
        self.body = body.splitlines()

    def lines(self, sign, mark):
        """(file, line) of those with the sign."""
        path = None
        for line in self.diff.splitlines():
            if line.startswith(("--- a/", "+++ b/")):
                path = line[6:]
            elif line.startswith(sign) and not line.startswith(mark):
                yield path, line[1:]

    def added(self):
        return self.lines("+", "+++ ")

    def removed(self):
        return self.lines("-", "--- ")

    def new_files(self):
        """{file: its text}"""
        found = {}
        for part in self.diff.split("diff --git ")[1:]:
            if "\nnew file mode " in part:
                path = re.search(r"^\+\+\+ b/(.*)", part, re.MULTILINE)[1]
                found[path] = "\n".join(line[1:] for line in part.splitlines()
                                        if line.startswith("+") and not line.startswith("+++ "))
        return found


def patches(folder):
    return [Patch(path) for path in sorted(glob.glob(os.path.join(folder, "*.patch")))]


# ---- its form ----

def check_message(patch, signed):
    """A subject that says where and what, a body, lines that are short enough, a signature."""
    if not re.match(r"[\w/, -]+: \S", patch.subject) or len(patch.subject) > SUBJECT or \
            patch.subject.endswith("."):
        raise Wrong("%s: the subject %r" % (patch.name, patch.subject))
    signature = "Signed-off-by: " + SIGNED
    text = [line for line in patch.body if line and not line.startswith("Signed-off-by: ")]
    if not text or max(map(len, text)) > BODY:
        raise Wrong("%s: its text is missing, or wider than %d columns" % (patch.name, BODY))
    if (patch.body[-1] == signature) != signed or patch.body.count(signature) != signed or \
            ("Signed-off-by" in "".join(patch.body)) != signed:
        raise Wrong("%s: signed by %r" % (patch.name, patch.body[-1]))


def check_cover_letter(folder, found):
    text = read(os.path.join(folder, "0000-cover-letter.txt"))
    missing = [patch.subject for patch in found if patch.subject not in re.sub(r"\n +", " ", text)]
    if missing or "@" in re.sub(r"<[^>\n]*@[^>\n]*>", "", text) or "***" in text or \
            not re.search(r"^Subject: \[PATCH 0+/%d\]" % len(found), text, re.MULTILINE):
        raise Wrong("the cover letter is not complete: %s\n%s" % (missing, text[:2000]))
    for name in ("event_channel.status", "sched.poll"):
        if not re.search(r"^  %s +\d+ +\d+ +\d+ +\d+$" % re.escape(name), text, re.MULTILINE):
            raise Wrong("the cover letter has no numbers of %s" % name)


# ---- Xen's coding style ----

STYLE = [
    (r"\.[chS]$", r"\t", "a tab"),
    (r"\.[ch]$", r"\b(?:if|for|while|switch)\(", "no blank before a condition"),
    (r"\.[ch]$", r"\b(?:if|for|while|switch) \((?! )", "no blank in a condition"),
    (r"\.[ch]$", r"(?<!/)//(?!/)", "a comment of C++"),
    (r"\.[ch]$", r"\)\s*\{$", "a brace that is not on a line of its own"),
    (r"\.[ch]$", r"\} else|\belse \{", "a brace beside else"),
    (r"\.[ch]$", r"\bu(?:8|16|32|64)\b", "a type that is not of standard C"),
    (r".", r"[ \t]$", "blanks at the end"),
    (r"Makefile$|\.mk$", r"^ {8}", "blanks for a tab"),
]
# How to make a generated file again is one line, to be pasted.
COMMAND = re.compile(r"^ \*? +fastabi-gen generate ")


def check_lines(patch):
    for path, line in patch.added():
        for files, pattern, what in STYLE:
            if re.search(files, path) and re.search(pattern, line):
                raise Wrong("%s: %s: %s: %s" % (patch.name, path, what, line))
        is_code = re.search(r"\.[chS]$", path)
        if len(line.expandtabs()) > WIDTH and not COMMAND.match(line) and \
                (is_code or path.startswith("docs/") or path.endswith(".md")):
            raise Wrong("%s: %s: %d columns: %s" % (patch.name, path, len(line), line))


def check_new_files(patch):
    """A licence on the first line; a guard that no other header has; nothing at the end."""
    for path, text in patch.new_files().items():
        if "SPDX-License-Identifier: " not in text.split("\n", 1)[0]:
            raise Wrong("%s: %s has no licence" % (patch.name, path))
        if text.endswith("\n") or re.search(r"\n\n\n", text):
            raise Wrong("%s: %s has empty lines" % (patch.name, path))
        if path.endswith(".h"):
            guard = re.search(r"^#ifndef (\w+_H(?:_|__)?)\n#define \1$", text, re.MULTILINE)
            if not guard or not text.endswith("#endif /* %s */" % guard[1]):
                raise Wrong("%s: %s has no guard" % (patch.name, path))


def check_form(folder, signed=True):
    """All of it; the patches."""
    found = patches(folder)
    for i, patch in enumerate(found):
        if int(patch.number.split("/")[0]) != i + 1 or int(patch.number.split("/")[1]) != len(
                found):
            raise Wrong("%s is patch %s" % (patch.name, patch.number))
        check_message(patch, signed)
        check_lines(patch)
        check_new_files(patch)
    check_cover_letter(folder, found)
    first = found[0]
    if "copy_{from,to}_guest()" not in first.subject or len(list(first.added())) > 200:
        raise Wrong("the first patch is not the idea: %s" % first.subject)
    return found


# ---- applying and building ----

def repository(source, tree):
    """A copy of a tree as a repository of one commit."""
    run(["cp", "-a", source, tree])
    run(["git", "init", "-q", tree])
    git(tree, "add", "-Af")
    git(tree, "commit", "-qm", "The tree as it was")
    return tree


def git(tree, *words):
    return run(["git", "-c", "user.name=test", "-c", "user.email=test@invalid", "-c",
                "commit.gpgsign=false", *words], cwd=tree)


def configure(tree, options):
    """Xen's default configuration with these lines, where the tree has such options. One that has
    them already is kept: a new one has everything built again."""
    xen = os.path.join(tree, "xen")
    if os.path.exists(os.path.join(xen, ".config")):
        there = read(os.path.join(xen, ".config")).splitlines()
        known = "config UNSUPPORTED\n" + read(os.path.join(xen, "arch/x86/hvm/fastabi/Kconfig"))
        if all(line in there or "config %s\n" % re.search(r"CONFIG_(\w+)", line)[1] not in known
               for line in options):
            return
    run(["make", "-C", xen, "defconfig"])
    with open(os.path.join(xen, ".config"), "a", encoding="utf-8") as stream:
        stream.write("".join(line + "\n" for line in options))
    run(["make", "-C", xen, "olddefconfig"])
    there = read(os.path.join(xen, ".config")).splitlines()
    if options[0] not in there:
        raise Wrong("the configuration does not take " + options[0])


def build(tree, options):
    """Xen; its makefiles make an error of each warning."""
    configure(tree, options)
    said = run(["make", "-C", os.path.join(tree, "xen"), "-j%d" % (os.cpu_count() or 1), "build"],
               timeout=3600)
    # Kconfig says that an option is set once more.
    warnings = [line for line in said.splitlines()
                if re.search(r"\bwarning: (?!override: )", line, re.I)]
    if warnings:
        raise Wrong("\n".join(warnings[:10]))


# ---- Xen's documentation ----

def sphinx(tree, out):
    """The warnings of Sphinx, without what only tells where it is."""
    said = run(["sphinx-build", "-q", "-b", "html", "docs", out], cwd=tree)
    return sorted(line.replace(os.path.realpath(tree), "") for line in said.splitlines() if line)


def check_documents(before, after, out):
    """Sphinx has nothing to say that it did not say before, each new page is in a table of
    contents, and pandoc reads what it is for."""
    old, new = sphinx(before, out + ".before"), sphinx(after, out)
    more = [line for line in new if line not in old]
    if more:
        raise Wrong("\n".join(more[:10]))
    index = read(os.path.join(out, "guest-guide/x86/index.html"))
    if "fastabi/index.html" not in index:
        raise Wrong("the guest guide does not lead to the pages")
    for name in ("docs/misc/xen-command-line.pandoc", "SUPPORT.md", "CHANGELOG.md"):
        html = run(["pandoc", "--from", "markdown", "--to", "html", os.path.join(after, name)])
        if not re.search(r"<h3[^>]*>[^<]*fastabi|FastABI", html):
            raise Wrong("%s does not have it" % name)
    for name in ("fastabi (x86)", "fastabi-count (x86)"):
        html = run(["pandoc", "--from", "markdown", "--to", "html",
                    os.path.join(after, "docs/misc/xen-command-line.pandoc")])
        if not re.search(r"<h3[^>]*>%s</h3>\s*<blockquote>" % re.escape(name), html):
            raise Wrong("xen-command-line has no section on " + name)
