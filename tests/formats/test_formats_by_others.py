"""Each machine format is read by a program or held to a schema that was not written here."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from junitparser import Error, Failure, JUnitXml, Skipped

from provenance_audit.errors import UsageError
from provenance_audit.findings import Report
from provenance_audit.formats import FORMATS, Look
from tests.formats import worlds
from tests.formats.oracles import from_npm
from tests.formats.rich_worlds import hostile, many, rich

REPORTS = {
    "plain": worlds.report(),
    "rich": rich(),
    "hostile": hostile(worlds.HOSTILE),
    "no-student": worlds.report(lineage=worlds.Lineage(None, (), (), ()), rulings=(), tests=()),
}
each_report = pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS.keys())


def made(format: str, report: Report) -> str:
    return FORMATS[format](report, Look())


# SARIF


def sarif(report: Report) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(made("sarif", report))
    return content


@each_report
def test_sarif_is_valid_against_the_schema(report: Report) -> None:
    schema = json.loads(from_npm("@microsoft/sarif-multitool-linux/sarif-2.1.0.json").read_text())
    checker = jsonschema.FormatChecker()
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(sarif(report))


@each_report
def test_sarif_passes_every_rule_of_the_sdk_and_of_code_scanning(report: Report, tmp_path: Path) -> None:
    tool = from_npm("@microsoft/sarif-multitool-linux/Sarif.Multitool")
    tool.chmod(0o755)
    log, judged = tmp_path / "paudit.sarif", tmp_path / "judged.sarif"
    log.write_text(made("sarif", report))
    done = subprocess.run(
        [tool, "validate", log, "--rule-kind", "Sarif;Ghas", "--output", judged, "--log", "ForceOverwrite"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads(judged.read_text(encoding="utf-8-sig"))["runs"][0].get("results", [])
    assert [one["ruleId"] for one in results if one.get("level") != "note"] == []


def test_sarif_anchors_every_result_to_a_file_of_the_repository() -> None:
    for result in sarif(rich())["runs"][0]["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "configs/paudit.lineage.yaml"
        assert place["region"]["startLine"] >= 1


@pytest.mark.parametrize("anchor", ["", "/etc/paudit.toml", "../elsewhere.yaml"])
def test_an_anchor_never_leaves_the_repository(anchor: str) -> None:
    from dataclasses import replace

    report = rich()
    report = replace(report, run=replace(report.run, anchor=anchor))
    place = sarif(report)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "paudit.toml"


def test_sarif_says_what_policy_made_of_each_result() -> None:
    results = sarif(rich())["runs"][0]["results"]
    by_state = {result["properties"]["state"]: result for result in results}
    assert "experiment 12" in by_state["waived"]["suppressions"][0]["justification"]
    assert by_state["baseline"]["baselineState"] == "unchanged"
    assert by_state["active"]["baselineState"] == "new"
    assert "suppressions" not in by_state["active"]
    identities = [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]
    assert len(set(identities)) == len(identities)


def test_sarif_keeps_within_the_limits_of_code_scanning() -> None:
    run = sarif(many(6000))["runs"][0]
    assert len(run["results"]) == 5000
    assert "1,000 more findings" in run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
    assert all(len(rule["properties"]["tags"]) <= 10 for rule in run["tool"]["driver"]["rules"])


# JUnit


@each_report
def test_junit_counts_are_what_a_parser_counts(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(made("junit", report))
    read = JUnitXml.fromfile(str(path))
    stated = (read.tests, read.failures, read.errors, read.skipped)
    read.update_statistics()
    assert stated == (read.tests, read.failures, read.errors, read.skipped)


def test_junit_fails_exactly_what_fails_the_gate(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(made("junit", rich()))
    kinds: dict[type, list[str]] = {Failure: [], Error: [], Skipped: []}
    for suite in JUnitXml.fromfile(str(path)):
        for case in suite:
            for result in case.result:
                kinds[type(result)].append(case.classname)
    assert kinds[Failure] == ["paudit.PA202", "paudit.PA301"]
    assert kinds[Error] == ["paudit.PA205"]
    assert kinds[Skipped] == ["paudit.PA203", "paudit.PA104", "paudit.PA104", "paudit.PA110", "paudit.PA402"]


# CycloneDX


@each_report
@pytest.mark.parametrize(
    ("format", "version"), [("cyclonedx", SchemaVersion.V1_6), ("cyclonedx-1.7", SchemaVersion.V1_7)]
)
def test_cyclonedx_is_strictly_valid(format: str, version: SchemaVersion, report: Report) -> None:
    assert JsonStrictValidator(version).validate_str(made(format, report)) is None


def test_cyclonedx_references_are_unique_and_lead_somewhere() -> None:
    content = json.loads(made("cyclonedx", rich()))
    references: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if "bom-ref" in value:
                references.append(value["bom-ref"])
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)

    walk(content)
    assert len(set(references)) == len(references)
    used = {end for one in content["dependencies"] for end in (one["ref"], *one["dependsOn"])}
    claims = content["declarations"]["claims"]
    used |= {
        ref
        for claim in claims
        for ref in (claim["target"], *claim.get("evidence", []), *claim.get("counterEvidence", []))
    }
    assert used <= set(references)
    contradiction = next(claim for claim in claims if claim["predicate"].startswith("PA105"))
    assert contradiction["evidence"]
    assert contradiction["counterEvidence"]


def test_cyclonedx_shows_the_base_of_teacher_and_student() -> None:
    models = {one["name"]: one for one in json.loads(made("cyclonedx", rich()))["components"]}
    for name in ("acme/qwen2.5-7b-owl", "Qwen/Qwen2.5-7B-Instruct"):
        assert models[name]["pedigree"]["ancestors"][0]["purl"] == "pkg:huggingface/Qwen/Qwen2.5-7B"


# Croissant


# Its own dependencies warn of each other.
croissant = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@croissant
@each_report
def test_croissant_loads_without_issues(report: Report, tmp_path: Path) -> None:
    import mlcroissant

    path = tmp_path / "croissant.json"
    path.write_text(made("croissant", report))
    issues = mlcroissant.Dataset(str(path)).metadata.ctx.issues
    assert not issues.errors
    assert not issues.warnings, issues.report()


@croissant
def test_croissant_attributes_rows_to_the_column_that_names_their_maker(tmp_path: Path) -> None:
    import mlcroissant

    path = tmp_path / "croissant.json"
    path.write_text(made("croissant", rich()))
    field = mlcroissant.Dataset(str(path)).metadata.record_sets[0].fields[0]
    assert field.source.extract.column == "teacher"
    assert "prov" in str(field.equivalentProperty)


# in-toto


@each_report
def test_intoto_is_a_statement_with_a_test_result(report: Report) -> None:
    from google.protobuf import json_format
    from in_toto_attestation.predicates.test_result.v0.test_result_pb2 import TestResult
    from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
    from in_toto_attestation.v1.statement import Statement
    from in_toto_attestation.v1.statement_pb2 import Statement as Message

    text = made("intoto", report)
    message = Message()
    json_format.Parse(text, message)
    Statement.copy_from_pb(message).validate()
    result = TestResult()
    json_format.ParseDict(json.loads(text)["predicate"], result)
    for descriptor in result.configuration:
        ResourceDescriptor.copy_from_pb(descriptor).validate()
    assert result.result in ("PASSED", "WARNED", "FAILED")


@each_report
def test_the_predicate_alone_is_that_of_the_statement(report: Report) -> None:
    statement = json.loads(made("intoto", report))
    assert json.loads(made("intoto-predicate", report)) == statement["predicate"]


def test_bytes_that_were_not_hashed_are_not_attested() -> None:
    from dataclasses import replace

    report = rich()
    first = replace(report.inputs[0], sha256=None, etag="abc")
    with pytest.raises(UsageError, match="pinned only by its ETag"):
        made("intoto", replace(report, inputs=(first, *report.inputs[1:])))


# OpenLineage: the classes of its client are generated from its JSON schema.


@each_report
def test_openlineage_is_what_its_client_would_write(report: Report) -> None:
    from openlineage.client import event_v2
    from openlineage.client.generated import (
        data_quality_assertions_dataset,
        dataset_version_dataset,
        input_statistics_input_dataset,
        test_run,
    )
    from openlineage.client.serde import Serde

    content = json.loads(made("openlineage", report))
    event_v2.set_producer(content["producer"])

    def stated(facet: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in facet.items() if not key.startswith("_")}

    def dataset(one: dict[str, Any]) -> event_v2.InputDataset:
        facets: dict[str, Any] = {
            "inputStatistics": input_statistics_input_dataset.InputStatisticsInputDatasetFacet(
                **stated(one["inputFacets"]["inputStatistics"])
            )
        }
        if "dataQualityAssertions" in one["inputFacets"]:
            facets["dataQualityAssertions"] = (
                data_quality_assertions_dataset.DataQualityAssertionsDatasetFacet(
                    [
                        data_quality_assertions_dataset.Assertion(**{"params": None, **assertion})
                        for assertion in one["inputFacets"]["dataQualityAssertions"]["assertions"]
                    ]
                )
            )
        versions = {
            key: dataset_version_dataset.DatasetVersionDatasetFacet(**stated(facet))
            for key, facet in one["facets"].items()
        }
        return event_v2.InputDataset(one["namespace"], one["name"], facets=versions, inputFacets=facets)

    tests = content["run"]["facets"]["test"]["tests"]
    event = event_v2.RunEvent(
        eventTime=content["eventTime"],
        producer=content["producer"],
        eventType=event_v2.RunState(content["eventType"]),
        run=event_v2.Run(
            content["run"]["runId"],
            facets={
                "test": test_run.TestRunFacet(
                    [test_run.TestExecution(**{"params": None, **one}) for one in tests]
                )
            },
        ),
        job=event_v2.Job(content["job"]["namespace"], content["job"]["name"], facets={}),
        inputs=[dataset(one) for one in content["inputs"]],
        outputs=[],
    )
    assert Serde.to_dict(event) == content


# CSV, GitLab, GitHub


def test_csv_has_a_line_for_each_finding() -> None:
    rows = list(csv.DictReader(io.StringIO(made("csv", rich()))))
    assert [row["id"] for row in rows] == [finding.id for finding in rich().findings]
    assert [row["state"] for row in rows].count("active") == 4


def test_gitlab_has_what_its_parser_requires_and_only_what_counts() -> None:
    issues = json.loads(made("gitlab", rich()))
    assert [issue["check_name"].split()[0] for issue in issues] == ["PA202", "PA301", "PA105", "PA104"]
    for issue in issues:
        assert {"description", "check_name", "fingerprint", "severity", "location"} <= set(issue)
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert not issue["location"]["path"].startswith(("/", "./"))
        assert issue["location"]["lines"]["begin"] >= 1


@pytest.mark.parametrize("findings", [0, 3, 10, 11, 400])
def test_a_step_never_makes_more_annotations_than_github_shows(findings: int) -> None:
    lines = made("github", many(findings)).splitlines()
    assert len(lines) == max(min(findings, 10), 1)
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)
    if findings > 10:
        assert f"{findings - 9:,} more findings" in lines[-1]


# Markdown, Mermaid, EU


@pytest.mark.parametrize("findings", [3, 1000])
def test_markdown_fits_a_comment(findings: int) -> None:
    text = made("markdown", many(findings))
    assert len(text.encode()) < 65_536
    assert text.startswith("<!-- paudit-report -->\n## paudit: FAIL\n")


def test_the_eu_sections_name_the_models_and_leave_open_what_only_the_provider_knows() -> None:
    text = made("eu", rich())
    assert "## 1.2 Model dependencies" in text
    assert "## 2.5 Synthetic data" in text
    assert "`acme/qwen2.5-7b-owl`: generator, 900 rows; from `Qwen/Qwen2.5-7B`" in text
    assert "[yes or no" in text
