"""Replay: where only texts have changed, or a newest post has come, the last build is done over for what shows them."""
