"""The tables of a store as Django's models, to be migrated and looked at; only ``DjangoStore`` writes them."""

from typing import Final

from django.db import models
from django.db.models import CompositePrimaryKey, Index, UniqueConstraint

from yingshang_flow.stores.django.fields import NameField
from yingshang_flow.stores.django.labels import said
from yingshang_flow.stores.django.settings import prefix

_PREFIX: Final = prefix()


class Record(models.Model):
    """One record of a history."""

    pk = CompositePrimaryKey("case_id", "revision")
    case_id = NameField()
    revision = models.BigIntegerField()
    kind = NameField()
    record_key = NameField(null=True)
    recorded_at = models.BigIntegerField()
    hash = NameField()
    text = models.TextField()

    class Meta:
        """Its table."""

        db_table = f"{_PREFIX}records"
        default_permissions = ("view",)
        constraints = (UniqueConstraint(fields=["record_key"], name=f"{_PREFIX}records_key"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.revision}"


class Case(models.Model):
    """Where a case stands."""

    case_id = NameField(primary_key=True)
    revision = models.BigIntegerField()
    lifecycle = NameField()
    fingerprint = NameField()
    state = NameField()
    final = models.SmallIntegerField()
    reference = NameField(null=True)
    parent = NameField(null=True)
    origin = NameField(null=True)
    units = models.TextField()
    head = NameField()
    token = models.BigIntegerField()
    leased_until = models.BigIntegerField()
    text = models.TextField()

    class Meta:
        """Its table."""

        db_table = f"{_PREFIX}cases"
        verbose_name = said("案件", "case")
        verbose_name_plural = said("案件", "cases")
        default_permissions = ("view",)
        constraints = (
            UniqueConstraint(fields=["reference", "lifecycle"], name=f"{_PREFIX}cases_reference"),
            # Unique, as PostgreSQL then locks a row whose state changes against everybody who counts on it.
            UniqueConstraint(fields=["state", "case_id"], name=f"{_PREFIX}cases_state"),
        )
        indexes = (
            Index(fields=["parent", "case_id"], name=f"{_PREFIX}cases_parent"),
            Index(fields=["origin", "case_id"], name=f"{_PREFIX}cases_origin"),
            Index(fields=["lifecycle", "case_id"], name=f"{_PREFIX}cases_lifecycle"),
            Index(fields=["final", "case_id"], name=f"{_PREFIX}cases_open"),
        )

    def __str__(self) -> str:
        return str(self.reference or self.case_id)


class Unit(models.Model):
    """That a unit finds a case."""

    pk = CompositePrimaryKey("unit", "case_id")
    unit = NameField()
    case_id = NameField()
    final = models.SmallIntegerField()

    class Meta:
        """Its table."""

        db_table = f"{_PREFIX}units"
        default_permissions = ("view",)
        indexes = (Index(fields=["unit", "final", "case_id"], name=f"{_PREFIX}units_open"),)

    def __str__(self) -> str:
        return f"{self.unit} {self.case_id}"


class Deadline(models.Model):
    """One deadline, by its next alarm and its due date."""

    pk = CompositePrimaryKey("case_id", "limit_key", "obligor", "number")
    case_id = NameField()
    limit_key = NameField()
    obligor = NameField()
    number = models.IntegerField()
    status = NameField()
    due = NameField()
    owed = models.SmallIntegerField()
    alarm = models.BigIntegerField(null=True)

    class Meta:
        """Its table."""

        db_table = f"{_PREFIX}deadlines"
        default_permissions = ("view",)
        indexes = (
            Index(fields=["alarm", "case_id", "limit_key", "obligor", "number"], name=f"{_PREFIX}deadlines_alarm"),
            Index(fields=["owed", "due", "case_id", "limit_key", "obligor", "number"], name=f"{_PREFIX}deadlines_owed"),
            Index(fields=["owed", "case_id"], name=f"{_PREFIX}deadlines_owing"),
        )

    def __str__(self) -> str:
        return " ".join(filter(None, (self.case_id, self.limit_key, self.obligor, str(self.number))))


class Vault(models.Model):
    """One confidential value; nobody has a permission to view it."""

    commitment = NameField(primary_key=True)
    case_id = NameField()
    salt = NameField()
    text = models.TextField()

    class Meta:
        """Its table."""

        db_table = f"{_PREFIX}vault"
        default_permissions = ()
        indexes = (Index(fields=["case_id", "commitment"], name=f"{_PREFIX}vault_case"),)

    def __str__(self) -> str:
        return str(self.commitment)


class Definition(models.Model):
    """What cases were opened under."""

    fingerprint = NameField(primary_key=True)
    lifecycle = NameField()
    version = models.IntegerField()
    profile = NameField()
    text = models.TextField()

    class Meta:
        """Its table."""

        db_table = f"{_PREFIX}definitions"
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.lifecycle} {self.version} {self.profile}"


class Message(models.Model):
    """One message that is still to be delivered."""

    pk = CompositePrimaryKey("case_id", "revision", "number")
    case_id = NameField()
    revision = models.BigIntegerField()
    number = models.IntegerField()
    topic = NameField()
    recorded_at = models.BigIntegerField()
    token = models.BigIntegerField()
    leased_until = models.BigIntegerField()
    text = models.TextField()

    class Meta:
        """Its table."""

        db_table = f"{_PREFIX}messages"
        default_permissions = ("view",)
        indexes = (Index(fields=["recorded_at", "case_id", "revision", "number"], name=f"{_PREFIX}messages_oldest"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.revision} {self.number}"


class Tally(models.Model):
    """What one record adds to what is counted for a unit, or takes back."""

    pk = CompositePrimaryKey("case_id", "revision", "measure", "unit", "day")
    case_id = NameField()
    revision = models.BigIntegerField()
    measure = NameField()
    unit = NameField()
    day = NameField()
    count = models.BigIntegerField()

    class Meta:
        """Its table."""

        db_table = f"{_PREFIX}tallies"
        default_permissions = ("view",)
        indexes = (Index(fields=["day", "measure", "unit", "count"], name=f"{_PREFIX}tallies_day"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.revision} {self.measure}"
