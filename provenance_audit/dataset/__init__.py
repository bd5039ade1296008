"""Wing one: rows. From paths to a `Dataset`, which answers named, bounded questions and hands out small tables."""
