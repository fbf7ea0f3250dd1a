"""Where bulk work runs: on all cores of this machine, in order, without a trace of what it was about.

Invariants: what work is, its callers know; the number of cores changes no result.

>>> spread(len, [b"one", b"three"], workers=1)
[3, 5]
"""

from accord.engine.collector import uncollected
from accord.engine.cores import available, prepare, spread
from accord.engine.once import once

__all__ = ["available", "once", "prepare", "spread", "uncollected"]
