"""The tables of the first release, with a row that says so, for stores that do not ask Django."""

from typing import Any

from django.db import migrations, models
from django.db.models import Index, UniqueConstraint

from yingshang_flow.stores.django.fields import NameField
from yingshang_flow.stores.django.settings import prefix

_PREFIX = prefix()
_VERSION = f"{_PREFIX}schema"


def _table(model: str, table: str, key: str, columns: str, **options: Any) -> migrations.CreateModel:  # noqa: ANN401 - Meta's
    """Make a table: columns are names unless ``:`` says otherwise, and have a value unless ``?`` says otherwise."""
    names = key.split()
    fields = [_column(told, only_key=names == [told]) for told in columns.split()]
    if len(names) > 1:
        of_several: dict[str, Any] = {"blank": True, "editable": False, "primary_key": True, "serialize": False}
        fields.insert(0, ("pk", models.CompositePrimaryKey(*names, **of_several)))
    return migrations.CreateModel(model, fields, {"db_table": f"{_PREFIX}{table}", **options})


def _column(told: str, *, only_key: bool) -> tuple[str, Any]:
    kinds: dict[str, Any] = {
        "": NameField,
        "long": models.TextField,
        "big": models.BigIntegerField,
        "int": models.IntegerField,
        "small": models.SmallIntegerField,
    }
    name, _, kind = told.removesuffix("?").partition(":")
    options: dict[str, Any] = {"primary_key": True, "serialize": False} if only_key else {}
    return name, kinds[kind](null=told.endswith("?"), **options)


def _index(name: str, columns: str) -> Index:
    return Index(fields=columns.split(), name=f"{_PREFIX}{name}")


def _unique(name: str, columns: str) -> UniqueConstraint:
    return UniqueConstraint(fields=columns.split(), name=f"{_PREFIX}{name}")


_TO_SEE = {"default_permissions": ("view",)}
_FOR_NOBODY = {"default_permissions": ()}


class Migration(migrations.Migration):
    """Makes every table with its indexes."""

    initial = True
    dependencies = ()
    operations = (
        _table(
            "Record",
            "records",
            "case_id revision",
            "case_id revision:big kind record_key? recorded_at:big hash text:long",
            constraints=[_unique("records_key", "record_key")],
            **_TO_SEE,
        ),
        _table(
            "Case",
            "cases",
            "case_id",
            "case_id revision:big lifecycle fingerprint state final:small reference? parent? origin? units:long head"
            " token:big leased_until:big text:long",
            verbose_name="case",
            verbose_name_plural="cases",
            constraints=[
                _unique("cases_reference", "reference lifecycle"),
                _unique("cases_state", "state case_id"),
            ],
            indexes=[
                _index("cases_parent", "parent case_id"),
                _index("cases_origin", "origin case_id"),
                _index("cases_lifecycle", "lifecycle case_id"),
                _index("cases_open", "final case_id"),
            ],
            **_TO_SEE,
        ),
        _table(
            "Unit",
            "units",
            "unit case_id",
            "unit case_id final:small",
            indexes=[_index("units_open", "unit final case_id")],
            **_TO_SEE,
        ),
        _table(
            "Deadline",
            "deadlines",
            "case_id limit_key obligor number",
            "case_id limit_key obligor number:int status due owed:small alarm:big?",
            indexes=[
                _index("deadlines_alarm", "alarm case_id limit_key obligor number"),
                _index("deadlines_owed", "owed due case_id limit_key obligor number"),
                _index("deadlines_owing", "owed case_id"),
            ],
            **_TO_SEE,
        ),
        _table(
            "Vault",
            "vault",
            "commitment",
            "commitment case_id salt text:long",
            indexes=[_index("vault_case", "case_id commitment")],
            **_FOR_NOBODY,
        ),
        _table(
            "Definition", "definitions", "fingerprint", "fingerprint lifecycle version:int profile text:long", **_TO_SEE
        ),
        _table(
            "Message",
            "messages",
            "case_id revision number",
            "case_id revision:big number:int topic recorded_at:big token:big leased_until:big text:long",
            indexes=[_index("messages_oldest", "recorded_at case_id revision number")],
            **_TO_SEE,
        ),
        # No model, so that tests which empty all tables of models after them leave the row alone.
        migrations.RunSQL(
            [
                f"CREATE TABLE {_VERSION} (version_num varchar(32) NOT NULL PRIMARY KEY)",
                f"INSERT INTO {_VERSION} (version_num) VALUES ('0001')",  # noqa: S608 - a name that was admitted
            ],
            f"DROP TABLE {_VERSION}",
        ),
    )
