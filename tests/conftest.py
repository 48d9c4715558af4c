"""What every test shares: how hard Hypothesis searches, and the servers."""

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.servers", "tests.telling"]

# Based on "default" by name: under CI Hypothesis would start from a profile of its own that never tries anything new.
settings.register_profile(
    "ci",
    settings.get_profile("default"),
    derandomize=False,
    deadline=None,  # a busy machine is no bug
    print_blob=True,  # so that a failure seen only there can be replayed here
    suppress_health_check=[HealthCheck.too_slow],  # likewise
)
settings.register_profile("long", settings.get_profile("ci"), max_examples=2_000)
settings.register_profile("fuzz", settings.get_profile("ci"), max_examples=5_000)  # a round of .ci/fuzz
# For runs that are repeated once a mutant: always the same few.
settings.register_profile("few", settings.get_profile("ci"), max_examples=25, derandomize=True, database=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
