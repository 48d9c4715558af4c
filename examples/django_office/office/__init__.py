"""An office that takes in letters, and has a complaint in each of them handled as the procedure says."""
