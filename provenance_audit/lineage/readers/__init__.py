"""Where lineage is read from: a module a source. Those of documents are listed in `lineage/reading.py`."""
