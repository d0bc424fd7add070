"""The addresses of the pages, one file a subject."""
