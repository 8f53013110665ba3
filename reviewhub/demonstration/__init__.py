"""The demonstration course: invented people, a real shared repository made on the spot, and its story.

`people` names who takes part, `papers/` holds the samples (not our code: what the invented students wrote),
`repository` plays their pushes into a bare git repository; `raster`, `lettering`, `figures`, `samples` and
`sheets` draw the notebooks' outputs without any plotting package.
"""
