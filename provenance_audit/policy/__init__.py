"""From outcomes to decisions: which findings gate, and what the verdict is."""
