#!/usr/bin/env bash
# Makes the example incident, investigates it as its engineer on call would, and says what had been
# planted. Fails when culprit fails, or does not name the planted segment and the guilty commit.
#
# Usage: examples/demo.sh BUILD_DIR [SEED]      BUILD_DIR holds the programs culprit and shop
set -euo pipefail

if [[ $# -lt 1 || ! -x $1/culprit || ! -x $1/shop ]]; then
  echo "demo.sh: needs the directory that holds the programs culprit and shop" >&2
  echo "  try: ./dev build && examples/demo.sh build" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
seed=${2:-1976} # plan = pro and region = eu-west, with the decoy deploy before the guilty one
demo=$build/demo

rm -rf "$demo"
mkdir -p "$demo/incident"
"$here/make-repo" "$demo/incident/shop" --seed "$seed" --kind combination > "$demo/repo.json"
"$build/shop" --kind combination --seed "$seed" --out "$demo/incident" --repo-info "$demo/repo.json"
mv "$demo/incident/truth.json" "$demo" # culprit is not to be shown the answer

investigate=(investigate logs --repo shop --deploys deploys.ndjson)
cd "$demo/incident"
echo "\$ cd $(realpath --relative-to="$(dirname "$here")" .)"
echo "\$ culprit ${investigate[*]}"
"$build/culprit" "${investigate[@]}"

# The order of the conditions is culprit's business, so the answer is read from --json.
"$build/culprit" "${investigate[@]}" --no-case --json > ../found.json
python3 - ../truth.json ../found.json <<'END'
import json
import sys

truth, found = (json.load(open(path)) for path in sys.argv[1:])
print(f"Planted: {truth['cause_where']} since {truth['onset']}, by {truth['culprit_version']}, "
      f"commit {truth['culprit_sha'][:8]} \"{truth['culprit_subject']}\".")
segment = found["who"][0]["where"] if found["who"] else "nobody"
commits = [commit for change in found["changes"] for commit in change.get("commits", [])]
likeliest = max(commits, key=lambda commit: commit["probability"], default={"sha": "none"})["sha"]
if set(segment.split(" and ")) != set(truth["cause_where"].split(" and ")):
    sys.exit(f"demo.sh: culprit blames {segment} instead")
if likeliest[:7] != truth["culprit_sha"][:7]:
    sys.exit(f"demo.sh: culprit blames commit {likeliest[:8]} instead")
END
