"""Pictures: files of the content -> what is known of them -> sizes and forms for pages, made once and kept."""
