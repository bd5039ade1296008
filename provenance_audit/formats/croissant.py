"""Croissant 1.1 with PROV: who made the rows, as metadata that travels with the dataset.

A document to merge into the dataset's own: files with digests, the activities that made the rows, and the column that names
the maker of each. License and citation are the publisher's to state; where Croissant wants them, it says that nobody did.
"""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from provenance_audit.findings import InputRecord, Report
from provenance_audit.formats import words
from provenance_audit.formats.document import dumped
from provenance_audit.formats.look import Look
from provenance_audit.formats.models import Model, maker_column, models_of

ENCODINGS = {
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.file",
    "jsonl": "application/jsonlines",
    "json": "application/json",
    "json by column": "application/json",
    "csv": "text/csv",
    "webdataset": "application/x-tar",
}
COLUMNAR = ("parquet", "csv", "arrow")
# The context of Croissant 1.1, and prov.
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "sc": "https://schema.org/",
    "prov": "http://www.w3.org/ns/prov#",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "name": {"@container": "@language"},
    "description": {"@container": "@language"},
    **{
        term: f"cr:{term}"
        for term in (
            "annotation", "arrayShape", "citeAs", "column", "containedIn", "equivalentProperty", "extract", "field", "fileObject",
            "fileProperty", "fileSet", "format", "includes", "isArray", "isLiveDataset", "jsonPath", "key", "md5",
            "parentField", "path", "recordSet", "references", "regex", "repeated", "replace", "samplingRate",
            "separator", "source", "subField", "transform",
        )
    },
}  # fmt: skip


def render(report: Report, look: Look) -> str:
    """The document."""
    data = [one for one in report.inputs if one.role == "data"]
    records = _records(report, data)
    content: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": PurePosixPath(report.dataset.name).stem or "dataset",
        "description": f"{words.facts(report.dataset)}. Audited by paudit {report.version}: {report.verdict}.",
        "version": f"0.0.0+{_version(data)}",
        "license": "NOASSERTION",
        "citeAs": "The publisher has not said how to cite this dataset.",
        **({"datePublished": report.run.started[:10]} if report.run.started else {}),
        "prov:wasGeneratedBy": [_activity(model) for model in models_of(report).makers],
        **({"prov:wasDerivedFrom": derived} if (derived := _derived(report)) else {}),
        **({"rai:dataManipulationProtocol": steps} if (steps := _steps(report)) else {}),
        "distribution": [_file(one, number) for number, one in enumerate(data)],
        **({"recordSet": records} if records else {}),
    }
    return dumped(content)


def _version(data: list[InputRecord]) -> str:
    """The bytes are the version."""
    pins = "\n".join(sorted(one.sha256 or one.etag or one.path for one in data))
    return f"sha256.{hashlib.sha256(pins.encode(errors='surrogatepass')).hexdigest()[:12]}"


def _activity(model: Model) -> dict[str, Any]:
    """What a model did to the rows."""
    return {
        "@type": "prov:Activity",
        "prov:label": ", ".join(model.roles),
        "prov:wasAssociatedWith": {
            "@type": "prov:SoftwareAgent",
            "@id": model.purl or f"urn:paudit:model:{quote(model.name, safe='', errors='surrogatepass')}",
            "prov:label": f"{model.name}@{model.revision}" if model.revision else model.name,
        },
    }


def _derived(report: Report) -> list[dict[str, str]]:
    return [{"@id": f"urn:sha256:{one.sha256}"} for one in report.inputs if one.role == "raw" and one.sha256]


def _steps(report: Report) -> str:
    return "; ".join(f"{step.name}: {step.rows:,} rows" for step in report.funnel)


def _file(one: InputRecord, number: int) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": f"file-{number}",
        "name": PurePosixPath(one.path).name,
        "contentUrl": quote(one.path, safe="/:", errors="surrogatepass"),
        "contentSize": f"{one.bytes} B",
        "encodingFormat": ENCODINGS.get(one.container, "application/octet-stream"),
        **({"sha256": one.sha256} if one.sha256 else {"description": "pinned by an ETag"}),
    }


def _records(report: Report, data: list[InputRecord]) -> list[dict[str, Any]]:
    """The column that names the maker, row by row: only where a column does, and a file has columns."""
    column = maker_column(report)
    if column is None:
        return []
    return [
        {
            "@type": "cr:RecordSet",
            "@id": f"rows-{number}",
            "name": f"rows-{number}",
            "field": [
                {
                    "@type": "cr:Field",
                    "@id": f"rows-{number}/maker",
                    "name": f"rows-{number}/maker",
                    "description": "The model that made the row.",
                    "dataType": "sc:Text",
                    "equivalentProperty": "prov:wasAttributedTo",
                    "source": {
                        "fileObject": {"@id": f"file-{number}"},
                        "extract": {"column": column}
                        if one.container in COLUMNAR
                        else {"jsonPath": f"$.{column}"},
                    },
                }
            ],
        }
        for number, one in enumerate(data)
    ]
