"""Look at a repository and read everything of it once, alone; print seconds, own and children's memory in MB, and files."""

import resource
import sys
import time
from pathlib import Path

from reviewhub.github.mirror import look_at
from reviewhub.github.objects import Objects
from reviewhub.github.remotes import check_remote
from reviewhub.projects.discovery import find_candidates
from reviewhub.projects.inspecting import inspect_tree

began = time.monotonic()
mirror = Path(sys.argv[2])
look = look_at(mirror, check_remote(sys.argv[1], local_paths=True), {})
objects = Objects(mirror)
count = 0
for commit in look.refs.values():
    found = objects.commit(commit)
    if found is not None:
        listing = objects.listing(found.tree)
        count += len(listing.entries)
        for candidate in find_candidates(listing.entries):
            inspect_tree(objects, objects.folder_tree(commit, candidate.folder) or "", limit_mb=50)
# Not ru_maxrss for ourselves: it still holds what the process that started us had before our program began.
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
own = int(peak.split()[1]) / 1000
children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000
print(f"{time.monotonic() - began:.2f} {own:.0f} {children:.0f} {count}")
