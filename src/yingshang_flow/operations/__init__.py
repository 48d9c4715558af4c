"""What a docket does with the cases of a store, one file each."""
