"""`/metrics`: what became of recommendations, by strategy and reason, for whatever collects figures (Prometheus)."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from portal.api.documents import BAD_REQUEST, UNAVAILABLE
from portal.api.wiring import Wired
from portal.query_string import Nothing
from portal.services import Services
from portal.simulation import is_simulated

router = APIRouter(tags=["health"])


class _Outcomes(Collector):
    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Three figures for each strategy and reason of the last days."""
        found, days = self._services.outcomes.outcomes(), self._services.outcomes.within.days
        labels = ["strategy", "reason"]
        shown = GaugeMetricFamily(
            "wenmai_recommendation_impressions", f"Recommendations shown in {days} days.", labels=labels
        )
        opened = GaugeMetricFamily(
            "wenmai_recommendation_opened", f"Of those shown in {days} days, opened.", labels=labels
        )
        rate = GaugeMetricFamily(
            "wenmai_recommendation_click_through", "Share of those shown that was opened.", labels=labels
        )
        for one in found:
            shown.add_metric([one.strategy, one.reason], one.shown)
            opened.add_metric([one.strategy, one.reason], one.opened)
            rate.add_metric([one.strategy, one.reason], one.opened / one.shown)
        simulated = GaugeMetricFamily(
            "wenmai_simulated_use", "1 where what readers did was, or began as, a simulated log."
        )
        simulated.add_metric([], is_simulated(self._services.settings.data))
        yield from (shown, opened, rate, simulated)


@router.get("/metrics", response_class=PlainTextResponse, responses={400: BAD_REQUEST, 503: UNAVAILABLE})
def metrics(services: Wired, _parameters: Nothing) -> Response:
    """Figures of this installation in the text format of Prometheus."""
    registry = CollectorRegistry()
    registry.register(_Outcomes(services))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
