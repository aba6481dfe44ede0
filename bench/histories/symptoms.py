"""What a failure looks like to a user, in a log and as a stack trace."""
from .languages import camel, pascal, snake

USER = {
    "off-by-one": "Since the last release the final entry of the list is missing for the "
                  "{human}. Customers with one {human} see an empty page.",
    "null check": "The page for the {human} crashes with an internal error for some accounts, "
                  "mostly those that were imported and have no {other}.",
    "timeout": "Since Monday many {human} requests give up almost at once, although the "
               "backend answers in under a second.",
    "sql join": "The {human} shows data that belongs to other people. Support has twelve tickets.",
    "swapped arguments": "{human} and {other} look as if they had been exchanged, totals are "
                         "wrong.",
    "renamed key": "Partners say the {key} of the {human} is always empty since the deploy.",
    "time zone": "Around midnight the {human} is dated one day off for customers in other "
                 "countries.",
    "lock removed": "Under load the same {human} is sometimes processed twice.",
    "cache key": "Users see the {human} of somebody else until they reload a few minutes later.",
    "dependency": "Everything about the {human} got slow and fails now and then after the "
                  "upgrade.",
}
ERRORS = {
    "off-by-one": "IndexError: {thing} has 3 entries, expected 4",
    "null check": "TypeError: {other} is null",
    "timeout": "TimeoutError: {thing} call exceeded deadline",
    "sql join": "IntegrityError: {thing} belongs to another owner",
    "swapped arguments": "ValueError: {other} is not a {thing}",
    "renamed key": "KeyError: {key}",
    "time zone": "ValueError: {thing} day lies in the future",
    "lock removed": "ConflictError: {thing} was changed by another worker",
    "cache key": "AssertionError: {thing} of a different {other} in the cache",
    "dependency": "RuntimeError: unsupported option passed to {library}",
}


def names_of(world, module, function, human):
    key = next((s[3] for s in function.statements if s[0] == "field"), module.name)
    # Which library broke is in the message of its error, as it is in life.
    changed = max(world.versions, key=lambda name: (world.versions[name][0], name))
    return {"human": human, "thing": module.name, "other": snake(function.parameters[1]),
            "key": key.replace("-v2", "").replace("-", "_"), "library": changed}


def log_of(error, world, module, function):
    """An excerpt: routine lines, what the failing function says, the error."""
    dice = world.dice
    lines = []
    for i in range(6):
        other = dice.choice(dice.choice(world.modules).functions)
        lines.append(f"2026-03-0{1 + i % 5}T10:1{i}:22.{dice.randrange(1000):03d}Z INFO worker-"
                     f"{dice.randrange(9)} {' '.join(other.name)} took {dice.randrange(900)} ms")
    for one in function.statements:
        if one[0] == "log":
            text = one[2]
            while "<>" in text:
                text = text.replace("<>", str(dice.randrange(10_000)), 1)
            lines.append(f"2026-03-06T11:02:17.114Z WARN {module.service} {text}")
    lines.append(f"2026-03-06T11:02:17.201Z ERROR {module.service} request failed: {error}")
    return "\n".join(lines) + "\n"


def trace_of(error, world, module, function):
    lines, places = world.language.lines(module)
    caller = module.functions[0]
    at = {}
    for one in (function, caller):
        first, statements = places.get(one.name, (1, [1]))
        at[one.name] = statements[min(1, len(statements) - 1)] if statements else first
    path = world.language.path(module)
    frames = [(path, at[function.name], function.name), (path, at[caller.name], caller.name)]
    del lines
    return PRINTERS[world.language.name](error, module, frames)


def python_trace(error, _module, frames):
    out = ["Traceback (most recent call last):",
           '  File "/usr/lib/python3.11/site-packages/web/app.py", line 88, in dispatch',
           "    return handler(request)"]
    for path, line, name in reversed(frames):
        out += [f'  File "/srv/shop/{path}", line {line}, in {snake(name)}', "    ..."]
    return "\n".join([*out, error]) + "\n"


def javascript_trace(error, _module, frames):
    return "\n".join([error, *(f"    at async {camel(name)} (/app/{path}:{line}:11)"
                               for path, line, name in frames),
                      "    at process.processTicksAndRejections (node:internal/process/task:95:5)"])


def go_trace(error, module, frames):
    out = [f"panic: {error}", "", "goroutine 41 [running]:"]
    for path, line, name in frames:
        out += [f"example.com/shop/{module.service}.{camel(name)}(0xc0000b4000, 0x2)",
                f"\t/go/src/example.com/shop/{path}:{line} +0x1d4"]
    return "\n".join([*out, "net/http.(*conn).serve(0xc000156000)",
                      "\t/usr/local/go/src/net/http/server.go:1930 +0xb05"])


def java_trace(error, module, frames):
    kind = f"com.example.shop.{module.service}.{pascal(module.name.split('_'))}"
    file = pascal(module.name.split("_"))
    return "\n".join([f"com.example.shop.{error}",
                      *(f"\tat {kind}.{camel(name)}({file}.java:{line})"
                        for _, line, name in frames),
                      "\tat java.base/java.lang.Thread.run(Thread.java:829)"])


def cpp_trace(error, module, frames):
    return "\n".join([f"terminate called: {error}",
                      *(f"#{i}  0x00005581 in shop::{module.service}::{snake(name)} (owner=0x0) at "
                        f"/build/{path}:{line}" for i, (path, line, name) in enumerate(frames)),
                      "#9  0x00007f88 in start_thread () from /lib/libpthread.so.0"])


PRINTERS = {"python": python_trace, "javascript": javascript_trace, "go": go_trace,
            "java": java_trace, "cpp": cpp_trace}


def symptoms_of(kind, world, module, function, human):
    names = names_of(world, module, function, human)
    error = ERRORS[kind].format(**names)
    return {"user": USER[kind].format(**names),
            "log": log_of(error, world, module, function),
            "trace": trace_of(error, world, module, function)}
