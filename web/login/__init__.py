"""Who looks at the pages: passwords, sessions, trusted proxies, and the tokens that forms carry."""
