"""What an attestation of `-o intoto` says, and whether it lets these bytes be trained on. Reads no data and loads nothing heavy.

It is a statement about bytes, a student and a gate. Who signed it is not checked here: `cosign verify-blob-attestation` and
`gh attestation verify` do that, and their payload is what is read.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provenance_audit.errors import UsageError

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
CONCLUSION = "paudit conclusion"
PAYLOAD = "application/vnd.in-toto+json"

# From the strictest gate to the one that never fails.
FAIL_ON = ("info", "low", "medium", "high", "critical", "none")
MIN_CONFIDENCE = ("low", "medium", "high")
INCOMPLETE = "INCOMPLETE"
PASSES = ("PASSED", "WARNED")


@dataclass(frozen=True, slots=True)
class Attested:
    """What a statement says. subjects: SHA-256 -> the name of the file. waived: fingerprints of findings that did not count."""

    name: str
    subjects: Mapping[str, str]
    result: str
    student: str | None
    verdict: str
    gate: Mapping[str, str]
    waived: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of a statement: for which student, under a gate at least this strict, with waivers or without.

    policy: the digest of what has to have decided, its gate among it; None where any policy may that is strict enough.
    """

    student: str
    fail_on: str = "high"
    min_confidence: str = "medium"
    on_incomplete: str = "fail"
    waivers: bool = True
    policy: str | None = None


def read_attestation(text: str, name: str) -> Attested:
    """A statement, alone or in the envelope (DSSE) or bundle (Sigstore) of whoever signed it.

    name: what the text is called in errors. Raises UsageError for what is no statement of paudit about a test result.
    """

    def refuse(what: str) -> UsageError:
        return UsageError(
            f"{name} is no attestation of paudit: {what}", remedy="make one: paudit scan … -o intoto=FILE"
        )

    try:
        content = _opened(json.loads(text))
        if content.get("_type") != STATEMENT:
            raise refuse(f"its _type is not {STATEMENT}")
        if content.get("predicateType") != PREDICATE:
            raise refuse(f"its predicateType is not {PREDICATE}")
        predicate = content["predicate"]
        conclusions = [one for one in predicate["configuration"] if one.get("name") == CONCLUSION]
        if len(conclusions) != 1:
            raise refuse("it does not say what was concluded")
        concluded = json.loads(base64.b64decode(conclusions[0]["content"], validate=True))
        return Attested(
            name=name,
            subjects={
                one["digest"]["sha256"].lower(): str(one.get("name", "")) for one in content["subject"]
            },
            result=str(predicate["result"]),
            student=concluded["student"],
            verdict=str(concluded["verdict"]),
            gate={str(key): str(value) for key, value in concluded["gate"].items()},
            waived=tuple(map(str, concluded["waived"])),
        )
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise refuse(f"{type(error).__name__}: {error}") from error


def refusals(attested: Attested, files: Mapping[str, str], demand: Demand) -> Iterator[str]:
    """Why these bytes may not be trained on under the statement; nothing, if they may.

    files: path -> SHA-256. All that was attested has to be there, and nothing else: a part was not audited as a whole.
    """
    for path, digest in files.items():
        if digest not in attested.subjects:
            yield f"{path} is not among the files that were attested (sha256 {digest[:12]}…)"
    there = set(files.values())
    for digest, name in attested.subjects.items():
        if digest not in there:
            yield f"{name} was attested and is not among the data (sha256 {digest[:12]}…)"
    if not _same_student(attested.student, demand.student):
        yield f"it is about the student {attested.student or '(none)'}, not {demand.student}"
    if attested.result not in PASSES:
        yield f"the audit ended with {attested.verdict} ({attested.result})"
    elif attested.verdict == INCOMPLETE and demand.on_incomplete == "fail" and demand.policy is None:
        yield "the audit was INCOMPLETE"
    yield from _weaker(attested.gate, demand)
    if attested.waived and not demand.waivers:
        yield f"{not_counted(attested)}, and none may be left out: {', '.join(attested.waived)}"


def not_counted(attested: Attested) -> str:
    """How many findings were waived, ignored or of a baseline, in words."""
    count = len(attested.waived)
    return f"{count} finding{'s' * (count != 1)} did not count"


def _weaker(gate: Mapping[str, str], demand: Demand) -> Iterator[str]:
    """What was decided by less than is asked for: by another policy, or, where none is named, by a weaker gate."""
    if demand.policy is not None:
        if gate.get("digest") != demand.policy:
            yield (
                f"it was audited under another policy ({gate.get('policy') or 'the defaults'}, what it decides: "
                f"{gate.get('digest') or 'unstated'}); {demand.policy} is asked for"
            )
        return
    for key, order, asked in (
        ("fail_on", FAIL_ON, demand.fail_on),
        ("min_confidence", MIN_CONFIDENCE, demand.min_confidence),
    ):
        stated = gate.get(key, "")
        if stated not in order or order.index(stated) > order.index(asked):
            yield f"its gate is weaker: {key.replace('_', '-')} {stated or 'unstated'}, and {asked} is asked for"


def _opened(content: Any) -> dict[str, Any]:
    """The statement inside an envelope, or a bundle around one."""
    if not isinstance(content, dict):
        raise ValueError("it is no JSON object")
    envelope = content.get("dsseEnvelope", content)
    if "payload" not in envelope:
        return content
    if envelope.get("payloadType") != PAYLOAD:
        raise ValueError(f"its payloadType is not {PAYLOAD}")
    opened = json.loads(base64.b64decode(envelope["payload"], validate=True))
    if not isinstance(opened, dict):
        raise ValueError("its payload is no JSON object")
    return opened


def _same_student(attested: str | None, asked: str) -> bool:
    """By name whatever the case, and by revision: what was said of one commit is not said of another, or of a name alone."""
    if attested is None:
        return False
    (name, _, revision), (other, _, wanted) = attested.partition("@"), asked.partition("@")
    return name.casefold() == other.casefold() and revision in ("", wanted)
