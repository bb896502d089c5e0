"""OUTSIDE -> MODEL. Files of posts, members, digests, editions, subscribers -> marked values -> checked; or faults."""
