"""The numbered migrations of the tables; they are frozen, and import nothing of this library."""
