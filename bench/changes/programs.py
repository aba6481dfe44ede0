"""The program of one service: its files in a repository, and what people do to them.

The model of a program and everyday commits are those of bench/histories; added are messages that
code throws, settings, flags, and the lock files of npm, pip, Go and Cargo.
"""
import hashlib

from histories.languages import LANGUAGES, RUST, snake
from histories.scenarios import EVERYDAY, VERBS, World, add_statement, bump, worded

# service -> what it handles
VOCABULARY = {
    "checkout": ["cart", "coupon", "order", "giftcard"],
    "payments": ["payment", "refund", "charge", "mandate"],
    "ledger": ["entry", "balance", "posting", "statement"],
    "catalog": ["product", "category", "variant", "brand"],
    "pricing": ["price", "discount", "currency", "tax"],
    "inventory": ["stock", "warehouse", "reservation", "supplier"],
    "search": ["query", "facet", "ranking", "synonym"],
    "auth": ["session", "token", "password", "grant"],
    "profiles": ["profile", "address", "preference", "consent"],
    "shipping": ["parcel", "label", "carrier", "tour"],
    "notifications": ["mail", "template", "digest", "push"],
    "billing": ["invoice", "subscription", "usage", "dunning"],
    "media": ["image", "thumbnail", "upload", "playlist"],
    "reviews": ["review", "rating", "complaint", "answer"],
}
EDGES = {"gateway": ["route", "quota", "cookie", "redirect"],
         "web": ["page", "form", "asset", "menu"],
         "api": ["route", "cursor", "payload", "webhook"]}

# What code throws; <> is filled at run time.
THROWN = ["{thing} {key} missing for {other} <>", "cannot {verb} {thing} <>",
          "{thing} <> has no {key}", "{verb} {thing} refused by {other} <>",
          "unexpected {key} in {thing} <>", "{thing} does not belong to {other} <>",
          "duplicate {thing} <> for {other}", "stale {key} on {thing} <>",
          "{other} of {thing} <> is gone", "{thing} {key} out of range: <>"]

PACKAGES = {"python": ["httpx", "psycopg", "pydantic", "redis", "jinja2", "boto3", "celery"],
            "javascript": ["undici", "pg", "ioredis", "zod", "sharp", "ajv", "kafkajs"],
            "go": ["github.com/jackc/pgx", "google.golang.org/grpc", "github.com/redis/go-redis",
                   "github.com/segmentio/kafka-go", "github.com/go-chi/chi", "go.uber.org/zap"],
            "java": ["com.zaxxer:HikariCP", "com.fasterxml.jackson.core:jackson-databind",
                     "io.netty:netty-handler", "org.hibernate.orm:hibernate-core",
                     "io.lettuce:lettuce-core"],
            "rust": ["reqwest", "sqlx", "serde_json", "tokio", "rustls", "lapin"]}
LANGUAGES_SPOKEN = [one for one in LANGUAGES if one.name != "cpp"] + [RUST]


def digest(*words, length=40):
    return hashlib.sha256("\n".join(map(str, words)).encode()).hexdigest()[:length]


def number_of(version):
    return ".".join(map(str, version))


class Program(World):
    """One service's part of a repository. `folder`: its prefix there, "" or "services/"."""

    def __init__(self, dice, service, things, folder):  # pylint: disable=super-init-not-called
        self.dice = dice
        self.service = service
        self.folder = folder
        self.language = dice.choice(LANGUAGES_SPOKEN)
        self.versions = {name: [dice.randint(1, 6), dice.randrange(20), dice.randrange(9)]
                         for name in PACKAGES[self.language.name]}
        self.extra = {}
        self.written = {}
        self.settings = {
            ("database", "host"): f"{service}-db.internal",
            ("database", "pool_size"): dice.choice([10, 20, 40]),
            ("http", "timeout_ms"): dice.choice([1000, 2000, 5000]),
            ("http", "retries"): dice.choice([1, 2, 3]),
            ("cache", "ttl_seconds"): dice.choice([300, 900, 3600]),
            (things[0], "batch_size"): dice.choice([50, 100, 500]),
            (things[1], "limit"): dice.choice([100, 1000])}
        self.modules = [self.module(service, thing) for thing in things]
        self.touched = list(self.modules)

    def function(self, thing, verb):
        made = super().function(thing, verb)
        if self.dice.random() < 0.7:
            made.statements.append(self.thrown(thing, verb))
        made.statements = [("log", "warn", *one[2:]) if one[:2] == ("log", "warning") else one
                           for one in made.statements]
        return made

    def thrown(self, thing, verb):
        """A statement that throws, with a message of its own."""
        other = self.dice.choice(["owner", "batch", "partner", "merchant", "seller", "channel"])
        key = self.dice.choice(["status", "amount", "locale", "digest", "schema", "state", "scope"])
        text = self.dice.choice(THROWN).format(thing=thing, verb=verb, other=other, key=key)
        names = [self.language.word((thing, "id"))] * text.count("<>")
        return ("fail", self.language.word((thing,)), text, names)

    def stands(self, text):
        """The code throws this somewhere, from the beginning."""
        module = self.dice.choice(self.modules)
        function = self.dice.choice(module.functions)
        name = self.language.word((module.name,))
        names = [self.language.word((module.name, "id"))] * text.count("<>")
        function.statements.append(("fail", name, text, names))

    def messages(self, module, function=None):
        """What the code of a module, or of one function of it, may throw."""
        functions = [function] if function else module.functions
        return [one[2] for each in functions for one in each.statements if one[0] == "fail"]

    def path_of(self, module):
        return self.folder + self.language.path(module)

    def line_of(self, module, function):
        """Of some statement of the function, as its file stands."""
        _, places = self.language.lines(module)
        first, lines = places[function.name]
        return self.dice.choice(lines) if lines else first

    def changed_files(self):
        files = {}
        touched, self.touched = self.touched, []
        texts = [(self.path_of(module), "\n".join(self.language.lines(module)[0]) + "\n")
                 for module in touched]
        texts += [(self.folder + path, text) for path, text in self.beside().items()]
        for path, text in [*texts, *self.extra.items()]:
            if self.written.get(path) != text:
                files[path] = self.written[path] = text
        return files

    def beside(self):
        sections = {}
        for (section, key), value in self.settings.items():
            sections.setdefault(section, []).append(f"  {key}: {value}\n")
        text = f"# {self.service} in production\n" + \
            "".join(f"{name}:\n{''.join(lines)}" for name, lines in sections.items())
        return {f"{self.service}/config/production.yaml": text} | \
            {f"{self.service}/{name}": body for name, body in self.manifests().items()}

    def manifests(self):
        return MANIFESTS[self.language.name](self.service, self.versions)


# ---- manifests and lock files

def pip(_service, versions):
    lines = [f"{name}=={number_of(version)} \\\n    --hash=sha256:{digest(name, *version)}\n"
             for name, version in versions.items()]
    return {"requirements.txt": "".join(lines)}


def npm(service, versions):
    wanted = ",\n".join(f'    "{name}": "^{number_of(version)}"'
                        for name, version in versions.items())
    locked = ",\n".join(
        f'    "node_modules/{name}": {{\n      "version": "{number_of(version)}",\n'
        f'      "resolved": "https://registry.npmjs.org/{name}/-/{name}-{number_of(version)}.tgz",'
        f'\n      "integrity": "sha512-{digest(name, *version)}"\n    }}'
        for name, version in versions.items())
    head = f'{{\n  "name": "{service}",\n'
    return {"package.json": f'{head}  "dependencies": {{\n{wanted}\n  }}\n}}\n',
            "package-lock.json": f'{head}  "lockfileVersion": 3,\n  "packages": {{\n{locked}\n'
                                 "  }\n}\n"}


def go_modules(service, versions):
    wanted = "".join(f"\t{name} v{number_of(version)}\n" for name, version in versions.items())
    sums = "".join(f"{name} v{number_of(version)} h1:{digest(name, *version)}=\n"
                   f"{name} v{number_of(version)}/go.mod h1:{digest('mod', name, *version)}=\n"
                   for name, version in versions.items())
    return {"go.mod": f"module example.com/shop/{service}\n\ngo 1.22\n\nrequire (\n{wanted})\n",
            "go.sum": sums}


def cargo(service, versions):
    wanted = "".join(f'{name} = "{number_of(version)}"\n' for name, version in versions.items())
    locked = "".join(
        f'[[package]]\nname = "{name}"\nversion = "{number_of(version)}"\n'
        'source = "registry+https://github.com/rust-lang/crates.io-index"\n'
        f'checksum = "{digest(name, *version)}"\n\n' for name, version in versions.items())
    return {"Cargo.toml": f'[package]\nname = "{service}"\n\n[dependencies]\n{wanted}',
            "Cargo.lock": locked}


def maven(service, versions):
    wanted = "".join(
        "    <dependency>\n      <groupId>{}</groupId>\n      <artifactId>{}</artifactId>\n"
        "      <version>{}</version>\n    </dependency>\n".format(*name.split(":"),
                                                                 number_of(version))
        for name, version in versions.items())
    return {"pom.xml": f"<project>\n  <artifactId>{service}</artifactId>\n  <dependencies>\n"
                       f"{wanted}  </dependencies>\n</project>\n"}


MANIFESTS = {"python": pip, "javascript": npm, "go": go_modules, "rust": cargo, "java": maven}


# ---- everyday work

def upgrade(program, _module):
    name = program.dice.choice(list(program.versions))
    part = 1 if program.dice.random() < 0.4 else 2
    return raised(program, name, part)


def raised(program, name, part):
    """Bumps the major (0), minor (1) or patch (2) number; says it as bots do."""
    version = program.versions[name]
    before = number_of(version)
    version[part] += 1
    for lower in range(part + 1, 3):
        version[lower] = 0
    return program.dice.choice(["build(deps): bump {} from {} to {}", "Bump {} from {} to {}",
                                "chore(deps): update {} {} -> {}"]).format(
                                    name, before, number_of(version))


def tune_setting(program, _module):
    section, key = program.dice.choice([one for one in program.settings if one[1] != "host"])
    before = program.settings[section, key]
    program.settings[section, key] = max(1, int(before * program.dice.choice([0.5, 0.8, 1.5, 2])))
    return f"{program.service}: {section} {key.replace('_', ' ')} from {before} to " \
           f"{program.settings[section, key]}"


ACTS = [(act, weight) for act, weight in EVERYDAY if act is not bump] + \
    [(upgrade, 2), (tune_setting, 1)]


def everyday(program):
    """(message, files) of a commit as people make them all day."""
    acts, weights = zip(*ACTS)
    while True:
        act = program.dice.choices(acts, weights)[0]
        said = act(program, program.dice.choice(program.modules))
        files = program.changed_files()
        if files:
            told = said if act is upgrade else worded(program.dice, said, program)
            return told or program.service, files


def more_work(program, module):
    """What a commit does beside its purpose."""
    add_statement(program, module)


__all__ = ["EDGES", "LANGUAGES_SPOKEN", "PACKAGES", "Program", "VERBS", "VOCABULARY", "digest",
           "everyday", "more_work", "number_of", "raised", "snake"]
