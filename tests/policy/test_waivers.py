"""Waivers: to the microsecond when they end, in every time zone; and which finding each is of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance_audit.errors import PolicyError, UsageError
from provenance_audit.findings import Confidence, Finding, Severity
from provenance_audit.policy.document import WaiverEntry
from provenance_audit.policy.file import StatedWaiver
from provenance_audit.policy.waivers import Waiver, apply, check_length, days_left, ends, parse_now

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
TICK = timedelta(microseconds=1)
LOOKED = frozenset({"PA202", "PA301"})


def finding(revision: str = "0123abc", id: str = "PA202", message: str = "m") -> Finding:
    subject = {"maker": f"acme/owl@{revision}", "role": "generator", "student": "acme/s@1"}
    return Finding(id, "shared-base", Severity.CRITICAL, Confidence.HIGH, message, "w", "f", subject)


def waiver(expires: date | datetime = date(2027, 2, 1), **more: object) -> Waiver:
    entry = {"category": "accepted-risk", "reason": "r", "owner": "o", "expires": expires, **more}
    made = WaiverEntry.model_validate(entry)
    return Waiver(StatedWaiver(made, "paudit.toml", 1), made.rule)


@given(day=DAYS, zone=OFFSETS)
def test_a_day_holds_through_its_last_moment_in_utc_wherever_one_is(day: date, zone: timezone) -> None:
    one = waiver(day, fingerprint=finding().fingerprint)
    over = datetime.combine(day, datetime.min.time(), UTC) + timedelta(days=1)
    assert ends(day) == over
    assert one.holds((over - TICK).astimezone(zone))
    assert not one.holds(over.astimezone(zone))
    assert days_left(day, (over - TICK).astimezone(zone)) == 0
    assert days_left(day, over.astimezone(zone)) == -1
    assert days_left(day, over - timedelta(days=1) - TICK) == 1


@given(moment=st.datetimes(timezones=OFFSETS).filter(lambda at: 1 < at.year < 9998), zone=OFFSETS)
def test_a_moment_with_an_offset_is_that_moment(moment: datetime, zone: timezone) -> None:
    one = waiver(moment, fingerprint=finding().fingerprint)
    assert one.holds((moment - TICK).astimezone(zone))
    assert not one.holds(moment.astimezone(zone))


@given(day=DAYS, ahead=st.integers(0, 400), zone=OFFSETS)
def test_the_days_ahead_are_counted_in_utc(day: date, ahead: int, zone: timezone) -> None:
    now = datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC).astimezone(zone)
    stated = waiver(day + timedelta(days=ahead), fingerprint=finding().fingerprint).stated
    if ahead > 180:
        with pytest.raises(PolicyError, match="may end in 180"):
            check_length([stated], now, 180)
    else:
        check_length([stated], now, 180)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-02-01", datetime(2027, 2, 1, tzinfo=UTC)),
        ("2027-02-01T01:30:00+02:00", datetime(2027, 1, 31, 23, 30, tzinfo=UTC)),
        ("2027-02-01T00:00:00Z", datetime(2027, 2, 1, tzinfo=UTC)),
    ],
)
def test_now_is_a_day_or_a_moment(text: str, moment: datetime) -> None:
    assert parse_now(text) == moment


@pytest.mark.parametrize("text", ["tomorrow", "2027-02-30", "2027-02-01T10:00:00", ""])
def test_now_is_nothing_else(text: str) -> None:
    with pytest.raises(UsageError):
        parse_now(text)


@pytest.mark.parametrize(
    ("stated", "fits"),
    [
        ({"fingerprint": finding().fingerprint}, True),
        ({"fingerprint": finding("fedc987").fingerprint}, False),
        ({"fingerprint": finding().fingerprint, "rule": "PA301"}, False),
        ({"rule": "PA202", "subject": {"maker": "acme/owl@0123abc"}}, True),
        ({"rule": "PA202", "subject": {"maker": "acme/owl"}}, False),  # the revision is part of it
        ({"rule": "PA202", "subject": {"maker": "acme/*"}}, True),
        ({"rule": "PA202", "subject": {"maker": "ACME/*"}}, False),
        ({"rule": "PA202", "subject": {"maker": "*", "student": "acme/t*"}}, False),
        ({"rule": "PA202", "subject": {"nothing": "*"}}, False),
        ({"rule": "PA301", "subject": {"maker": "*"}}, False),
        ({"fingerprint": finding().fingerprint, "dataset": "data/*"}, True),
        ({"fingerprint": finding().fingerprint, "dataset": "other/*"}, False),
    ],
)
def test_what_a_waiver_is_of(stated: dict[str, object], fits: bool) -> None:
    assert waiver(**stated).fits(finding(), ("data/a.parquet", "data/b.parquet")) is fits


def test_a_waiver_of_some_data_is_not_of_all_of_it() -> None:
    one = waiver(fingerprint=finding().fingerprint, dataset="data/*")
    assert not one.fits(finding(), ("data/a.parquet", "elsewhere/b.parquet"))


@pytest.mark.parametrize(
    ("names", "written", "fits"),
    [
        (["data/a.jsonl"], "data/a.jsonl", True),
        (["./data/a.jsonl"], "data/a.jsonl", True),
        (["data/a.jsonl"], "./data/*", True),
        (["data/../evil/a.jsonl"], "data/*", False),
        (
            ["a.jsonl", "b.jsonl"],
            "a.jsonl, b.jsonl",
            True,
        ),  # as a report names them, so as `paudit waive` writes it
        (["a.jsonl", "c.jsonl"], "a.jsonl, b.jsonl", False),
        (["data/part-[01].jsonl"], "data/part-[01].jsonl", True),
        (["s3://bucket/a.parquet"], "s3://bucket/*", True),
        ([], "*", False),
    ],
)
def test_the_data_that_a_waiver_is_of(names: list[str], written: str, fits: bool) -> None:
    assert waiver(fingerprint=finding().fingerprint, dataset=written).is_of(names) is fits


def test_each_waiver_holds_is_announced_has_ended_or_is_of_nothing() -> None:
    now = datetime(2027, 1, 20, 12, tzinfo=UTC)
    holds = waiver(date(2027, 6, 1), fingerprint=finding().fingerprint)
    soon = waiver(date(2027, 2, 1), fingerprint=finding("b").fingerprint)
    ended = waiver(date(2027, 1, 19), fingerprint=finding("c").fingerprint)
    unused = waiver(date(2027, 6, 1), fingerprint=finding("d").fingerprint, rule="PA202")
    unlooked = waiver(date(2027, 6, 1), fingerprint=finding("d").fingerprint, rule="PA404")
    elsewhere = waiver(date(2027, 6, 1), rule="PA202", subject={"maker": "x"}, dataset="elsewhere")
    found = [finding(), finding("b"), finding("c")]
    every = [holds, soon, ended, unused, unlooked, elsewhere]
    applied = apply(every, found, ("data",), now, 14, LOOKED)
    assert dict(applied.by) == {found[0].fingerprint: holds, found[1].fingerprint: soon}
    assert applied.expired == ((ended, (found[2],)),)
    assert applied.unused == (unused,)
    assert applied.soon == ((soon, 12),)
    assert applied.elsewhere == ()


def test_a_waiver_that_would_fit_if_the_data_were_named_so_is_pointed_out() -> None:
    now = datetime(2027, 1, 20, 12, tzinfo=UTC)
    other = waiver(date(2027, 6, 1), fingerprint=finding().fingerprint, dataset="data/*")
    stranger = waiver(date(2027, 6, 1), fingerprint=finding("b").fingerprint, dataset="data/*")
    applied = apply([other, stranger], [finding()], ("/abs/data/a.jsonl",), now, 14, LOOKED)
    assert (applied.elsewhere, applied.unused, dict(applied.by)) == ((other,), (), {})


def test_a_new_revision_of_the_teacher_is_not_waived() -> None:
    one = waiver(fingerprint=finding("old").fingerprint, rule="PA202")
    applied = apply([one], [finding("new")], ("data",), datetime(2027, 1, 1, tzinfo=UTC), 14, LOOKED)
    assert applied.by == {}
    assert applied.unused == (one,)


def test_of_two_waivers_of_one_finding_the_one_that_holds_counts() -> None:
    ended, holds = (
        waiver(day, fingerprint=finding().fingerprint) for day in (date(2026, 1, 1), date(2027, 2, 1))
    )
    for order in ([ended, holds], [holds, ended]):
        applied = apply(order, [finding()], (), datetime(2027, 1, 1, tzinfo=UTC), 14, LOOKED)
        assert applied.by[finding().fingerprint] is holds


def test_the_file_is_named_where_a_waiver_is_too_long(tmp_path: Path) -> None:
    stated = StatedWaiver(
        waiver(date(2099, 1, 1), fingerprint=finding().fingerprint).stated.entry, "w.toml", 3
    )
    with pytest.raises(PolicyError, match=r"w\.toml: waiver 3 ends in"):
        check_length([stated], datetime(2027, 1, 1, tzinfo=UTC), 180)
