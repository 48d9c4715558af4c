"""``python manage.py sweep_cases``: for a timer, every few minutes."""

from typing import Any

from django.core.management.base import BaseCommand

from office.cases import docket


class Command(BaseCommand):
    """Records warnings and missed deadlines of all cases."""

    help = "Record warnings and missed deadlines."

    def handle(self, **_: Any) -> None:  # noqa: ANN401 - Django's options
        """Run the clock over what is due."""
        self.stdout.write(f"{docket().sweep()} records written")
