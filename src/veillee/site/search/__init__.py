"""Search: pages of a built site -> an index beside them, which readers' browsers look into."""
