"""People and their rights: users, sign-in, sessions, the table of rights, the audit trail.

Shelves: `rights` (the table, pure), `tables`, `facts`, `events`, `signing_in` (verbs), `pages`.
"""
