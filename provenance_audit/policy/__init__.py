"""From findings to decisions: the policy and its options, waivers, a baseline, and the gate that gives verdict and exit code."""
