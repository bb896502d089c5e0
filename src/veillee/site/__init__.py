"""Everything that touches Pelican. Settings -> a run -> content -> Community -> pages and feeds; digests beside it."""
