"""What can go wrong for a person, each with a stable code.

The sentence that the person reads stands in the Fluent files under `error-<code>`, with the fields as arguments;
the API sends the code as a problem detail.
"""

from typing import ClassVar


class ProductError(Exception):
    """Something the person must be told. Nothing was written."""

    code: ClassVar[str]
    http_status: ClassVar[int] = 409

    def __init_subclass__(cls, *, code: str | None = None, http_status: int | None = None) -> None:
        """code: None for a kind of errors that is never raised itself. http_status: None for that of its kind."""
        super().__init_subclass__()
        if code is not None:
            cls.code = code
        if http_status is not None:
            cls.http_status = http_status

    def __init__(self, **fields: int | str) -> None:
        super().__init__(self.code, fields)
        self.fields = fields
        """Arguments of the sentence."""


# The person


class Banned(ProductError, code="banned", http_status=403):
    """The owner shut this person out."""


class AccountFrozen(ProductError, code="account_frozen", http_status=403):
    """The person's books do not add up: nothing is spent or bought until the owner has looked."""


class ErasureNotFound(ProductError, code="erasure_not_found", http_status=404):
    """No erasure has this reference."""


# Money


class NotEnoughTokens(ProductError, code="not_enough_tokens", http_status=402):
    """The price is higher than the balance. Fields: price, tokens_left."""


class ProductNotSold(ProductError, code="product_not_sold", http_status=404):
    """The product is not sold (any more), or not for this currency."""


class InvoiceUnknown(ProductError, code="invoice_unknown", http_status=404):
    """The invoice is not ours, was changed, or belongs to nobody any more."""


class InvoiceForeign(ProductError, code="invoice_foreign", http_status=403):
    """The invoice was written for another person."""


class InvoiceMismatch(ProductError, code="invoice_mismatch"):
    """Another amount or currency than the invoice says."""


class PaymentNotFound(ProductError, code="payment_not_found", http_status=404):
    """No such payment, or somebody else's."""


class AlreadyRefunded(ProductError, code="already_refunded"):
    """The payment is given back already."""


class RefundDeclined(ProductError, code="refund_declined"):
    """An admin has looked at it and said no."""


# Promo codes


class PromoCodeUnknown(ProductError, code="promo_code_unknown", http_status=404):
    """No promo code is called so."""


class PromoCodeUsed(ProductError, code="promo_code_used"):
    """This person has had the tokens of this promo code."""


class PromoCodeEarly(ProductError, code="promo_code_early"):
    """The promo code has not begun yet."""


class PromoCodeOver(ProductError, code="promo_code_over", http_status=410):
    """The promo code is over, or was switched off."""


class PromoCodeSpent(ProductError, code="promo_code_spent", http_status=410):
    """The promo code has no uses left."""


class PromoCodeTries(ProductError, code="promo_code_tries", http_status=429):
    """The person has tried as many promo codes as are allowed in an hour. Field: minutes until the next try."""


class PromoCodeNotForWeb(ProductError, code="promo_code_not_for_web", http_status=403):
    """Accounts that exist only on the web get no bonuses."""


class PromoCodeWrong(ProductError, code="promo_code_wrong", http_status=422):
    """What a promo code is to be made of does not fit: its name, its tokens, its uses or its dates."""


class PromoCodeExists(ProductError, code="promo_code_exists"):
    """There is a promo code of this name already."""


# Orders


class TooManyTasks(ProductError, code="too_many_tasks", http_status=429):
    """The person has as many open orders as are allowed. Field: limit."""


class KeyReused(ProductError, code="key_reused", http_status=422):
    """The idempotency key was used for another order."""


class TaskNotFound(ProductError, code="task_not_found", http_status=404):
    """No such task, or somebody else's."""


class DraftNotFound(ProductError, code="draft_not_found", http_status=404):
    """No such draft, or somebody else's."""


class NotSold(ProductError, code="not_sold", http_status=422):
    """Nothing of this kind has a price."""


class NothingToMake(ProductError, code="nothing_to_make", http_status=422):
    """An order with neither style nor words."""


class NothingToVary(ProductError, code="nothing_to_vary"):
    """What no order for a picture can make anew: an enlarged photo, one whose source is deleted, a solid."""


class PromptRefused(ProductError, code="prompt_refused", http_status=422):
    """A wish that is not made here. Field: kind, such as `minor_adult`, `adult`, or the code of a "SafetyRule"."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind=kind)


class StyleNotFound(ProductError, code="style_not_found", http_status=404):
    """The style is not on offer (any more)."""


class BaseModelNotFound(ProductError, code="base_model_not_found", http_status=422):
    """No model of this name makes this kind of order."""


class LoraNotFound(ProductError, code="lora_not_found", http_status=422):
    """A LoRA of the order does not exist, is somebody else's, or is not ready for this model."""


class TooManyExtraLoras(ProductError, code="too_many_extra_loras", http_status=422):
    """Nobody lays so many LoRAs on one picture. Field: limit, beside the personal model."""


class SizeNotMade(ProductError, code="size_not_made", http_status=422):
    """The model makes no pictures of this size. Fields: min_side, max_side (pixels)."""


class PictureTooLarge(ProductError, code="picture_too_large", http_status=422):
    """The picture would pass what is made. Field: limit (pixels of the longer side)."""


# Gallery and packs


class FileNotFound(ProductError, code="file_not_found", http_status=404):
    """No such picture, or somebody else's."""


class PictureNotFound(FileNotFound, code="picture_not_found"):
    """No such picture in the person's gallery: deleted, or somebody else's."""


class BadCursor(ProductError, code="bad_cursor", http_status=422):
    """The cursor of a list is none of ours."""


class BadTag(ProductError, code="bad_tag", http_status=422):
    """A tag is too long. Field: limit (characters)."""


class TooManyTags(ProductError, code="too_many_tags", http_status=422):
    """More tags than a picture may have. Field: limit."""


class NoteTooLong(ProductError, code="note_too_long", http_status=422):
    """The notes of a picture are too long. Field: limit (characters)."""


class PackNotFound(ProductError, code="pack_not_found", http_status=404):
    """The pack is not on offer (any more)."""


class DatasetNotFound(ProductError, code="dataset_not_found", http_status=404):
    """No such pack of the person's, or somebody else's."""


class DatasetEmpty(ProductError, code="dataset_empty"):
    """Nothing is made yet, or everything was deleted: there is nothing to download."""


# Photos


class PhotoRefused(ProductError, http_status=422):
    """A photo that cannot be taken; the subclasses say why."""


class NotAPicture(PhotoRefused, code="not_a_picture"):
    """The bytes are no JPEG, PNG, WebP or HEIC, or a broken one."""


class PhotoTooHeavy(PhotoRefused, code="photo_too_heavy", http_status=413):
    """More bytes than allowed. Field: limit_mb."""


class PhotoTooManyPixels(PhotoRefused, code="photo_too_many_pixels"):
    """More pixels than are decoded. Field: limit_megapixels."""


class PhotoTooSmall(PhotoRefused, code="photo_too_small"):
    """A side is too short. Field: min_side (pixels)."""


class PhotoTooNarrow(PhotoRefused, code="photo_too_narrow"):
    """One side is many times the other. Field: max_ratio."""


class PhotoAnimated(PhotoRefused, code="photo_animated"):
    """An animation, where a still picture is wanted."""


class AnalysisNotFound(ProductError, code="analysis_not_found", http_status=404):
    """No such analysis of a photo, or somebody else's."""


# Sets and trainings


class ConsentMissing(ProductError, code="consent_missing", http_status=403):
    """The person has not agreed to have a model trained from their photos, or has taken it back."""


class SetNotFound(ProductError, code="set_not_found", http_status=404):
    """No such set of photos, or somebody else's."""


class SetNotOpen(ProductError, code="set_not_open"):
    """Nothing is collected in this set (any more): used, discarded, or somebody else's."""


class SetFull(ProductError, code="set_full"):
    """The set has as many photos as one may have. Field: limit."""


class SetOfOtherAim(ProductError, code="set_of_other_aim"):
    """Photos are being collected for another model. Field: set_id."""


class SetNotDescribed(ProductError, code="set_not_described", http_status=422):
    """The set does not say yet whom it shows, or what the model is called."""


class TooFewPhotos(ProductError, code="too_few_photos", http_status=422):
    """The set has not as many good photos as a training needs. Field: missing."""


class TrainingNotOffered(ProductError, code="training_not_offered", http_status=422):
    """Nobody here trains a model, or nobody makes pictures with one."""


class TrainingCostsMore(ProductError, code="training_costs_more"):
    """It costs more by now than the person has agreed to. Fields: tokens, agreed."""


class ModelInTraining(ProductError, code="model_in_training"):
    """A training of this model has not ended."""


# Personal models


class ModelNotFound(ProductError, code="model_not_found", http_status=404):
    """No such model of the person's, or somebody else's."""


class ModelNotReady(ProductError, code="model_not_ready"):
    """The personal model of an order is still being trained, or its training came to nothing. Field: name."""


class ModelKeepsTraining(ProductError, code="model_keeps_training"):
    """The model cannot be deleted yet: trainings of it begin again and again."""


class BadModelName(ProductError, code="bad_model_name", http_status=422):
    """The name of a model has nothing visible in it, or too much. Field: limit (characters)."""


class ModelReceiptNotFound(ProductError, code="model_receipt_not_found", http_status=404):
    """No deletion of a model has this reference."""
