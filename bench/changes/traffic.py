"""The logs: requests that go through services, a line or two in each, some of which fail."""
import collections
import json

from .lists import stamp

STATES = ["pro", "free", "free", "enterprise"]
CLIENTS = ["web", "web", "ios", "android"]
REQUESTS_FAILING_MIN = 60
RATE_BACKGROUND = [0.0005, 0.002, 0.005]


class Style:
    """How the company logs: the same for all its services."""

    def __init__(self, scenario):
        dice = scenario.dice
        self.write = dice.choices([ndjson, logfmt, text], [60, 25, 15])[0]
        self.ending = {ndjson: ".ndjson", logfmt: ".log", text: ".log"}[self.write]
        self.version = None
        if scenario.versions_logged:
            self.version = dice.choice(["version", "version", "release", "commit"])
            if not scenario.listed:
                self.version = "version"
        self.host = dice.choice(["host", "pod", "instance", None])
        self.region = dice.random() < 0.6
        self.traced = dice.random() < 0.85
        self.by_service = dice.random() < 0.7
        self.chatty = dice.random() < 0.5


def ndjson(fields):
    return json.dumps(fields, separators=(",", ":"))


def logfmt(fields):
    parts = []
    for name, value in fields.items():
        value = str(value)
        plain = value and not any(c in value for c in ' "=\n\t')
        quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        parts.append(f"{name}={value}" if plain else f'{name}="{quoted}"')
    return " ".join(parts)


def text(fields):
    fields = dict(fields)
    head = f"{fields.pop('ts')} {fields.pop('level').upper():5} [{fields.pop('service')}] "
    said = fields.pop("msg")
    stack = fields.pop("stack", "")
    rest = " ".join(f"{name}={value}" for name, value in fields.items())
    return f"{head}{said} {rest}" + ("\n" + stack if stack else "")


class Logs:
    def __init__(self, scenario):
        self.s = scenario
        self.dice = scenario.dice
        self.style = Style(scenario)
        self.lines = []  # (time, service, text)
        self.versions = {}
        self.background = {name: self.standing(program)
                           for name, program in scenario.programs.items()}
        self.rate = self.dice.choice(RATE_BACKGROUND)
        self.tenants = [f"t-{self.dice.randint(100, 999)}" for _ in range(30)]
        self.shown = self.services_shown()

    def services_shown(self):
        """Mostly all log; now and then only the edge and what fails are kept, or one of these."""
        company, failing = self.s.company, self.s.effects[0].service
        draw = self.dice.random()
        if not self.style.traced:
            return {failing}
        if draw < 0.75 or self.s.kind == "upstream":
            return set(company.services)
        return {company.edge, failing}

    def standing(self, program):
        """Messages of failures that happen every day; those of the incident are not among them."""
        own = {effect.text for effect in self.s.effects}
        texts = [one for module in program.modules for one in program.messages(module)
                 if one not in own]
        return self.dice.sample(texts, min(2, len(texts))) or ["request was cancelled"]

    # ---- one request

    def version_of(self, service, host, at):
        deploy = self.s.company.runs(service, host, at)
        if self.style.version == "commit":
            return deploy.sha[:8] if deploy else "0a1b2c3d"
        if deploy:
            return deploy.version
        one = self.s.company.services[service]
        return f"{one.major}.0.0"

    def say(self, at, service, host, level, said, more):
        if service not in self.shown:
            return
        fields = {"ts": stamp(at), "level": level, "service": service}
        name, region = host
        if self.style.host:
            fields[self.style.host] = name
        if self.style.region:
            fields["region"] = region
        if self.style.version:
            fields[self.style.version] = self.version_of(service, name, at)
        fields.update(more)
        fields["msg"] = said
        if "stack" in fields:  # behind the message, as loggers put it
            fields["stack"] = fields.pop("stack")
        self.lines.append((at, service, self.style.write(fields)))

    def filled(self, said):
        while "<>" in said:
            said = said.replace("<>", str(self.dice.randrange(10, 99999)), 1)
        return said

    def host_of(self, service, region):
        hosts = self.s.company.services[service].hosts
        near = [one for one in hosts if one[1] == region] or hosts
        return self.dice.choice(near)

    def request(self, at):
        dice, company = self.dice, self.s.company
        route, path, _ = dice.choices(company.routes, self.weights)[0]
        about = {"route": route, "plan": dice.choice(STATES), "client": dice.choice(CLIENTS),
                 "tenant": self.tenant(), "user": f"u{dice.randrange(40000)}"}
        region = dice.choice(company.regions)
        trace = {"trace_id": f"{dice.getrandbits(64):016x}"} if self.style.traced else {}
        hosts = {service: self.host_of(service, region) for service in path}
        took = dice.lognormvariate(3.5, 0.6)
        self.follow(at, path, hosts, about, trace, took)

    def tenant(self):
        if self.s.tenant and self.dice.random() < self.s.tenant[1]:
            return self.s.tenant[0]
        return self.tenants[min(29, int(self.dice.expovariate(0.2)))]

    def follow(self, at, path, hosts, about, trace, took):
        failed, status, down = None, 200, False
        for depth, service in enumerate(path):
            now = at + took / 1000 * (depth + 1) / (len(path) + 2)
            effect = self.effect_on(service, hosts, now, about)
            if effect:
                failed, status, down = service, effect.status, effect.down
                took += effect.slow
                self.fails(now, service, hosts[service], effect, about, trace)
                break
            if self.dice.random() < self.rate:
                failed, status = service, 500
                said = self.filled(self.dice.choice(self.background[service]))
                self.say(now, service, hosts[service], "error", said, trace)
                break
            self.works(now, service, hosts[service], about, trace, depth)
        self.unwind(at, path, hosts, about, trace, took, failed, status, down)

    def works(self, now, service, host, about, trace, depth):
        if depth == 0 and self.style.traced:
            return  # the edge says it at the end
        thing = self.s.company.services[service].things[len(about["route"]) % 4]
        more = trace if self.style.traced else trace | self.edge_fields(about, 200)
        if service in self.s.provider[:1]:
            more = more | {"upstream": self.s.provider[1]}
        self.say(now, service, host, "info", f"{thing} {about['user']} done", more)
        if self.style.chatty and self.dice.random() < 0.3:
            self.say(now, service, host, "info",
                     self.filled(f"cache {thing} hit after <> us"), trace)

    def edge_fields(self, about, status):
        return about | {"status": status}

    def effect_on(self, service, hosts, at, about):
        for effect in self.s.effects:
            if effect.service != service:
                continue
            if effect.condition and about[effect.condition[0]] != effect.condition[1]:
                continue
            decides = effect.caller or service
            strength = effect.intensity(*hosts[decides], at) if decides in hosts else 0
            if strength > 0 and self.dice.random() < effect.probability * strength:
                return effect
        return None

    def fails(self, now, service, host, effect, about, trace):
        if effect.silent:
            return
        more = dict(trace) if self.style.traced else trace | self.edge_fields(about, effect.status)
        more.update(effect.fields)
        if effect.stack:
            more["stack"] = "\n".join(effect.stack)
        self.say(now, service, host, "error", self.filled(effect.text), more)

    def unwind(self, at, path, hosts, about, trace, took, failed, status, down):
        """Callers tell that what they called failed; the edge tells how the request ended."""
        if not self.style.traced:
            return
        end = at + took / 1000
        if failed:
            up = path[:path.index(failed)]
            for i, caller in enumerate(reversed(up)):
                if i > 0 and caller == path[0]:
                    break
                called = path[path.index(caller) + 1]
                said = f"connect to {called}: connection refused" if down and called == failed \
                    else f"call to {called} answered {status}"
                self.say(end - 0.002 * (len(up) - i), caller, hosts[caller], "error", said, trace)
        level = "error" if failed and self.s.seed % 2 else "info"
        self.say(end, path[0], hosts[path[0]], level, "request completed",
                 trace | self.edge_fields(about, status) | {"duration_ms": round(took, 1)})

    # ---- all of them

    def write(self, folder):
        s = self.s
        self.weights = [weight for _, _, weight in s.company.routes]
        start, end = s.onset - s.before, s.onset + s.after
        self.strong_enough(start, end)
        gap = (end - start) / s.requests
        at = start
        while True:
            at += self.dice.expovariate(1 / gap) / (s.traffic(at) if s.traffic else 1)
            if at >= end:
                break
            self.request(at)
        self.lines.sort(key=lambda line: line[0])
        folder.mkdir(parents=True)
        files = collections.defaultdict(list)
        for _, service, line in self.lines:
            files[service if self.style.by_service else "all"].append(line)
        for name, lines in files.items():
            (folder / (name + self.style.ending)).write_text("\n".join(lines) + "\n")

    def strong_enough(self, start, end):
        """An incident of a dozen failures nobody investigates."""
        s = self.s
        for effect in s.effects:
            share = sum(w for r, p, w in s.company.routes if effect.service in p and
                        (not effect.condition or effect.condition[0] != "route" or
                         r == effect.condition[1])) / sum(self.weights)
            if effect.condition and effect.condition[0] in ("plan", "client"):
                share /= 4
            if effect.condition and effect.condition[0] == "tenant":
                share *= s.tenant[1]
            hosts = s.company.services[effect.caller or effect.service].hosts
            when = [s.onset + (end - s.onset) * (i + 0.5) / 20 for i in range(20)]
            share *= sum(effect.intensity(*host, at) for host in hosts for at in when) / \
                (len(hosts) * len(when))
            expected = s.requests * (end - s.onset) / (end - start) * share * effect.probability
            if expected < REQUESTS_FAILING_MIN:
                more = REQUESTS_FAILING_MIN / max(1, expected)
                effect.probability = min(1, effect.probability * more)
                left = REQUESTS_FAILING_MIN / max(1, expected * min(
                    more, 1 / max(0.01, effect.probability / more)))
                s.requests = int(min(30000, s.requests * max(1, left)))


def write_logs(scenario, folder):
    Logs(scenario).write(folder)
