"""What a docket does, one file each, on rows and values: writing a record, reading linked cases, verifying."""
