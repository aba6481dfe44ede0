# Each shape that an incident can have: shape, period in seconds, whether it goes on, and whether the
# planted onset lies inside the interval.
$ echo '.when | [.shape, .period_seconds, .ongoing, (if .onset == null then null else'\
'.interval.from <= $truth[0].onset and $truth[0].onset <= .interval.to end)]' > when.jq
[exit 0]

# At once: the step.
$ shop --kind step --seed 1 --minutes 20 --rate 10 --out step
[exit 0]
$ culprit investigate step/logs --no-case --json | jq -cf when.jq --slurpfile truth step/truth.json
["step",null,true,true]
[exit 0]

# Over minutes: the ramp.
$ shop --kind ramp --seed 2 --minutes 30 --rate 10 --out ramp
[exit 0]
$ culprit investigate ramp/logs --no-case --json | jq -cf when.jq --slurpfile truth ramp/truth.json
["ramp",null,true,true]
[exit 0]

# Over again after minutes: the spike, which is not going on.
$ shop --kind spike --seed 1 --minutes 20 --rate 10 --out spike
[exit 0]
$ culprit investigate spike/logs --no-case --json | jq -cf when.jq --slurpfile truth spike/truth.json
["spike",null,false,true]
[exit 0]

# In bursts: recurring, with its period.
$ shop --kind intermittent --seed 3 --minutes 40 --rate 10 --out bursts
[exit 0]
$ jq -c .period_seconds bursts/truth.json
359
[exit 0]
$ culprit investigate bursts/logs --no-case --json | jq -cf when.jq --slurpfile truth bursts/truth.json
["recurring",359.995,true,true]
[exit 0]

# The evidence begins inside the incident: throughout, with no onset.
$ shop --kind inside --seed 1 --minutes 20 --rate 10 --out inside
[exit 0]
$ culprit investigate inside/logs --no-case --json | jq -cf when.jq --slurpfile truth inside/truth.json
["throughout",null,true,null]
[exit 0]

# No incident: none.
$ shop --kind clean --seed 1 --minutes 20 --rate 10 --out clean
[exit 0]
$ culprit investigate clean/logs --no-case --json | jq -cf when.jq --slurpfile truth clean/truth.json
["none",null,false,null]
[exit 0]
