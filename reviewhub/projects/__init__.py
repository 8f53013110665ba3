"""Projects: what the shared repository received and when, which folder is whose, and what version 1 and 2 are.

Rules: `receipts` (when a commit arrived, as an interval), `discovery` (projects from a folder listing), `members`
(whose project it is, guessed from names), `choosing` (which commit is the version, and why not the latest),
`signed_receipts` (the file that proves a version, and checking one), `addresses` (file names in links), `renames`
(which new file is an old one under another name), `masking` (the developers' names in what they must not be read in).
Verbs: `mirroring` (look at the repository, write down what moved), `confirming` (find and confirm projects),
`freezing` (freeze what is due; the group's late choice; replacing by the staff), `packing` and `unpacking` (a version
as one git pack in the object store, and reading it from there), `receipt_keys` (signing receipts, the keys to check
them), `standing` (what each version would be now), `reading` (files of a version), `comparing` and
`compared_files` (two versions, and one file of them), `known_names` and `masked_objects` (who the developers are known
to be, and reading everything without that).
`facts` is this room's part of the rights; rows stand in `tables`.
"""
