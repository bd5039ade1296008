"""What is counted by bytes is what plain Python, and the engine's own functions of strings, find in the same texts."""

from __future__ import annotations

import math
import re
from collections import Counter

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance_audit.database import Error, OutOfMemory, open_engine, stream
from provenance_audit.dataset import tally as tallying
from provenance_audit.dataset.features import PROSE, texts
from provenance_audit.dataset.features.code.identifiers import names
from provenance_audit.dataset.features.codes import half_octaves
from provenance_audit.dataset.features.prose.lines import LINE_START, lines
from provenance_audit.dataset.features.prose.marks import marks
from provenance_audit.dataset.features.prose.sentences import sentences
from provenance_audit.dataset.features.prose.spacing import SPACING, spacing
from provenance_audit.dataset.features.prose.words import CHARACTERS, FUNCTION_WORD, WORD_PAIR, words
from provenance_audit.dataset.features.reasoning import steps
from provenance_audit.dataset.features.sql import log_bins
from provenance_audit.dataset.features.texts import chunks, lay_out
from provenance_audit.dataset.tally import tally

ODD = "ab Zq. ,;:!?\n\n  é9-_$x'€\t\r#*>|`)•1👍"
ANY = st.characters(codec="utf-8", exclude_characters="\0")
TEXTS = st.lists(st.one_of(st.text(st.sampled_from(ODD), max_size=40), st.text(ANY, max_size=20)), max_size=8)


def words_of(text: str) -> list[str]:
    """As the manual says it: between spaces and line ends, without one mark at the end."""
    found = re.split("[ \n]", text)
    return [word for word in (re.sub("[,.?!:;]$", "", one) for one in found) if word]


ENGINE = duckdb.connect()


def in_engine(sql: str, of: list[str]) -> list[list[object]]:
    """What an expression of the engine, of `t`, is for each text."""
    return [ENGINE.execute(f"SELECT {sql} FROM (SELECT ? AS t)", [one]).fetchall()[0][0] for one in of]


def by_row(per_row: np.ndarray, values: np.ndarray) -> list[list[object]]:
    ends = np.cumsum(per_row)
    return [values[end - n : end].tolist() for n, end in zip(per_row, ends, strict=True)]


@given(TEXTS)
def test_words_are_what_stands_between_spaces(rows: list[str]) -> None:
    found = words(lay_out(rows))
    expected = [words_of(row) for row in rows]
    assert found.per_row.tolist() == [len(row) for row in expected]
    named = dict(zip((word for row in expected for word in row), found.hash.tolist(), strict=True))
    assert len(set(named.values())) == len(named)  # 2^32 hashes: two of so few words are hardly ever alike
    assert [named[word] for row in expected for word in row] == found.hash.tolist()


def test_zero_bytes_are_part_of_words() -> None:
    found = words(lay_out(["a\0 b\0c", "\0"]))
    assert found.per_row.tolist() == [2, 1]
    assert len(set(found.hash.tolist())) == 3


@given(TEXTS)
def test_what_words_are_made_of(rows: list[str]) -> None:
    def kind(word: str) -> int:
        first, *rest = word.encode()
        if first < 65 or first > 122:
            case = 1 if first < 65 else 2
        elif first > 96:
            case = 3
        else:
            case = 4 if rest and rest[0] > 96 else 5
        return case + 8 * (len(word.encode()) < 5)

    found = words(lay_out(rows))
    expected = [kind(word) for row in rows for word in words_of(row)]
    assert CHARACTERS.code(found).tolist() == expected
    short = FUNCTION_WORD.code(found)
    assert (short >= 0).tolist() == [one == 11 for one in expected]
    assert (short[short >= 0] < 128).all()


@given(TEXTS)
def test_pairs_never_reach_from_one_text_into_the_next(rows: list[str]) -> None:
    found = words(lay_out(rows))
    codes = by_row(found.per_row, WORD_PAIR.code(found))
    for row, of_row in zip(rows, codes, strict=True):
        alone = words(lay_out([row]))
        assert of_row == WORD_PAIR.code(alone).tolist()
        assert of_row[-1:] in ([], [-1])
        assert all(0 <= code < 1024 for code in of_row[:-1])


@given(TEXTS)
def test_marks_are_the_punctuation_of_the_engine(rows: list[str]) -> None:
    found = marks(lay_out(rows))
    expected = in_engine("regexp_extract_all(t, '[[:punct:]]')", rows)
    assert [[chr(one) for one in row] for row in by_row(found.per_row, found.mark)] == expected


@given(TEXTS)
def test_names_are_those_of_the_engine(rows: list[str]) -> None:
    found = names(lay_out(rows))
    expected = in_engine("regexp_extract_all(t, '[A-Za-z_$][A-Za-z0-9_$]*')", rows)
    assert found.per_row.tolist() == [len(row) for row in expected]
    named = dict(zip((name for row in expected for name in row), found.hash.tolist(), strict=True))
    assert [named[name] for row in expected for name in row] == found.hash.tolist()


@given(TEXTS)
def test_lines_and_their_lengths_are_those_of_the_engine(rows: list[str]) -> None:
    found = lines(lay_out(rows))
    expected = in_engine("list_transform(string_split(t, chr(10)), lambda l: length(l))", rows)
    assert by_row(found.per_row, found.length) == expected


@given(TEXTS)
def test_sentences_and_their_lengths_are_those_of_the_engine(rows: list[str]) -> None:
    found = sentences(lay_out(rows))
    stopped = "replace(replace(replace(t, '! ', '. '), '? ', '. '), chr(10), '. ')"
    split = (
        f"list_filter(list_transform(string_split({stopped}, '. '), lambda s: length(s)), lambda n: n > 0)"
    )
    lengths = [[length for length in row if length] for row in by_row(found.per_row, found.length)]
    assert lengths == in_engine(split, rows)
    # Steps of reasoning are the same sentences, cut in the engine.
    pieces = steps.cut("(SELECT 0 AS base, t AS text)")
    assert lengths == in_engine(
        f"(SELECT coalesce(list(length(s)) FILTER (length(s) > 0), []) FROM ({pieces}))", rows
    )


@given(TEXTS)
def test_spacing_is_what_the_engine_finds(rows: list[str]) -> None:
    found = spacing(lay_out(rows))
    sql = "CAST(contains(t, '  ') AS INTEGER) + 2 * CAST(contains(t, ' ' || chr(10)) AS INTEGER)"
    assert by_row(found.per_row, SPACING.code(found)) == [[code] for code in in_engine(sql, rows)]


STARTS = {
    "a blank line": r"^\s*$",
    "a fenced block": r"^\s*```",
    "a heading": r"^\s*#{1,6} ",
    "a dash item": r"^\s*[-+] ",
    "a star item": r"^\s*[*] ",
    "a bullet item": r"^\s*[•◦▪]",
    "a numbered item": r"^\s*[0-9]{1,6}[.)] ",
    "a quotation": r"^\s*>",
    "a table row": r"^\s*\|",
    "bold text": r"^\s*\*\*",
    "an indented line": r"^(    |\t)",
    "a capital": r"^\s*[A-Z]",
    "a small letter": r"^\s*[a-z]",
    "a digit": r"^\s*[0-9]",
}
MARKED = "#~######~#######~# ~-~- ~+ ~* ~**~•~◦ ~1. ~12) ~123456. ~1234567. ~1.~>~|~`~```~A~z~_~é~9~[~{~@"
PREFIX = st.sampled_from([*MARKED.split("~"), *["", " ", "   ", "    ", "\t", "\r", " \t "]])


@given(st.lists(st.tuples(PREFIX, PREFIX, st.sampled_from(["", "x", " y", "Z"])), max_size=12))
def test_lines_begin_with_the_first_pattern_that_matches(parts: list[tuple[str, str, str]]) -> None:
    rows = ["".join(part) for part in parts]
    codes = LINE_START.code(lines(lay_out(rows))).tolist()
    for row, code in zip(rows, codes, strict=True):
        matching = (name for name, pattern in STARTS.items() if re.search(pattern, row, re.ASCII))
        assert LINE_START.label(code) == next(matching, "a line that begins otherwise"), row


def test_a_line_of_many_spaces_is_indented() -> None:
    assert LINE_START.label(LINE_START.code(lines(lay_out([" " * 64 + "# x"])))[0]) == "a heading"
    assert LINE_START.label(LINE_START.code(lines(lay_out([" " * 65 + "# x"])))[0]) == "an indented line"


@given(st.integers(0, 10**7), st.integers(4, 60))
def test_half_octaves_are_those_of_the_engine(length: int, bins: int) -> None:
    assert half_octaves(np.array([length]), bins)[0] == in_engine(log_bins(str(length), bins), [""])[0]
    assert half_octaves(np.array([length]), bins)[0] == min(math.floor(2 * math.log2(length + 1)), bins - 1)


def slow_hash(word: str) -> int:
    """The hash, with the whole numbers of Python."""
    data, modulus = word.encode(), 2**64
    value = int.from_bytes(data[:8], "little") * 0x9E3779B97F4A7C15 % modulus
    if len(data) > 8:
        value ^= (int.from_bytes(data[-8:], "little") + len(data)) * 0xBF58476D1CE4E5B9 % modulus
    return (value ^ value >> 32) * 0xBF58476D1CE4E5B9 % modulus >> 32


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters=" \n"), min_size=1, max_size=30), max_size=6
    )
)
def test_hashes_are_the_same_for_ever(rows: list[str]) -> None:
    laid = lay_out(rows)
    hashes = laid.hashes(laid.starts[:-1], laid.starts[1:] - 1)
    assert hashes.tolist() == [slow_hash(row) for row in rows]


def test_hashes_spread_words_over_buckets() -> None:
    """Chi-square of 40,000 words of the most regular kind over 1,024 buckets, and of their pairs."""
    made = [
        f"{stem}{number}" for stem in ("a", "word", "Number-", "of-the-longest-") for number in range(10_000)
    ]
    found = words(lay_out([" ".join(made)]))
    for codes in (found.hash % np.uint64(1024), WORD_PAIR.code(found)[:-1]):
        observed = np.bincount(codes.astype(np.int64), minlength=1024)
        expected = observed.sum() / 1024
        assert ((observed - expected) ** 2 / expected).sum() == pytest.approx(
            1023, abs=6 * math.sqrt(2 * 1023)
        )


@given(st.lists(st.text(st.sampled_from("ab. \n"), max_size=60), max_size=12), st.integers(8, 64))
def test_a_text_counts_alike_wherever_it_stands(rows: list[str], size: int) -> None:
    """Of chunks of any size, a text that fits is whole; a longer one is cut by its own bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "CHUNK", size)

        def found(of: list[str]) -> list[tuple[int, Counter[int]]]:
            laid = lay_out(of)
            counted: dict[int, Counter[int]] = {row: Counter() for row in range(len(of))}
            for part, some in chunks(laid.data[:-1], laid.starts):
                base = np.arange(part.start, part.stop) * PROSE.width
                for keys in tallying.keys_of(
                    some, base, PROSE, [cut for cut in PROSE.cuts if not cut.every_row]
                ):
                    for row, key in zip(*np.divmod(keys, PROSE.width), strict=True):
                        counted[int(row)][int(key)] += 1
            return [counted[row] for row in range(len(of))]

        together = found(rows)
        assert together == [found([row])[0] for row in rows]
        for row, counted in zip(rows, together, strict=True):
            if len(row) < size:
                dots = counted[PROSE.offsets["punctuation"] + ord(".")]
                assert dots == row.count(".")


def test_every_batch_of_every_thread_is_counted() -> None:
    """More rows than a batch, in as many threads as there are, are what one thread counts."""
    sql = "SELECT (i % 7)::INTEGER AS cell, 'The owl, no. ' || i || '; it is ' || (i * i) || '\nwise' AS text FROM range(20000) t(i)"
    tables = []
    for threads in (1, 4):
        with open_engine([], threads=threads) as connection:
            counts = np.zeros((7, PROSE.width))
            tally(connection, sql, PROSE, PROSE.cuts, counts, longest=100)
            tables.append(PROSE.tables(counts))
    for name, table in tables[0].items():
        assert np.array_equal(table, tables[1][name])
    assert tables[0]["word"].sum() == 20000 * 8
    assert tables[0]["word-pair"].sum() == 20000 * 7
    assert tables[0]["line-length"].sum() == 40000


def test_an_error_of_the_engine_in_the_middle_of_a_stream_is_its_own() -> None:
    bad = (
        "SELECT 0 AS cell, CASE WHEN i = 9000 THEN error('boom') ELSE 'x' END AS text FROM range(20000) t(i)"
    )
    with open_engine([], threads=2) as connection, pytest.raises(Error, match="boom"):
        tally(connection, bad, PROSE, PROSE.cuts[1:], np.zeros((1, PROSE.width)), longest=1)
    with open_engine([], threads=2) as connection, pytest.raises(Error, match="'x'"):
        for _ in stream(
            connection, "SELECT CAST(if(i = 9000, 'x', '1') AS BIGINT), 'y' FROM range(20000) t(i)", 10**6, 64
        ):
            pass


def test_what_arrow_says_of_memory_is_what_the_engine_says() -> None:
    class Reader:
        def to_arrow_reader(self, rows: int) -> Reader:
            raise OSError(f"Out of Memory Error: failed to allocate {rows}")

    class Connection:
        def sql(self, sql: str) -> Reader:
            return Reader()

    with pytest.raises(OutOfMemory, match="64"):
        next(stream(Connection(), "SELECT 1", 10**6, 64))  # type: ignore[arg-type]


def test_a_stream_gives_every_row_once_in_batches_of_a_size() -> None:
    sql = "SELECT i, repeat('é', (i % 90)::INTEGER) || i FROM range(5000) t(i)"
    for size in (1, 20_000, 10**9):
        with open_engine([], threads=2) as connection:
            found: dict[int, str] = {}
            sizes = []
            for numbers, data, starts in stream(connection, sql, size, 64):
                assert (starts[0], starts[-1]) == (0, len(data))
                sizes.append(len(data))
                for number, first, last in zip(numbers.tolist(), starts[:-1], starts[1:], strict=True):
                    assert number not in found
                    found[number] = data[first:last].tobytes().decode()
        assert found == {i: "é" * (i % 90) + str(i) for i in range(5000)}
        assert all(one >= size for one in sizes[:-1])
        assert max(sizes) <= size + 64 * 190


def test_long_texts_are_streamed_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its length, no batch of the engine holds more than 16 MB of texts, or one text."""
    seen = []
    monkeypatch.setattr(tallying, "stream", lambda connection, sql, size, rows: iter(seen.append(rows) or ()))
    with open_engine([], threads=1) as connection:
        for longest in (0, 600, 400_000, 10**9):
            tally(connection, "unread", PROSE, PROSE.cuts[1:], np.zeros((1, PROSE.width)), longest=longest)
    assert seen == [2048, 2048, 41, 1]


def test_nothing_is_counted_of_nothing() -> None:
    with open_engine([], threads=2) as connection:
        counts = np.zeros((1, PROSE.width))
        tally(connection, "SELECT 0 AS cell, '' AS text WHERE false", PROSE, PROSE.cuts, counts, longest=100)
        assert counts.sum() == 0
        tally(connection, "SELECT 0 AS cell, '' AS text", PROSE, PROSE.cuts, counts, longest=100)
        assert {name for name, table in PROSE.tables(counts).items() if table.sum()} == {
            "length",
            "whitespace",
            "markdown",
            "line-start",
            "line-length",
            "spacing",
        }
