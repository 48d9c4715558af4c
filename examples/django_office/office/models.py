"""What the office keeps itself."""

from django.db import models


class Letter(models.Model):
    """A letter that came in."""

    number = models.CharField(max_length=40, unique=True)
    subject = models.CharField(max_length=200)
    case = models.CharField(max_length=36)

    def __str__(self) -> str:
        return str(self.number)
