"""The tables, as Django's migrations make and change them; numbered as those of Alembic are."""
