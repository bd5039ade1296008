"""Policy files: where they are looked for, what extends what, and how a wrong one is said to be wrong."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from provenance_audit.errors import PolicyError
from provenance_audit.policy.document import PolicyFile
from provenance_audit.policy.file import discover, read_chain, read_policy, waivers_of
from provenance_audit.policy.precedence import settle
from provenance_audit.policy.settings import SETTINGS
from provenance_audit.policy.template import TEXT

WAIVER = """
[[waiver]]
fingerprint = "pa1:0123456789abcdef0123456789abcdef"
category = "accepted-risk"
reason = "control arm"
owner = "safety@acme.example"
expires = 2027-02-01
"""


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_it_is_looked_for_from_here_up_to_the_root_of_the_repository(tmp_path: Path) -> None:
    repository, deep = tmp_path / "repo", tmp_path / "repo" / "a" / "b"
    deep.mkdir(parents=True)
    written(tmp_path / "paudit.toml", "version = 1")
    assert discover(deep) is None  # no repository: a parent is somebody else's
    (repository / ".git").mkdir()
    assert discover(deep) is None  # above the root
    top = written(repository / "paudit.toml", "version = 1")
    assert discover(deep) == top
    project = written(repository / "a" / "pyproject.toml", "[tool.paudit]\nversion = 1")
    assert discover(deep) == project
    hidden = written(deep / ".paudit.toml", "version = 1")
    assert discover(deep) == hidden
    named = written(deep / "paudit.toml", "version = 1")
    assert discover(deep) == named


def test_a_project_without_the_table_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    top = written(tmp_path / "paudit.toml", "version = 1")
    written(tmp_path / "a" / "pyproject.toml", "[tool.ruff]\nline-length = 100")
    assert discover(tmp_path / "a") == top


def test_extends_is_followed_and_a_circle_is_refused(tmp_path: Path) -> None:
    own = written(tmp_path / "a" / "paudit.toml", 'version = 1\nextends = "../org.toml"')
    written(tmp_path / "org.toml", 'version = 1\nfail-on = "critical"' + WAIVER)
    chain = read_chain(own)
    assert [one.path.name for one in chain] == ["paudit.toml", "org.toml"]
    assert settle({}, {}, chain)["fail-on"] == "critical"
    assert [one.number for one in waivers_of(chain)] == [1]
    written(tmp_path / "org.toml", 'version = 1\nextends = "a/paudit.toml"')
    with pytest.raises(PolicyError, match="round in a circle"):
        read_chain(own)
    written(tmp_path / "org.toml", "version = 1")
    with pytest.raises(PolicyError, match="is no file"):
        read_chain(written(own, 'version = 1\nextends = "absent.toml"'))


@pytest.mark.parametrize(
    ("text", "says", "remedy"),
    [
        ("", "version is missing", "version = 1"),
        ("version = 2", "version = 2 is none of the choices", "1"),
        ("version = 1\nfail_on = 'high'", "'fail_on' is no key here", "did you mean 'fail-on'?"),
        ("version = 1\nfail-on = 'hihg'", "fail-on = 'hihg' is none of the choices", "did you mean 'high'?"),
        ("version = 1\nprofile = 'strickt'", "profile = 'strickt'", "did you mean 'strict'?"),
        ("version = 1\n[severity]\nPA103 = 'none'", "severity: PA103 = 'none'", "'info'"),
        (
            "version = 1\n[limits]\nmemroy = '1GB'",
            "limits: 'memroy' is no key here",
            "did you mean 'memory'?",
        ),
        ("version = 1\n[waivers]\nmax-days = 0", "waivers.max-days", ""),
        ("version = 1\n[scan]\nseed = -1", "scan.seed", ""),
        ("version = 1" + WAIVER.replace('reason = "control arm"', ""), "waiver 1: reason is missing", "why"),
        ("version = 1" + WAIVER.replace("control arm", " "), "waiver 1.reason: is empty", ""),
        (
            "version = 1" + WAIVER.replace('owner = "safety@acme.example"', ""),
            "waiver 1: owner is missing",
            "owner",
        ),
        (
            "version = 1" + WAIVER.replace("expires = 2027-02-01", ""),
            "waiver 1: expires is missing",
            "2027-02-01",
        ),
        ("version = 1" + WAIVER.replace("2027-02-01", '"2027-02-01"'), "waiver 1.expires: is no date", ""),
        ("version = 1" + WAIVER.replace("2027-02-01", "2027-02-01T10:00:00"), "a time needs its offset", ""),
        (
            "version = 1" + WAIVER.replace("accepted-risk", "accepted"),
            "category = 'accepted'",
            "'accepted-risk'",
        ),
        ("version = 1" + WAIVER.replace("reason", "raeson"), "reason is missing", ""),
        ("version = 1" + WAIVER.replace("pa1:0123", "pa1:zzzz"), "is no fingerprint", ""),
        (
            "version = 1" + WAIVER.replace("fingerprint", "rule"),
            "needs a fingerprint, or a rule and a subject",
            "",
        ),
        (
            "version = 1" + WAIVER + "ticet = 'A'",
            "waiver 1: 'ticet' is no key here",
            "did you mean 'ticket'?",
        ),
        ("version = 1\nversion = 1", "is no TOML", ""),
        ("version = ", "is no TOML", ""),
    ],
)
def test_a_wrong_policy_is_said_to_be_wrong_in_a_line(
    tmp_path: Path, text: str, says: str, remedy: str
) -> None:
    path = written(tmp_path / "paudit.toml", text)
    with pytest.raises(PolicyError) as raised:
        read_policy(path)
    assert says in raised.value.message
    assert "paudit.toml" in raised.value.message
    assert "\n" not in raised.value.message
    assert remedy in raised.value.remedy


def test_bytes_that_are_no_text_a_directory_and_an_endless_nest_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "paudit.toml"
    path.write_bytes(b"version = 1 # \xff")
    with pytest.raises(PolicyError, match="not UTF-8"):
        read_policy(path)
    path.write_text("a = " + "[" * 100_000)
    with pytest.raises(PolicyError):
        read_policy(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(PolicyError, match="is no file"):
        read_policy(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_policy_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "paudit.toml", "version = 1")
    path.chmod(0)
    with pytest.raises(PolicyError, match="cannot be read"):
        read_policy(path)


def test_a_file_of_waivers_is_read_and_must_be_there(tmp_path: Path) -> None:
    path = written(tmp_path / "paudit.toml", 'version = 1\n[waivers]\nfile = "waivers.toml"')
    with pytest.raises(PolicyError, match="is no file"):
        waivers_of(read_chain(path))
    written(tmp_path / "waivers.toml", "version = 1" + WAIVER + WAIVER)
    stated = waivers_of(read_chain(path))
    assert [one.place.endswith(f"waivers.toml: waiver {n}") for n, one in enumerate(stated, 1)] == [
        True,
        True,
    ]
    written(tmp_path / "waivers.toml", "version = 1\nfail-on = 'none'" + WAIVER)
    with pytest.raises(PolicyError, match="'fail-on' is no key here"):
        waivers_of(read_chain(path))


def test_what_init_writes_is_the_defaults(tmp_path: Path) -> None:
    chain = read_chain(written(tmp_path / "paudit.toml", TEXT))
    settled, plain = settle({}, {}, chain), settle({}, {}, [])
    assert all(settled[setting.name] == plain[setting.name] for setting in SETTINGS)


def test_what_init_shows_in_comments_is_valid_too(tmp_path: Path) -> None:
    """Every key that the template shows, uncommented, is a key."""
    lines = []
    for line in TEXT.splitlines():
        bare = line.removeprefix("# ")
        shown = bare.startswith("[") or " = " in bare.split("#")[0]
        lines.append(bare if shown and not bare.startswith(("A flag", "extends", "file", "config")) else "")
    text = "\n".join(lines)
    assert "[[waiver]]" in text
    policy = read_policy(written(tmp_path / "paudit.toml", text.replace("subject = {", "subject = {")))
    assert policy.waiver[0].subject["maker"] == "acme/owl@0123abc"


def test_every_option_that_a_policy_can_state_has_its_key() -> None:
    for setting in SETTINGS:
        if setting.table is not None:
            model = PolicyFile if not setting.table else PolicyFile.model_fields[setting.table].annotation
            assert setting.name.replace("-", "_") in model.model_fields  # type: ignore[union-attr]
