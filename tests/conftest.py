"""What all tests share: Hypothesis without a deadline, as how long an example takes is up to the machine."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("corridor", deadline=None)
settings.load_profile("corridor")
