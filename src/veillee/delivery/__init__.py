"""TEXT -> WORLD. Variants and subscribers -> plan -> ledger -> messages -> transport -> ledger."""
