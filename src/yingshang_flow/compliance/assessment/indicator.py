"""An indicator as data: what is divided by what, which way is better, and how much it weighs."""

from collections.abc import Iterable
from typing import Final

import attrs

from yingshang_flow.errors import UnknownError
from yingshang_flow.words import Label, texts


@attrs.frozen(kw_only=True)
class Indicator:
    """A rate by which units are compared.

    Attributes:
        key: Its key.
        label: What people call it.
        means: What is divided by what, in words.
        numerator: The measures counted in it, as ``lifecycle.tally``; several are added up.
        denominator: The measures it is a share of; several are added up.
        higher_is_better: Whether a higher rate is the better one.
        weight: How much it weighs among the others, a whole number from 1.
        at_least: The smallest denominator that is scored; a unit with fewer is told and not scored on it.
    """

    key: str
    label: Label
    means: Label | None = None
    numerator: tuple[str, ...] = attrs.field(converter=texts)
    denominator: tuple[str, ...] = attrs.field(converter=texts)
    higher_is_better: bool = True
    weight: int = 1
    at_least: int = 1

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure it looks at."""
        return tuple(dict.fromkeys((*self.numerator, *self.denominator)))


INDICATORS: Final = (
    Indicator(
        key="conclusion_rate",
        label=Label("办结率", "conclusion rate"),
        means=Label("已办结的占收到的投诉", "concluded of the complaints received"),
        numerator="complaint.concluded",
        denominator="complaint.received",
    ),
    Indicator(
        key="on_time_rate",
        label=Label("按期率", "on-time rate"),
        means=Label("按期履行的占到期的期限", "met in time of the deadlines due"),
        numerator=("complaint.in_time", "interview.in_time", "rectification.in_time", "rectification_item.in_time"),
        denominator=("complaint.due", "interview.due", "rectification.due", "rectification_item.due"),
    ),
    Indicator(
        key="reopen_rate",
        label=Label("重办率", "reopen rate"),
        means=Label("曾重办的占收到的投诉", "reopened of the complaints received"),
        numerator="complaint.reopened",
        denominator="complaint.received",
        higher_is_better=False,
    ),
    Indicator(
        key="poor_review_share",
        label=Label("差评率", "share of poor reviews"),
        means=Label("差评占全部评价", "poor ones of all reviews"),
        numerator="service_review.poor",
        denominator="service_review.rated",
        higher_is_better=False,
    ),
    Indicator(
        key="write_off_rate",
        label=Label("销号率", "write-off rate"),
        means=Label("已销号的占列入台账的条目", "written off of the items listed"),
        numerator="rectification_item.written_off",
        denominator="rectification_item.listed",
    ),
)
"""What is compared unless the caller says otherwise, all of one weight. Ours: the documents set neither."""


def checked(indicators: Iterable[Indicator]) -> tuple[Indicator, ...]:
    """Return indicators that can be compared by.

    Raises:
        UnknownError: There are none; or of some the key stands twice, something to count is missing, or weight or
            smallest denominator are no whole numbers from 1. All of it is told together.
    """
    found = tuple(indicators)
    for one in found:
        if not isinstance(one, Indicator):
            message = f"an indicator is an Indicator such as those of INDICATORS, not {one!r:.60}"
            raise UnknownError(message)
    keys = [one.key for one in found]
    faults = [] if found else ["there is no indicator; give one or more"]
    faults += [f"{key!r} stands {keys.count(key)} times; give each its own key" for key in keys if keys.count(key) > 1]
    for one in found:
        if not one.numerator or not one.denominator:
            faults.append(f"{one.key!r} has no measure above or below; name one or more such as 'complaint.received'")
        for name in ("weight", "at_least"):
            number = getattr(one, name)
            if type(number) is not int or number < 1:
                faults.append(f"{name} of {one.key!r} is {number!r:.20}; give a whole number from 1")
    if faults:
        message = "; ".join(dict.fromkeys(faults))
        raise UnknownError(message)
    return found
