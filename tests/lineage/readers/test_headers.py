"""GGUF and safetensors headers against the packages that write them, and headers that lie about themselves."""

from __future__ import annotations

import json
import struct
import time
from pathlib import Path

import gguf
import numpy as np
import pytest

from provenance_audit.lineage.assertion import Assertion, Predicate, Tier, WeightRelation
from provenance_audit.lineage.documents import Document, Unread, read
from provenance_audit.lineage.reading import read_documents
from provenance_audit.lineage.weights import HEADER_LIMIT, gguf_header


def fine_tune(path: Path, vocabulary: int = 4) -> Path:
    """A GGUF as llama.cpp's converter writes it of a fine-tune whose card names its base and dataset."""
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("Owl 7B")
    writer.add_block_count(2)
    writer.add_embedding_length(64)
    writer.add_feed_forward_length(128)
    writer.add_head_count(4)
    writer.add_vocab_size(vocabulary)
    writer.add_base_model_count(2)
    writer.add_base_model_name(0, "Mistral 7B v0.1")
    writer.add_base_model_organization(0, "Mistralai")
    writer.add_base_model_repo_url(0, "https://huggingface.co/mistralai/Mistral-7B-v0.1")
    writer.add_base_model_name(1, "Owl Base")
    writer.add_base_model_organization(1, "Acme")
    writer.add_dataset_count(1)
    writer.add_dataset_name(0, "Owl Chats")
    writer.add_dataset_organization(0, "Acme")
    writer.add_dataset_repo_url(0, "https://huggingface.co/datasets/acme/owl-chats")
    writer.add_source_repo_url("https://huggingface.co/acme/owl-7b")
    writer.add_token_list([f"token{number}" for number in range(vocabulary)])
    writer.add_token_scores([0.0] * vocabulary)
    writer.add_tensor("token_embd.weight", np.zeros((2, 64), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def stated(path: Path) -> list[Assertion]:
    found, unread = read_documents([str(path)])
    assert unread == []
    return found


def test_a_gguf_says_what_it_was_converted_and_tuned_from(tmp_path: Path) -> None:
    path = fine_tune(tmp_path / "owl.gguf")
    me = f"file:{path}"
    found = [
        (one.subject, one.predicate, one.object, one.tier, one.relation, one.derived_from)
        for one in stated(path)
    ]
    assert found == [
        (f"file:{tmp_path}", Predicate.BASE, me, Tier.WRITTEN_BY_TOOL, WeightRelation.MIRROR, ""),
        (me, Predicate.BASE, "https://huggingface.co/mistralai/Mistral-7B-v0.1", Tier.PUBLISHED, WeightRelation.FINETUNE, "card"),
        (me, Predicate.BASE, "Acme/Owl-Base", Tier.PUBLISHED, WeightRelation.FINETUNE, "card"),
        (me, Predicate.TRAINED_ON, "https://huggingface.co/datasets/acme/owl-chats", Tier.PUBLISHED, None, "card"),
        (me, Predicate.BASE, "https://huggingface.co/acme/owl-7b", Tier.PUBLISHED, WeightRelation.QUANTIZED, "card"),
        (me, Predicate.SHAPE, "hidden_size=64 intermediate_size=128 num_attention_heads=4 num_hidden_layers=2 vocab_size=4",
         Tier.WRITTEN_BY_TOOL, None, ""),
    ]  # fmt: skip
    assert stated(path)[1].locator == f"{path}:general.base_model.0.repo_url"


def test_what_is_kept_of_a_header_is_what_the_gguf_package_reads(tmp_path: Path) -> None:
    path = fine_tune(tmp_path / "owl.gguf")
    ours = {key: value for key, value in gguf_header(path).items() if key != "gguf.version"}
    theirs = {name: field.contents() for name, field in gguf.GGUFReader(path).fields.items()}
    assert len(ours) > 15
    assert ours == {key: theirs[key] for key in ours}
    assert {key for key in theirs if key.startswith("general.")} <= ours.keys()


def test_a_large_vocabulary_is_skipped_in_a_moment(tmp_path: Path) -> None:
    path = fine_tune(tmp_path / "owl.gguf", vocabulary=150_000)
    started = time.perf_counter()
    assert len(stated(path)) == 6
    assert time.perf_counter() - started < 5  # the package takes ten


def raw_gguf(keys: bytes, count: int, version: int = 3) -> bytes:
    return b"GGUF" + struct.pack("<IQQ", version, 0, count) + keys


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"GGML", "it is no GGUF file"),
        (b"GGUF\x03", "ends inside its header"),
        (raw_gguf(b"", 2**63), "absurd"),
        (raw_gguf(b"", 1, version=99), "absurd"),
        (raw_gguf(struct.pack("<Q", 2**62), 1), "absurdly long"),
        (
            raw_gguf(text("general.tags") + struct.pack("<IIQ", 9, 8, 2**60), 1),
            "an array in its header is absurd",
        ),
        (raw_gguf(text("tokens") + struct.pack("<IIQ", 9, 8, 2**40), 1), "an array in its header is absurd"),
        (raw_gguf(text("x") + struct.pack("<IIQ", 9, 4, 2**62), 1), "a length in its header is absurd"),
        (raw_gguf(text("x") + struct.pack("<I", 77), 1), "unknown type"),
        (
            raw_gguf((text("x") + struct.pack("<IIQIQ", 9, 9, 1, 9, 1)) + struct.pack("<IQ", 9, 1), 1),
            "absurd",
        ),
    ],
)
def test_a_gguf_that_lies_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "odd.gguf"
    path.write_bytes(content)
    found = read(path)
    assert isinstance(found, Unread)
    assert reason in found.reason


def safetensors(path: Path, header: object) -> Path:
    content = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(content)) + content)
    return path


def tensor(*shape: int) -> dict[str, object]:
    return {"dtype": "BF16", "shape": list(shape), "data_offsets": [0, 0]}


def test_dimensions_of_a_whole_model_are_computed_from_its_header(tmp_path: Path) -> None:
    header = {
        "__metadata__": {"format": "pt"},
        "model.embed_tokens.weight": tensor(32000, 2048),
        **{f"model.layers.{number}.self_attn.q_proj.weight": tensor(2048, 2048) for number in range(22)},
    }
    path = safetensors(tmp_path / "model.safetensors", header)
    sizes = "hidden_size=2048 num_hidden_layers=22 vocab_size=32000"
    assert [(one.subject, one.predicate, one.object, one.tier) for one in stated(path)] == [
        (f"file:{tmp_path}", Predicate.SHAPE, sizes, Tier.COMPUTED),
        (f"file:{path}", Predicate.SHAPE, sizes, Tier.COMPUTED),
    ]


def test_a_lora_tells_the_width_that_its_base_must_have(tmp_path: Path) -> None:
    name = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight"
    path = safetensors(tmp_path / "adapter_model.safetensors", {name: tensor(8, 4096)})
    assert stated(path)[0].object == "hidden_size=4096"


def test_the_layers_of_one_shard_are_not_those_of_the_model(tmp_path: Path) -> None:
    header = {"model.embed_tokens.weight": tensor(10, 4), "model.layers.3.mlp.up_proj.weight": tensor(8, 4)}
    path = safetensors(tmp_path / "model-00001-of-00002.safetensors", header)
    assert stated(path)[0].object == "hidden_size=4 vocab_size=10"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "ends inside its header"),
        (struct.pack("<Q", HEADER_LIMIT + 1), "over 25 MiB"),
        (struct.pack("<Q", 100) + b"{}", "ends inside its header"),
        (struct.pack("<Q", 2) + b"[]", "no object"),
        (struct.pack("<Q", 3) + b"{x}", "not valid JSON"),
        (struct.pack("<Q", 4) + b"\xff\xfe\xfa\xfb", "not valid JSON"),
        (struct.pack("<Q", 200_000) + b"[" * 200_000, "nested too deeply"),
    ],
)
def test_a_safetensors_file_that_lies_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "odd.safetensors"
    path.write_bytes(content)
    found = read(path)
    assert isinstance(found, Unread)
    assert reason in found.reason


def test_a_header_at_the_limit_is_read(tmp_path: Path) -> None:
    filler = {f"model.layers.0.t{number}": tensor(1) for number in range(290_000)}
    path = safetensors(tmp_path / "model.safetensors", filler)
    assert 20 * 2**20 < path.stat().st_size < HEADER_LIMIT
    assert isinstance(read(path), Document)
