"""The Hub's cache, laid out by the client's own functions where it has any: names, commits, links into the blobs."""

from __future__ import annotations

from pathlib import Path

import pytest
from huggingface_hub.file_download import repo_folder_name
from huggingface_hub.utils import scan_cache_dir

from provenance_audit.lineage.assertion import Predicate, Tier, WeightRelation
from provenance_audit.lineage.reading import read_documents

COMMIT = "8a1d2f3c4b5e6d7f8091a2b3c4d5e6f708192a3b"
OTHER = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits of acme/owl-7b, the file of which is one blob."""
    root = tmp_path / "hub" / repo_folder_name(repo_id="acme/owl-7b", repo_type="model")
    blob = root / "blobs" / "b1946ac92492d2347c6235b4d2611184"
    blob.parent.mkdir(parents=True)
    blob.write_text('{"base_model_name_or_path": "Qwen/Qwen2.5-7B", "peft_type": "LORA"}')
    for commit in (COMMIT, OTHER):
        folder = root / "snapshots" / commit
        folder.mkdir(parents=True)
        (folder / "adapter_config.json").symlink_to(Path("../../blobs") / blob.name)
    (root / "refs").mkdir()
    (root / "refs" / "main").write_text(COMMIT)
    return root


def test_the_layout_is_what_the_client_takes_for_its_cache(repository: Path) -> None:
    (found,) = scan_cache_dir(repository.parent).repos
    assert found.repo_id == "acme/owl-7b"
    assert {one.commit_hash for one in found.revisions} == {COMMIT, OTHER}


def test_a_cached_repository_is_pinned_by_its_ref(repository: Path) -> None:
    stated, unread = read_documents([str(repository)])
    assert unread == []
    assert [(one.subject, one.predicate, one.object, one.relation, one.tier) for one in stated] == [
        (f"file:{repository}", Predicate.BASE, f"acme/owl-7b@{COMMIT}", WeightRelation.MIRROR, Tier.WRITTEN_BY_TOOL),
        (f"file:{repository}/snapshots/{OTHER}", Predicate.BASE, f"acme/owl-7b@{OTHER}", WeightRelation.MIRROR,
         Tier.WRITTEN_BY_TOOL),
        (f"acme/owl-7b@{OTHER}", Predicate.BASE, "Qwen/Qwen2.5-7B", WeightRelation.ADAPTER, Tier.WRITTEN_BY_TOOL),
        (f"file:{repository}/snapshots/{COMMIT}", Predicate.BASE, f"acme/owl-7b@{COMMIT}", WeightRelation.MIRROR,
         Tier.WRITTEN_BY_TOOL),
        (f"acme/owl-7b@{COMMIT}", Predicate.BASE, "Qwen/Qwen2.5-7B", WeightRelation.ADAPTER, Tier.WRITTEN_BY_TOOL),
    ]  # fmt: skip
    assert stated[0].locator == f"{repository}/refs/main:1"


def test_a_snapshot_that_is_named_alone_may_follow_its_links_into_the_blobs(repository: Path) -> None:
    snapshot = repository / "snapshots" / COMMIT
    stated, unread = read_documents([str(snapshot)])
    assert unread == []
    assert [(one.subject, one.object) for one in stated] == [
        (f"file:{snapshot}", f"acme/owl-7b@{COMMIT}"),
        (f"acme/owl-7b@{COMMIT}", "Qwen/Qwen2.5-7B"),
    ]


def test_a_link_out_of_the_cached_repository_is_refused(repository: Path, tmp_path: Path) -> None:
    outside = tmp_path / "config.json"
    outside.write_text("{}")
    (repository / "snapshots" / COMMIT / "config.json").symlink_to(outside)
    _, unread = read_documents([str(repository)])
    assert [one.reason for one in unread] == ["it is a link out of the directory"]


@pytest.mark.parametrize("content", ["not a commit", "", "x" * 10_000, "../../../etc/passwd"])
def test_a_ref_that_names_no_commit_states_nothing_of_it(repository: Path, content: str) -> None:
    (repository / "refs" / "main").write_text(content)
    stated, _ = read_documents([str(repository)])
    assert not any("refs/main" in one.locator for one in stated)


def test_a_snapshot_of_a_made_up_name_pins_nothing(repository: Path) -> None:
    folder = repository / "snapshots" / "Owl-Base"
    folder.mkdir()
    (folder / "config.json").write_text('{"model_type": "qwen2", "_name_or_path": "acme/other"}')
    stated, _ = read_documents([str(folder)])
    assert [(one.subject, one.object) for one in stated] == [
        (f"file:{folder}", "acme/owl-7b"),
        (f"file:{folder}", "acme/other"),
    ]
