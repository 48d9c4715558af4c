"""The table of what is counted for the assessment of units; cases from before it are counted by ``docket.retally``."""

from django.db import migrations, models

from yingshang_flow.stores.django.fields import NameField
from yingshang_flow.stores.django.settings import prefix

_PREFIX = prefix()
_VERSION = f"{_PREFIX}schema"
_KEY = ("case_id", "revision", "measure", "unit", "day")


class Migration(migrations.Migration):
    """Makes the table with its index."""

    dependencies = (("yingshang_flow", "0001_first"),)
    operations = (
        migrations.CreateModel(
            "Tally",
            [
                (
                    "pk",
                    models.CompositePrimaryKey(*_KEY, blank=True, editable=False, primary_key=True, serialize=False),
                ),
                ("case_id", NameField()),
                ("revision", models.BigIntegerField()),
                ("measure", NameField()),
                ("unit", NameField()),
                ("day", NameField()),
                ("count", models.BigIntegerField()),
            ],
            {
                "db_table": f"{_PREFIX}tallies",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["day", "measure", "unit", "count"], name=f"{_PREFIX}tallies_day")],
            },
        ),
        migrations.RunSQL(
            f"UPDATE {_VERSION} SET version_num = '0002'",  # noqa: S608 - a name that was admitted
            f"UPDATE {_VERSION} SET version_num = '0001'",  # noqa: S608 - a name that was admitted
        ),
    )
