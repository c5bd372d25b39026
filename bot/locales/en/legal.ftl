button-erase = 🗑 Delete everything
button-erase-not = ‹ No, keep it
button-erase-really = 🗑 Yes, delete for good
button-erase-check = 🔄 Check

erasure =
    🗑 <b>Deleting your data</b>

    This goes for good:
erasure-photos =
    • { $count ->
        [one] { $count } photo of yours
       *[other] { $count } photos of yours
    }
erasure-pictures =
    • { $count ->
        [one] { $count } finished picture
       *[other] { $count } finished pictures
    }
erasure-packs =
    • { $count ->
        [one] { $count } photo pack
       *[other] { $count } photo packs
    }
erasure-rest = • descriptions, favourites, drafts, settings and your name
erasure-open-orders =
    • { $count ->
        [one] { $count } order in the making, which stops
       *[other] { $count } orders in the making, which stop
    }
erasure-tokens =
    • { $count ->
        [one] { $count } token on your balance, which is lost
       *[other] { $count } tokens on your balance, which are lost
    }
erasure-stays =
    <b>This stays:</b>
    • records of tokens and payments, without your name and photos: the books have to be kept;
    • a note that the welcome gift was given: it is not given twice;
    • the messages in this chat, which only you can delete, in Telegram.
erasure-really =
    ⚠️ <b>Really delete everything?</b>

    Nobody can bring photos, pictures or tokens back afterwards, not even support. Save the pictures you want to keep first.
erasure-unfinished =
    ⏳ <b>The deletion has begun</b>

    Reference: <code>{ $reference }</code>

    It comes to its end by itself in the next minutes, you need not do anything.
erasure-receipt =
    ✅ <b>Your data is deleted</b>

    Reference: <code>{ $reference }</code>
    Date: { DATETIME($date, dateStyle: "long") }
erased-photos = • photos: { $count }
erased-pictures = • pictures: { $count }
erased-orders = • orders: { $count }
erased-tokens = • tokens given up: { $count }
erasure-receipt-end =
    Keep the reference: it tells of the deletion, and nothing connects it with you any more.

    If you would like to come back, press /start and we will meet anew.
