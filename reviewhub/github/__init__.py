"""The door to the shared repository.

`git.py` runs the git program with nothing of the machine's own settings; `mirror.py` keeps a bare mirror up to
date and says which refs moved; `copying.py` brings objects over from a repository on this disk that has holes;
`reflog.py` reads when a local repository received its pushes; `objects.py` reads trees, files and histories;
`archives.py` packs a folder for people to download.
Nothing here knows courses or projects, and everything read here is hostile: names are bytes, objects may be missing.
"""
