"""Two sections of the EU template for the public summary of training content (AI Act, Article 53(1)(d)), as Markdown to copy.

1.2 Model dependencies and 2.5 Synthetic data. It states what the report holds; what only the provider knows stands in brackets.
Source: Communication C(2025) 8311 of 5 December 2025.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance_audit.findings import Report
from provenance_audit.formats.escape import for_code, for_markdown
from provenance_audit.formats.look import Look
from provenance_audit.formats.models import Model, models_of

MODALITIES = {"numbers": "text (numbers)", "prose": "text", "code": "text (source code)"}


def render(report: Report, look: Look) -> str:
    """Both sections."""
    return "".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    models = models_of(report)
    student, makers = models.student, models.makers
    yield "<!-- A draft by paudit from one dataset: check it, and complete what stands in brackets. -->\n\n"
    yield "## 1.2 Model dependencies\n\n"
    if student is None:
        yield "The model that training starts from is not named. [Name it.]\n"
    else:
        yield f"Training starts from {_model(student)}.\n"
        for child, relation, parent in models.ancestors(student.name):
            yield f"- {for_code(child)} came from {for_code(parent)} ({for_markdown(relation)}).\n"
        yield "\n[Link to the public summaries of these models, where there are any.]\n"
    yield "\n## 2.5 Synthetic data\n\n"
    yield "Synthetic data created by the provider or on its behalf: [yes or no: who ran the models]\n\n"
    facts = report.dataset
    modality = MODALITIES.get(facts.modality, facts.modality)
    yield f"Modality: {for_markdown(modality)}. {facts.trained_rows:,} rows in {for_code(facts.name)}.\n\n"
    yield "Models used to create it:\n\n"
    for model in makers:
        rows = f", {model.rows:,} rows" if model.rows is not None else ""
        bases = [parent for _, _, parent in models.ancestors(model.name)]
        from_ = f"; from {', '.join(for_code(base) for base in dict.fromkeys(bases))}" if bases else ""
        market = "[general-purpose model on the market, or another model of the provider?]"
        yield f"- {_model(model)}: {for_markdown(', '.join(model.roles))}{rows}{from_}. {market}\n"
    if not makers:
        yield "- No source names the models that made these rows. [Name them.]\n"
    if report.funnel:
        yield "\nProcessing:\n\n"
        for step in report.funnel:
            yield f"- {for_markdown(step.name)}: {step.rows:,} rows\n"
    yield f"\nComments: audited by paudit {for_markdown(report.version)}; verdict {report.verdict}.\n"


def _model(model: Model) -> str:
    return for_code(f"{model.name}@{model.revision}" if model.revision else model.name)
