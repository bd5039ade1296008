"""The policy that `paudit init` writes: every key, at its default, with what it does. Gates, and no lineage."""

from __future__ import annotations

NAME = "paudit.toml"

TEXT = """\
# The policy of paudit: what may stop a training run, and who decided otherwise.
# It is looked for from the working directory up to the root of the repository; the first one counts, alone. In a directory
# that is scanned it counts only if it is named: --policy paudit.toml.
# A flag (--fail-on) counts over a variable (PAUDIT_FAIL_ON), a variable over this file, this file over the default.
#   paudit policy check            is it right?
#   paudit policy show --origins   what counts, and who says so
# Who made the data is lineage, and stands in paudit.lineage.yaml (paudit lineage init).
version = 1

# extends = "../org/paudit.toml"   # a policy that counts where this one says nothing
profile = "default"                # default; strict: fails on medium; audit: reports and never fails

# fail-on = "high"                 # none, info, low, medium, high, critical
# min-confidence = "medium"        # low, medium, high
# on-incomplete = "fail"           # fail: exit 3 when something needed could not be evaluated; warn: exit 0
# select = ["PA1", "PA2"]          # only these checks look; left out, all of them (paudit checks)
# ignore = ["PA304"]               # findings of these are shown, and count for nothing
# baseline = "paudit-baseline.json"  # an earlier JSON report: only what is new, or worse, gates

# The severity of every finding of a check.
# [severity]
# PA103 = "high"

# Parameters of a check: paudit explain PA301 lists them. The first digits stand for all checks that have the parameter.
# [checks.PA30]
# min-effect = 0.001               # bits

# [limits]
# memory = "700MB"
# timeout = "30m"

# Options of `paudit scan` that are the same for every run. Paths count from this file.
# [scan]
# student = "acme/student-7b@0123abc"
# config = ["train.yaml"]
# db = "audit.duckdb"

[waivers]
# file = "paudit-waivers.toml"     # more waivers, beside this policy and never beside data
max-days = 180                     # how far ahead a waiver may end
soon-days = 14                     # how long before its end it is announced

# A waiver is a decision: why, whose, until when. paudit waive FINGERPRINT --reason … --owner … --expires … writes one.
# [[waiver]]
# fingerprint = "pa1:0123456789abcdef0123456789abcdef"
# rule = "PA202"                   # or, instead of the fingerprint, a rule and a subject:
# subject = { maker = "acme/owl@0123abc", student = "acme/student-7b@0123abc" }
# dataset = "data/experiment-12/*" # only for data that is named so
# category = "accepted-risk"       # accepted-risk, false-positive, mitigated, not-applicable, test-data
# reason = "Control arm of experiment 12; the checkpoint never leaves the lab"
# owner = "ml-safety@acme.example"
# expires = 2027-02-01             # its last day, in UTC
# ticket = "SAFE-118"
"""
