"""The commits that break something, and the mending that one of them takes back."""
from histories.scenarios import worded

from .effects import library_trace
from .programs import more_work, raised

# How the failing message relates to the guilty commit. Set by hand: some faults say something that
# their commit wrote, most something that the code has said for long, or what a runtime says; and
# some look as if nobody had changed anything.
MODES = [("written", 30), ("same function", 17), ("same module", 8), ("traced", 15),
         ("untraced", 6), ("elsewhere", 8), ("generic", 6), ("resource", 10)]
# What faulty code does to what it shares with others.
RESOURCES = [("timed out after <> ms", 30), ("connection pool exhausted, <> waiting", 15),
             ("could not connect: connection refused", 12), ("connection reset by peer", 8),
             ("deadlock detected", 8),
             ("lock wait timeout exceeded; try restarting transaction", 7),
             ("out of memory: cannot allocate <> bytes", 7), ("no free worker after <> ms", 5),
             ("FATAL: sorry, too many clients already", 4), ("payload of <> bytes is too large", 2),
             ("no space left on device", 2)]
SUBJECTS = ["{thing}: {verb} in one go", "{thing}: {verb} lazily", "speed up {verb} {thing}",
            "{thing}: {verb} before it is stored", "{thing}: drop the second look-up",
            "simplify {verb} {thing}", "{thing}: share the client between calls",
            "{thing}: take the limit from the request", "{service}: {verb} {thing} in batches",
            "{thing}: read the second version of the payload"]


def bug(effect, modes=None):
    """A commit to one function, after which it fails."""
    def special(program, scenario):
        dice = scenario.dice
        module = dice.choice(program.modules)
        function = dice.choice(module.functions[1:] or module.functions)
        alter(program, module, function)
        kinds, weights = zip(*(modes or MODES))
        speak(effect, dice.choices(kinds, weights)[0], program, module, function)
        if dice.random() < 0.35:
            more_work(program, dice.choice(program.modules))
        said = dice.choice(SUBJECTS).format(thing=module.name, verb=function.name[0],
                                            service=program.service)
        files = program.changed_files()
        if effect.stack:  # as the file stands with the commit
            effect.throw(program, dice, module, function, traced=True)
        return worded(dice, said, program) or program.service, files
    return special


def alter(program, module, function):
    """Another statement in place of one that worked, at least."""
    program.touched.append(module)
    donor = program.function(module.name, function.name[0])
    at = program.dice.randrange(len(function.statements))
    kept = function.statements[at]
    function.statements[at] = program.dice.choice(donor.statements[1:])
    if kept[0] == "fail":  # what it said may be what fails
        function.statements.append(kept)
    if program.dice.random() < 0.5:
        function.statements.insert(1, program.dice.choice(donor.statements[1:]))


def speak(effect, mode, program, module, function):
    dice = program.dice
    texts = {"same function": program.messages(module, function),
             "same module": program.messages(module)}.get(mode)
    if mode == "written" or texts == []:
        statement = program.thrown(module.name, function.name[0])
        function.statements.append(statement)
        effect.text = statement[2]
    elif texts:
        effect.text = dice.choice(texts)
    elif mode in ("traced", "untraced"):
        effect.throw(program, dice, module, function, mode == "traced")
    elif mode == "elsewhere":
        effect.speak(program, dice)
    elif mode == "resource":
        said, weights = zip(*RESOURCES)
        effect.text = dice.choices(said, weights)[0]
    else:
        effect.text = dice.choice(["internal error", "request failed", "unexpected error"])


def mending(note, effect=None):
    """A commit that adds a check with a message; `note` keeps where, for who takes it back.

    `effect`: what happens where the commit is missing.
    """
    def special(program, scenario):
        dice = scenario.dice
        module = dice.choice(program.modules)
        function = dice.choice(module.functions)
        check = program.thrown(module.name, function.name[0])
        function.statements.insert(1, ("guard", check[1], "null"))
        function.statements.append(check)
        program.touched.append(module)
        if effect:
            speak(effect, dice.choice(["same module", "traced", "untraced"]), program, module,
                  function)
        note.update(module=module, function=function, check=check,
                    subject=f"fix: {module.name} {function.name[0]} when it is empty")
        return note["subject"], program.changed_files()
    return special


def taking_back(effect, note, mended):
    """The revert of a mending, as git words it."""
    def special(program, scenario):
        dice = scenario.dice
        module, function, check = note["module"], note["function"], note["check"]
        function.statements = [one for one in function.statements
                               if one is not check and one != ("guard", check[1], "null")]
        program.touched.append(module)
        if dice.random() < 0.6:
            effect.throw(program, dice, module, function, traced=dice.random() < 0.6)
        else:
            speak(effect, "same module", program, module, function)
        scenario.history.flush()
        sha = scenario.history.shas[mended.marks[0]]
        files = program.changed_files()
        return f'Revert "{note["subject"]}"\n\nThis reverts commit {sha}.', files
    return special


def upgrade(effect):
    """A bump of one package, large enough to behave otherwise."""
    def special(program, scenario):
        dice = scenario.dice
        package = dice.choice(list(program.versions))
        said = raised(program, package, dice.choice([0, 0, 1]))
        short = package.split("/")[-1].split(":")[-1]
        named = dice.random()
        if named < 0.4:
            effect.text = dice.choice([f"{short}: unsupported option <>", f"{short}: stream closed",
                                       f"{short} client: protocol mismatch, expected <>"])
        elif named < 0.7:
            effect.text = dice.choice(["connection closed before the answer", "unexpected end of "
                                       "input", "invalid header value"])
            effect.stack = library_trace(program, package, dice)
        else:
            effect.speak(program, dice)
        return said, program.changed_files()
    return special


def setting(effect, switch):
    """A commit to a service's settings, applied without a deploy."""
    def special(program, scenario):
        dice = scenario.dice
        section, key = dice.choice([("http", "timeout_ms"), ("database", "pool_size"),
                                    ("database", "host"), *list(program.settings)[-2:]])
        before = program.settings[section, key]
        value = f"{program.service}-db-2.internal" if key == "host" else max(1, int(before / 10))
        program.settings[section, key] = value
        switch.name, switch.value = f"{section}.{key}", str(value)
        if effect is not None:
            effect.text = symptom_of_setting(section, key, value, program, dice)
        said = dice.choice([f"{program.service}: {section} {key.replace('_', ' ')} {value}",
                            f"config: tune {program.service}", "update production settings"])
        return said, program.changed_files()
    return special


def symptom_of_setting(section, key, value, program, dice):
    if key == "timeout_ms":
        return dice.choice([f"timed out after {value} ms", "deadline exceeded calling <>"])
    if key == "pool_size":
        return dice.choice(["timed out waiting for a connection from the pool",
                            f"connection pool exhausted, size {value}"])
    if key == "host":
        return dice.choice([f"could not connect to {value}: connection refused",
                            f"lookup {value}: no such host"])
    return dice.choice([f"{section} {key.replace('_', ' ')} exceeded: <>",
                        f"{section} has more than {value} parts",
                        *program.messages(program.modules[0])])


def flag(effect, switch):
    """A commit to the flags of all services, applied without a deploy."""
    def special(program, scenario):
        lines = scenario.flag_lines
        lines.append(f"{switch.name}: {{enabled: true, service: {program.service}}}\n")
        if effect is not None:
            speak(effect, scenario.dice.choice(["same module", "elsewhere", "generic"]), program,
                  program.modules[0], program.modules[0].functions[0])
        text = "# who sees what in production\n" + "".join(lines)
        return scenario.dice.choice([f"flags: {switch.name} for everyone",
                                     f"enable {switch.name}"]), {"config/flags.yaml": text}
    return special
