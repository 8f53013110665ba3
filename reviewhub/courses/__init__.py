"""A course as a course: its file (the policy), its people, groups, deadlines and extensions.

Rules: `policy` (the values of a course file), `zones`, `soundness`, `course_file`, `lateness`, `phases`, `deadlines`, `roster`.
Tables: `tables`. Facts for the rights table: `facts`. Verbs: `adding`, `enrolling`, `grouping`, `extending`.
Pages: `pages`. The five course files that ship with the program lie in `files/`.
"""
