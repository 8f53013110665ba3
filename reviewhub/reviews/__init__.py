"""The reviews room: who reviews what, what they write on version 1, what the developers answer, what became of it.

Rules: `assignment` (the question), `planning` and `flow` (the answer), `blocking` (why there is none); `places`,
`anchors`, `line_tracing`, `cell_matching` (where a finding is, and where it went); `forms`, `advice`, `kinds`,
`windows`, `editions`, `submitted` (what a review is, when it is open, what was handed in); `drawing`.
Rows: `tables`, found by `lookup` and `facts`; `invariants` holds what must always be true of them.
Verbs: `asking`, `assigning`, `reassigning`; `reviewing`, `submitting`; `answering`, `checking`.
Reading: `contents` (files), `desk`, `mine`, `board`, `reading`, `following`, `waiting`. Pages: `pages/`.
"""
