"""What the bot stands on: connections and services, built once."""

import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from bot.shared_trips import SharedTrips
from bot.texts import Texts
from config.settings import Settings
from db.pool import Database
from repository.tasks import Lane
from services.accounts import Accounts
from services.doorbell import Doorbell, arq_client
from services.drafts.drafts import Drafts
from services.drafts.pack_drafts import PackDrafts
from services.erasable import ErasableFiles
from services.erasures import Erasures
from services.gallery.packs import Packs
from services.gallery.pictures import Gallery
from services.generation import Generations
from services.lanes import lane_of as lane_of_backend
from services.models.models import Models
from services.money.invoice_payloads import InvoicePayloads
from services.money.payments import Payments
from services.money.promo_codes import PromoCodes
from services.money.referrals import Referrals
from services.money.refunds import Refunds
from services.notifications import Notifications
from services.photos.photos import Photos
from services.storage import Storage
from services.tasks import Tasks
from services.training.consents import Consents
from services.training.places import TrainingPlaces
from services.training.sets import TrainingSets
from services.training.trainings import Training


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
