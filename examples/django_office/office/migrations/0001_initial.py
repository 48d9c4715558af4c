"""The table of letters."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Makes the table."""

    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            "Letter",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, unique=True)),
                ("subject", models.CharField(max_length=200)),
                ("case", models.CharField(max_length=36)),
            ],
        ),
    )
