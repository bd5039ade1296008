"""The checks, one file and one id each, in one explicit list. Import order and decorators register nothing."""

from __future__ import annotations

from provenance_audit.checks import (
    pa001_unreadable_input,
    pa002_schema_mismatch,
    pa020_waiver_expired,
    pa021_waiver_unused,
    pa101_teacher_missing,
    pa102_teacher_unidentified,
    pa103_base_unknown,
    pa104_revision_unpinned,
    pa105_lineage_contradiction,
    pa106_undeclared_maker,
    pa107_declared_maker_absent,
    pa108_judge_as_teacher,
    pa109_hidden_prompt,
    pa110_stale_manifest,
    pa111_impossible_lineage,
    pa112_lineage_cycle,
    pa201_same_checkpoint,
    pa202_shared_base,
    pa203_shared_ancestor,
    pa204_equivalent_family,
    pa205_relation_undetermined,
    pa206_selector_related,
    pa301_differs_from_control,
    pa302_groups_heterogeneous,
    pa303_control_mismatched,
    pa304_duplicate_concentration,
    pa305_underpowered,
    pa401_filter_undeclared,
    pa402_filter_violated,
    pa403_retention_anomaly,
    pa404_trait_reference,
    pa405_filter_shift,
    pa406_format_freedom,
)
from provenance_audit.checks.base import Case, Check

CHECKS: tuple[Check, ...] = (
    pa001_unreadable_input.CHECK,
    pa002_schema_mismatch.CHECK,
    pa020_waiver_expired.CHECK,
    pa021_waiver_unused.CHECK,
    pa101_teacher_missing.CHECK,
    pa102_teacher_unidentified.CHECK,
    pa103_base_unknown.CHECK,
    pa104_revision_unpinned.CHECK,
    pa105_lineage_contradiction.CHECK,
    pa106_undeclared_maker.CHECK,
    pa107_declared_maker_absent.CHECK,
    pa108_judge_as_teacher.CHECK,
    pa109_hidden_prompt.CHECK,
    pa110_stale_manifest.CHECK,
    pa111_impossible_lineage.CHECK,
    pa112_lineage_cycle.CHECK,
    pa201_same_checkpoint.CHECK,
    pa202_shared_base.CHECK,
    pa203_shared_ancestor.CHECK,
    pa204_equivalent_family.CHECK,
    pa205_relation_undetermined.CHECK,
    pa206_selector_related.CHECK,
    pa301_differs_from_control.CHECK,
    pa302_groups_heterogeneous.CHECK,
    pa303_control_mismatched.CHECK,
    pa304_duplicate_concentration.CHECK,
    pa305_underpowered.CHECK,
    pa401_filter_undeclared.CHECK,
    pa402_filter_violated.CHECK,
    pa403_retention_anomaly.CHECK,
    pa404_trait_reference.CHECK,
    pa405_filter_shift.CHECK,
    pa406_format_freedom.CHECK,
)

# These look at what policy made of the findings of the others, and not at a case.
ON_POLICY = (pa020_waiver_expired.CHECK, pa021_waiver_unused.CHECK)
ON_CASES = tuple(check for check in CHECKS if check not in ON_POLICY)

__all__ = ["CHECKS", "ON_CASES", "ON_POLICY", "Case", "Check"]
