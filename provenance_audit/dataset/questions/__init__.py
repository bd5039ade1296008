"""What may be asked of rows, by what it is about: all row SQL lives here, in named questions that return small tables."""
