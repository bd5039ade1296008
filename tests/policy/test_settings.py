"""Which statement of an option counts: a law over every option, and over every pair of places that can state one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance_audit.checks import CHECKS
from provenance_audit.errors import UsageError
from provenance_audit.policy.document import PolicyFile
from provenance_audit.policy.file import Source
from provenance_audit.policy.precedence import settle
from provenance_audit.policy.settings import BY_NAME, PROFILES, SETTINGS, Setting

STATED = [setting for setting in SETTINGS if setting.table is not None and setting.kind != "table"]
PLACES = ("flag", "environment", "paudit.toml", "org.toml", "default")


def values(setting: Setting) -> tuple[Any, Any, Any, Any]:
    """Four values that differ, and are none of them the default where that can be."""
    if setting.choices:
        choices = [one for one in setting.choices if one != setting.default] * 4
        return choices[0], choices[1], choices[2], choices[3]
    if setting.kind == "switch":
        return True, False, True, False
    if setting.kind in ("number", "real"):
        return 11, 12, 13, 14
    if setting.kind in ("list", "paths"):
        return ("a1",), ("b2", "b3"), ("c4",), ("d5",)
    return "a1", "b2", "c3", "d4"


def source(name: str, **stated: Any) -> Source:
    content: dict[str, Any] = {"version": 1}
    for key, value in stated.items():
        setting = BY_NAME[key.replace("_", "-")]
        plain = list(value) if isinstance(value, tuple) else value
        if setting.table:
            content.setdefault(setting.table, {})[setting.name] = plain
        else:
            content[setting.name] = plain
    return Source(Path(name), PolicyFile.model_validate(content))


def as_text(value: Any) -> str:
    return (
        ",".join(value)
        if isinstance(value, tuple)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )


@given(setting=st.sampled_from(STATED), stating=st.sets(st.sampled_from(PLACES[:4])))
def test_the_nearest_statement_counts(setting: Setting, stating: set[str]) -> None:
    flag, variable, own, extended = values(setting)
    settled = settle(
        {setting.name: flag} if "flag" in stating else {},
        {setting.variable: as_text(variable)} if "environment" in stating else {},
        [
            source("paudit.toml", **({setting.name: own} if "paudit.toml" in stating else {})),
            source("org.toml", **({setting.name: extended} if "org.toml" in stating else {})),
        ],
    )
    by_place = {
        "flag": flag,
        "environment": variable,
        "paudit.toml": own,
        "org.toml": extended,
        "default": setting.default,
    }
    nearest = next(place for place in PLACES if place in stating or place == "default")
    assert settled[setting.name] == by_place[nearest]
    assert settled.origin(setting.name) == nearest


@pytest.mark.parametrize(
    ("flags", "variables", "own", "expected"),
    [
        ({}, {}, {}, "high"),
        ({}, {}, {"profile": "strict"}, "medium"),
        ({}, {}, {"profile": "strict", "fail_on": "critical"}, "critical"),
        ({"profile": "audit"}, {}, {"fail_on": "high"}, "none"),
        ({"profile": "audit", "fail-on": "low"}, {}, {"fail_on": "high"}, "low"),
        ({"profile": "audit"}, {"PAUDIT_FAIL_ON": "low"}, {}, "none"),
        ({}, {"PAUDIT_PROFILE": "strict"}, {"fail_on": "critical"}, "medium"),
        ({"profile": "default"}, {}, {"profile": "strict"}, "medium"),
    ],
)
def test_a_profile_stands_where_it_is_named(
    flags: dict[str, Any], variables: dict[str, str], own: dict[str, Any], expected: str
) -> None:
    assert settle(flags, variables, [source("paudit.toml", **own)])["fail-on"] == expected


def test_severities_and_parameters_add_up_and_the_nearest_counts_for_each() -> None:
    org = PolicyFile.model_validate(
        {
            "version": 1,
            "severity": {"PA103": "high", "PA104": "high"},
            "checks": {"PA301": {"alpha": 0.01, "replicates": 999}},
        }
    )
    own = PolicyFile.model_validate(
        {"version": 1, "severity": {"PA104": "low"}, "checks": {"PA301": {"alpha": 0.02}}}
    )
    settled = settle(
        {"severity": ["PA103=info"]}, {}, [Source(Path("paudit.toml"), own), Source(Path("org.toml"), org)]
    )
    assert {id: (one.value, one.origin) for id, one in settled.severity.items()} == {
        "PA103": ("info", "flag"),
        "PA104": ("low", "paudit.toml"),
    }
    assert {name: (one.value, one.origin) for name, one in settled.parameters["PA301"].items()} == {
        "alpha": (0.02, "paudit.toml"),
        "replicates": (999, "org.toml"),
    }


def test_paths_of_a_policy_count_from_its_directory() -> None:
    settled = settle({}, {}, [source("team/paudit.toml", config=("train.yaml",), db="audit.duckdb")])
    assert settled["config"] == ("team/train.yaml",)
    assert settled["db"] == "team/audit.duckdb"


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PAUDIT_FAIL_ON", "hihg", "did you mean high?"),
        ("PAUDIT_SEED", "-1", "no whole number"),
        ("PAUDIT_ONLINE", "maybe", "neither yes nor no"),
        ("PAUDIT_SEVERITY", "PA103", "no ID=LEVEL"),
        ("PAUDIT_SEVERITY", "PA103=none", "no ID=LEVEL"),
        ("PAUDIT_FAILON", "high", "did you mean PAUDIT_FAIL_ON?"),
        ("PAUDIT_MIN_CONFIDANCE", "low", "did you mean PAUDIT_MIN_CONFIDENCE?"),
    ],
)
def test_a_wrong_variable_is_named(variable: str, value: str, says: str) -> None:
    with pytest.raises(UsageError) as raised:
        settle({}, {variable: value}, [])
    assert variable in raised.value.message
    assert says in raised.value.message + raised.value.remedy


def test_an_empty_variable_states_nothing_and_a_foreign_one_is_none_of_ours() -> None:
    settled = settle({}, {"PAUDIT_FAIL_ON": "", "PAUDIT_ACTION_PATH": "x", "PAUDIT_DEBUG": "1"}, [])
    assert settled["fail-on"] == "high"


def test_profiles_state_only_options_and_checks_that_there_are() -> None:
    for profile in PROFILES.values():
        assert set(profile) <= set(BY_NAME)
        assert set(profile.get("severity", {})) <= {check.id for check in CHECKS}
