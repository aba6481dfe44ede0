"""Services with their hosts and calls, and what is put in place there: deploys and switches."""
import bisect
import dataclasses
import typing

from .programs import EDGES, VOCABULARY, digest

DAY = 86400.0
HOUR = 3600.0
MINUTE = 60.0
REGIONS = ["eu-west", "us-east", "ap-south"]


@dataclasses.dataclass
class Service:
    name: str
    things: list
    hosts: list                 # (name, region)
    calls: list = dataclasses.field(default_factory=list)
    major: int = 1
    minor: int = 0


@dataclasses.dataclass(eq=False)
class Deploy:
    service: str
    at: float                   # when it began
    lasts: float = 30.0         # until the last host runs it
    regions: tuple = ()         # empty: all
    commits: int = 3
    special: typing.Any = None  # makes one of its commits: the guilty one, or a mending
    back: bool = False          # to the version before
    version: str = ""
    before: typing.Any = None   # the deploy that it replaced
    code: int = 0               # of two deploys of a service, the larger one has newer code
    sha: str = ""
    marks: list = dataclasses.field(default_factory=list)     # of its commits
    switched: dict = dataclasses.field(default_factory=dict)  # host -> time

    @property
    def finished(self):
        return self.at + self.lasts + 20

    @property
    def first(self):
        return min(self.switched.values())


@dataclasses.dataclass(eq=False)
class Switch:
    """A flag or a setting changed at once, by a row of the list or by a commit that is applied."""
    kind: str                   # "flag" or "config"
    at: float
    service: str
    name: str
    before: str
    value: str
    committed: bool = False
    special: typing.Any = None
    sha: str = ""
    subject: str = ""


class Company:
    """Drawn from dice: an edge, what it calls, and what that calls."""

    def __init__(self, dice, regions_min):
        self.dice = dice
        self.regions = REGIONS[:max(regions_min, dice.choice([1, 1, 2, 3]))]
        names = dice.sample(list(VOCABULARY), dice.randint(3, 6))
        self.edge = dice.choice(list(EDGES))
        self.services = {self.edge: self.service(self.edge, EDGES[self.edge])}
        for name in names:
            self.services[name] = self.service(name, VOCABULARY[name])
        middle = names[:max(2, len(names) // 2 + 1)]
        self.services[self.edge].calls = list(middle)
        for leaf in names[len(middle):]:
            for caller in dice.sample(middle, dice.randint(1, 2)):
                self.services[caller].calls.append(leaf)
        self.routes = self.paths()
        self.running = {}  # (service, host) -> (times, deploys), once deploys are known

    def service(self, name, things):
        dice = self.dice
        count = max(len(self.regions), dice.randint(2, 6))
        word = dice.choice(["{}-{}", "{}{}", "{}-{}.prod"])
        hosts = [(word.format(name, i + 1), self.regions[i % len(self.regions)])
                 for i in range(count)]
        return Service(name, things, hosts, [], dice.randint(1, 4), dice.randint(2, 40))

    def paths(self):
        """Routes of the edge, the services that each goes through, and how busy it is."""
        routes = []
        for name in self.services[self.edge].calls:
            service = self.services[name]
            for thing in service.things[:self.dice.randint(2, 3)]:
                further = [leaf for leaf in service.calls if self.dice.random() < 0.7]
                routes.append((f"/{thing}s", [self.edge, name, *further[:2]],
                               self.dice.choice([1, 2, 3, 5])))
            for leaf in service.calls:
                routes.append((f"/{name}/{self.services[leaf].things[0]}s",
                               [self.edge, name, leaf], self.dice.choice([1, 2])))
        return routes

    def inner(self):
        return [name for name in self.services if name != self.edge]

    def callers(self, name):
        return [one.name for one in self.services.values() if name in one.calls]

    def callees(self, name):
        return self.services[name].calls

    def busy(self, share=0.05):
        """Services that enough of the requests go through."""
        weights = sum(weight for _, _, weight in self.routes)
        return [name for name in self.inner()
                if sum(w for _, path, w in self.routes if name in path) >= share * weights]

    def roll_out(self, deploy):
        """Which host runs it from when: in a shuffled order, evenly over its length."""
        hosts = [name for name, region in self.services[deploy.service].hosts
                 if not deploy.regions or region in deploy.regions]
        self.dice.shuffle(hosts)
        first = deploy.at + self.dice.uniform(3, 20)
        for i, host in enumerate(hosts):
            deploy.switched[host] = first + deploy.lasts * i / max(1, len(hosts) - 1)

    def settle(self, deploys, style):
        """Names the versions, and says which host ran what."""
        known = {name: [] for name in self.services}
        for deploy in deploys:
            earlier = known[deploy.service]
            deploy.before = earlier[-1] if earlier else None
            if deploy.back and len(earlier) >= 2:
                target = earlier[-2]
                deploy.version, deploy.sha, deploy.code = target.version, target.sha, target.code
            else:
                deploy.back = False
                deploy.code = 1 + max((one.code for one in earlier), default=0)
                deploy.version = self.version(deploy, style)
                deploy.sha = digest(deploy.service, deploy.version, self.dice.random())
            earlier.append(deploy)
        for name, service in self.services.items():
            for host, _ in service.hosts:
                told = sorted((d.switched[host], d.code, d) for d in known[name]
                              if host in d.switched)
                self.running[name, host] = ([t for t, _, _ in told], [d for _, _, d in told])

    def version(self, deploy, style):
        service = self.services[deploy.service]
        step = self.dice.random()
        service.minor += 1 if step < 0.7 else 0
        patch = 0 if step < 0.7 else deploy.code
        if style == "date":
            return f"2025.{int(deploy.at // DAY) % 365}.{deploy.code}"
        return f"{'v' if style == 'v' else ''}{service.major}.{service.minor}.{patch}"

    def runs(self, service, host, at):
        """The deploy that a host runs; None: one from before the list begins."""
        times, deploys = self.running[service, host]
        i = bisect.bisect_right(times, at)
        return deploys[i - 1] if i else None
