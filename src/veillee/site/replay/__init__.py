"""Replay: where only the texts of posts have changed, the last build is done over for what shows them."""
