"""Who pays for what, and why: mistakes, matches, shared penalties, the ledger, the course grade, the release.

Rules (pure): `evidence` (the frozen values points are computed from), `penalties` (the numbers), `sentences` (each
number's rule in words), `version_lines` and `review_lines` (what a project and its reviews decide), `course_grade`
(components, ways to the grade, bonus, letter, what may fail somebody), `ledger` (all of it as signed lines),
`readiness` (what a release waits for), `effects` (what one more decision would move, and for whom), `matching` (which
finding says which mistake; `nearness` of places, `wording` of texts), `residual` (how many mistakes are still hidden).
What comes from elsewhere: `mark_text` and `workbooks` (files to tables), `mark_columns`, `mark_reading` and
`mark_differences` (tables to marks), `entering` (marks), `recording` (the status list), `confirming_fails`,
`student_facts` (all of it as facts).
The desk: `desk_rows` and `desk_state` (one project as it stands), `desk` (the list and the totals), `hand` (the one thing
to decide; `foresight`: what each key moves), `choosing`, `laying` (both versions), `undoing`.
Rows: `tables`, `desk_tables`, `mark_tables`. Rights and loading: `facts`. Verbs: `grading` (decisions, each undoable until
the release), `splitting` and `rearranging` (what is taken apart and put together), `suggesting` (suggested matches), `marking` (quality and adjustments), `second_reading`, `sharing_grading`,
`releasing`. What pages read: `queue_rows`, `suggestion_cards`, `second_readings`, `reading`. What must always hold:
`invariants`.
"""
