"""The kinds of incident: what was done, when it showed, and what it looks like.

Each takes a Scenario, puts in place what is guilty, if anything is, and says what fails from when.
Shares and delays are set by hand, as somebody who was on call would tell them; they say what a
ranking has to live with, not how often such things happen.
"""
from . import edits
from .company import HOUR, MINUTE


def part_of(s, service):
    """Whom it concerns: mostly all, else a route, a plan, a client."""
    draw = s.dice.random()
    if draw < 0.6:
        return None
    routes = [route for route, path, _ in s.company.routes if service in path]
    if draw < 0.85 and len(routes) > 1:
        return ("route", s.dice.choice(routes))
    return s.dice.choice([("plan", "pro"), ("plan", "free"), ("client", "ios"), ("client", "web")])


def strength(s):
    return s.dice.choice([0.08, 0.2, 0.4, 0.7, 1.0])


def failing(s):
    return s.dice.choice(s.company.busy(0.15) or s.company.busy(0))


def broken_by(s, deploy, special=edits.bug, **more):
    """An effect of the deploy's code, from the moment a host runs it."""
    s.guilty = deploy
    effect = s.fails(deploy.service, s.runs(deploy), probability=strength(s),
                     condition=part_of(s, deploy.service), **more)
    deploy.special = special(effect)
    return effect


def later(s, effect, seconds, grows):
    """The effect does not begin with the code but that much later, over `grows` seconds."""
    runs, begins = effect.intensity, s.guilty.first + seconds
    s.onset = begins

    def intensity(host, region, at):
        risen = 1 if grows <= 0 else min(1.0, (at - begins) / grows)
        return runs(host, region, at) * risen if at >= begins else 0
    effect.intensity = intensity


# ---- a deploy is guilty

def immediate(s):
    deploy = s.release(failing(s), s.onset - 30, lasts=s.dice.choice([5, 15, 40]))
    broken_by(s, deploy)
    s.onset = deploy.first
    s.decoys(deploy.service)


def rollout(s):
    lasts = s.dice.uniform(4, 25) * MINUTE
    s.after = lasts + s.dice.uniform(3, 15) * MINUTE
    deploy = s.release(failing(s), s.onset - 30, lasts=lasts)
    broken_by(s, deploy)
    s.onset = deploy.first
    s.decoys(deploy.service)


def region(s):
    """One region after the other: it fails where the deploy went, and nowhere else."""
    where = s.dice.choice(s.company.regions)
    other = s.dice.choice([one for one in s.company.regions if one != where])
    deploy = s.release(failing(s), s.onset - 30, regions=(where,))
    broken_by(s, deploy).condition = None
    s.onset = deploy.first
    s.release(s.dice.choice(s.company.inner()), s.onset - s.dice.uniform(20, 400),
              regions=(other,))
    s.decoys(deploy.service)


def cron(s):
    """A job of the release runs for the first time at the next round time, hours later."""
    s.onset = (s.onset // (30 * MINUTE)) * 30 * MINUTE
    deploy = s.release(failing(s), s.onset - s.dice.uniform(0.4, 9) * HOUR)
    effect = broken_by(s, deploy)
    later(s, effect, s.onset + s.dice.uniform(1, 20) - deploy.first, s.dice.choice([0, 60]))
    s.decoys(deploy.service)


def cache(s):
    """What the release cannot make anew expires after some hours."""
    deploy = s.release(failing(s), s.onset - s.dice.choice([1, 2, 4, 6]) * HOUR)
    effect = broken_by(s, deploy)
    later(s, effect, s.onset - deploy.first, s.dice.uniform(60, 900))
    s.decoys(deploy.service)


def leak(s):
    """Slow burn: memory or handles run out, more and more."""
    grows = s.dice.uniform(15, 60) * MINUTE
    s.before, s.after = s.dice.uniform(0.5, 3) * HOUR, grows + 10 * MINUTE
    deploy = s.release(failing(s), s.onset - s.dice.uniform(1, 6) * HOUR)
    effect = broken_by(s, deploy)
    effect.text = s.dice.choice(["out of memory: cannot allocate <> bytes",
                                 "too many open files", "connection pool exhausted, <> waiting",
                                 "heap limit reached", "no free worker after <> ms", ""])
    if effect.text:
        deploy.special = silently(deploy.special, effect)
    later(s, effect, s.onset - deploy.first, grows)
    s.decoys(deploy.service)


def silently(special, effect):
    """The commit is as guilty, but what fails is said by the runtime."""
    text = effect.text

    def act(program, scenario):
        made = special(program, scenario)
        effect.text, effect.stack = text, None
        return made
    return act


def decoy(s):
    """An innocent deploy half a minute before the onset; the guilty one lies some minutes back."""
    deploy = s.release(failing(s), s.onset - s.dice.uniform(2.5, 20) * MINUTE,
                       lasts=s.dice.choice([15, 40, 90]))
    effect = broken_by(s, deploy)
    later(s, effect, s.onset - deploy.first, s.dice.choice([0, 0, 120]))
    s.decoys(deploy.service, nearest=s.dice.choice(
        [name for name in s.company.services if name != deploy.service]))


def dependency(s):
    deploy = s.release(failing(s), s.onset - 30, lasts=s.dice.choice([15, 40, 200]))
    deploy.commits = s.dice.choice([1, 1, 2, 4])
    broken_by(s, deploy, edits.upgrade)
    s.onset = deploy.first
    s.decoys(deploy.service)


def revert(s):
    """A mending from some days ago is taken back, and what it mended fails again."""
    service = failing(s)
    note = {}
    earlier = [one for one in s.deploys
               if one.service == service and one.at < s.onset - 6 * HOUR]
    mended = s.dice.choice(earlier) if earlier else s.release(service, s.onset - 50 * HOUR)
    mended.special, mended.commits = edits.mending(note), 1
    deploy = s.release(service, s.onset - 30, lasts=s.dice.choice([15, 40, 200]))
    broken_by(s, deploy, lambda effect: edits.taking_back(effect, note, mended))
    s.onset = deploy.first
    s.alone = service if s.layout == "single" else None
    s.decoys(service)


def rollback(s):
    """The version before is put back, and fails as it did."""
    service = failing(s)
    if not any(one.service == service for one in s.deploys):
        s.release(service, s.onset - 70 * HOUR)
    later_one = s.release(service, s.onset - s.dice.uniform(3, 30) * HOUR)
    deploy = s.release(service, s.onset - 30, back=True, lasts=s.dice.choice([15, 40]))
    s.guilty = deploy
    effect = s.fails(service, s.runs(deploy), probability=strength(s),
                     condition=part_of(s, service))
    if s.dice.random() < 0.6:  # what is put back lacks a mending
        later_one.special = edits.mending({}, effect)
    s.onset = deploy.first
    s.decoys(service)


def upstream(s):
    """The failures are said by those who call the service that was deployed."""
    leaves = [name for name in s.company.busy(0.1)
              if any(caller != s.company.edge for caller in s.company.callers(name))]
    service = s.dice.choice(leaves or s.company.busy(0))
    deploy = s.release(service, s.onset - 30, lasts=s.dice.choice([15, 40, 200]))
    effect = broken_by(s, deploy)
    effect.silent = s.dice.random() < 0.5
    effect.down = effect.silent and s.dice.random() < 0.4
    s.onset = deploy.first
    callers = s.company.callers(service)
    s.decoys(service, nearest=s.dice.choice(callers) if s.dice.random() < 0.5 else None)


def downstream(s):
    """What the deployed service asks for is refused by one that it calls, and said there first."""
    asked = [(name, callee) for name in s.company.busy(0.1) for callee in s.company.callees(name)]
    asked = asked or [(s.company.edge, name) for name in s.company.busy(0)]
    service, callee = s.dice.choice(asked)
    deploy = s.release(service, s.onset - 30, lasts=s.dice.choice([15, 40, 200]))
    effect = broken_by(s, deploy)
    effect.service, effect.caller, effect.condition = callee, service, None
    deploy.special = refused(deploy.special, effect)
    s.onset = deploy.first
    s.decoys(service, nearest=callee if s.dice.random() < 0.5 else None)


def refused(special, effect):
    """The commit changes the caller; the message is one that the callee has had for long."""
    def act(program, scenario):
        made = special(program, scenario)
        effect.stack = None
        effect.speak(scenario.programs[effect.service], scenario.dice)
        return made
    return act


def two(s):
    """Two services are deployed in the same minute."""
    deploy = s.release(failing(s), s.onset - 30, lasts=s.dice.choice([15, 40, 90]))
    broken_by(s, deploy)
    s.onset = deploy.first
    other = s.dice.choice([name for name in s.company.services if name != deploy.service])
    if s.takes(other, deploy.at):
        s.release(other, deploy.at + s.dice.uniform(-25, 25), lasts=s.dice.choice([15, 40, 90]))
    s.decoys(deploy.service)


def skew(s):
    """The list's clock is wrong: the guilty deploy may seem to come after the onset."""
    immediate(s)
    s.clock_of_list = s.dice.choice([-1, 1]) * s.dice.uniform(20, 150)


def tags(s):
    """Nobody keeps a list; releases are tagged some minutes before they run."""
    s.dice.choice([immediate, rollout, decoy])(s)
    s.listed, s.tagged, s.layout = False, True, "mono"


def versions(s):
    """Nobody keeps a list; the logs say which version runs, from before the guilty one on."""
    s.dice.choice([immediate, rollout, decoy, cache])(s)
    s.listed, s.versions_logged = False, True
    s.before = max(s.before, s.onset - s.guilty.at + 15 * MINUTE)


# ---- a switch is guilty

def flag(s):
    service = failing(s)
    switch = s.switch(s.onset - s.dice.uniform(2, 60), kind="flag", service=service)
    switched(s, switch)
    s.effects[0].condition = part_of(s, service)


def config(s):
    service = failing(s)
    switch = s.switch(s.onset - s.dice.uniform(2, 60), kind="config", service=service)
    switched(s, switch)
    effect = s.effects[0]
    key = switch.name.split(".")[-1]
    if s.dice.random() < 0.7:
        effect.text = {"timeout_ms": "timed out after <> ms",
                       "pool_size": "timed out waiting for a connection from the pool",
                       "ttl_seconds": "stale {} in the cache",
                       "batch_size": "batch of <> is too large",
                       "limit": "limit exceeded: <>"}[key].format(switch.name.split(".")[1])


def switched(s, switch):
    s.guilty = switch
    s.fails(switch.service, lambda _host, _region, at: 1 if at >= s.onset else 0,
            probability=strength(s))
    s.decoys(switch.service)


def committed(s):
    """A commit to flags or settings, applied as soon as it is on the branch."""
    service = failing(s)
    kind = s.dice.choice(["flag", "config"])
    switch = s.switch(s.onset - s.dice.uniform(10, 90), kind=kind, service=service, committed=True)
    switched(s, switch)
    make = edits.flag if kind == "flag" else edits.setting
    switch.special = make(s.effects[0], switch)
    s.applied = True
    s.alone = service if s.layout == "single" else None


# ---- nothing that anybody put in place

def innocent(s, service, text, standing=0.85, **more):
    """An effect without a change; mostly the code has had its message for long."""
    effect = s.fails(service, more.pop("intensity", lambda _h, _r, at: 1 if at >= s.onset else 0),
                     text=text, **more)
    if s.dice.random() < standing:
        s.standing.append((service, text))
    s.decoys(service)
    return effect


def surge(s):
    """More traffic than there is room for."""
    service = failing(s)
    rises = s.dice.choice([5, 60, 300, 600])
    factor = s.dice.uniform(2, 5)
    begins = s.onset - rises * 0.5

    def traffic(at):
        return 1 + (factor - 1) * min(1.0, max(0.0, (at - begins) / rises))
    s.traffic = traffic
    text = s.dice.choice(["connection pool exhausted, <> waiting", "queue is full, <> waiting",
                          "timed out after <> ms", "no free worker after <> ms",
                          "too many requests, shedding load"])
    innocent(s, service, text, probability=s.dice.uniform(0.15, 0.6), status=503,
             slow=s.dice.choice([0, 800]))


def third_party(s):
    service = failing(s)
    provider = s.dice.choice(["adyenpay", "stripely", "mapbox-eu", "mailgrid", "taxcloud"])
    text = s.dice.choice([f"{provider} answered 503", f"{provider}: connection reset by peer",
                          f"timed out after <> ms calling {provider}", f"{provider} answered 502 "
                          "Bad Gateway", f"{provider}: TLS handshake timeout"])
    effect = innocent(s, service, text, probability=strength(s), status=502)
    effect.fields = {"upstream": f"api.{provider}.example"}
    s.provider = (service, f"api.{provider}.example")


def disk(s):
    service = failing(s)
    grows = s.dice.choice([0, 300, 1200])
    host = s.dice.choice(s.company.services[service].hosts)[0] if s.dice.random() < 0.5 else None
    text = s.dice.choice(["write /var/lib/{0}/data: no space left on device",
                          "could not extend file base/16384/<>: No space left on device",
                          "ENOSPC: no space left on device, write",
                          "{0} journal is read-only: disk full"]).format(service)

    def intensity(name, _region, at):
        if at < s.onset or (host and name != host):
            return 0
        return 1 if not grows else min(1.0, (at - s.onset) / grows)
    innocent(s, service, text, probability=s.dice.uniform(0.3, 1), intensity=intensity)


def certificate(s):
    service = failing(s)
    s.onset = (s.onset // HOUR) * HOUR - s.dice.choice([0, 0, 1])
    callee = s.dice.choice(s.company.callees(service) or ["vault"])
    text = s.dice.choice([f"x509: certificate has expired or is not yet valid: {callee}",
                          f"{callee}: certificate verify failed: certificate has expired",
                          f"SSL handshake with {callee} failed: CERT_HAS_EXPIRED",
                          "token signature invalid: signing key expired"])
    innocent(s, service, text, standing=0.3, probability=s.dice.choice([0.5, 1, 1]), status=502)


def tenant(s):
    """One customer does something that nobody was made for."""
    service = failing(s)
    name = f"t-{s.dice.randint(100, 999)}"
    text = s.dice.choice(["payload of <> bytes is too large", "quota of the tenant exceeded: <>",
                          "deadlock detected", "too many rows in one import: <>",
                          "timed out after <> ms"])
    s.tenant = (name, s.dice.uniform(0.04, 0.2))
    innocent(s, service, text, probability=s.dice.uniform(0.3, 1), condition=("tenant", name))


def hardware(s):
    """One host of several fails, whatever runs there."""
    service = failing(s)
    host = s.dice.choice(s.company.services[service].hosts)[0]
    text = s.dice.choice(["read error on /dev/nvme0n1: Input/output error",
                          "connection reset by peer", "upstream prematurely closed connection",
                          "checksum mismatch reading block <>", "timed out after <> ms",
                          "internal error"])
    innocent(s, service, text, standing=0.5, probability=s.dice.uniform(0.2, 0.9),
             intensity=lambda name, _r, at: 1 if at >= s.onset and name == host else 0)


def network(s):
    """A region, or the way from one service to another, is cut."""
    service = failing(s)
    where = s.dice.choice(s.company.regions) if len(s.company.regions) > 1 else None
    callee = s.dice.choice([*s.company.callees(service), f"{service}-db"])
    text = s.dice.choice([f"dial tcp 10.12.0.<>:5432: i/o timeout ({callee})",
                          f"connect to {callee} timed out", f"{callee}: no route to host",
                          f"lookup {callee}.internal: temporary failure in name resolution"])
    innocent(s, service, text, standing=0.4, probability=s.dice.uniform(0.2, 1), status=504,
             intensity=lambda _n, region, at:
             1 if at >= s.onset and where in (None, region) else 0)


def database(s):
    """Its primary fails over, or is held up by a query that somebody runs by hand."""
    service = failing(s)
    text = s.dice.choice(["FATAL: the database system is starting up",
                          "cannot execute UPDATE in a read-only transaction",
                          "FATAL: sorry, too many clients already",
                          "lock wait timeout exceeded; try restarting transaction",
                          f"could not connect to {service}-db.internal: connection refused",
                          "canceling statement due to statement timeout"])
    innocent(s, service, text, standing=0.2, probability=s.dice.uniform(0.2, 1))


GUILTY = [immediate, rollout, region, cron, cache, leak, decoy, dependency, revert, rollback,
          upstream, downstream, two, skew, tags, versions, flag, config, committed]
INNOCENT = [surge, third_party, disk, certificate, tenant, hardware, network, database]
KINDS = {kind.__name__: kind for kind in GUILTY + INNOCENT}
