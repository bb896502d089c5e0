"""MODEL -> TEXT, pure. Markdown -> clean HTML; composed editions -> mails; Community -> feeds."""
