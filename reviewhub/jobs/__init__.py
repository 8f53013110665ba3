"""Background work: mirror, freeze, deliver mail. Thin: each job calls one verb of a room below.

Work is level-triggered. A wake (`reviewhub.wake`) is a hint that `sending` puts into the work database; once a minute
the sweep asks every job's `due` what our own database says is due and unfinished, so a lost hint or a deleted work
file delays and never loses. Jobs are idempotent: whatever is killed in the middle runs again from its start.

Shelves: `registry` (what a job is), `work` (the jobs there are), `sending` (web processes: hand over a hint),
`workflows` (what DBOS runs), `worker` (one worker's life), `places` (executor numbers and locks).
"""
