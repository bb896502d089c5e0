"""What is wrong with an edition before it goes out: variants and their settings -> findings, each with what to do."""
