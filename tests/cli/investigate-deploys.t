# Deploys in whatever form they can be had: NDJSON, CSV, GitHub's and GitLab's JSON.
$ seq 0 3599 | jq -c '{ts: (1763647200 + .),'\
'status: (if . > 1800 and . % 4 == 0 then 500 else 200 end)}' > a.ndjson
[exit 0]
$ echo '.changes[] | [.kind, .id, .at]' > changes.jq
[exit 0]
$ printf '%s\n' \
  '{"time": "2025-11-20T14:29:00Z", "version": "v1.9.0", "service": "gateway"}' \
  '{"time": "2025-11-20T11:00:00Z", "version": "v1.8.0", "service": "gateway"}' > deploys.ndjson
[exit 0]
$ culprit investigate a.ndjson --deploys deploys.ndjson --no-case --json | jq -cf changes.jq
["deploy","v1.9.0","2025-11-20T14:29:00.000Z"]
["none",null,null]
["deploy","v1.8.0","2025-11-20T11:00:00.000Z"]
[exit 0]
$ printf '%s\n' 'time,version,service' \
  '2025-11-20T14:29:00Z,v1.9.0,gateway' '2025-11-20T11:00:00Z,v1.8.0,gateway' > deploys.csv
[exit 0]
$ culprit investigate a.ndjson --deploys deploys.csv --no-case --json | jq -cf changes.jq
["deploy","v1.9.0","2025-11-20T14:29:00.000Z"]
["none",null,null]
["deploy","v1.8.0","2025-11-20T11:00:00.000Z"]
[exit 0]

# GitHub: gh api repos/OWNER/REPO/deployments
$ printf '%s\n' \
  '[{"id": 2, "sha": "3f2c1a9d5e6b7c8091a2b3c4d5e6f708192a3b4c", "ref": "v1.9.0",' \
  '  "environment": "production", "created_at": "2025-11-20T14:29:00Z"},' \
  ' {"id": 1, "sha": "aa2c1a9d5e6b7c8091a2b3c4d5e6f708192a3b4c", "ref": "v1.8.0",' \
  '  "environment": "production", "created_at": "2025-11-20T11:00:00Z"}]' > github.json
[exit 0]
$ culprit investigate a.ndjson --deploys github.json --no-case --json | jq -cf changes.jq
["deploy","v1.9.0","2025-11-20T14:29:00.000Z"]
["none",null,null]
["deploy","v1.8.0","2025-11-20T11:00:00.000Z"]
[exit 0]

# GitLab: glab api projects/ID/deployments
$ printf '%s\n' \
  '[{"id": 2, "iid": 2, "ref": "v1.9.0", "sha": "3f2c1a9d5e6b7c8091a2b3c4d5e6f708192a3b4c",' \
  '  "created_at": "2025-11-20T14:28:00Z", "status": "success",' \
  '  "environment": {"name": "production"},' \
  '  "deployable": {"finished_at": "2025-11-20T14:29:00Z"}}]' > gitlab.json
[exit 0]
$ culprit investigate a.ndjson --deploys gitlab.json --no-case --json | jq -cf changes.jq
["deploy","v1.9.0","2025-11-20T14:28:00.000Z"]
["none",null,null]
[exit 0]

# Rows that are no deploys are counted, and the first is shown.
$ echo 'restarted' >> deploys.ndjson
[exit 0]
$ culprit investigate a.ndjson --deploys deploys.ndjson --no-case --json | jq -c '.warnings'
[{"code":"skipped_deploys","source":"deploys.ndjson","text":"not taken for deploys: 1 of the rows of deploys.ndjson, first deploys.ndjson:3: it is not a JSON object"}]
[exit 0]
$ culprit investigate a.ndjson --deploys absent.json --no-case
culprit: no such file or directory: absent.json
  while reading the list of deploys
  try: check the path; a glob may be given in quotes, culprit expands it too
[exit 3]
