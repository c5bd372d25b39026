"""Telegram's question before a payment, and its word that somebody has paid.

Both are heard at the money desk (bot.front_door): no turn to wait for, no Redis, nobody who is turned away.
"""

import asyncio

import structlog
from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import Message, PreCheckoutQuery

from bot.error_text import error_text
from bot.polling import PASSING
from bot.texts import Texts
from services.accounts import Accounts, Profile
from services.errors import InvoiceMismatch, ProductError
from services.money.payments import Payments, Receipt

CHECK_WITHIN = 2.0
"""Seconds. Telegram gives up after ten."""
ANSWER_WITHIN = 4
"""Seconds that Telegram may take to hear the answer, before it is told once more."""
PAUSES = (0.2, 1.0, 3.0)
"""Seconds between tries to book what failed for a reason that nobody expected."""

_log = structlog.get_logger(__name__)


def build_router() -> Router:
    """What the money desk hears about buying."""
    router = Router(name="buying")
    router.pre_checkout_query.register(answer_checkout)
    router.message.register(book_payment, F.successful_payment)
    return router


async def answer_checkout(
    query: PreCheckoutQuery, bot: Bot, payments: Payments, accounts: Accounts, texts: Texts
) -> None:
    """Say within two seconds whether the person may pay, and why not."""
    refusal = await _refusal(query, payments, accounts, texts)
    if refusal is not None:
        _log.info("checkout.refused", user_id=query.from_user.id, reason=refusal)
    try:
        await bot.answer_pre_checkout_query(
            query.id, ok=refusal is None, error_message=refusal, request_timeout=ANSWER_WITHIN
        )
    except TelegramBadRequest as error:  # asked while we were away: Telegram has given up, and no money moved
        _log.warning("checkout.too_late", error=error.message)


async def book_payment(message: Message, payments: Payments, accounts: Accounts) -> None:
    """Book what was paid, whoever paid it. The person hears of it through the outbox.

    Raises what is away, so that Telegram says it again; what nobody expected as well, after a few tries.
    """
    paid, payer = message.successful_payment, message.from_user
    if paid is None or payer is None:
        return
    receipt = Receipt(
        payload=paid.invoice_payload,
        currency=paid.currency,
        amount=paid.total_amount,
        charge_id=paid.telegram_payment_charge_id,
        provider_charge_id=paid.provider_payment_charge_id,
    )
    profile = Profile(payer.id, payer.username, payer.first_name, payer.last_name, payer.language_code)
    for pause in PAUSES:
        try:
            await _book(profile, receipt, payments, accounts)
            return
        except InvoiceMismatch:  # no payment has such an amount: it is logged, and would be no better later
            return
        except PASSING:
            raise
        except Exception:  # noqa: BLE001 - money has moved: a second try costs nothing, and the last one raises
            _log.exception("payment.not_booked", charge_id=receipt.charge_id, seconds=pause)
            await asyncio.sleep(pause)
    await _book(profile, receipt, payments, accounts)


async def _book(profile: Profile, receipt: Receipt, payments: Payments, accounts: Accounts) -> None:
    try:
        await payments.receive(profile.user_id, receipt)
    except LookupError:  # a person we have not met, or who was erased between question and payment
        await accounts.register(profile)
        await payments.receive(profile.user_id, receipt)


async def _refusal(query: PreCheckoutQuery, payments: Payments, accounts: Accounts, texts: Texts) -> str | None:
    """Why the person may not pay, in their language; None where they may."""
    t = texts.bound(accounts.locale_of(query.from_user.language_code))

    async def check() -> str | None:
        person = await accounts.get(query.from_user.id)
        try:
            await payments.check(query.from_user.id, query.invoice_payload, query.currency, query.total_amount)
        except ProductError as error:
            return error_text(texts.bound(person.locale) if person else t, error)
        return None

    checking = asyncio.ensure_future(check())
    await asyncio.wait({checking}, timeout=CHECK_WITHIN)
    if not checking.done():
        checking.cancel()  # and not waited for: a database that hangs may hang over this as well
        _log.warning("checkout.database_slow")
        return t.plain("checkout-later")
    try:
        return checking.result()
    except PASSING as error:
        _log.warning("checkout.database_away", error=str(error))
    except Exception:  # noqa: BLE001 - whatever it is, Telegram wants an answer
        _log.exception("checkout.broken")
    return t.plain("checkout-later")
