button-menu = ‹ Menu
button-make = 📸 Make a picture
button-history = 🖼 My pictures
button-favorites = ❤️ Favourites
button-balance = 🪙 Balance
button-buy = ⭐ Buy tokens
button-buy-short = ⭐ Buy tokens
button-payments = 🧾 My payments
button-settings = ⚙️ Settings
button-help = ❓ Help
button-packs = 📦 Photo packs
button-privacy = 🔒 Privacy
button-erasure = 🗑 Delete my data

command-start = Main menu
command-generate = Make a picture
command-pack = Photo pack: many photos on one theme
command-history = My pictures
command-favorites = Favourites
command-balance = How many tokens I have
command-buy = Buy tokens
command-history-payments = My payments
command-settings = Language and my data
command-help = How it works
command-cancel = Leave the current step
command-paysupport = Support for tokens and payments
command-terms = Terms
command-privacy = Privacy
command-delete-me = Delete my data
command-admin-report = Admin: report of a day
command-admin-payments = Admin: all payments as a table
command-admin-cases = Admin: refunds to decide on
command-admin-models = Admin: trainings and models
command-admin-promo = Admin: make a promo code
command-admin-unfreeze = Admin: unfreeze a balance
command-admin-clear-referrals = Admin: clear an inviter

somebody = friend

welcome =
    👋 <b>Hello, { $name }!</b>

    I turn ordinary photos into portraits in many styles. Send 10–20 photos, and I train a model of your own: then every picture really shows you.

    { $tokens ->
        [0] Nice to meet you!
        [one] 🎁 Here is <b>{ $tokens } token</b> for your first pictures.
       *[other] 🎁 Here are <b>{ $tokens } tokens</b> for your first pictures.
    }

    Just send a photo, or press the button below.
menu =
    ✨ <b>Dream Photo</b>

    Send a photo, or choose where to begin.

    🪙 You have { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    }

balance =
    🪙 <b>Your balance</b>

    Available: <b>{ $left ->
        [one] { $left } token
       *[other] { $left } tokens
    }</b>
balance-held =
    Set aside for orders in the making: { $held ->
        [one] { $held } token
       *[other] { $held } tokens
    }
balance-spent =
    Spent so far: { $spent ->
        [one] { $spent } token
       *[other] { $spent } tokens
    }
balance-pictures =
    { $pictures ->
        [0] Not quite enough for a picture: one costs { $price ->
            [one] { $price } token
           *[other] { $price } tokens
        }.
        [one] Your tokens are enough for { $pictures } picture.
       *[other] Your tokens are enough for { $pictures } pictures.
    }

balance-prices = <b>Prices</b>

settings =
    ⚙️ <b>Settings</b>

    Which language shall we speak? Below: terms, privacy, your consent to photos for a model, and deleting your data.
settings-locale-ru = 🇷🇺 Русский
settings-locale-en = 🇬🇧 English
settings-locale-saved = Done, I speak English now

cancel-nothing =
    Nothing to cancel: you are in the main menu.
cancel-done =
    Step cancelled, you are back in the main menu. Your tokens are untouched.
cancel-running =
    { $tasks ->
        [one] Your order is still in the making. The button under its message stops it.
       *[other] Your orders are still in the making ({ $tasks }). The button under each message stops it.
    }

unknown-content =
    I don’t understand this yet: photos and words are what I work with 🙂

    Send a photo, or write what you would like to see in the picture.
unknown-voice =
    🎧 I can’t listen yet. Write in words what you would like to see, or send a photo.
unknown-video =
    🎬 I can’t make a picture from a video. Please send a photo; a still frame will do.
unknown-sticker =
    😊 Thank you! And now send a photo, or write what you would like to see in the picture.
unknown-document =
    This is not a picture, so I can’t open it. JPEG, PNG, WebP or HEIC will do, as a photo or as a file.
unknown-command =
    I don’t know this command. Everything I can do is in the menu and in /help.
unknown-button = This button is out of date. Here is the menu.
unknown-words =
    💬 You wrote:
    <blockquote>{ $words }</blockquote>
    Shall I make a picture of this?
button-make-of-words = ✨ Yes, please
button-back-to-draft = ↩️ Back to the picture

price-picture =
    • A picture: { $price ->
        [one] { $price } token
       *[other] { $price } tokens
    }
price-train =
    • A personal model: { $price ->
        [one] { $price } token
       *[other] { $price } tokens
    }
price-pack =
    • A photo in a pack: { $price ->
        [one] { $price } token
       *[other] { $price } tokens
    }
