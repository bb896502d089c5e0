"""MODEL -> MODEL, pure. Selection, composition, balance."""
