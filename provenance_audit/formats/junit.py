"""JUnit XML, for the tab of test results: one case for each finding, and for each check that found nothing or could not look.

A finding fails its case exactly when it fails the gate. What is waived, ignored or in the baseline is skipped, with the
reason; a check that could not look is skipped, or an error where the verdict needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from provenance_audit.findings import Report, Ruling, State
from provenance_audit.formats import words
from provenance_audit.formats.escape import for_terminal
from provenance_audit.formats.look import Look


def render(report: Report, look: Look) -> str:
    """One suite."""
    cases = list(_cases(report))
    counts = {
        "tests": len(cases),
        "failures": sum(case.find("failure") is not None for case in cases),
        "errors": sum(case.find("error") is not None for case in cases),
        "skipped": sum(case.find("skipped") is not None for case in cases),
    }
    attributes = {key: str(count) for key, count in counts.items()} | {"time": f"{report.run.seconds:.3f}"}
    root = ElementTree.Element("testsuites", {"name": "paudit", **attributes})
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        {
            "name": for_terminal(f"paudit {report.dataset.name}"),
            **attributes,
            "timestamp": for_terminal(report.run.started[:19]),
        },
    )
    properties = ElementTree.SubElement(suite, "properties")
    for name, value in (
        ("verdict", report.verdict.value),
        ("exit_code", str(report.exit_code)),
        ("gate", words.gate(report)),
        ("student", report.lineage.student or "not named"),
        ("version", report.version),
    ):
        ElementTree.SubElement(properties, "property", {"name": name, "value": for_terminal(value)})
    suite.extend(cases)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(root, encoding="unicode")}\n'


def _cases(report: Report) -> Iterator[ElementTree.Element]:
    for ruling in report.rulings:
        yield _found(ruling)
    for item in report.not_evaluated:
        case = _case(item.id, item.name)
        kind = "error" if item.needed else "skipped"
        ElementTree.SubElement(case, kind, {"message": for_terminal(f"not evaluated: {item.reason}")})
        yield case
    known = words.check_names(report)
    for id in words.quiet(report):
        yield _case(id, known[id].name if id in known else id)


def _found(ruling: Ruling) -> ElementTree.Element:
    finding = ruling.finding
    case = _case(finding.id, f"{finding.name}: {words.subject(finding)}")
    body = "\n".join(
        for_terminal(line)
        for line in (
            finding.message,
            f"why: {finding.why}",
            f"fix: {finding.fix}",
            f"confidence: {finding.confidence}",
            f"fingerprint: {finding.fingerprint}",
        )
    )
    message = for_terminal(f"{finding.severity}: {finding.message}")
    if ruling.state is not State.ACTIVE:
        because = for_terminal(f"{ruling.state}: {words.waived_because(ruling)}")
        ElementTree.SubElement(case, "skipped", {"message": because})
    elif ruling.gating:
        failure = ElementTree.SubElement(
            case, "failure", {"message": message, "type": for_terminal(f"{finding.id} {finding.name}")}
        )
        failure.text = body
    ElementTree.SubElement(case, "system-out").text = f"{message}\n{body}"
    return case


def _case(id: str, name: str) -> ElementTree.Element:
    return ElementTree.Element(
        "testcase", {"classname": for_terminal(f"paudit.{id}"), "name": for_terminal(name), "time": "0"}
    )
