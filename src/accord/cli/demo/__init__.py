"""`accord demo`: two organisations ask, release and recall, on made-up data."""
