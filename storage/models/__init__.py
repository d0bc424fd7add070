"""The tables. Importing this package registers all of them on `Base.metadata`."""
