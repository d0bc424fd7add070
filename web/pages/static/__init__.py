"""The style sheet and the icon of the pages."""
