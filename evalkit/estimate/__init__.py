"""What a sweep will take, before anything is asked: pure functions over plans."""

from evalkit.estimate.amounts import Amount, Forecast, Known, Total, forecast, total
from evalkit.estimate.asked import Asked, Group, prompts_to_count, still_to_ask

__all__ = [
    "Amount",
    "Asked",
    "Forecast",
    "Group",
    "Known",
    "Total",
    "forecast",
    "prompts_to_count",
    "still_to_ask",
    "total",
]
