"""What can go wrong, apart from bugs."""

from __future__ import annotations

from typing import Optional


class ClusterError(Exception):
    """Something that the user can act on, with a hint about the next step."""

    def __init__(self, message: str, hint: Optional[str] = None) -> None:
        super().__init__(message)
        self.hint = hint


class LostProcess(Exception):
    """A process of offload that ended without an answer. Spark tries the task again."""
