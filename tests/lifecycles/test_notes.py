"""What the analysis notes of every shipped procedure: each was looked at, and stands here with why it stays."""

from typing import Final

import pytest

from tests.lifecycles.shipped import SHIPPED_PAIRS
from yingshang_flow import lifecycles, policies
from yingshang_flow.core.analysis import Severity, analysed

# Cancelling or refusing is one office's own decision in the documents, and needs nobody's consent; where a case can be
# closed by one body alone, the document asks for no second one either.
ALONE: Final = "one_role_suffices"

# The table lets no plan end without being held, declined or cancelled, and notifies only after consent: both stay
# written down, for ledgers kept elsewhere, and for profiles that let consent come later.
INTERVIEW: Final = [
    ("need_always_met", "plan request_approval approve notify hold"),
    ("duty_always_kept", ""),
    ("rule_of_the_library", ""),
    (ALONE, "plan cancel"),
]

# What is passed on ends nowhere but with its result; that it takes no longer than it may is for profiles with a limit.
PASSED_ON: Final = [("duty_always_kept", "")]
COMPLAINT: Final = [
    ("duty_always_kept", ""),  # registered, then received: of use for ledgers only
    ("duty_always_kept", ""),  # received, then concluded, refused or withdrawn: likewise
    (ALONE, "receive refuse"),
    (ALONE, "receive accept take_up conclude follow_up close"),
]
EXTENDED: Final = [
    *COMPLAINT[:2],
    ("rule_promises_more", ""),  # T3 is a limit in that it extends T2's
    *COMPLAINT[2:],
]

NOTES: Final[dict[tuple[str, str], list[tuple[str, str]]]] = {
    ("interview", "dalian-2018"): INTERVIEW,
    ("interview", "liaoning-2020"): INTERVIEW,
    ("complaint", "bayuquan-2018"): EXTENDED,
    ("complaint", "dalian-complaint-2017"): COMPLAINT,
    ("complaint", "hubei-2021"): COMPLAINT,
    ("complaint", "samr-complaint-2020"): COMPLAINT,
    ("complaint", "xinfang-2022"): EXTENDED,
    ("rectification", "bayuquan-2018"): [(ALONE, "draft cancel"), (ALONE, "draft issue advance advance advance close")],
    ("rectification", "shenyang-2021"): [(ALONE, "draft cancel"), (ALONE, "draft issue advance advance close")],
    ("rectification_item", "bayuquan-2018"): [
        ("duty_always_kept", ""),  # listed, then measured: of use for ledgers only
        ("duty_always_kept", ""),  # listed, then accepted: likewise
        ("rule_says_less", ""),  # a rebound is a ground under whatever rule sets the limit
    ],
    ("rectification_item", "shenyang-2021"): [("rule_says_less", "")],
    ("service_review", "liaoning-2020"): [
        *[("duty_always_kept", "")] * 4,  # assigned, verified, started, answered: of use for ledgers only
        ("rule_says_less", ""),  # that a review that holds can become an item is ours; H3 asks that it is put right
        (ALONE, "rate archive"),  # a good review asks for nothing
    ],
    ("steward_request", "liaoning-2020"): [
        ("duty_always_kept", ""),  # raised, then solved or explained: of use for ledgers only
        (ALONE, "raise solve"),  # the steward serves the enterprise from the request to the answer
        (ALONE, "raise explain"),
    ],
    ("task", "dalian-opinion-2018"): [("duty_always_kept", "")],  # listed, then cleared: of use for ledgers only
    ("accountability", "bayuquan-2018"): [
        *PASSED_ON,
        (ALONE, "register check dismiss"),
        (ALONE, "register check dispose"),
    ],
    ("accountability", "liaoning-2020"): [
        ("need_always_met", "register check transfer"),  # the reply names all the bodies there are codes for
        *PASSED_ON,
        (ALONE, "register dispose"),
        (ALONE, "register check dismiss"),
    ],
}


@pytest.mark.parametrize("pair", SHIPPED_PAIRS, ids="-".join)
def test_of_a_shipped_procedure_there_are_only_the_notes_that_were_looked_at(pair: tuple[str, str]) -> None:
    key, profile = pair
    issues = analysed(lifecycles.SHIPPED[key](profile), since=policies.get(profile).valid_from)
    assert {issue.severity for issue in issues} == {Severity.NOTE}
    assert [(issue.code, " ".join(issue.way)) for issue in issues] == NOTES[pair]


def test_the_extension_of_a_complaint_is_counted_from_the_same_start_and_longer() -> None:
    codes = {issue.code for issue in analysed(lifecycles.complaint("bayuquan-2018"))}
    assert "extends_nothing" not in codes
