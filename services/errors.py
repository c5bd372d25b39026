"""What can go wrong for a person, each with a stable code.

The sentence that the person reads stands in the Fluent files under `error-<code>`, with the fields as arguments;
the API sends the code as a problem detail.
"""

from typing import ClassVar


class ProductError(Exception):
    """Something the person must be told. Nothing was written."""

    code: ClassVar[str]
    http_status: ClassVar[int] = 409

    def __init__(self, **fields: int | str) -> None:
        super().__init__(self.code, fields)
        self.fields = fields
        """Arguments of the sentence."""


class NotEnoughTokens(ProductError):
    """The price is higher than the balance. Fields: price, tokens_left."""

    code = "not_enough_tokens"
    http_status = 402


class TooManyTasks(ProductError):
    """The person has as many open orders as are allowed. Field: limit."""

    code = "too_many_tasks"
    http_status = 429


class KeyReused(ProductError):
    """The idempotency key was used for another order."""

    code = "key_reused"
    http_status = 422


class Banned(ProductError):
    """The owner shut this person out."""

    code = "banned"
    http_status = 403


class AccountFrozen(ProductError):
    """The person's books do not add up: nothing is spent or bought until the owner has looked."""

    code = "account_frozen"
    http_status = 403


class ProductNotSold(ProductError):
    """The product is not sold (any more), or not for this currency."""

    code = "product_not_sold"
    http_status = 404


class InvoiceUnknown(ProductError):
    """The invoice is not ours, was changed, or belongs to nobody any more."""

    code = "invoice_unknown"
    http_status = 404


class InvoiceForeign(ProductError):
    """The invoice was written for another person."""

    code = "invoice_foreign"
    http_status = 403


class InvoiceMismatch(ProductError):
    """Another amount or currency than the invoice says."""

    code = "invoice_mismatch"


class PaymentNotFound(ProductError):
    """No such payment, or somebody else's."""

    code = "payment_not_found"
    http_status = 404


class PromoCodeUnknown(ProductError):
    """No promo code is called so."""

    code = "promo_code_unknown"
    http_status = 404


class PromoCodeUsed(ProductError):
    """This person has had the tokens of this promo code."""

    code = "promo_code_used"


class PromoCodeEarly(ProductError):
    """The promo code has not begun yet."""

    code = "promo_code_early"


class PromoCodeOver(ProductError):
    """The promo code is over, or was switched off."""

    code = "promo_code_over"
    http_status = 410


class PromoCodeSpent(ProductError):
    """The promo code has no uses left."""

    code = "promo_code_spent"
    http_status = 410


class PromoCodeTries(ProductError):
    """The person has tried as many promo codes as are allowed in an hour. Field: minutes until the next try."""

    code = "promo_code_tries"
    http_status = 429


class PromoCodeNotForWeb(ProductError):
    """Accounts that exist only on the web get no bonuses."""

    code = "promo_code_not_for_web"
    http_status = 403


class PromoCodeWrong(ProductError):
    """What a promo code is to be made of does not fit: its name, its tokens, its uses or its dates."""

    code = "promo_code_wrong"
    http_status = 422


class PromoCodeExists(ProductError):
    """There is a promo code of this name already."""

    code = "promo_code_exists"


class TaskNotFound(ProductError):
    """No such task, or somebody else's."""

    code = "task_not_found"
    http_status = 404


class DraftNotFound(ProductError):
    """No such draft, or somebody else's."""

    code = "draft_not_found"
    http_status = 404


class FileNotFound(ProductError):
    """No such picture, or somebody else's."""

    code = "file_not_found"
    http_status = 404


class PictureNotFound(FileNotFound):
    """No such picture in the person's gallery: deleted, or somebody else's."""

    code = "picture_not_found"


class StyleNotFound(ProductError):
    """The style is not on offer (any more)."""

    code = "style_not_found"
    http_status = 404


class BaseModelNotFound(ProductError):
    """No model of this name makes this kind of order."""

    code = "base_model_not_found"
    http_status = 422


class SizeNotMade(ProductError):
    """The model makes no pictures of this size. Fields: min_side, max_side (pixels)."""

    code = "size_not_made"
    http_status = 422


class LoraNotFound(ProductError):
    """A LoRA of the order does not exist, is somebody else's, or is not ready for this model."""

    code = "lora_not_found"
    http_status = 422


class NothingToMake(ProductError):
    """An order with neither style nor words."""

    code = "nothing_to_make"
    http_status = 422


class PromptRefused(ProductError):
    """A wish that is not made here. Field: kind, such as `minor_adult`, `adult`, or the code of a "SafetyRule"."""

    code = "prompt_refused"
    http_status = 422

    def __init__(self, kind: str) -> None:
        super().__init__(kind=kind)


class NothingToVary(ProductError):
    """What no order for a picture can make anew: an enlarged photo, one whose source is deleted, a solid."""

    code = "nothing_to_vary"


class NotSold(ProductError):
    """Nothing of this kind has a price."""

    code = "not_sold"
    http_status = 422


class BadCursor(ProductError):
    """The cursor of a list is none of ours."""

    code = "bad_cursor"
    http_status = 422


class BadTag(ProductError):
    """A tag is too long. Field: limit (characters)."""

    code = "bad_tag"
    http_status = 422


class TooManyTags(ProductError):
    """More tags than a picture may have. Field: limit."""

    code = "too_many_tags"
    http_status = 422


class NoteTooLong(ProductError):
    """The notes of a picture are too long. Field: limit (characters)."""

    code = "note_too_long"
    http_status = 422


class PictureTooLarge(ProductError):
    """The picture would pass what is made. Field: limit (pixels of the longer side)."""

    code = "picture_too_large"
    http_status = 422


class PackNotFound(ProductError):
    """The pack is not on offer (any more)."""

    code = "pack_not_found"
    http_status = 404


class DatasetNotFound(ProductError):
    """No such pack of the person's, or somebody else's."""

    code = "dataset_not_found"
    http_status = 404


class DatasetEmpty(ProductError):
    """Nothing is made yet, or everything was deleted: there is nothing to download."""

    code = "dataset_empty"


class ErasureNotFound(ProductError):
    """No erasure has this reference."""

    code = "erasure_not_found"
    http_status = 404


class AlreadyRefunded(ProductError):
    """The payment is given back already."""

    code = "already_refunded"


class RefundDeclined(ProductError):
    """An admin has looked at it and said no."""

    code = "refund_declined"


class PhotoRefused(ProductError):
    """A photo that cannot be taken; the subclasses say why."""

    http_status = 422


class NotAPicture(PhotoRefused):
    """The bytes are no JPEG, PNG, WebP or HEIC, or a broken one."""

    code = "not_a_picture"


class PhotoTooHeavy(PhotoRefused):
    """More bytes than allowed. Field: limit_mb."""

    code = "photo_too_heavy"
    http_status = 413


class PhotoTooManyPixels(PhotoRefused):
    """More pixels than are decoded. Field: limit_megapixels."""

    code = "photo_too_many_pixels"


class PhotoTooSmall(PhotoRefused):
    """A side is too short. Field: min_side (pixels)."""

    code = "photo_too_small"


class PhotoTooNarrow(PhotoRefused):
    """One side is many times the other. Field: max_ratio."""

    code = "photo_too_narrow"


class PhotoAnimated(PhotoRefused):
    """An animation, where a still picture is wanted."""

    code = "photo_animated"


class TrainingNotOffered(ProductError):
    """Nobody here trains a model, or nobody makes pictures with one."""

    code = "training_not_offered"
    http_status = 422


class TrainingCostsMore(ProductError):
    """It costs more by now than the person has agreed to. Fields: tokens, agreed."""

    code = "training_costs_more"


class TooFewPhotos(ProductError):
    """The set has not as many good photos as a training needs. Field: missing."""

    code = "too_few_photos"
    http_status = 422


class SetNotDescribed(ProductError):
    """The set does not say yet whom it shows, or what the model is called."""

    code = "set_not_described"
    http_status = 422


class ModelInTraining(ProductError):
    """A training of this model has not ended."""

    code = "model_in_training"


class ConsentMissing(ProductError):
    """The person has not agreed to have a model trained from their photos, or has taken it back."""

    code = "consent_missing"
    http_status = 403


class SetFull(ProductError):
    """The set has as many photos as one may have. Field: limit."""

    code = "set_full"


class SetNotOpen(ProductError):
    """Nothing is collected in this set (any more): used, discarded, or somebody else's."""

    code = "set_not_open"


class SetNotFound(ProductError):
    """No such set of photos, or somebody else's."""

    code = "set_not_found"
    http_status = 404


class SetOfOtherAim(ProductError):
    """Photos are being collected for another model. Field: set_id."""

    code = "set_of_other_aim"


class AnalysisNotFound(ProductError):
    """No such analysis of a photo, or somebody else's."""

    code = "analysis_not_found"
    http_status = 404


class ModelNotReady(ProductError):
    """The personal model of an order is still being trained, or its training came to nothing. Field: name."""

    code = "model_not_ready"
    http_status = 409


class ModelNotFound(ProductError):
    """No such model of the person's, or somebody else's."""

    code = "model_not_found"
    http_status = 404


class ModelKeepsTraining(ProductError):
    """The model cannot be deleted yet: trainings of it begin again and again."""

    code = "model_keeps_training"


class BadModelName(ProductError):
    """The name of a model has nothing visible in it, or too much. Field: limit (characters)."""

    code = "bad_model_name"
    http_status = 422


class ModelReceiptNotFound(ProductError):
    """No deletion of a model has this reference."""

    code = "model_receipt_not_found"
    http_status = 404
