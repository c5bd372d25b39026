"""Builds connections, services, bot and dispatcher once. Used by bot.main and, for webhooks, by the API."""

import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramRetryAfter
from aiogram.types import Update
from aiogram.utils.token import extract_bot_id
from pydantic import ValidationError
from redis.asyncio import Redis

from bot.dialogs import Dialogs
from bot.features.admin import handlers as admin
from bot.features.balance import handlers as balance
from bot.features.buy import desk as money_desk
from bot.features.buy import handlers as buy
from bot.features.buy.offers import Card
from bot.features.erasure import handlers as erasure
from bot.features.fallback import handlers as fallback
from bot.features.generate import handlers as generate
from bot.features.generate.albums import Albums
from bot.features.generate.composer import Composer
from bot.features.generate.style_pictures import StylePictures
from bot.features.help import handlers as help_screen
from bot.features.history import handlers as history
from bot.features.legal import handlers as legal_screens
from bot.features.legal.facts import LegalFacts
from bot.features.models import handlers as models_screens
from bot.features.packs import handlers as packs_screens
from bot.features.packs.parcels import Parcels
from bot.features.packs.screens import PackScreens
from bot.features.packs.sheets import ContactSheets
from bot.features.paysupport import handlers as paysupport
from bot.features.pictures import handlers as pictures
from bot.features.pictures.sending import SendingFiles
from bot.features.pictures.viewer import Viewer
from bot.features.promo import handlers as promo
from bot.features.referral import handlers as referral
from bot.features.settings import handlers as settings_screen
from bot.features.solids import handlers as solids
from bot.features.solids.screens import SolidScreens
from bot.features.start import handlers as start
from bot.features.train import handlers as train
from bot.features.train.screens import TrainingScreens
from bot.front_door import FrontDoor
from bot.limiter import LimitedSending, Limiter
from bot.middlewares.answers import Answers
from bot.middlewares.correlation import Correlation
from bot.middlewares.earlier_erasures import EarlierErasures
from bot.middlewares.errors import Errors
from bot.middlewares.people import People
from bot.middlewares.refunded_payments import RefundedPayments
from bot.middlewares.screens import Screens
from bot.middlewares.throttle import Throttle
from bot.one_at_a_time import OneAtATime, OneAtATimeEverywhere
from bot.polling import PASSING
from bot.screen_picture import ScreenPictures
from bot.session import JsonSession
from bot.shared_trips import SharedTrips
from bot.texts import Texts
from bot.training_cards import TrainingCards
from config.settings import Settings
from db.pool import Database
from repository.tasks import Lane
from services.accounts import Accounts
from services.doorbell import Doorbell, arq_client
from services.drafts.drafts import Drafts
from services.drafts.pack_drafts import PackDrafts
from services.drafts.portrait_models import PortraitModels
from services.drafts.solid_drafts import SolidDrafts
from services.drafts.starts import Starts
from services.erasable import ErasableFiles
from services.erasures import Erasures
from services.gallery.packs import Packs
from services.gallery.pictures import Gallery
from services.generation import Generations
from services.lanes import lane_of as lane_of_backend
from services.models.models import Models
from services.models.statistics import ModelStatistics
from services.money.frozen_accounts import FrozenAccounts
from services.money.invoice_payloads import InvoicePayloads
from services.money.payments import Payments
from services.money.promo_codes import PromoCodes
from services.money.referrals import Referrals
from services.money.refunds import Refunds
from services.money.statements import Statements
from services.notifications import Notifications
from services.photos.photos import Photos
from services.reports import Reports
from services.storage import Storage
from services.tasks import Tasks
from services.training.consents import Consents
from services.training.places import TrainingPlaces
from services.training.sets import TrainingSets
from services.training.trainings import Training

NOT_NOW: tuple[type[Exception], ...] = (*PASSING, TelegramRetryAfter)
"""What says nothing about the update itself: Telegram is asked to send it again."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class House:
    """Everything that handlers, outbox and webhook route need, built once."""

    settings: Settings
    db: Database
    redis: Redis
    doorbell: Doorbell
    storage: Storage
    accounts: Accounts
    drafts: Drafts
    pack_drafts: PackDrafts
    generations: Generations
    gallery: Gallery
    packs: Packs
    tasks: Tasks
    photos: Photos
    consents: Consents
    training_sets: TrainingSets
    training: Training
    refunds: Refunds
    notifications: Notifications
    models: Models
    erasures: Erasures
    referrals: Referrals
    promo_codes: PromoCodes
    payments: Payments
    texts: Texts


@asynccontextmanager
async def open_house(settings: Settings, texts: Texts | None = None) -> AsyncIterator[House]:
    """Build; servers that are away now may come later. Texts that were read already are not read again."""
    async with AsyncExitStack() as closing:
        db = await closing.enter_async_context(
            await Database.connect(settings.database_dsn, failpoints=settings.failpoints)
        )
        arq = arq_client(settings.redis_dsn)
        closing.push_async_callback(arq.aclose)
        redis = SharedTrips.from_url(settings.redis_dsn)
        closing.push_async_callback(redis.aclose)
        doorbell = Doorbell(arq, settings.namespace)
        storage = Storage.open(settings.storage_base, settings.s3, failpoints=settings.failpoints)
        tasks = Tasks(db, doorbell, settings.lease, lane_of(settings))
        photos = Photos(db, storage, settings.max_upload_mb)
        training_sets = TrainingSets(db, storage, doorbell, photos)
        yield House(
            settings=settings,
            db=db,
            redis=redis,
            doorbell=doorbell,
            storage=storage,
            accounts=Accounts(db, settings.default_locale),
            drafts=Drafts(db),
            pack_drafts=PackDrafts(db),
            generations=Generations(db, doorbell, lane_of(settings), random.Random()),
            gallery=Gallery(db, storage),
            packs=Packs(db, storage),
            tasks=tasks,
            photos=photos,
            consents=Consents(db, ErasableFiles(db, storage), tasks),
            training_sets=training_sets,
            training=Training(db, doorbell, training_sets, TrainingPlaces.of(settings)),
            refunds=Refunds(db, doorbell),
            notifications=Notifications(db, settings.lease),
            models=Models(db, tasks, storage),
            erasures=Erasures(db, tasks, storage, redis, settings.namespace),
            referrals=Referrals(db, doorbell),
            promo_codes=PromoCodes(db, redis, settings.namespace),
            texts=texts or Texts.load(),
            payments=Payments(db, doorbell, InvoicePayloads(settings.jwt_secret or settings.telegram_token)),
        )


def lane_of(settings: Settings) -> Lane:
    """The lane whose workers make the pictures that the first backend of the settings offers."""
    return lane_of_backend(settings.chosen_image_backends[0])


def build_bot(house: House) -> Bot:
    """The client of the Bot API, speaking HTML."""
    server = TelegramAPIServer.from_base(house.settings.telegram_base_url, is_local=False)
    return Bot(
        house.settings.telegram_token,
        session=JsonSession(server),
        default=DefaultBotProperties(parse_mode=ParseMode.HTML),
    )


@asynccontextmanager
async def open_webhook_bot(settings: Settings) -> AsyncIterator[Callable[[dict[str, Any]], Awaitable[None]]]:
    """The bot as the webhook route needs it: a function that handles one raw update before it returns.

    It raises ConnectionError where something was away and Telegram should send the update again.
    """
    async with open_house(settings) as house:
        bot = build_bot(house)
        bot.session.middleware(
            LimitedSending(Limiter(house.redis, settings.namespace, settings.telegram_messages_per_second))
        )
        dispatcher = build_dispatcher(house)

        async def feed(raw: dict[str, Any]) -> None:
            try:
                update = Update.model_validate(raw, context={"bot": bot})
            except ValidationError as error:  # sent again it would be no better
                _log.error("update.unreadable", error=str(error))
                return
            try:
                await dispatcher.feed_update(bot, update)
            except NOT_NOW as error:
                raise ConnectionError(f"not handled: {error}") from error

        try:
            yield feed
        finally:
            await close_bot(bot, dispatcher)


def build_training_cards(bot: Bot, house: House, dispatcher: Dispatcher) -> TrainingCards:
    """Who keeps the cards of sets true: it shares dialogs and turns with the handlers."""
    dialogs = dispatcher.fsm.storage
    assert isinstance(dialogs, Dialogs)  # build_dispatcher made it
    return TrainingCards(
        *(bot, house.training_sets, house.accounts, house.texts),
        *(dialogs, dispatcher.fsm.events_isolation, time.time),
    )


async def close_bot(bot: Bot, dispatcher: Dispatcher) -> None:
    """Leave what is still being sent beside the updates, and Telegram."""
    parcels: Parcels = dispatcher["parcels"]
    await parcels.aclose()
    await bot.session.close()


def build_dispatcher(house: House) -> Dispatcher:
    """Routers and middlewares of every feature, and the services under their names for the handlers."""
    namespace = house.settings.namespace
    is_preview = house.settings.chosen_image_backends[0] == "preview"
    sheets = ContactSheets()
    screen_pictures = ScreenPictures(
        house.storage, house.notifications, house.redis, namespace, extract_bot_id(house.settings.telegram_token)
    )
    starts = Starts(house.db, house.drafts)
    solid_drafts = SolidDrafts(house.db)
    portrait_models = PortraitModels(house.db)
    dispatcher = FrontDoor(
        _money_desk(house),
        storage=Dialogs(house.redis, f"{namespace}:dialog"),
        events_isolation=_isolation(house),
        accounts=house.accounts,
        drafts=house.drafts,
        generations=house.generations,
        gallery=house.gallery,
        packs=house.packs,
        tasks=house.tasks,
        photos=house.photos,
        consents=house.consents,
        training_sets=house.training_sets,
        training=house.training,
        training_screens=TrainingScreens(house.training_sets, house.training, house.storage, screen_pictures),
        refunds=house.refunds,
        screen_pictures=screen_pictures,
        viewer=Viewer(house.gallery, house.generations, screen_pictures),
        sending_files=SendingFiles(house.redis, namespace),
        notifications=house.notifications,
        models=house.models,
        model_statistics=ModelStatistics(house.db),
        erasures=house.erasures,
        referrals=house.referrals,
        promo_codes=house.promo_codes,
        payments=house.payments,
        card=Card.of(house.settings),
        texts=house.texts,
        albums=Albums(house.redis, namespace),
        starts=starts,
        composer=Composer(
            *(house.generations, starts, StylePictures(), screen_pictures, portrait_models), is_preview=is_preview
        ),
        portrait_models=portrait_models,
        pack_drafts=house.pack_drafts,
        pack_screens=PackScreens(
            *(house.packs, house.pack_drafts, house.generations, house.photos, sheets, screen_pictures),
            portrait_models=portrait_models,
            is_preview=is_preview,
        ),
        sheets=sheets,
        solid_drafts=solid_drafts,
        solid_screens=SolidScreens(
            solid_drafts, house.generations, house.tasks, screen_pictures, is_preview=is_preview
        ),
        legal=LegalFacts.of(house.settings),
        parcels=Parcels(house.packs, house.redis, namespace),
        admin_ids=frozenset(house.settings.admin_ids),
        reports=Reports(house.db),
        statements=Statements(house.db),
        frozen_accounts=FrozenAccounts(house.db),
    )
    _surround(dispatcher, house)
    dispatcher.include_routers(
        promo.build_links_router(),  # before what takes any /start
        buy.build_links_router(),  # before what takes any /start
        start.build_router(),
        buy.build_router(),
        promo.build_router(),
        referral.build_router(),
        admin.build_router(),
        help_screen.build_router(),
        balance.build_router(),
        settings_screen.build_router(),
        legal_screens.build_router(),
        paysupport.build_router(),
        erasure.build_router(),
        models_screens.build_router(),
        history.build_router(),
        train.build_router(),  # before what takes any photo
        packs_screens.build_router(),  # before what takes any photo
        pictures.build_router(),
        solids.build_router(),
        generate.build_router(),
        fallback.build_router(),  # last: it takes everything
    )
    return dispatcher


def _money_desk(house: House) -> Dispatcher:
    """What is heard out of turn: see FrontDoor."""
    desk = Dispatcher(
        disable_fsm=True, name="desk", payments=house.payments, accounts=house.accounts, texts=house.texts
    )
    desk.update.outer_middleware(Correlation())
    desk.include_routers(money_desk.build_router())
    return desk


def _isolation(house: House) -> OneAtATime:
    """Several processes take updates only in webhook mode."""
    if house.settings.bot_mode == "webhook" and house.settings.api_processes > 1:
        return OneAtATimeEverywhere(house.redis, house.settings.namespace)
    return OneAtATime()


def _surround(dispatcher: Dispatcher, house: House) -> None:
    """Middlewares, from the outermost inwards."""
    namespace = house.settings.namespace
    dispatcher.update.outer_middleware(Correlation())
    dispatcher.callback_query.outer_middleware(Answers())
    errors = Errors(house.accounts, house.texts)
    throttle = Throttle(house.accounts, house.texts, house.redis, namespace, time.monotonic)
    refunded_payments = RefundedPayments(house.refunds)
    earlier_erasures = EarlierErasures(house.erasures, house.texts)
    people = People(house.accounts, house.texts, house.redis, namespace)
    screens = Screens()
    for observer in (dispatcher.message, dispatcher.callback_query):
        observer.outer_middleware(errors)
        observer.outer_middleware(throttle)
        observer.outer_middleware(refunded_payments)
        observer.outer_middleware(earlier_erasures)
        observer.outer_middleware(people)
        observer.outer_middleware(screens)
