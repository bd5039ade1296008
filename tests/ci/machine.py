"""What a step may know of this machine: how it reaches the package index, and the cache of pip; nothing of who runs the tests."""

from __future__ import annotations

import os

_NAMES = ("HOME", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def machine() -> dict[str, str]:
    """The variables that pip needs here, in an environment that otherwise holds nothing."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in _NAMES or name.startswith("PIP_") or name.lower().endswith("_proxy")
    }
