"""The pages: what people look at in a browser, made on the server, without a script."""
