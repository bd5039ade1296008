"""Pure statistics: arrays in, frozen results out, seeds explicit. Knows nothing of audits, files or engines."""
