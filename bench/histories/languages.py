"""A small program model, printed as Python, JavaScript, Go, Java or C++.

A function is a name, parameters and statements; a statement is a tuple whose first part is its
kind. Each language prints every kind its own way, so that one regression has five faces.
"""
import dataclasses


@dataclasses.dataclass
class Function:
    name: tuple           # ("refund", "order"): words, spelled by each language
    parameters: list      # of word tuples
    statements: list
    caller: bool = False  # it is called from outside


@dataclasses.dataclass
class Module:
    service: str
    name: str
    functions: list
    constants: dict       # ("gateway", "timeout") -> value


def snake(words):
    return "_".join(words)


def camel(words):
    return words[0] + "".join(word.capitalize() for word in words[1:])


def pascal(words):
    return "".join(word.capitalize() for word in words)


class Language:
    """How one language writes names and statements. `block` opens, `end` closes a block."""
    name = extension = ""
    indent = "    "
    end = "}"
    semicolon = ";"
    comment = "//"

    def path(self, module):
        return f"{module.service}/{module.name}{self.extension}"

    def word(self, words):
        return camel(words)

    def line_of(self, text):
        return text + self.semicolon

    def statement(self, one):
        return getattr(self, one[0])(*one[1:])

    # Each returns a list of lines without indentation of their own.
    def guard(self, name, result):
        return [f"if ({name} == null) {{", f"{self.indent}return {result}{self.semicolon}", "}"]

    def call(self, target, arguments, into=None):
        text = f"{target}({', '.join(arguments)})"
        return [self.line_of(f"{self.declare(into)} = {text}" if into else text)]

    def declare(self, name):
        return f"var {name}"

    def field(self, into, source, key):
        return [self.line_of(f'{self.declare(into)} = {source}.get("{key}")')]

    def cache(self, into, parts):
        joined = ' + ":" + '.join([f'"{parts[0]}"', *parts[1:]])
        return [self.line_of(f"{self.declare(into)} = {joined}")]

    def sql(self, into, text):
        return [self.line_of(f'{self.declare(into)} = {self.query}("{text}")')]

    query = "db.query"

    def note(self, text):
        return [f"{self.comment} {text}"]

    def fail(self, name, text, names):
        """Throws where something is not as it should be; `text` has <> for each of the names."""
        return [f"if (!{name}.valid) {{", self.indent + self.thrown(text, names), "}"]

    def lines(self, module):
        """The file's lines; for each function its first line and those of its statements."""
        out = list(self.head(module))
        places = {}
        for words, value in module.constants.items():
            out.append(self.constant(words, value))
        for function in module.functions:
            out.append("")
            places[function.name] = (len(out) + 1, [])
            base = self.indent if self.name == "java" else ""
            out.append(base + self.header(function))
            for one in function.statements:
                places[function.name][1].append(len(out) + 1)
                out += [base + self.indent + line for line in self.statement(one)]
            out.append(base + self.indent + self.result(function))
            if self.end:
                out.append(base + self.end)
        return out + self.tail(module), places

    def head(self, module):
        return [f"{self.comment} {module.name.capitalize()} of the {module.service} service."]

    def tail(self, _module):
        return []

    def result(self, function):
        return f"return {self.word(function.parameters[0])}{self.semicolon}"


class Python(Language):
    name, extension, end, semicolon, comment = "python", ".py", "", "", "#"

    def word(self, words):
        return snake(words)

    def head(self, module):
        return [f'"""{module.name.capitalize()} of the {module.service} service."""',
                "import logging", "from shop import cache, clock, db, locks", "",
                "log = logging.getLogger(__name__)"]

    def constant(self, words, value):
        return f"{snake(words).upper()} = {value}"

    def name_constant(self, words):
        return snake(words).upper()

    def header(self, function):
        return f"def {snake(function.name)}({', '.join(map(snake, function.parameters))}):"

    def declare(self, name):
        return name

    def guard(self, name, result):
        return [f"if {name} is None:", f"    return {result.replace('null', 'None')}"]

    def loop(self, item, items, start, stop):
        return [f"for i in range({start}, {stop.format(size=f'len({items})')}):",
                f"    handle({items}[i])  # {item}"]

    def log(self, level, text, names):
        return [f'log.{level}("{text.replace("<>", "%s")}"{"".join(", " + n for n in names)})']

    def field(self, into, source, key):
        return [f'{into} = {source}["{key}"]']

    def fail(self, name, text, names):
        for one in names:
            text = text.replace("<>", "{" + one + "}", 1)
        return [f"if not {name}.valid:", f'    raise ServiceError(f"{text}")']

    def time(self, into, source, zone):
        return [f"{into} = clock.to_{zone}({source}).date()"]

    def lock(self, name, inner, held):
        return [f"with locks.hold({name}):", f"    {inner}"] if held else [inner]


class JavaScript(Language):
    name, extension, indent = "javascript", ".js", "  "

    def head(self, module):
        return [*super().head(module),
                "const { cache, clock, db, locks, log } = require('../shop');"]

    def constant(self, words, value):
        return f"const {snake(words).upper()} = {value};"

    def name_constant(self, words):
        return snake(words).upper()

    def header(self, function):
        names = ", ".join(map(camel, function.parameters))
        return f"async function {camel(function.name)}({names}) {{"

    def declare(self, name):
        return f"const {name}"

    def loop(self, item, items, start, stop):
        return [f"for (let i = {start}; i < {stop.format(size=items + '.length')}; i++) {{",
                f"  handle({items}[i]); // {item}", "}"]

    def log(self, level, text, names):
        for one in names:
            text = text.replace("<>", "${" + one + "}", 1)
        return [f"log.{level}(`{text}`);"]

    def field(self, into, source, key):
        return [f"const {into} = {source}.{key};"]

    def thrown(self, text, names):
        for one in names:
            text = text.replace("<>", "${" + one + "}", 1)
        return f"throw new ServiceError(`{text}`);"

    def time(self, into, source, zone):
        return [f"const {into} = clock.{zone}({source}).startOf('day');"]

    def lock(self, name, inner, held):
        return [f"await locks.hold({name}, () => {inner});"] if held else [f"await {inner};"]

    def tail(self, module):
        return ["", f"module.exports = {{ {', '.join(camel(f.name) for f in module.functions)} }};"]


class Go(Language):
    name, extension, indent, semicolon = "go", ".go", "\t", ""

    def head(self, module):
        return [f"// Package {module.service} has the {module.name} of the shop.",
                f"package {module.service}", "",
                'import "example.com/shop/internal/platform"']

    def constant(self, words, value):
        return f"const {camel(words)} = {value}"

    def name_constant(self, words):
        return camel(words)

    def header(self, function):
        names = ", ".join(f"{camel(p)} *platform.Record" for p in function.parameters)
        name = pascal(function.name) if function.caller else camel(function.name)
        return f"func {name}({names}) *platform.Record {{"

    def line_of(self, text):
        return text.replace("var ", "").replace(" = ", " := ", 1)

    def guard(self, name, result):
        return [f"if {name} == nil {{", f"\treturn {result.replace('null', 'nil')}", "}"]

    def loop(self, item, items, start, stop):
        return [f"for i := {start}; i < {stop.format(size=f'len({items}.Items)')}; i++ {{",
                f"\thandle({items}.Items[i]) // {item}", "}"]

    def log(self, level, text, names):
        return [f'platform.{level.capitalize()}f("{text.replace("<>", "%v")}"'
                f'{"".join(", " + n for n in names)})']

    def field(self, into, source, key):
        return [f'{into} := {source}.Get("{key}")']

    def fail(self, name, text, names):
        listed = "".join(", " + one for one in names)
        return [f"if !{name}.Valid {{",
                f'\treturn platform.Failed("{text.replace("<>", "%v")}"{listed})', "}"]

    def time(self, into, source, zone):
        return [f"{into} := platform.{zone.capitalize()}Day({source}.At)"]

    def lock(self, name, inner, held):
        return ([f"platform.Lock({name})", inner, f"platform.Unlock({name})"] if held else [inner])


class Java(Language):
    name, extension = "java", ".java"

    def path(self, module):
        return (f"{module.service}/src/main/java/com/example/shop/{module.service}/"
                f"{pascal(module.name.split('_'))}.java")

    def head(self, module):
        return [f"package com.example.shop.{module.service};", "",
                "import com.example.shop.platform.*;", "",
                f"public class {pascal(module.name.split('_'))} {{"]

    def constant(self, words, value):
        return f"    private static final int {snake(words).upper()} = {value};"

    def name_constant(self, words):
        return snake(words).upper()

    def header(self, function):
        names = ", ".join(f"Record {camel(p)}" for p in function.parameters)
        access = "public" if function.caller else "private"
        return f"{access} Record {camel(function.name)}({names}) {{"

    def loop(self, item, items, start, stop):
        return [f"for (int i = {start}; i < {stop.format(size=items + '.size()')}; i++) {{",
                f"    handle({items}.get(i)); // {item}", "}"]

    def log(self, level, text, names):
        return [f'log.{level}("{text.replace("<>", "{}")}"{"".join(", " + n for n in names)});']

    def thrown(self, text, names):
        listed = "".join(", " + one for one in names)
        return f'throw new ServiceException("{text.replace("<>", "%s")}"{listed});'

    def time(self, into, source, zone):
        return [f"var {into} = Clock.{zone}({source}.at()).toLocalDate();"]

    def lock(self, name, inner, held):
        return [f"synchronized ({name}) {{", f"    {inner};", "}"] if held else [inner + ";"]

    def tail(self, _module):
        return ["}"]


class Cpp(Language):
    name, extension, indent = "cpp", ".cpp", "  "

    def word(self, words):
        return snake(words)

    def path(self, module):
        return f"src/{module.service}/{module.name}.cpp"

    def head(self, module):
        return [f'#include "{module.service}/{module.name}.h"', "",
                '#include "platform/record.h"', "", f"namespace shop::{module.service} {{"]

    def constant(self, words, value):
        return f"constexpr int {snake(words)} = {value};"

    def name_constant(self, words):
        return snake(words)

    def header(self, function):
        names = ", ".join(f"const Record* {snake(p)}" for p in function.parameters)
        return f"Record {snake(function.name)}({names}) {{"

    def declare(self, name):
        return f"const auto {name}"

    def guard(self, name, result):
        return [f"if ({name} == nullptr) return {result.replace('null', '{}')};"]

    def loop(self, item, items, start, stop):
        end = stop.format(size=items + "->size()")
        return [f"for (std::size_t i = {start}; i < {end}; ++i) {{",
                f"  handle({items}->at(i));  // {item}", "}"]

    def log(self, level, text, names):
        return [f'log_{level}("{text.replace("<>", "{}")}"{"".join(", " + n for n in names)});']

    def field(self, into, source, key):
        return [f'const auto {into} = {source}->get("{key}");']

    def thrown(self, text, names):
        listed = "".join(", " + one for one in names)
        return f'throw ServiceError(fmt::format("{text.replace("<>", "{}")}"{listed}));'

    def time(self, into, source, zone):
        return [f"const auto {into} = {zone}_day({source}->at());"]

    def lock(self, name, inner, held):
        return ([f"const std::lock_guard held({name});", inner + ";"] if held else [inner + ";"])

    def result(self, function):
        return f"return *{snake(function.parameters[0])};"

    def tail(self, module):
        return ["", f"}}  // namespace shop::{module.service}"]


class Rust(Language):
    name, extension = "rust", ".rs"

    def word(self, words):
        return snake(words)

    def path(self, module):
        return f"{module.service}/src/{module.name}.rs"

    def head(self, module):
        return [f"//! The {module.name} of the {module.service} service.", "",
                "use crate::platform::{clock, db, locks, Failure, Record};"]

    def constant(self, words, value):
        return f"const {snake(words).upper()}: u64 = {value};"

    def name_constant(self, words):
        return snake(words).upper()

    def header(self, function):
        names = ", ".join(f"{snake(p)}: &Record" for p in function.parameters)
        access = "pub " if function.caller else ""
        return f"{access}fn {snake(function.name)}({names}) -> Result<Record, Failure> {{"

    def declare(self, name):
        return f"let {name}"

    def guard(self, name, result):
        return [f"if {name}.is_empty() {{",
                f"    return Ok({result.replace('null', 'Record::default()')});", "}"]

    def loop(self, item, items, start, stop):
        return [f"for i in {start}..{stop.format(size=items + '.len()')} {{",
                f"    handle(&{items}[i]); // {item}", "}"]

    def log(self, level, text, names):
        listed = "".join(", " + one for one in names)
        return [f'tracing::{level}!("{text.replace("<>", "{}")}"{listed});']

    def field(self, into, source, key):
        return [f'let {into} = {source}.get("{key}")?;']

    def fail(self, name, text, names):
        listed = "".join(", " + one for one in names)
        return [f"if !{name}.valid() {{",
                f'    return Err(Failure::new(format!("{text.replace("<>", "{}")}"{listed})));',
                "}"]

    def time(self, into, source, zone):
        return [f"let {into} = clock::{zone}_day({source}.at());"]

    def lock(self, name, inner, held):
        return [f"let _held = locks::hold(&{name});", f"{inner}?;"] if held else [f"{inner}?;"]

    def result(self, function):
        return f"Ok({snake(function.parameters[0])}.clone())"


# Scenarios are made by their place in this list.
LANGUAGES = [Python(), JavaScript(), Go(), Java(), Cpp()]
RUST = Rust()
