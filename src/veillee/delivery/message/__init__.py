"""Variants and recipients -> bytes. Encoded once for a variant, filled and signed for each recipient."""
