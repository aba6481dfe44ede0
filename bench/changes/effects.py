"""What a failing request looks like: who says what, how often, for whom."""
import dataclasses
import typing

from histories.languages import camel, pascal, snake

GENERIC = ["internal error", "unhandled exception", "request failed", "unexpected error"]
# What a runtime says of a bug; {key} is a name of the program.
EXCEPTIONS = {
    "python": ["KeyError: '{key}'", "AttributeError: 'NoneType' object has no attribute '{key}'",
               "TypeError: unsupported operand type(s) for +: 'int' and 'str'"],
    "javascript": ["TypeError: Cannot read properties of undefined (reading '{key}')",
                   "TypeError: {thing}.{key} is not a function",
                   "RangeError: Invalid array length"],
    "go": ["runtime error: invalid memory address or nil pointer dereference",
           "runtime error: index out of range [3] with length 3",
           "interface conversion: interface {{}} is nil, not string"],
    "java": ["java.lang.NullPointerException: Cannot invoke \"String.length()\" because "
             "\"{key}\" is null",
             "java.lang.IllegalStateException: {thing} is closed",
             "java.lang.ArrayIndexOutOfBoundsException: Index 3 out of bounds for length 3"],
    "rust": ["called `Option::unwrap()` on a `None` value",
             "index out of bounds: the len is 3 but the index is 3"]}


@dataclasses.dataclass
class Effect:
    service: str
    intensity: typing.Callable  # (host, region, time) -> 0 to 1
    caller: str = ""            # whose host that is; empty: the service's
    probability: float = 0.3
    condition: typing.Optional[tuple] = None  # (field of the request, value)
    text: str = ""              # <> for what varies
    stack: typing.Optional[list] = None       # lines of a stack trace
    status: int = 500
    slow: int = 0               # milliseconds more
    silent: bool = False        # the service says nothing; only its callers do
    down: bool = False          # and they do not even reach it
    fields: dict = dataclasses.field(default_factory=dict)  # of the failing line

    def speak(self, program, dice):
        """A message that the program has had for long, or one that anything has."""
        texts = [text for module in program.modules for text in program.messages(module)]
        self.text = dice.choice(texts) if texts and dice.random() < 0.7 else dice.choice(GENERIC)

    def throw(self, program, dice, module, function, traced):
        """An exception of the language; with its trace, or without."""
        key = next((one[3] for one in function.statements if one[0] == "field"), module.name)
        text = dice.choice(EXCEPTIONS[program.language.name])
        self.text = text.format(key=snake(key.split("-")), thing=module.name)
        if traced:
            self.stack = trace(program, module, function, dice)


def trace(program, module, function, dice):
    """Lines of a stack trace, innermost first but for Python's."""
    path = program.path_of(module)
    line = program.line_of(module, function)
    caller = module.functions[0]
    above = program.line_of(module, caller)
    language = program.language.name
    if language == "python":
        return ['  File "/usr/lib/python3.11/site-packages/starlette/routing.py", line 74, in app',
                f'  File "/srv/{path}", line {above}, in {snake(caller.name)}',
                f'  File "/srv/{path}", line {line}, in {snake(function.name)}']
    if language == "javascript":
        return [f"    at {camel(function.name)} (/app/{path}:{line}:{dice.randint(5, 30)})",
                f"    at async {camel(caller.name)} (/app/{path}:{above}:11)",
                "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)"]
    if language == "go":
        return ["goroutine 41 [running]:",
                f"example.com/shop/{program.service}.{camel(function.name)}(0xc0000b4000)",
                f"\t/src/{path}:{line} +0x1d4",
                f"example.com/shop/{program.service}.{camel(caller.name)}(0xc0000b4000)",
                f"\t/src/{path}:{above} +0x92"]
    if language == "java":
        kind = f"com.example.shop.{program.service}.{pascal(module.name.split('_'))}"
        file = pascal(module.name.split("_")) + ".java"
        return [f"\tat {kind}.{camel(function.name)}({file}:{line})",
                f"\tat {kind}.{camel(caller.name)}({file}:{above})",
                "\tat java.base/java.lang.Thread.run(Thread.java:1583)"]
    return [f"   3: {program.service}::{module.name}::{snake(function.name)}",
            f"             at /build/{path}:{line}",
            f"   4: {program.service}::{module.name}::{snake(caller.name)}",
            f"             at /build/{path}:{above}"]


def library_trace(program, package, dice):
    """The innermost frames lie in a package."""
    language = program.language.name
    version = ".".join(map(str, program.versions[package]))
    line = dice.randint(40, 700)
    if language == "python":
        return [f'  File "/srv/{program.service}/app.py", line 31, in handle',
                f'  File "/usr/lib/python3.11/site-packages/{package}/client.py", line {line}, '
                "in send"]
    if language == "javascript":
        return [f"    at Client.dispatch (/app/node_modules/{package}/lib/client.js:{line}:17)",
                f"    at handle (/app/{program.service}/app.js:31:9)"]
    if language == "go":
        return ["goroutine 77 [running]:", f"{package}.(*Conn).do(0xc0003a2000)",
                f"\t/go/pkg/mod/{package}@v{version}/conn.go:{line} +0x1a4"]
    if language == "java":
        group, artifact = package.split(":")
        name = pascal(artifact.split("-"))
        return [f"\tat {group}.{artifact.split('-')[0].lower()}.{name}.call({name}.java:{line})",
                f"\tat com.example.shop.{program.service}.App.handle(App.java:31)"]
    return [f"   2: {package}::client::Client::execute",
            "             at /usr/local/cargo/registry/src/index.crates.io-6f17d22bba15001f/"
            f"{package}-{version}/src/client.rs:{line}"]
