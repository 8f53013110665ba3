"""A worker as the child of `reviewhub serve`: it lives as long as its parent, however the parent ends.

`python -m reviewhub.jobs.child` reads the settings as one line of JSON on standard input, works, and stops when
standard input ends: that happens when the parent closes it, and also when the parent is killed with −9.
"""

import os
import signal
import sys
import threading

from reviewhub.config import Settings
from reviewhub.errors import ReviewHubError
from reviewhub.jobs.work import known_jobs
from reviewhub.jobs.worker import Worker, context_of
from reviewhub.logs import set_up_logs


def main() -> int:
    """Work until standard input ends."""
    # Ctrl-C reaches every program on the terminal; when to stop is the parent's to say.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    settings = Settings.model_validate_json(sys.stdin.readline())
    set_up_logs(settings.log)
    worker = Worker(context_of(settings), known_jobs())
    threading.Thread(target=_stop_at_end, args=[worker], daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    try:
        worker.run()
    except ReviewHubError as fault:
        sys.stderr.write(f"{fault.message}\n")
        return 2
    return 0


def _stop_at_end(worker: Worker) -> None:
    sys.stdin.read()
    worker.stop()


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # A job in mid-step would keep the interpreter alive; it is begun anew by the next worker, as after a kill.
    os._exit(code)
