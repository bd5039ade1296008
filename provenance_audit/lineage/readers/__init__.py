"""Where statements about models come from: one small file a source. A new one: a file here, and a line in `gather`."""
