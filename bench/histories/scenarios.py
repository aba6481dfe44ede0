"""One repository per scenario: modules of a shop, everyday commits, and one that breaks it."""
import dataclasses
import random

from .languages import LANGUAGES, Function, Module, camel, pascal, snake
from .symptoms import symptoms_of

# service -> things it handles; (what code calls it, what people call it)
DOMAINS = {
    "billing": [("invoice", "bill"), ("refund", "money back"), ("tax", "VAT"),
                ("discount", "price reduction"), ("payout", "transfer to sellers")],
    "catalog": [("product", "article"), ("category", "section of the shop"), ("price", "cost"),
                ("stock", "number of pieces left"), ("review", "customer rating")],
    "shipping": [("parcel", "package"), ("label", "shipping sticker"), ("carrier", "delivery firm"),
                 ("address", "place of delivery"), ("route", "delivery tour")],
    "accounts": [("session", "login"), ("profile", "personal page"), ("token", "sign-in link"),
                 ("password", "secret word"), ("consent", "cookie choice")],
    "search": [("index", "search results"), ("ranking", "order of results"), ("facet", "filter"),
               ("suggestion", "typing help"), ("synonym", "related word")],
    "messaging": [("mail", "confirmation letter"), ("template", "wording"),
                  ("digest", "weekly news"), ("webhook", "partner notification"),
                  ("push", "phone notification")],
}
VERBS = ["load", "store", "merge", "export", "render", "validate", "collect", "apply", "expire",
         "assign", "publish", "archive", "split", "sync", "count", "resolve"]
KINDS = ["off-by-one", "null check", "timeout", "sql join", "swapped arguments", "renamed key",
         "time zone", "lock removed", "cache key", "dependency"]
LIBRARIES = ["httpkit", "pgpool", "jsonfast", "retrying", "imageops", "cronlib"]
MANIFEST = "dependencies.lock"


@dataclasses.dataclass
class Commit:
    message: str
    files: dict  # path -> text, or None where it is removed
    guilty: bool = False
    age_seconds: int = 0


@dataclasses.dataclass
class Scenario:
    name: str
    kind: str
    language: str
    commits: list
    symptoms: dict  # "user", "log", "trace" -> text


class World:
    """The state of the tree, changed commit by commit."""

    def __init__(self, dice, language):
        self.dice = dice
        self.language = language
        self.modules = []
        self.extra = {}
        self.versions = {name: [1, dice.randrange(9), 0] for name in LIBRARIES}
        for service, things in DOMAINS.items():
            for thing, _ in things:
                self.modules.append(self.module(service, thing))
        self.written = {}
        self.touched = list(self.modules)

    def module(self, service, thing):
        verbs = self.dice.sample(VERBS, 4)
        functions = [self.function(thing, verb) for verb in verbs]
        functions[0].caller = True
        functions[0].statements.append(
            ("call", self.name_of(functions[1]), [self.language.word(functions[0].parameters[0])],
             "outcome"))
        constants = {(thing, "timeout"): 100 * self.dice.randint(5, 90),
                     (thing, "limit"): self.dice.randint(10, 500)}
        return Module(service, thing, functions, constants)

    def name_of(self, function):
        return self.language.word(function.name)

    def function(self, thing, verb):
        word = self.language.word
        subject = (thing,)
        other = (self.dice.choice(["owner", "batch", "request", "source"]),)
        key = (thing, self.dice.choice(["id", "code", "status", "amount", "region"]))
        limit = self.language.name_constant((thing, "limit"))
        pool = [
            ("field", word(key), word(subject), snake(key)),
            ("log", self.dice.choice(["info", "warning", "error"]), f"{verb} {thing}: <> of <>",
             [word(key), word(other)]),
            ("loop", thing, word(subject), 0, "{size}"),
            ("call", word((verb, "remote")), [word(subject), word(other), limit], "answer"),
            ("sql", "rows", f"select * from {thing}s join owners on owners.id = {thing}s.owner_id"),
            ("time", "day", word(subject), "utc"),
            ("lock", word((thing, "lock")), f"{word((verb, 'all'))}({word(subject)})", True),
            ("cache", word(("cache", "key")), [thing, word(other)]),
            ("note", f"{verb.capitalize()}s every {thing} of the {other[0]}."),
        ]
        chosen = self.dice.sample(pool[1:], self.dice.randint(3, 5))
        return Function((verb, thing), [subject, other],
                        [("guard", word(other), "null"), pool[0], *chosen])

    def changed_files(self):
        files = {}
        touched, self.touched = self.touched, []
        for module in touched:
            lines, _ = self.language.lines(module)
            text = "\n".join(lines) + "\n"
            path = self.language.path(module)
            if self.written.get(path) != text:
                files[path] = self.written[path] = text
        lock = "".join(f"{name} {'.'.join(map(str, v))}\n" for name, v in self.versions.items())
        for path, text in [(MANIFEST, lock), *self.extra.items()]:
            if self.written.get(path) != text:
                files[path] = self.written[path] = text
        return files


# ---- what everyday commits do; each returns a truthful message

def add_function(world, module):
    world.touched.append(module)
    known = {function.name for function in module.functions}
    verbs = [verb for verb in VERBS if (verb, module.name) not in known]
    if not verbs:
        return add_statement(world, module)
    verb = world.dice.choice(verbs)
    module.functions.append(world.function(module.name, verb))
    return f"{module.service}: {verb} {module.name}"


def add_statement(world, module):
    world.touched.append(module)
    function = world.dice.choice(module.functions)
    donor = world.function(module.name, function.name[0])
    function.statements.insert(world.dice.randint(1, len(function.statements)),
                               world.dice.choice(donor.statements[2:]))
    return f"{module.name}: handle more cases in {' '.join(function.name)}"


def drop_statement(world, module):
    world.touched.append(module)
    function = world.dice.choice(module.functions)
    if len(function.statements) > 3:
        function.statements.pop()
    return f"simplify {' '.join(function.name)}"


def change_constant(world, module):
    world.touched.append(module)
    name = world.dice.choice(list(module.constants))
    module.constants[name] = world.dice.randint(1, 9000)
    return f"tune {' '.join(name)}"


def reword_log(world, module):
    world.touched.append(module)
    function = world.dice.choice(module.functions)
    for i, one in enumerate(function.statements):
        if one[0] == "log":
            function.statements[i] = (one[0], one[1], one[2] + " done", one[3])
    return f"clearer logs for {module.name}"


def write_test(world, module):
    path = f"tests/{module.service}/test_{module.name}_{world.dice.randrange(1000)}.txt.py"
    calls = [f"    assert {snake(f.name)}({i}) == {i}" for i, f in enumerate(module.functions)]
    world.extra[path] = "\n".join([f"def test_{module.name}():", *calls]) + "\n"
    return f"test {module.name} edge cases"


def write_docs(world, module):
    path = f"docs/{module.service}.md"
    world.extra[path] = world.extra.get(path, f"# {module.service}\n") + \
        f"- The {module.name} is kept for {world.dice.randint(2, 90)} days; errors are retried.\n"
    return f"docs: what a {module.name} is"


def bump(world, _module):
    name = world.dice.choice(LIBRARIES)
    world.versions[name][2] += 1
    return f"bump {name} to {'.'.join(map(str, world.versions[name]))}"


def ci(world, _module):
    world.extra[".github/workflows/test.yml"] = f"jobs: {{retries: {world.dice.randrange(99)}}}\n"
    return "ci: retry flaky jobs"


def refactor_many(world, module):
    for one in world.modules:
        if one.service == module.service:
            reword_log(world, one)
            add_statement(world, one)
    return f"{module.service}: rework error handling"


EVERYDAY = [(add_function, 5), (add_statement, 6), (drop_statement, 3), (change_constant, 3),
            (reword_log, 2), (write_test, 4), (write_docs, 2), (bump, 2), (ci, 1),
            (refactor_many, 1)]


# ---- the regressions: each changes one statement and says what a truthful message would say

def replaced(function, kind, change):
    for i, one in enumerate(function.statements):
        if one[0] == kind:
            function.statements[i] = change(one)
            return
    raise LookupError(kind)


def ensure(world, module, kind):
    """A function of the module that has a statement of that kind."""
    world.touched.append(module)
    function = module.functions[1]
    while not any(one[0] == kind for one in function.statements):
        donor = world.function(module.name, function.name[0])
        function.statements += [one for one in donor.statements if one[0] == kind][:1]
    return function


NEEDS = {"off-by-one": "loop", "null check": "guard", "sql join": "sql",
         "swapped arguments": "call", "renamed key": "field", "time zone": "time",
         "lock removed": "lock", "cache key": "cache"}


def break_it(kind, world, module, function):
    thing = module.name
    world.touched.append(module)
    if kind == "off-by-one":
        replaced(function, "loop", lambda s: (s[0], s[1], s[2], s[3], "{size} - 1"))
        return f"{thing}: do not run past the end"
    if kind == "null check":
        replaced(function, "guard", lambda s: ("note", f"{s[1]} is always there"))
        return f"drop a check that never fires in {' '.join(function.name)}"
    if kind == "timeout":
        module.constants[(thing, "timeout")] = 5
        return f"fail faster when {thing} is slow"
    if kind == "sql join":
        replaced(function, "sql", lambda s: (s[0], s[1], s[2].replace(
            f"owners.id = {thing}s.owner_id", f"owners.id = {thing}s.id")))
        return f"{thing}: join owners directly"
    if kind == "swapped arguments":
        replaced(function, "call", lambda s: (s[0], s[1], [s[2][1], s[2][0], *s[2][2:]], s[3]))
        return f"{thing}: consistent order of arguments"
    if kind == "renamed key":
        replaced(function, "field", lambda s: (s[0], s[1], s[2], s[3].replace("_", "-") + "-v2"))
        return f"{thing}: read the second version of the payload"
    if kind == "time zone":
        replaced(function, "time", lambda s: (*s[:3], "local"))
        return f"{thing}: days as people count them"
    if kind == "lock removed":
        replaced(function, "lock", lambda s: (*s[:3], False))
        return f"{thing}: less contention"
    if kind == "cache key":
        replaced(function, "cache", lambda s: (s[0], s[1], s[2][:1]))
        return f"{thing}: better hit rate"
    name = world.dice.choice(LIBRARIES)
    world.versions[name] = [world.versions[name][0] + 1, 0, 0]
    return f"upgrade {name} to {world.versions[name][0]}.0.0"


TERSE = ["wip", "fix", "update", "cleanup", "address review", "more", ".", "typo", "misc changes"]


def worded(dice, truthful, world):
    """How people write it: mostly as it is, often terse, sometimes about something else."""
    style = dice.random()
    if style < 0.55:
        return truthful
    if style < 0.75:
        return dice.choice(TERSE)
    if style < 0.85:
        other = dice.choice(world.modules)
        return f"{other.service}: small improvements to {other.name}"
    if style < 0.95:
        return f"SHOP-{dice.randint(100, 9999)} {truthful}\n\nReviewed-by: A. Colleague"
    return ""


def everyday(world, modules):
    acts, weights = zip(*EVERYDAY)
    while True:
        act = world.dice.choices(acts, weights)[0]
        message = worded(world.dice, act(world, world.dice.choice(modules)), world)
        files = world.changed_files()
        if files:
            return Commit(message, files)


def scenario(seed, kind, count):
    dice = random.Random(seed * 1000 + KINDS.index(kind))
    language = LANGUAGES[(seed // len(KINDS) + KINDS.index(kind)) % len(LANGUAGES)]
    world = World(dice, language)
    module = dice.choice(world.modules)
    function = ensure(world, module, NEEDS.get(kind, "guard"))
    commits = [Commit("begin", world.changed_files())]
    guilty_at = dice.randint(2, count - 1)
    # People work where they have worked: the failing module and its neighbours are not left alone.
    busy = world.modules + 4 * [module] + 2 * [m for m in world.modules
                                               if m.service == module.service]
    for i in range(1, count + 1):
        if i != guilty_at:
            commits.append(everyday(world, busy))
            continue
        function = ensure(world, module, NEEDS.get(kind, "guard"))
        world.changed_files()
        truthful = break_it(kind, world, module, function)
        if dice.random() < 0.4:  # a guilty commit does something else as well
            dice.choice([add_statement, reword_log, change_constant])(world, dice.choice(busy))
        commits.append(Commit(worded(dice, truthful, world), world.changed_files(), guilty=True))
    # Half of the people who report know what the code calls it.
    human = dict(DOMAINS[module.service])[module.name] if dice.random() < 0.5 else module.name
    symptoms = symptoms_of(kind, world, module, function, human)
    return Scenario(f"{kind} {seed}", kind, world.language.name, commits, symptoms)


__all__ = ["KINDS", "Scenario", "scenario", "camel", "pascal"]
