"""OUTSIDE -> MODEL. Files of posts, members, digests, editions, subscribers -> values with lines -> checked; or faults."""
