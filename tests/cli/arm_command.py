"""`reidlib train arm` on tiny people, in this process or in one that can be killed."""

from __future__ import annotations

import sys
from functools import partial

import trained_command as command

sys.path.append(str(command.ROOT / "tests" / "arm"))

typed = partial(command.typed, "arm")
killed = partial(command.killed, "arm")
outcome = command.weights_and_result
