"""The daily report as the admins read it."""

from datetime import date

from bot.features.admin.amounts import dollars, money, whole
from bot.texts import Translate
from services.reports import DayReport


def report_text(t: Translate, day: date, report: DayReport) -> str:
    """One message, a block for each subject."""
    orders = report.orders
    blocks = [
        t("admin-report", day=day.isoformat()),
        t("admin-report-people", new=whole(t, report.new_people), active=whole(t, report.active_people)),
        t(
            "admin-report-orders",
            completed=whole(t, orders.get("completed", 0)),
            failed=whole(t, orders.get("failed", 0)),
            cancelled=whole(t, orders.get("cancelled", 0)),
            pictures=whole(t, report.pictures),
        ),
        t(
            "admin-report-money",
            payments=whole(t, report.payments),
            received=money(t, report.received),
            refunds=whole(t, report.refunds),
            returned=money(t, report.given_back),
        ),
        t(
            "admin-report-tokens",
            sold=whole(t, report.tokens_sold),
            spent=whole(t, report.tokens_spent),
            given=whole(t, report.tokens_given),
            taken=whole(t, report.tokens_taken_back),
        ),
        t("admin-report-vendors", cost=dollars(report.cost_microusd), margin=dollars(report.margin_microusd)),
        t(
            "admin-report-queue",
            usual=round(report.usual_wait_seconds),
            longest=round(report.longest_wait_seconds),
            waiting=whole(t, report.tasks_waiting),
            oldest=round(report.oldest_waiting_seconds),
        ),
        t("admin-report-books", gaps=report.gaps, frozen=report.frozen_people, cases=report.refund_cases),
    ]
    return "\n\n".join(blocks)
