"""Imported before everything else: a service that is told to stop while it still loads its code ends well, too."""

import signal
import sys

if "run" in sys.argv[1:]:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # nothing is under way; the service has its own, later
