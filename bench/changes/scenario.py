"""One incident of a kind and a seed: what is planned, its history, its logs and the truth."""
import json
import pathlib
import random

from . import edits
from .company import DAY, HOUR, MINUTE, Company, Deploy, Switch
from .effects import Effect
from .history import BOT, PEOPLE, History
from .kinds import KINDS
from .lists import write_list
from .programs import Program, everyday
from .traffic import write_logs

NOVEMBER = 1_762_000_000  # 2025-11-01
HISTORY_SIZES = [50, 80, 120, 200, 320, 500]


class Scenario:
    """Drawn in order: a company, its ordinary deploys, the incident, what else went on then."""

    def __init__(self, kind, seed):
        self.kind, self.seed = kind, seed
        self.dice = dice = random.Random(f"{kind} {seed}")
        self.company = Company(dice, 2 if kind == "region" else 1)
        self.onset = NOVEMBER + dice.uniform(1, 26) * DAY
        self.before = dice.uniform(15, 50) * MINUTE   # of the logs
        self.after = dice.uniform(8, 30) * MINUTE
        self.requests = dice.randint(5000, 11000)
        self.layout = dice.choices(["mono", "single"], [60, 40])[0]
        self.version_style = dice.choice(["v", "v", "plain", "date"])
        self.versions_logged = dice.random() < 0.55
        self.listed = True        # there is a list of deploys
        self.tagged = dice.random() < 0.5
        self.clock_of_list = dice.uniform(-1.5, 1.5)  # ahead of the logs, in seconds
        self.applied = dice.random() < 0.3  # committed settings take effect without a deploy
        self.deploys, self.switches, self.effects = [], [], []
        self.traffic = None       # a function of time that multiplies it
        self.tenant = None        # (name, share) of one that does most
        self.provider = ()        # (service, host): whom the service calls outside
        self.standing = []        # (service, text): messages that code has had for long
        self.flag_lines = []
        self.guilty = None        # a Deploy or a Switch
        self.guilty_mark = None   # of its commit
        self.alone = None         # the service of the repository, if it holds but one
        self.ordinary()
        KINDS[kind](self)
        self.deploys.sort(key=lambda one: one.at)
        self.company.settle(self.deploys, self.version_style)
        if self.layout == "single" and self.alone is None:
            self.alone = self.service_alone()
        folder = dice.choice(["services/", "apps/", ""]) if self.layout == "mono" else ""
        self.programs = {name: Program(dice, name, service.things, folder)
                         for name, service in self.company.services.items()}
        for service, text in self.standing:
            self.programs[service].stands(text)

    def service_alone(self):
        if self.guilty and self.dice.random() < 0.75:
            return self.guilty.service
        return self.dice.choice(self.company.inner())

    # ---- planning, for the kinds

    def ordinary(self):
        """Ten days of deploys, and switches now and then."""
        pace = self.dice.uniform(0.8, 2.5) * DAY
        for name in self.company.services:
            at = self.onset - 10 * DAY + self.dice.expovariate(1 / pace)
            while at < self.onset - 2 * HOUR:
                self.release(name, at)
                at += HOUR + self.dice.expovariate(1 / pace)
        for _ in range(self.dice.randint(0, 8)):
            self.switch(self.onset - self.dice.uniform(2 * HOUR, 10 * DAY))

    def release(self, service, at, lasts=None, **more):
        lasts = self.dice.choice([15, 40, 90, 240, 600]) if lasts is None else lasts
        more.setdefault("commits", self.dice.choice([1, 1, 2, 3, 4, 6, 9]))
        deploy = Deploy(service, at, lasts, **more)
        self.company.roll_out(deploy)
        self.deploys.append(deploy)
        return deploy

    def switch(self, at, kind=None, service=None, **more):
        """An innocent flag or setting, unless its caller makes it guilty."""
        dice = self.dice
        service = service or dice.choice(self.company.inner())
        kind = kind or dice.choice(["flag", "flag", "config"])
        thing = dice.choice(self.company.services[service].things)
        if kind == "flag":
            name = dice.choice(["new-{}", "{}-v2", "fast-{}", "{}-cache", "async-{}", "{}-rewrite"])
            made = Switch("flag", at, service, name.format(thing), "off", "on", **more)
        else:
            name = dice.choice(["http.timeout_ms", "database.pool_size", "cache.ttl_seconds",
                                f"{thing}.batch_size", f"{thing}.limit"])
            was = dice.choice([10, 20, 50, 100, 200, 1000])
            made = Switch("config", at, service, f"{service}.{name}", str(was),
                          str(int(was * dice.choice([0.5, 1.5, 2, 5]))), **more)
        self.switches.append(made)
        return made

    def fails(self, service, intensity, **more):
        effect = Effect(service, intensity, **more)
        self.effects.append(effect)
        return effect

    def runs(self, guilty):
        """An intensity: 1 where a host runs the guilty code."""
        def intensity(host, _region, at):
            deploy = self.company.runs(guilty.service, host, at)
            if deploy is None or at < guilty.at:
                return 0
            if guilty.back:
                return 1 if deploy is guilty else 0
            return 1 if deploy.code >= guilty.code else 0
        return intensity

    def decoys(self, failing, nearest=None):
        """What else was put in place around the onset; none of it did anything."""
        dice = self.dice
        around = [failing, *self.company.callers(failing), *self.company.callees(failing)]
        for _ in range(dice.randint(1, 4)):
            service = dice.choice(around if dice.random() < 0.5 else list(self.company.services))
            at = self.onset - 20 - dice.expovariate(1 / (25 * MINUTE))
            if self.takes(service, at):
                self.release(service, at)
        if nearest is None and dice.random() < 0.5:
            nearest = dice.choice([failing, dice.choice(list(self.company.services))])
        if nearest and self.takes(nearest, self.onset - 30):
            self.release(nearest, self.onset - dice.uniform(20, 45),
                         lasts=dice.choice([0, 15, 200]))
        if dice.random() < 0.5:
            back = dice.random() < 0.5
            others = [name for name in self.company.services
                      if name != failing or (self.guilty is None and back)]
            self.release(dice.choice(others), self.onset + dice.uniform(0.5, 8) * MINUTE,
                         back=back)
        if dice.random() < 0.4:
            self.switch(self.onset - dice.expovariate(1 / (40 * MINUTE)) - 15)
        if self.applied and dice.random() < 0.5:
            made = self.switch(self.onset - dice.expovariate(1 / (40 * MINUTE)) - 15,
                               committed=True)
            make = edits.flag if made.kind == "flag" else edits.setting
            made.special = make(None, made)

    def takes(self, service, at):
        """Whether an innocent deploy fits there: not over the guilty one of the same service."""
        for one in self.deploys:
            if one.service != service:
                continue
            if abs(one.at - at) < 120 + one.lasts:
                return False
            if one is self.guilty and at > one.at and self.dice.random() < 0.7:
                return False
        return True

    # ---- the history

    def in_repository(self, service):
        return self.alone in (None, service)

    def write_history(self, folder):
        history = History(folder)
        self.history = history  # pylint: disable=attribute-defined-outside-init
        mine = [name for name in self.programs if self.in_repository(name)]
        begin = self.onset - 10 * DAY
        count = self.dice.choice(HISTORY_SIZES) - min(40, 3 * len(self.deploys))
        self.begin_history(history, mine, begin, max(20, count))
        works = sorted(self.works(mine), key=lambda work: work[:2])
        for at, _, act in works:
            act(at)
        history.flush()
        for deploy in self.deploys:
            if self.in_repository(deploy.service) and deploy.marks:
                deploy.sha = history.shas[deploy.marks[-1]]
        for deploy in self.deploys:
            if deploy.back:
                deploy.sha = next(one.sha for one in self.deploys
                                  if one.service == deploy.service and one.code == deploy.code)

    def begin_history(self, history, mine, begin, count):
        at = begin - DAY * self.dice.uniform(40, 300)
        step = (begin - at) / (count + 1)
        files = {}
        for name in mine:
            files.update(self.programs[name].changed_files())
        files["README.md"] = "# Shop\n"
        files["config/flags.yaml"] = "# who sees what in production\n"
        history.commit(at, PEOPLE[0], "import", files)
        for _ in range(count):
            at += step * self.dice.uniform(0.2, 1.8)
            message, files = everyday(self.programs[self.dice.choice(mine)])
            history.commit(min(at, begin), self.author(message), message, files)

    def author(self, message):
        return BOT if "bump" in message.lower() or "(deps)" in message else \
            self.dice.choice(PEOPLE)

    def works(self, mine):
        """(time, order, act): every commit, merge and tag from the first deploy on."""
        order = 0
        previous = {}
        for deploy in self.deploys:
            name = deploy.service
            since = max(previous.get(name, deploy.at - 2 * DAY), deploy.at - 2 * DAY)
            previous[name] = deploy.at
            if name not in mine or deploy.back:
                continue
            times = sorted(self.dice.uniform(since + 1, deploy.at - 90)
                           for _ in range(deploy.commits))
            chosen = self.dice.randrange(deploy.commits) if deploy.special else None
            if deploy.commits >= 2 and self.dice.random() < 0.4:
                yield times[-1], order, self.merge_of(deploy, times, chosen)
            else:
                for i, at in enumerate(times):
                    yield at, order + i, self.commit_of(deploy, i == chosen)
            order += 100
            yield deploy.at - 60, order, self.tag_of(deploy)
        for switch in self.switches:
            if switch.committed and switch.service in mine:
                order += 1
                yield switch.at, order, self.switch_of(switch)

    def made(self, deploy, special):
        """(author, message, files) of one commit."""
        program = self.programs[deploy.service]
        message, files = deploy.special(program, self) if special else everyday(program)
        return self.author(message), message, files

    def commit_of(self, deploy, special):
        def act(at):
            mark = self.history.commit(at, *self.made(deploy, special))
            self.note(deploy, mark, special)
        return act

    def merge_of(self, deploy, times, chosen):
        def act(at):
            works = [(time, *self.made(deploy, i == chosen)) for i, time in enumerate(times)]
            marks = self.history.topic(works, at + 20, self.dice.choice(PEOPLE))
            for i, mark in enumerate(marks):
                self.note(deploy, mark, i == chosen)
            deploy.marks.append(self.history.tip)
        return act

    def note(self, deploy, mark, special):
        deploy.marks.append(mark)
        if special and deploy is self.guilty:
            self.guilty_mark = mark

    def tag_of(self, deploy):
        def act(at):
            deploy.marks.append(self.history.tip)
            if self.tagged:
                name = deploy.version if self.alone else f"{deploy.service}-{deploy.version}"
                self.history.tag(name, at)
        return act

    def switch_of(self, switch):
        def act(at):
            program = self.programs[switch.service]
            message, files = switch.special(program, self)
            mark = self.history.commit(at, self.dice.choice(PEOPLE), message, files)
            switch.subject = message.split("\n")[0]
            self.history.flush()
            switch.sha = self.history.shas[mark]
            if switch is self.guilty:
                self.guilty_mark = mark
        return act

    # ---- all of it on disk

    def write(self, folder):
        folder = pathlib.Path(folder)
        self.write_history(folder / "repo")
        self.find_words()
        write_logs(self, folder / "logs")
        if self.listed:
            write_list(self, folder / "deploys.ndjson")
        truth = self.truth()
        (folder / "truth.json").write_text(json.dumps(truth, indent=2) + "\n")
        return truth

    def find_words(self):
        """Effects whose message no commit has set say what their service can say."""
        for effect in self.effects:
            if not effect.text:
                effect.speak(self.programs[effect.service], self.dice)

    def truth(self):
        guilty = self.guilty
        truth = {"kind": self.kind, "seed": self.seed, "onset": self.onset,
                 "service": self.effects[0].service, "message": self.effects[0].text,
                 "guilty": None, "commit": None, "changes": self.rows()}
        if guilty is not None:
            truth["guilty"] = {"at": guilty.at, "service": guilty.service,
                               "names": self.names_of(guilty)}
            truth["commit"] = self.history.shas.get(self.guilty_mark)
        return truth

    def names_of(self, change):
        if isinstance(change, Switch):
            return [change.sha] if change.committed else [f"{change.name} {change.value}",
                                                          change.name]
        tag = change.version if self.alone else f"{change.service}-{change.version}"
        return [change.version, change.sha, tag]

    def rows(self):
        """Everything that was put in place, for those who guess by nearness."""
        return sorted(({"at": one.at, "service": one.service, "names": self.names_of(one)}
                       for one in [*self.deploys, *self.switches]), key=lambda row: row["at"])
