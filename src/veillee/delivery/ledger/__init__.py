"""Rows -> what became of each: planned, held, settled; what is known of them, and what is done when somebody died."""
