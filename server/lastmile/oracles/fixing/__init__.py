"""Judges that a fix of one finding leaves the rest of the code as it was: it mends, and takes nothing out.

That the finding is gone is for lint to see, which is as content where the code went with it. So what stands
outside of the finding's reach has to be there still, in its place and with nothing put between: the parameters of
functions, the statements, what is called. The reach is what the finding and its tool's own fix touch; a rule about
names reaches no further, others may take in the statements beside. Names may change where one gave way to another.
Whether what came in the place of the finding is right is for tests to say.
"""

from __future__ import annotations

from lastmile.oracles.fixing.judging import judge
from lastmile.oracles.fixing.values import CHECK, Place

__all__ = ["CHECK", "Place", "judge"]
