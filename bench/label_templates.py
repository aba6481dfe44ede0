#!/usr/bin/env python3
"""Labels log lines by the format string of the program that wrote them.

Usage: bench/label_templates.py [--check] [KIND]...
       bench/label_templates.py --propose SOURCES KIND

KIND.formats in tests/data/templates holds a program's format strings as they stand in its sources
(tests/data/templates/README.md says how). Each line of KIND.log must be matched by one of them, the
one with the most constant characters where several do (then the one with the most numbers), and
KIND.labels gets its id; a line without one, or with two that are equally exact, is an error.
--check writes nothing and fails where the labels differ. --propose searches all string literals of
a source tree for those that made lines which the table does not match yet.
"""
import argparse
import collections
import pathlib
import re
import sys

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "tests" / "data" / "templates"
SOURCES = (".c", ".h", ".cc", ".cpp", ".cxx", ".y", ".l", ".pl", ".pm", ".py", ".go", ".in",
           ".java", ".txt", ".erl", ".hrl", ".ex")
LITERALS_MIN = 5  # a proposal with fewer constant letters fits by accident

# ---- format strings: each syntax says how a conversion looks and what it may have written

INTEGER, HEX, TEXT = r"[-+]?\d+", r"(?:0x)?[0-9a-fA-F]+", r".*"
REAL = r"[-+]?(?:[\d.]+(?:e[-+]\d+)?|nan|inf)"
PRINTF = re.compile(r"%(?:\d+\$)?[-+ #0']*(?:\d+|\*)?(?:\.(?:\d+|\*)?)?(?:hh?|ll?|[zjtqLI]+)?"
                    r"(?:p[a-zA-Z]|[diouxXeEfFgGcspSVmMn%])")
NGINX = re.compile(r"%(?:%|[0-9*]*(?:\.[0-9*]+)?[uxX]*(?:[OTPLMNVvszDpcfZrd]|i))")
BRACES = re.compile(r"\{[^{}]*\}")
PYTHON = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa%]")
GO = re.compile(r"%[-+# 0]*\d*(?:\.\d+)?[vTtbcdoOqxXUeEfFgGspw%]")
ERLANG = re.compile(r"~[-\d.*]*(?:t?[pwsPWc]|[bBfgein~])")
BY_LETTER = {**dict.fromkeys("diu", INTEGER), **dict.fromkeys("xXop", HEX),
             **dict.fromkeys("eEfFgG", REAL)}
NGINX_LETTER = {**dict.fromkeys("OTPLMNzDdi", INTEGER), "p": HEX, "f": REAL}


def printf_value(conversion):
    if conversion == "%%":
        return "%"
    if re.search(r"p[a-zA-Z]$", conversion):  # the Apache runtime's %pI, %pm, %pT
        return TEXT
    value = BY_LETTER.get(conversion[-1], TEXT)
    return r"\s*" + value + r"\s*" if re.match(r"%-?[1-9]", conversion) else value


def nginx_value(conversion):
    if conversion == "%%":
        return "%"
    if re.search("[xX]", conversion[1:-1]):
        return HEX
    return NGINX_LETTER.get(conversion[-1], TEXT)


def go_value(conversion):
    return {"%%": "%", "%d": INTEGER}.get(conversion, TEXT)


def erlang_value(conversion):
    return {"~~": "~", "~b": INTEGER}.get(conversion, TEXT)


SYNTAXES = {"printf": (PRINTF, printf_value), "nginx": (NGINX, nginx_value),
            "python": (PYTHON, printf_value), "go": (GO, go_value),
            "erlang": (ERLANG, erlang_value), "braces": (BRACES, lambda _: TEXT)}


class Format:
    """A format string as a pattern of whole messages."""

    def __init__(self, name, text, source, syntax):
        self.name, self.text, self.source = name, text.replace("\\t", "\t"), source
        conversion, value = SYNTAXES[syntax]
        self.constants = [part for part in conversion.split(self.text) if part]
        pieces, at = [], 0
        for found in conversion.finditer(self.text):
            pieces += [re.escape(self.text[at:found.start()]), value(found.group())]
            at = found.end()
        self.pattern = re.sub(r"(?:\.\*)+", TEXT, "".join([*pieces, re.escape(self.text[at:])]))
        self.longest = max(self.constants, key=len, default="")
        numbers = len(re.findall(re.escape(INTEGER), self.pattern))
        self.weight = sum(len(part.replace(" ", "")) for part in self.constants), numbers
        self.compiled = None

    def matches(self, message):
        if self.longest not in message:
            return False
        at = 0  # the constants in their order: a cheap test before a pattern of many `.*`
        for part in self.constants:
            at = message.find(part, at) + len(part)
            if at < len(part):
                return False
        if self.compiled is None:
            self.compiled = re.compile(self.pattern, re.DOTALL)
        return self.compiled.fullmatch(message) is not None


def best(formats, message):
    """The matching formats with the most constant characters, and of these the most numbers."""
    found = [one for one in formats if one.matches(message)]
    most = max((one.weight for one in found), default=None)
    return [one for one in found if one.weight == most]


# ---- a kind: its table and its log

class Kind:
    def __init__(self, name):
        self.name, rows = name, []
        self.settings = {"syntax": "printf", "header": "", "frame": "", "tail": ""}
        path = FOLDER / f"{name}.formats"
        for line in path.read_text("utf8").splitlines() if path.exists() else ():
            setting = re.match(r"# (\w+): (.*)", line)
            if setting:
                self.settings[setting[1]] = setting[2]
            elif line and not line.startswith("#"):
                rows.append(line.split("\t"))
        self.formats = [Format(*row, self.settings["syntax"]) for row in rows]
        self.header = re.compile(self.settings["header"])
        self.frame = re.compile(self.settings["frame"])
        self.tail = re.compile("(?:" + self.settings["tail"] + ")$")

    def lines(self):
        return (FOLDER / f"{self.name}.log").read_text("utf8", "replace").split("\n")[:-1]

    def content(self, line):
        """Without the time, host, process and level before it."""
        header = self.header.match(line)
        if not header:
            raise ValueError(f"{self.name}: no header: {line}")
        return line[header.end():]

    def message(self, line):
        """The content without what the program puts around all that it says."""
        content = self.content(line)
        return self.tail.sub("", content[self.frame.match(content).end():], count=1).rstrip()

    def faults(self):
        ids = collections.Counter(one.name for one in self.formats)
        texts = collections.Counter(one.text for one in self.formats)
        return [f"{self.name}: twice: {key}" for key, count in (ids + texts).items() if count > 1]


def labels_of(kind):
    labels, faults, known = [], kind.faults(), {}
    for number, line in enumerate(kind.lines(), 1):
        message = kind.message(line)
        if message not in known:
            found = best(kind.formats, message)
            known[message] = found[0].name if len(found) == 1 else None
            if len(found) != 1:
                names = ", ".join(one.name for one in found) or "no format"
                faults.append(f"{kind.name}.log:{number}: {names}: {message}")
        labels.append(known[message])
    unused = {one.name for one in kind.formats} - set(labels)
    return labels, faults + [f"{kind.name}: made no line: {name}" for name in sorted(unused)]


def label(name, check):
    labels, faults = labels_of(Kind(name))
    text = "".join(f"{one}\n" for one in labels)
    path = FOLDER / f"{name}.labels"
    if check and not faults and path.read_text("utf8") != text:
        faults.append(f"{name}: the labels are not those of the table")
    for fault in faults:
        print(fault, file=sys.stderr)
    if not check and not faults:
        path.write_text(text, "utf8")
    print(f"{name}: {len(labels)} lines, {len(set(labels))} templates, {len(faults)} faults")
    return not faults


# ---- proposals from sources

LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
SINGLE = re.compile(r"""["']((?:[^"'\\\n]|\\.)*)["']""")
GLUE = re.compile(r'(?:\s|\\\n)*(PRI\w+|APLOGNO\(\d+\))?(?:\s|\\\n)*(?=["\'])')
# `"a" << b << "c"`, `"a" + b + "c"`: what stands between is an argument.
CHAIN = re.compile(r"""\s*(?:<<|\+)\s*((?:[^"';,<+]|<(?!<))*?)\s*((?:<<|\+)\s*(?=")|(?=[;,)]))""")
BEFORE = re.compile(r"""[(,]\s*[\w.>()\-\[\]: ]+\s*(?:<<|\+)\s*$""")
SIZES = {"8": "", "16": "", "32": "", "64": "l"}
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "r": "", "'": "'"}


def unescaped(text):
    return re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[0]), text)


def literals(text, syntax="printf", literal=LITERAL):
    """The string literals with their line; those that stand side by side or are chained are one."""
    at, hole = 0, {"braces": "{}", "erlang": "~p"}.get(syntax, "%s")
    while found := literal.search(text, at):
        ahead = text[max(0, found.start() - 120):found.start()]
        number = re.search(r"APLOGNO\((\d+)\)\s*$", ahead)
        made, at = (hole if BEFORE.search(ahead) else "") + found[1], found.end()
        while True:
            glue, chain = GLUE.match(text, at), CHAIN.match(text, at)
            if glue and (more := literal.match(text, glue.end())):
                made += (glue[1] or "")[3:4].lower() + more[1]
                at = more.end()
            elif chain and (chain[1] or chain[2]):
                made += hole if chain[1] else ""
                at = chain.end()
                if more := literal.match(text, at):
                    made, at = made + more[1], more.end()
            else:
                break
        if number:
            made = f"AH{number[1]}: {made}"
        yield text.count("\n", 0, found.start()) + 1, unescaped(made).strip()


def proposals(root, syntax):
    texts = {}
    for path in sorted(pathlib.Path(root).rglob("*")):
        if {".pc", "debian", "test", "tests"} & set(path.relative_to(root).parts):
            continue
        if path.suffix not in SOURCES or not path.is_file() or path.stat().st_size > 4_000_000:
            continue
        literal = SINGLE if path.suffix == ".py" else LITERAL
        for number, text in literals(path.read_text("utf8", "replace"), syntax, literal):
            texts.setdefault(text, f"{path.relative_to(root)}:{number}")
    made = (Format("", text, source, syntax) for text, source in texts.items()
            if "\n" not in text)
    return [one for one in made
            if sum(map(str.isalpha, "".join(one.constants))) >= LITERALS_MIN]


def propose(root, name):
    kind = Kind(name)
    candidates, made, left = proposals(root, kind.settings["syntax"]), {}, {}
    for line in kind.lines():
        message = kind.message(line)
        if message in made or message in left or best(kind.formats, message):
            continue
        found = best(candidates, message)
        if found:
            made[message] = found[0]
        else:
            left[re.sub(r"\d+", "0", message)] = message
    groups = collections.defaultdict(list)
    for message, one in made.items():
        groups[one.text, one.source].append(message)
    for (text, source), messages in sorted(groups.items(), key=lambda pair: pair[0][1]):
        print(f"{text}\t{source}\t#{len(messages)}\t{messages[0]}")
    print(f"---- {len(left)} unmatched", *left.values(), sep="\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--propose", metavar="SOURCES")
    wanted = parser.parse_args()
    kinds = wanted.kinds or sorted(path.stem for path in FOLDER.glob("*.formats"))
    if wanted.propose:
        return propose(wanted.propose, *kinds)
    return sys.exit(not all([label(kind, wanted.check) for kind in kinds]))


if __name__ == "__main__":
    main()
