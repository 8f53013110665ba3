"""The reviews room: who reviews what, what they write on version 1, what the developers answer, what became of it.

Rules: `assignment` (the question), `planning` and `flow` (the answer), `blocking` (why there is none); `places`,
`anchors`, `line_tracing` (where a finding is, and where it went); `forms`, `advice`, `kinds`,
`guesses` (where else it may be), `burndown`; `windows`, `editions`, `submitted` (what a review is, when it is open,
what was handed in); `drawing`. A draft that two write on:
`draft_parts` (its parts as texts), `merging` (both changes, or both texts); `specific` and `giveaways` serve
`advice`; `transcript` (everything as one text).
Rows: `tables`, `draft_tables`, found by `lookup` and `facts`; `invariants` holds what must always be true of them.
The desk: `suggestions` (changes proposed in a finding), `place_words` (a place as it is typed), `narrowing` (its list),
`fidelity` (the paper beside our numbers): rules; `pointing` (a finding's places), `viewing` (files ticked): verbs.
Verbs: `asking`, `assigning`, `reassigning`; `reviewing`, `drafting`, `unfiled` (what is being typed), `submitting`;
`answering`, `checking`, `correcting` (places pointed at by hand; rows in `correction_tables`).
Answers: `leftover` (rule), `releasing`, `announcing` (developers see a review, and are told). Talking: `talking`
(messages, clarifying questions) with `threads` (rule: who is called how) and `notices` (what is new, mails); rows in
`message_tables`, found by `thread_rows`, read by `thread_views` and `review_threads`.
The progress board: `progress` (rule), `progress_board` (reading), `bulk_plans` (rule) and `bulk_changing` with one
`bulk_…` for each act, `reminder_mails`; rows in `bulk_tables`.
Reading: `contents` (files), `desk`, `last_look`, `mine`, `board`, `reading`, `waiting`; `following` with
`carrying` (anchors through real trees), `followed` and `side_by_side`; `replaced_version`, `burning`. Pages: `pages/`.
"""
