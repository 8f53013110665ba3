"""The reviews room: who reviews what, what they write on version 1, what the developers answer, what became of it.

Rules: `assignment.py` (the question), `flow.py` and `planning.py` (the answer), `blocking.py` (why there is none),
`places.py` and `anchors.py` (where a finding is, and where it went), `cell_matching.py`, `forms.py`, `editions.py`,
`visibility.py`. Rows: `tables.py`. Verbs: `assigning.py`, `reviewing.py`, `submitting.py`, `answering.py`,
`checking.py`. Pages: `pages/`.
"""
