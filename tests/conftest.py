"""What every test stands on: no variable of the user's shell decides, and no answer of an earlier run is taken."""

from __future__ import annotations

import os

for name in [name for name in os.environ if name.startswith("PAUDIT_")]:
    del os.environ[name]
os.environ["PAUDIT_NO_CACHE"] = "1"
