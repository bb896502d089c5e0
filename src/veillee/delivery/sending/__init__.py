"""Claims -> messages -> connections -> outcomes: one process that sends an edition."""
