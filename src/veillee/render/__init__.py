"""MODEL -> TEXT, pure. Markdown, newsletters, feeds."""
