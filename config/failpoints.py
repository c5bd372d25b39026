"""Every durable write of the house by name, and the points around each at which a test may let a process die.

A crash can only matter between two durable writes, so the list of writes is the list of crash points: each has one
right before it becomes durable and one right after. What lies between two neighbours (a call to a vendor, a message
to Telegram) has a point on either side.
"""

import os
import signal
from enum import StrEnum
from pathlib import Path


class Write(StrEnum):
    """What is written durably, each by one transaction, one statement or one object in the storage."""

    PERSON_REGISTER = "person.register"
    PERSON_LOCALE = "person.locale"
    PERSON_BLOCKED_BOT = "person.blocked_bot"
    PERSON_ADMIN = "person.admin"
    PERSON_BAN = "person.ban"

    PHOTO_STORE = "photo.store"
    PHOTO_NOTE = "photo.note"
    DRAFT_BEGIN = "draft.begin"
    DRAFT_CHANGE = "draft.change"

    CONSENT_GIVE = "consent.give"
    CONSENT_WITHDRAW = "consent.withdraw"
    SET_BEGIN = "set.begin"
    SET_CHANGE = "set.change"
    SET_DISCARD = "set.discard"
    TRAINING_PHOTO_ADD = "training_photo.add"
    ANALYSIS_REQUEST = "analysis.request"
    ANALYSIS_CLAIM = "analysis.claim"
    ANALYSIS_RENEW = "analysis.renew"
    ANALYSIS_CLOSE = "analysis.close"
    ANALYSIS_LET_GO = "analysis.let_go"
    CARD_TRACK = "card.track"
    CARD_CLAIM = "card.claim"
    CARD_SHOWN = "card.shown"

    PICTURE_MARK = "picture.mark"
    PICTURE_DELETE = "picture.delete"
    ERASABLE_FORGET = "erasable.forget"

    ERASURE_REQUEST = "erasure.request"
    ERASURE_ROWS = "erasure.rows"
    ERASURE_COMPLETE = "erasure.complete"

    MODEL_CHANGE = "model.change"
    MODEL_ERASE = "model.erase"
    COPY_DOOM = "copy.doom"
    COPY_CLAIM = "copy.claim"
    COPY_CLOSE = "copy.close"
    PHOTOS_EXPIRE = "photos.expire"

    INVOICE_ADD = "invoice.add"
    PAYMENT_RECEIVE = "payment.receive"
    REFUND_REQUEST = "refund.request"
    REFUND_DECIDE = "refund.decide"
    REFUND_HONOUR = "refund.honour"
    REFUND_CLAIM = "refund.claim"
    REFUND_POSTPONE = "refund.postpone"
    REFUND_CLOSE = "refund.close"

    REFERRAL_CODE = "referral.code"
    REFERRAL_CLEAR = "referral.clear"
    REWARD_VEST = "reward.vest"

    PROMO_ADD = "promo.add"
    PROMO_REDEEM = "promo.redeem"

    BOOKS_ROUND = "books.round"
    ACCOUNT_FREEZE = "account.freeze"
    ACCOUNT_UNFREEZE = "account.unfreeze"
    STAR_NOTE = "star.note"
    NEWS_TOLD = "news.told"
    REPORT_MAKE = "report.make"
    REPORT_TOLD = "report.told"

    TASK_REQUEST = "task.request"
    TASK_CANCEL = "task.cancel"
    TASK_CLAIM = "task.claim"
    TASK_RENEW = "task.renew"
    TASK_TELL = "task.tell"
    TASK_HAND_BACK = "task.hand_back"
    TASK_TAKE_BACK = "task.take_back"
    TASK_GIVE_UP = "task.give_up"
    TASK_END = "task.end"

    CALL_PREPARE = "call.prepare"
    CALL_SENT = "call.sent"
    CALL_CLOSE = "call.close"
    OUTPUT_STORE = "output.store"
    STEP_KEEP = "step.keep"
    WEIGHTS_STORE = "weights.store"
    TRAINING_KEEP = "training.keep"
    ADMIN_EVENT = "admin.event"
    FILE_ERASE = "file.erase"

    NOTIFICATION_CLAIM = "notification.claim"
    NOTIFICATION_RENEW = "notification.renew"
    NOTIFICATION_ALBUM_SENT = "notification.album_sent"
    NOTIFICATION_POSTPONE = "notification.postpone"
    NOTIFICATION_CLOSE = "notification.close"
    FILE_TELEGRAM_ID = "file.telegram_id"
    PROGRESS_TRACK = "progress.track"
    PROGRESS_SHOWN = "progress.shown"
    PROGRESS_FORGET = "progress.forget"


class Failpoints:
    """Kills this process at a point that a test has armed: by a file `<write>.before` or `<write>.after`.

    Without a folder, as everywhere but in tests, nothing is ever armed.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @property
    def are_on(self) -> bool:
        """Whether a test may arm points here."""
        return self._folder is not None

    def before(self, write: Write) -> None:
        """The next step makes the write durable."""
        self._pass(f"{write.value}.before")

    def after(self, write: Write) -> None:
        """The write is durable; nobody has been told."""
        self._pass(f"{write.value}.after")

    def _pass(self, point: str) -> None:
        if self._folder is None:
            return
        try:
            (self._folder / point).unlink()  # of several processes only the one that removes the file dies
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)
