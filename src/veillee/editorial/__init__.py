"""MODEL -> MODEL, pure. Community and history -> candidates -> proposal -> draft; edition -> composed edition."""
