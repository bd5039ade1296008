"""Waivers: a finding that somebody accepts, for a reason, until a day. One that has ended waives nothing, and is shown.

A waiver holds through the last moment of its day in UTC, everywhere in the world at once; a moment with an offset is that
moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fnmatch import fnmatchcase
from os.path import normpath

from provenance_audit.errors import PolicyError, UsageError
from provenance_audit.findings import Finding, WaiverRecord
from provenance_audit.policy.file import StatedWaiver


def ends(expires: date | datetime) -> datetime:
    """The first moment at which a waiver no longer holds, in UTC."""
    if isinstance(expires, datetime):
        return expires.astimezone(UTC)
    return datetime.combine(expires + timedelta(days=1), time(), UTC)


def days_left(expires: date | datetime, now: datetime) -> int:
    """Days from today to the last day on which it holds, both in UTC; 0 on that day, negative once it has ended."""
    last = ends(expires) - timedelta(microseconds=1)
    return (last.date() - now.astimezone(UTC).date()).days


def parse_now(text: str) -> datetime:
    """`2027-02-01` (its first moment in UTC) or `2027-02-01T18:00:00+02:00`. Raises UsageError."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--now {text} is no date", remedy="--now 2027-02-01") from error
    if moment.tzinfo is None and len(text) > len("2027-02-01"):
        raise UsageError(f"--now {text} has no offset", remedy=f"--now {text}Z, or the date alone")
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Waiver:
    """A waiver, with the check that it is of, by id (None: any; its fingerprint says which)."""

    stated: StatedWaiver
    rule: str | None

    def fits(self, finding: Finding, dataset: Sequence[str]) -> bool:
        """Whether it is of this finding, whatever the day. dataset: the names by which the command calls the data."""
        return self.is_of(dataset) and self.names(finding)

    def names(self, finding: Finding) -> bool:
        """Whether it is of such a finding, whatever the data and the day."""
        entry = self.stated.entry
        if entry.fingerprint is not None and entry.fingerprint != finding.fingerprint:
            return False
        if self.rule is not None and self.rule != finding.id:
            return False
        return all(_says(finding.subject, key, pattern) for key, pattern in entry.subject.items())

    def is_of(self, dataset: Sequence[str]) -> bool:
        """Whether it is of this data: every name by which the command calls it fits, or it names none.

        Several names, joined as a report joins them, are one name too.
        """
        wanted = self.stated.entry.dataset
        if wanted is None or wanted == ", ".join(dataset):
            return True
        plain = _plain(wanted)
        return bool(dataset) and all(
            _plain(name) == plain or fnmatchcase(_plain(name), plain) for name in dataset
        )

    def holds(self, now: datetime) -> bool:
        """Whether it has not ended."""
        return now < ends(self.stated.entry.expires)

    @property
    def record(self) -> WaiverRecord:
        """What the report shows of it."""
        entry = self.stated.entry
        return WaiverRecord(
            entry.category.value, entry.reason, entry.owner, until(entry.expires), entry.ticket
        )

    @property
    def target(self) -> str:
        """What it waives, in words."""
        entry = self.stated.entry
        named = [entry.fingerprint] if entry.fingerprint else []
        subject = [f"{key} {value}" for key, value in entry.subject.items()]
        data = [f"in {entry.dataset}"] if entry.dataset else []
        return " ".join([*([self.rule] if self.rule else []), *named, *subject, *data])


def until(expires: date | datetime) -> str:
    """The day, or the moment, in ISO form."""
    return expires.isoformat().replace("+00:00", "Z")


def check_length(waivers: Sequence[StatedWaiver], now: datetime, max_days: int) -> None:
    """Refuse a waiver that ends further ahead than the policy allows: it would be for ever. Raises PolicyError."""
    for one in waivers:
        ahead = days_left(one.entry.expires, now)
        if ahead > max_days:
            raise PolicyError(
                f"{one.place} ends in {ahead:,} days, and may end in {max_days} at the most",
                remedy=f"expires = {(now.astimezone(UTC).date() + timedelta(days=max_days)).isoformat()}, "
                "or another waivers.max-days",
            )


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of the waivers of a run. by: fingerprint of a finding -> the waiver that holds for it.

    elsewhere: waivers that name a finding of this run, and other data.
    """

    by: Mapping[str, Waiver]
    expired: tuple[tuple[Waiver, tuple[Finding, ...]], ...]
    unused: tuple[Waiver, ...]
    soon: tuple[tuple[Waiver, int], ...]
    elsewhere: tuple[Waiver, ...] = ()


def apply(
    waivers: Sequence[Waiver],
    findings: Sequence[Finding],
    dataset: Sequence[str],
    now: datetime,
    soon_days: int,
    looked: frozenset[str],
) -> Applied:
    """Which findings are waived, which waivers have ended (with what they would waive), which are of nothing, which end soon.

    looked: ids of the checks that could look. A waiver of one that could not, or of other data, is not called unused.
    """
    by: dict[str, Waiver] = {}
    expired, unused, soon, elsewhere = [], [], [], []
    for waiver in waivers:
        fitting = tuple(finding for finding in findings if waiver.fits(finding, dataset))
        if not waiver.holds(now):
            expired.append((waiver, fitting))
            continue
        if not waiver.is_of(dataset):
            if any(waiver.names(finding) for finding in findings):
                elsewhere.append(waiver)
            continue
        if not fitting:
            if waiver.rule is None or waiver.rule in looked:
                unused.append(waiver)
            continue
        for finding in fitting:
            by.setdefault(finding.fingerprint, waiver)
        left = days_left(waiver.stated.entry.expires, now)
        if left <= soon_days:
            soon.append((waiver, left))
    return Applied(by, tuple(expired), tuple(unused), tuple(soon), tuple(elsewhere))


def _plain(name: str) -> str:
    """A path without detours: `./data/../rows.jsonl` lies in no `data/`."""
    return name if "://" in name else normpath(name)


def _says(subject: Mapping[str, str], key: str, pattern: str) -> bool:
    return key in subject and fnmatchcase(subject[key], pattern)
