"""Lists of deploys as CI systems and flag services write them, a JSON object a line."""
import datetime
import json

from .company import Switch


def stamp(at):
    time = datetime.datetime.fromtimestamp(at, datetime.timezone.utc)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(deploy, told):
    return {"time": told.at, "version": deploy.version, "service": deploy.service,
            "environment": told.environment, "sha": deploy.sha}


def pipeline(deploy, told):
    return {"event": "deploy", "started_at": told.at, "finished_at": told.finished,
            "app": deploy.service, "env": told.environment, "image_tag": deploy.version,
            "git_sha": deploy.sha[:10], "status": "success",
            "previous_version": deploy.before.version if deploy.before else None}


def by_commit(deploy, told):
    return {"deployed_at": told.at, "application": deploy.service, "commit": deploy.sha[:8],
            "stage": told.environment, "result": "succeeded"}


def github(deploy, told):
    return {"sha": deploy.sha, "ref": deploy.version, "task": "deploy",
            "environment": told.environment, "description": f"{deploy.service} {deploy.version}",
            "created_at": told.at, "payload": {"service": deploy.service}}


def argo(deploy, told):
    return {"timestamp": told.at, "application": deploy.service,
            "revision": deploy.sha, "images": f"registry.example/{deploy.service}:{deploy.version}",
            "image": f"registry.example/{deploy.service}:{deploy.version}",
            "namespace": told.environment, "completed_at": told.finished}


FORMS = [plain, plain, pipeline, by_commit, github, argo]
NAMED_BY_SHA = {by_commit}


class Told:
    """What a list says of a deploy's times and place."""

    def __init__(self, scenario, deploy):
        self.at = stamp(deploy.at + scenario.clock_of_list)
        self.finished = stamp(deploy.finished + scenario.clock_of_list)
        self.environment = f"prod-{deploy.regions[0]}" if deploy.regions else "production"


def switch_row(scenario, switch, form):
    at = stamp(switch.at + scenario.clock_of_list)
    if switch.kind == "flag":
        row = {"time": at, "flag": switch.name, "value": switch.value == "on",
               "environment": "production"}
        return row if form is plain else row | {"kind": "flag", "by": "console"}
    return {"time": at, "kind": "config", "key": switch.name, "from": switch.before,
            "to": switch.value, "environment": "production"}


def write_list(scenario, path):
    dice = scenario.dice
    form = dice.choice(FORMS)
    changes = [one for one in [*scenario.deploys, *scenario.switches]
               if not (isinstance(one, Switch) and one.committed)]
    rows = []
    for change in sorted(changes, key=lambda one: one.at):
        if isinstance(change, Switch):
            rows.append(switch_row(scenario, change, form))
            continue
        rows.append(form(change, Told(scenario, change)))
        if dice.random() < 0.15:  # what was tried elsewhere before
            earlier = Told(scenario, change)
            earlier.at = stamp(change.at - dice.uniform(600, 7200))
            earlier.finished = stamp(change.at - 500)
            earlier.environment = "staging"
            rows.append(form(change, earlier))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
