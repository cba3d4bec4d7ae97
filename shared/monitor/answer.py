"""An answer of Azure Monitor's metrics API, version 2023-10-01, as far as it is used. Pure.

https://learn.microsoft.com/rest/api/monitor/metrics/list
"""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field
from pydantic.alias_generators import to_camel

from shared.contract_fields import in_utc
from shared.reconciliation.matching import Completed, minute_of

_SUCCESS = "Success"


class _Read(BaseModel, alias_generator=to_camel, extra="ignore"):
    """Reads what is needed and tolerates the rest."""


class _Point(_Read):
    time_stamp: Annotated[datetime, AfterValidator(in_utc)]
    # Left out of a minute in which nothing was counted.
    total: float | None = Field(None, ge=0, allow_inf_nan=False)


class _Series(_Read):
    data: tuple[_Point, ...] = ()


class _Metric(_Read):
    # A failed metric comes with status 200 as well, and with an empty time series.
    error_code: str = _SUCCESS
    timeseries: tuple[_Series, ...]


class _Answer(_Read):
    # One metric is asked for; an answer without it says nothing, which is not the same as zero.
    value: tuple[_Metric]


def read_answer(body: bytes, since: datetime, until: datetime) -> tuple[Completed, ...] | str:
    """Gives the minutes in which something was counted, or the code of why nothing could be.

    The filter names one queue, so whatever series there are belong to it: the name of the dimension comes in changing
    case (https://github.com/Azure/azure-service-bus/issues/650) and is not looked at. Raises ValidationError.
    """
    (metric,) = _Answer.model_validate_json(body).value
    if metric.error_code != _SUCCESS:
        return metric.error_code
    points = (point for series in metric.timeseries for point in series.data if since <= point.time_stamp < until)
    return tuple(Completed(minute_of(point.time_stamp), round(point.total)) for point in points if point.total)
