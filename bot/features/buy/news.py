"""What a person reads when money or tokens have moved. Sent by the outbox."""

from typing import assert_never

from aiogram.types import InlineKeyboardMarkup

from bot.amounts import price_words
from bot.features.buy.keyboards import bought_keyboard, news_keyboard
from bot.texts import Translate
from repository.notifications import NotificationKind
from services.notifications import News


def news_message(t: Translate, news: News) -> tuple[str, InlineKeyboardMarkup]:
    """Words as HTML, and buttons. Raises ValueError for what is no news about money."""
    payment_id: int | None = news.notification.details.get("payment_id")
    match news.notification.kind:
        case NotificationKind.PAYMENT_CREDITED:
            return _credited(t, news), bought_keyboard(t, payment_id, is_collecting=news.is_collecting)
        case NotificationKind.REFUND_DONE:
            return _refunded(t, news), news_keyboard(t, payment_id)
        case NotificationKind.REFUND_DECLINED:
            return t("news-refund-declined", price=_price(t, news)), news_keyboard(t, payment_id)
        case NotificationKind.REWARD_VESTED:
            reward = t("news-reward", tokens=_tokens(news), left=news.person.tokens_left)
            return reward, bought_keyboard(t, None, is_collecting=news.is_collecting)
        case NotificationKind.TASK_ENDED:
            raise ValueError("an ending is told with its task")
        case unknown:
            assert_never(unknown)


def _credited(t: Translate, news: News) -> str:
    details, price = news.notification.details, _price(t, news)
    if not _tokens(news):
        return t("news-paid-for-nothing", price=price)
    lines = [t("news-credited", price=price, tokens=_tokens(news), left=news.person.tokens_left)]
    if details.get("debt_paid"):
        lines.append(t("news-debt-paid", tokens=int(details["debt_paid"])))
    return "\n\n".join(lines)


def _refunded(t: Translate, news: News) -> str:
    details = news.notification.details
    lines = [t("news-refunded", price=_price(t, news))]
    if taken := _tokens(news):
        lines.append(t("news-tokens-taken", tokens=taken))
    if owed := int(details.get("owed", 0)):
        lines.append(t("owed", owed=owed))
    return "\n\n".join(lines)


def _tokens(news: News) -> int:
    return int(news.notification.details.get("tokens", 0))


def _price(t: Translate, news: News) -> str:
    return price_words(t, int(news.notification.details["amount"]), str(news.notification.details["currency"]))
