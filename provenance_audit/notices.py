"""What policy has to say of a run that is no finding, one line each."""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit._version import __version__
from provenance_audit.findings import Observed
from provenance_audit.policy.waivers import Applied
from provenance_audit.request import Request


def notices(request: Request, observed: Observed, applied: Applied) -> Iterator[str]:
    """Everything that a reader of the verdict must know of how it was judged."""
    yield from _beside_the_data(request)
    yield from _another_day(request)
    yield from _soon(applied)
    yield from _elsewhere(request, applied)
    yield from _old_baseline(request, observed)


def _beside_the_data(request: Request) -> Iterator[str]:
    """Data must not judge itself."""
    policy = request.policy
    if policy.beside:
        yield f"{policy.source} lies beside {policy.beside}: if it came with the data, use --isolated"


def _another_day(request: Request) -> Iterator[str]:
    """A reader must see that waivers were not judged as of the day of the run."""
    policy = request.policy
    if policy.waivers and policy.now.date().isoformat() != request.started[:10]:
        yield f"waivers are judged as of {policy.now.date().isoformat()} (--now), and not as of the day of this run"


def _soon(applied: Applied) -> Iterator[str]:
    for waiver, days in applied.soon:
        when = "today" if days == 0 else "tomorrow" if days == 1 else f"in {days} days"
        yield f"the waiver of {waiver.target} ends {when}; its owner is {waiver.stated.entry.owner}"


def _elsewhere(request: Request, applied: Applied) -> Iterator[str]:
    """Waivers that would fit, if the data were named as they name it."""
    for waiver in applied.elsewhere:
        named = ", ".join(request.paths)
        yield f"{waiver.stated.place} is only for data that is named {waiver.stated.entry.dataset}, and this is {named}"


def _old_baseline(request: Request, observed: Observed) -> Iterator[str]:
    """Where a baseline was made under other conditions, so that what is new may not be new in the data."""
    baseline = request.policy.baseline
    if baseline is None:
        return
    if baseline.version != __version__:
        yield f"{baseline.source} was made by paudit {baseline.version or '(unknown)'}; this is {__version__}"
    digests = {one.sha256 for one in observed.inputs if one.role == "data"}
    if baseline.dataset != observed.dataset.name and not digests & baseline.digests:
        yield f"{baseline.source} is of other data: {baseline.dataset}"
