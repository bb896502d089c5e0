"""Who gets digests. A list's rows -> checked -> subscribers in the database; tokens by which they leave."""
