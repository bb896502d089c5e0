"""OUTSIDE -> MODEL. Front matter, YAML records, dates, digest definitions and editions, with file and line."""
