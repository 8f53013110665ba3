"""Taking grades out: files for spreadsheets, Moodle and archives, and sheets to print.

Values: `record` (one course's grades with everything an export says of them), `grids` (columns and rows). Rules:
`gradebook` (which columns a course has), `line_lists` (the ledger's lines), `harmless` (no text becomes a formula),
`csv_files`, `workbooks`, `moodle_list` (the list Moodle imports), `worksheets`, `columns` and `filling` (the worksheet
that a teacher got from Moodle), `citing` (what a line rests on, in words), `ledger_file` and `verifying` (every line as
JSON, and the proof that it adds up), `printing` (sheets of paper). Loading: `loading`. All of them write what was
released or what stands now, rounded once and half up.
"""
