"""Options in; text and an exit code out. Heavy imports stay inside command bodies."""
