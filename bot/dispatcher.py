"""The dispatcher: routers and middlewares of every feature, and the services under their names for the handlers."""

import time
from collections.abc import Sequence
from typing import Any

from aiogram import Dispatcher, Router
from aiogram.utils.token import extract_bot_id

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
from bot.house import House
from bot.middlewares.answers import Answers
from bot.middlewares.correlation import Correlation
from bot.middlewares.earlier_erasures import EarlierErasures
from bot.middlewares.errors import Errors
from bot.middlewares.people import People
from bot.middlewares.refunded_payments import RefundedPayments
from bot.middlewares.screens import Screens
from bot.middlewares.throttle import Throttle
from bot.one_at_a_time import OneAtATime, OneAtATimeEverywhere
from bot.screen_picture import ScreenPictures
from services.drafts.extra_loras import ExtraLoras
from services.drafts.portrait_models import PortraitModels
from services.drafts.solid_drafts import SolidDrafts
from services.drafts.starts import Starts
from services.models.statistics import ModelStatistics
from services.money.frozen_accounts import FrozenAccounts
from services.money.statements import Statements
from services.reports import Reports


def build_dispatcher(house: House) -> Dispatcher:
    """Everything that hears updates, built once."""
    dispatcher = FrontDoor(
        _money_desk(house),
        storage=Dialogs(house.redis, f"{house.settings.namespace}:dialog"),
        events_isolation=_isolation(house),
        **_services(house),
        **_screens(house),
    )
    _surround(dispatcher, house)
    dispatcher.include_routers(*_routers())
    return dispatcher


def _services(house: House) -> dict[str, Any]:
    """What handlers ask for by its name: the house's services, and those that nobody else needs."""
    return {
        "accounts": house.accounts,
        "drafts": house.drafts,
        "pack_drafts": house.pack_drafts,
        "generations": house.generations,
        "gallery": house.gallery,
        "packs": house.packs,
        "tasks": house.tasks,
        "photos": house.photos,
        "consents": house.consents,
        "training_sets": house.training_sets,
        "training": house.training,
        "refunds": house.refunds,
        "notifications": house.notifications,
        "models": house.models,
        "model_statistics": ModelStatistics(house.db),
        "erasures": house.erasures,
        "referrals": house.referrals,
        "promo_codes": house.promo_codes,
        "payments": house.payments,
        "reports": Reports(house.db),
        "statements": Statements(house.db),
        "frozen_accounts": FrozenAccounts(house.db),
        "texts": house.texts,
        "admin_ids": frozenset(house.settings.admin_ids),
    }


def _screens(house: House) -> dict[str, Any]:
    """What features show and keep, by its name for the handlers, and the services that screens share."""
    namespace = house.settings.namespace
    is_preview = house.settings.chosen_image_backends[0] == "preview"
    screen_pictures = ScreenPictures(
        house.storage, house.notifications, house.redis, namespace, extract_bot_id(house.settings.telegram_token)
    )
    starts = Starts(house.db, house.drafts)
    portrait_models = PortraitModels(house.db)
    extra_loras = ExtraLoras(house.db, house.drafts, house.settings.chosen_image_backends)
    solid_drafts = SolidDrafts(house.db)
    sheets = ContactSheets()
    return {
        "screen_pictures": screen_pictures,
        "starts": starts,
        "portrait_models": portrait_models,
        "extra_loras": extra_loras,
        "composer": Composer(
            *(house.generations, starts, StylePictures(), screen_pictures, portrait_models, extra_loras),
            is_preview=is_preview,
        ),
        "albums": Albums(house.redis, namespace),
        "viewer": Viewer(house.gallery, house.generations, screen_pictures),
        "sending_files": SendingFiles(house.redis, namespace),
        "sheets": sheets,
        "pack_screens": PackScreens(
            *(house.packs, house.pack_drafts, house.generations, house.photos, sheets, screen_pictures),
            portrait_models=portrait_models,
            is_preview=is_preview,
        ),
        "parcels": Parcels(house.packs, house.redis, namespace),
        "solid_drafts": solid_drafts,
        "solid_screens": SolidScreens(
            solid_drafts, house.generations, house.tasks, screen_pictures, is_preview=is_preview
        ),
        "training_screens": TrainingScreens(house.training_sets, house.training, house.storage, screen_pictures),
        "card": Card.of(house.settings),
        "legal": LegalFacts.of(house.settings),
    }


def _routers() -> Sequence[Router]:
    """In the order in which they are asked whether an update is theirs."""
    return (
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


def _money_desk(house: House) -> Dispatcher:
    """What is heard out of turn: see FrontDoor."""
    desk = Dispatcher(
        disable_fsm=True, name="desk", payments=house.payments, accounts=house.accounts, texts=house.texts
    )
    desk.update.outer_middleware(Correlation())
    desk.include_routers(money_desk.build_router())
    return desk
