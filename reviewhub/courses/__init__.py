"""A course as a course: its file (the policy), its people, groups, deadlines and extensions.

Rules: `policy` (the values of a course file, with `late_steps` and `totals`), `course_file` and `soundness` (reading
one), `policy_changes`, `policy_words`, `zones`, `lateness`, `phases`, `deadlines`, `roster`.
Tables: `tables`; what is read from them: `facts`, `members`, `granted`, `waiting`, `invariants`.
Verbs: `adding`, `enrolling`, `grouping`, `extending`.
Pages: `pages`. The five course files that ship with the program lie in `files/`.
"""
