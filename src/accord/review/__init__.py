"""People say which possible matches are the same: a queue of pairs from a desk's own records, judged one by one.

    finding (compare the parts of a holding, in the background) → queue (pairs that wait) → judge → judged (for `match`)

Invariants: only the ids of two records are kept, never a field; a judgement is encrypted at rest and stands in the
ledger as a commitment whose key is destroyed with the record; a pair that was judged never comes back by being found
again; a first judgement that a second one was asked for stays hidden until that is given.
"""

from accord.review.finding import Finder, Progress
from accord.review.queue import Judged, Judgement, Queue, Verdict, Waiting, state_of

__all__ = ["Finder", "Judged", "Judgement", "Progress", "Queue", "Verdict", "Waiting", "state_of"]
