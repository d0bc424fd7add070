"""The frames of the pages, for Jinja."""
