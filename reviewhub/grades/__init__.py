"""Who pays for what, and why: mistakes, matches, shared penalties, the ledger, the course grade, release and appeals.

The numbers (pure): `evidence` (the frozen values points are computed from), `penalties`, `sentences` (each number's
rule in words), `lines`, `late_lines`, `version_lines`, `review_lines`, `work_lines`, `ledger` (all of it, signed).
The course grade (pure): `course_work`, `component_grades`, `ways`, `bonuses`, `failing`, `course_grade`, with
`course_values` and `course_sentences`.
Guidance (pure): `matching` with `nearness` and `wording`, `likely_same`, `precision`, `residual`, `effects`,
`practice`.
Loading: `facts` (rights), `gathering`, `student_facts`, `decision_steps` (every decision by one statement); `stamps`
and `standings` keep what was computed until a row behind it changes.

The desk: `desk_rows` and `desk_state` (one project as it stands), `desk` (the list, the totals), `hand` (the thing to
decide), `foresight` (what each key moves), `choosing`, `laying` (both versions), `undoing`, `marked` (what stands
where).
Its verbs: `grading`, `splitting`, `rearranging`, `marking`, `suggesting`, all on `standing` and `establishing`.
The queue: `course_rows`, `course_steps`, `queue_rows`, `queue_views`; `sharing_grading`, `second_reading`.
From elsewhere: `mark_*` and `workbooks` (files to marks), `entering`, `recording` (the status list),
`confirming_fails`.
Release: `readiness` and `blocking` (what it waits for), `releasing`, `released`, `changing_rules`, `what_if*`,
`gradebook`; afterwards `release_differences`, `releases_compared`, `class_spreads`.
For students: `explaining` and `telling` with `story_*`; `appealing` with `appeal*`. Practice: `practising`.
Out: the folder `exports`. Rows: `tables` and `*_tables`. What must always hold: `invariants` and `*_invariants`.
"""
