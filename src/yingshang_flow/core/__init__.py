"""Procedure: definitions, decisions and what follows from them; values in, values out."""
