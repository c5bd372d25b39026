"""News as the admins read it: a line for each kind, urgent ones first."""

from bot.features.admin.amounts import money
from bot.texts import Translate
from bot.words import shorten
from services.admin_news import News, NewsLine

MOST_LINES = 30
LONGEST_SUBJECTS = 100


def news_text(t: Translate, news: News) -> str:
    """One message, whatever the number of events."""
    urgent = [_line(t, line) for line in news.lines[:MOST_LINES] if line.is_urgent]
    other = [_line(t, line) for line in news.lines[:MOST_LINES] if not line.is_urgent]
    blocks = []
    if urgent:
        blocks.append("\n".join([t("admin-news-urgent"), *urgent]))
    if other:
        blocks.append("\n".join([t("admin-news"), *other]))
    if len(news.lines) > MOST_LINES:
        blocks.append(t("admin-news-more", kinds=len(news.lines) - MOST_LINES))
    return "\n\n".join(blocks)


def _line(t: Translate, line: NewsLine) -> str:
    text = f"• {_sentence(t, line)}"
    return f"{text} {t('admin-news-over', count=line.over)}" if line.over else text


def _sentence(t: Translate, line: NewsLine) -> str:
    count, amount = line.count, money(t, line.amounts)
    subjects = shorten(", ".join(line.subjects), LONGEST_SUBJECTS) + ("…" if count > len(line.subjects) else "")
    match line.kind:
        case "payment":
            return t("admin-news-payment", count=count, amount=amount)
        case "payment_recovered":
            return t("admin-news-payment-recovered", count=count, amount=amount)
        case "payment_mismatch":
            return t("admin-news-payment-mismatch", count=count, amount=amount, subjects=subjects)
        case "ledger_gap":
            return t("admin-news-ledger-gap", count=count, tokens=line.tokens, subjects=subjects)
        case "star_gap":
            return t("admin-news-star-gap", count=count, amount=amount, subjects=subjects)
        case "task_gap":
            return t("admin-news-task-gap", count=count, subjects=subjects)
        case "backend_down":
            return t("admin-news-backend-down", count=count, subjects=subjects)
        case "spending_cap":
            return t("admin-news-spending-cap", subjects=subjects)
        case "refund_case":
            return t("admin-news-refund-case", count=count, amount=amount)
        case "refund_failed":
            return t("admin-news-refund-failed", count=count, amount=amount, subjects=subjects)
        case "refund":
            return t("admin-news-refund", count=count, amount=amount)
        case "referral_flood":
            return t("admin-news-referral-flood", count=count, subjects=subjects)
        case "referral_ring":
            return t("admin-news-referral-ring", count=count, subjects=subjects)
        case "referral_refunds":
            return t("admin-news-referral-refunds", count=count, subjects=subjects)
        case unknown:
            return t("admin-news-other", kind=unknown, count=count, subjects=subjects)
