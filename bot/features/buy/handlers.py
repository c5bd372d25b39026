"""What is sold, and the invoice over it."""

import structlog
from aiogram import Bot, F, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command, CommandStart
from aiogram.types import CallbackQuery, InlineKeyboardButton, LabeledPrice, Message

from bot.buttons import Open, Section, button
from bot.features.balance.prices import price_of
from bot.features.buy import paid
from bot.features.buy.buttons import Buy
from bot.features.buy.keyboards import offers_keyboard
from bot.features.buy.offers import Card, OnSale
from bot.features.generate.keyboards import ShowCard
from bot.middlewares.answers import Answer
from bot.screen import Screen
from bot.texts import Translate
from repository.users import User
from services.generation import Generations
from services.money.payments import STARS, InvoiceToSend, Payments
from services.orders import TaskKind

START_PARAMETER = "buy"
"""With it a forwarded invoice has no Pay button: it leads whoever presses it here, to an invoice of their own."""

_log = structlog.get_logger(__name__)


def build_links_router() -> Router:
    """The link of a forwarded invoice; to be included before what takes any /start."""
    router = Router(name="buy links")
    router.message.register(show_offers, CommandStart(deep_link=True, magic=F.args == START_PARAMETER))
    return router


def build_router() -> Router:
    """The feature's other handlers, for one dispatcher."""
    router = Router(name="buy")
    router.message.register(show_offers, Command("buy"))
    router.callback_query.register(press_offers, Open.filter(F.section == Section.BUY))
    router.callback_query.register(send_invoice, Buy.filter())
    router.include_router(paid.build_router())
    return router


async def show_offers(
    _: Message,
    person: User,
    t: Translate,
    screen: Screen,
    generations: Generations,
    payments: Payments,
    card: Card | None,
) -> None:
    """What is sold, for how much, and what that is worth in pictures."""
    await _show(screen, person, t, await _on_sale(generations, payments, card))


async def press_offers(
    _: CallbackQuery,
    callback_data: Open,
    person: User,
    t: Translate,
    screen: Screen,
    generations: Generations,
    payments: Payments,
    card: Card | None,
) -> None:
    """The same in place, or under a message that stays."""
    place = screen.below() if callback_data.below else screen
    await _show(place, person, t, await _on_sale(generations, payments, card))


async def send_invoice(
    _: CallbackQuery,
    callback_data: Buy,
    person: User,
    t: Translate,
    answer: Answer,
    bot: Bot,
    generations: Generations,
    payments: Payments,
    card: Card | None,
) -> None:
    """An invoice of the person's own, below. Raises ProductNotSold, AccountFrozen."""
    if callback_data.currency not in (STARS, card.currency if card else STARS):  # the card was closed meanwhile
        await answer(t.plain("buy-card-closed"), alert=True)
        return
    to_send = await payments.invoice(person, callback_data.product, callback_data.currency)
    price = await price_of(generations, TaskKind.IMAGE_TO_IMAGE)
    try:
        await _send(bot, person, t, to_send, card, price)
    except TelegramBadRequest as error:
        if callback_data.currency == STARS:
            raise
        _log.error("invoice.provider_refused", error=error.message, currency=callback_data.currency)
        await answer(t.plain("buy-card-closed"), alert=True)


async def _send(
    bot: Bot, person: User, t: Translate, to_send: InvoiceToSend, card: Card | None, picture_price: int | None
) -> None:
    invoice = to_send.invoice
    title = t.plain("invoice-title", tokens=invoice.tokens)
    pictures = invoice.tokens // picture_price if picture_price else 0
    description = (
        t.plain("invoice-description", pictures=pictures) if pictures else t.plain("invoice-description-tokens")
    )
    await bot.send_invoice(
        person.user_id,
        title=title,
        description=description,
        payload=to_send.payload,
        currency=invoice.currency,
        prices=[LabeledPrice(label=title, amount=invoice.amount)],
        provider_token="" if invoice.currency == STARS or card is None else card.provider_token,
        start_parameter=START_PARAMETER,
    )


async def _on_sale(generations: Generations, payments: Payments, card: Card | None) -> OnSale:
    return OnSale(
        for_stars=await payments.products(),
        by_card=await payments.products(card.currency) if card else [],
        picture_price=await price_of(generations, TaskKind.IMAGE_TO_IMAGE) or None,
    )


async def _show(screen: Screen, person: User, t: Translate, on_sale: OnSale) -> None:
    draft_id = (await screen.remembered()).get("draft_id")
    text = _text(t, person, on_sale)
    await screen.show(text, offers_keyboard(t, on_sale, _way_back(t, draft_id)), draft_id=draft_id)


def _text(t: Translate, person: User, on_sale: OnSale) -> str:
    blocks = [t("buy")]
    if on_sale.picture_price:
        blocks.append(
            t("buy-balance-pictures", tokens=person.tokens_left, pictures=on_sale.pictures(person.tokens_left))
        )
    else:
        blocks.append(t("buy-balance", tokens=person.tokens_left))
    if person.tokens_owed:
        blocks.append(t("owed", owed=person.tokens_owed))
    if not on_sale.for_stars and not on_sale.by_card:
        blocks.append(t("buy-nothing"))
        return "\n\n".join(blocks)
    how = [t("buy-how")]
    if on_sale.best is not None:
        how.append(t("buy-best", tokens=on_sale.best.tokens))
    if on_sale.by_card:
        how.append(t("buy-by-card"))
    return "\n\n".join([*blocks, "\n".join(how)])


def _way_back(t: Translate, draft_id: int | str | None) -> list[InlineKeyboardButton]:
    """To the picture that was being composed when the tokens ran out."""
    return [button(t.plain("button-back-to-draft"), ShowCard(draft_id=int(draft_id)))] if draft_id is not None else []
