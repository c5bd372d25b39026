error-not_enough_tokens =
    You need { $missing ->
        [one] { $missing } more token
       *[other] { $missing } more tokens
    }: the price is { $price }, and you have { $tokens_left }. Buy more: /buy
error-too_many_tasks = { $limit ->
    [one] One order of yours is still on its way. Please wait for it to end, or stop it.
   *[other] { $limit } orders of yours are still on their way. Please wait for one to end, or stop one.
}
error-key_reused = This order was already sent with other choices. Please open a new card: /generate
error-banned = The bot is closed to you. If this is a mistake, please write to its owner. You still have /delete_me (erases your data), /paysupport, /terms and /privacy.
error-account_frozen = Something about your balance does not add up, and we are looking into it. Until then nothing can be bought or ordered. Questions: /paysupport
error-product_not_sold = This offer is gone. Please choose another: /buy
error-invoice_unknown = This invoice is out of date. Please open a new one: /buy
error-invoice_foreign = This invoice was made out to somebody else. Please open your own: /buy
error-invoice_mismatch = The amount is not the one of the invoice. Please open a new one: /buy
error-payment_not_found = I can’t find this payment. All your payments are in /history_payments
error-task_not_found = I can’t find this order any more. Finished pictures are in /history
error-draft_not_found = This card is out of date. Please start anew: /generate
error-file_not_found = This photo is gone. Please send it once more.
error-style_not_found = This style is gone. Please choose another.
error-nothing_to_make = First choose a style, or write what should be in the picture.
error-prompt_refused = { $kind ->
    [minor_adult] Children and teenagers are never shown in a revealing way here. Please describe something else.
    [adult] Explicit pictures are not made here. Please describe a scene without nudity or sex.
    [undressing] Clothes are not taken off people in photos here. Please describe another look.
    [sexual_violence] Pictures of sexual violence are not made here. Please describe something else.
    [gore] Pictures of torture and slaughter are not made here. Please describe something else.
    [forgery] Passports, money and other forged papers are not made here. Please describe something else.
    [self_harm] Such pictures are not made here. If things are hard, please don’t stay alone with it: talk to someone you trust, or call your local emergency number.
   *[other] Such pictures are not made here. Please describe something else.
}
error-nothing_to_vary = What this picture was made from is gone, so there is no other version of it. Try it in another style.
error-not_sold = Such pictures can’t be made right now. Please try later.
error-base_model_not_found = This way of making pictures is no longer there. Please choose another.
error-size_not_made = Pictures of this size are not made: each side must be from { $min_side } to { $max_side } pixels.
error-too_many_extra_loras = { $limit ->
    [one] Only one effect fits this picture. To choose another, take it away first.
   *[other] No more than { $limit } effects fit this picture. To choose another, take one away first.
}
error-lora_not_found = This personal look is not ready here, or is gone. Please choose another.
error-not_a_picture = I can’t open this photo. JPEG, PNG, WebP or HEIC will do; sending it as a photo, not as a file, is easiest.
error-photo_too_heavy = The file is too big: up to { $limit_mb } MB will do. Send it as a photo, not as a file, to make it lighter.
error-photo_too_many_pixels = The resolution is too high: up to { $limit_megapixels } megapixels will do. Please send it as a photo, not as a file.
error-photo_too_small = The photo is too small: its shorter side must be at least { $min_side } pixels.
error-photo_too_narrow = The photo is too narrow: one side may be at most { $max_ratio } times the other.
error-photo_animated = This is an animation, and I need a still photo.
error-already_refunded = This payment is refunded already, or the money is on its way.
error-refund_declined = A refund of this payment was looked at and declined. If something is unclear, please write to us: /paysupport
error-consent_missing = For a personal model I need your consent to use your photos. Please open /train and read what happens with them.
error-set_full = { $limit ->
    [one] One photo is all that fits here. Remove it to add another.
   *[other] There are { $limit } photos already, and more don’t fit. Remove one to add another.
}
error-training_costs_more = The price has changed meanwhile: { $tokens } tokens instead of { $agreed }. Nothing was charged. Please have a look, and press again if you agree.
error-set_not_open = These photos are no longer being collected. Please open /train
error-set_not_found = I can’t find these photos any more. Please open /train
error-set_of_other_aim = You are collecting photos for another model already. Please finish with it first, or discard them: /train
error-analysis_not_found = I can’t find this photo check any more. Please send the photo once more.
error-model_not_found = I can’t find this model any more. All your models are in /models
error-unexpected =
    Something broke on our side, sorry. Please try again a little later.

    Code for support: { $error_id }
too-fast = That’s too fast for me. Please wait a few seconds.
