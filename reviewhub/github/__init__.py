"""The door to the shared repository.

`git.py` runs the git program with nothing of the machine's own settings; `mirror.py` keeps a bare mirror up to
date and says which refs moved; `copying.py` brings objects over from a repository on this disk that has holes;
`reflog.py` reads when a local repository received its pushes; `objects.py` (values in `raw.py`, its pool of
children in `catfile.py`) reads trees, files and histories; `remotes.py` checks addresses; `pins.py` holds frozen
commits; `archives.py` packs a folder for people to download; `packs.py` packs one for keeping, and `spares.py` reads
such a pack where the mirror lacks something.
Nothing here knows courses or projects, and everything read here is hostile: names are bytes, objects may be missing.
"""
