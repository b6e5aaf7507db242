// Owner fills this in.
