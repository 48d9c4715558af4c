"""Doors to other systems, one module each; a module needs its own extra and is imported by its own name."""
