"""Report writers: each renders the same data, and says what it leaves out."""
