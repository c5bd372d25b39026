buy =
    ⭐ <b>Buy tokens</b>
buy-balance =
    You have { $tokens ->
        [one] <b>{ $tokens } token</b>
       *[other] <b>{ $tokens } tokens</b>
    }.
buy-balance-pictures =
    You have { $tokens ->
        [one] <b>{ $tokens } token</b>
       *[other] <b>{ $tokens } tokens</b>
    }{ $pictures ->
        [0] {", not quite enough for a photo."}
        [one] {", enough for "}{ $pictures } photo.
       *[other] {", enough for "}{ $pictures } photos.
    }
buy-how =
    Choose how many. Telegram shows you an invoice, and the tokens come as soon as it is paid.
buy-best =
    🔥 Best price: { $tokens ->
        [one] <b>{ NUMBER($tokens, useGrouping: 0) } token</b>
       *[other] <b>{ NUMBER($tokens, useGrouping: 0) } tokens</b>
    }.
buy-by-card =
    💳 is for paying by card.
buy-nothing =
    No tokens are for sale right now. Please look in again later.
buy-card-closed = Paying by card does not work right now. Please choose Stars.
owed =
    ⚠️ You owe { $owed ->
        [one] { $owed } token
       *[other] { $owed } tokens
    }. Your next purchase pays for this first.

price-in-stars = { NUMBER($stars, useGrouping: 0) } ⭐
offer =
    { $tokens ->
        [one] { NUMBER($tokens, useGrouping: 0) } token
       *[other] { NUMBER($tokens, useGrouping: 0) } tokens
    } · { $price }
offer-with-pictures =
    { $tokens ->
        [one] { NUMBER($tokens, useGrouping: 0) } token
       *[other] { NUMBER($tokens, useGrouping: 0) } tokens
    } · { $pictures ->
        [one] { $pictures } photo
       *[other] { $pictures } photos
    } · { $price }
offer-by-card = 💳 { NUMBER($tokens, useGrouping: 0) } · { $price }

invoice-title =
    { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    }
invoice-description =
    { $pictures ->
        [one] Enough for { $pictures } photo.
       *[other] Enough for { $pictures } photos.
    } The tokens come as soon as you have paid.
invoice-description-tokens = The tokens come as soon as you have paid.
checkout-later = I could not check the invoice. Nothing was charged: please try again in a minute.

button-payment = 🧾 The payment
button-all-payments = ‹ All payments
button-newest-payments = « Newest
button-ask-refund = ↩️ Ask for a refund

payments =
    🧾 <b>My payments</b>

    Press one to see more of it.
payments-none =
    🧾 <b>My payments</b>

    Nothing here yet: you have not bought anything.
payment-row = { DATETIME($date, dateStyle: "medium") } · { $price } · 🪙 { $tokens }
payment-row-refunded = ↩️ { DATETIME($date, dateStyle: "medium") } · { $price } · 🪙 { $tokens }
payment =
    🧾 <b>Payment no. { $number }</b>

    { DATETIME($date, dateStyle: "long") }
    Amount: <b>{ $price }</b>
    Credited: { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    }
payment-mismatch =
    This payment did not fit its invoice, so the tokens were credited by the amount. Questions: /paysupport
payment-refunded =
    ↩️ The money went back on { DATETIME($date, dateStyle: "long") }.

news-credited =
    ✅ <b>Thank you!</b>

    Your payment of { $price } is here: { $tokens ->
        [one] <b>{ $tokens } token</b>
       *[other] <b>{ $tokens } tokens</b>
    } credited.
    You now have { $left ->
        [one] { $left } token
       *[other] { $left } tokens
    }. Time for new photos!
news-debt-paid =
    { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } of these went to what you owed.
news-paid-for-nothing =
    🧾 <b>Payment received</b>

    We received { $price }, but we do not know yet what for, so no tokens were credited. We are looking into it, and nothing is lost. Questions: /paysupport
news-refunded =
    ↩️ <b>Your money is back</b>

    { $price } went back to where they came from.
news-tokens-taken =
    { $tokens ->
        [one] { $tokens } token was taken back with it.
       *[other] { $tokens } tokens were taken back with it.
    }
news-refund-declined =
    🧾 <b>About your refund</b>

    We have looked at your payment of { $price }. We are sorry, but it cannot be given back. If something is unclear, please write to us: /paysupport
news-reward =
    🎁 <b>Thank you for telling others about us!</b>

    { $tokens ->
        [one] <b>{ $tokens } token</b>
       *[other] <b>{ $tokens } tokens</b>
    } for your invitation. You now have { $left ->
        [one] { $left } token
       *[other] { $left } tokens
    }.
