"""A callback for the Hugging Face Trainer and TRL that refuses to start on data that did not pass."""

from __future__ import annotations

from typing import Any

from transformers import TrainerCallback

from provenance_audit import guard


class Guard(TrainerCallback):  # type: ignore[misc]
    """Refuses to train on data that did not pass for the model that training starts from.

    data: the files that were loaded. attestation: what `paudit scan -o intoto=FILE` wrote; without it the data are scanned.
    """

    def __init__(self, data: str | list[str], attestation: str | None = None) -> None:
        self.data, self.attestation = data, attestation

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **kwargs: Any) -> None:
        """Raises `provenance_audit.errors.RefusedError`, before the first step."""
        guard(self.data, student=model.config._name_or_path, attestation=self.attestation)
