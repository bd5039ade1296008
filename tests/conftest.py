"""What every test stands on: no variable of the user's shell decides, no answer of an earlier run is taken, and no clock fails
a test: how long an example takes is the machine's affair.
"""

from __future__ import annotations

import os

from hypothesis import settings

for name in [name for name in os.environ if name.startswith("PAUDIT_")]:
    del os.environ[name]
os.environ["PAUDIT_NO_CACHE"] = "1"

settings.register_profile("paudit", deadline=None)
settings.load_profile("paudit")
