"""A parent to be killed: `parent.py SETTINGS_JSON` starts a worker as `reviewhub serve` does and tells its number."""

import sys
import time

from reviewhub.cli.child import Child
from reviewhub.config import Settings

with Child(Settings.model_validate_json(sys.argv[1])) as child:
    print(child._process.pid, flush=True)
    sys.stdin.readline()
    began = time.monotonic()
print(f"{time.monotonic() - began:.1f}", flush=True)
