"""The benchmark of extraction: this project beside six other extractors, in one run, on the same pages."""
