button-terms = 📄 Terms
button-settings-back = ‹ Settings

terms =
    📄 <b>Terms</b>
terms-what =
    <b>What the bot does</b>
    It makes pictures and photo packs in a style you choose from your photos and descriptions. Every result is a little different, and likeness cannot be promised.
terms-preview =
    The bot is in trial mode now: pictures are put together with simple effects, without AI.
terms-photos =
    <b>Your photos</b>
    Send photos of yourself, or of people who agreed to it. Not allowed: photos of children without their parents’ consent, photos of others without asking, anything illegal, passing a picture off as a real photo to deceive or hurt somebody.
terms-tokens =
    <b>Tokens</b>
    Tokens pay for pictures. You see the price before you order. You are charged only for what is ready; for what failed or what you stopped, tokens come back by themselves. Tokens cannot be exchanged for money. The first ones are a gift, more can be bought: /buy.
terms-pictures =
    <b>Finished pictures</b>
    They are yours: use them as you like, within the law. Remember that they were made by a program.
terms-limits =
    <b>What we cannot promise</b>
    The bot may be down at times. A failure costs you nothing: tokens for what is not ready come back. Whoever breaks these terms may lose access.
terms-contact =
    <b>Questions</b>
    About tokens: /paysupport. About your data: /privacy. To delete everything: /delete_me

privacy =
    🔒 <b>Privacy</b>
privacy-kept =
    <b>What is kept</b>
    • your Telegram ID (not your phone number), name, username and language;
    • photos that you sent, without locations and other hidden data;
    • descriptions, orders, finished pictures and your marks on them;
    • for your models: the photos you sent for them, the trained models, and your face in figures;
    • the movements of tokens;
    • technical logs: your ID, numbers of orders and of errors, no photos and no descriptions.
privacy-on-machine =
    <b>Where</b>
    On the bot’s server. And, as every message, with Telegram.
privacy-in-cloud =
    <b>Where</b>
    Records on the bot’s server, photos and pictures in a cloud storage that only the bot has access to. And, as every message, with Telegram.
privacy-made-here =
    <b>Who makes the pictures</b>
    The bot’s server itself. Your photos and descriptions are sent nowhere else.
privacy-vendors =
    <b>Who makes the pictures</b>
    For an order, the photo and the description are sent to those who paint it: { $vendors }. Your name and ID do not go with them.
privacy-error-reports =
    Error reports go to a monitoring service without photos, descriptions, names or IDs.
privacy-seen =
    <b>Who sees it</b>
    Other people: never. The owner of the bot has technical access to the server, and opens somebody’s data only to give support or where the law demands it. Data is not sold and not used for advertising.
privacy-how-long =
    <b>How long</b>
    Until you delete it. /delete_me erases everything at once: photos, pictures, descriptions, your name. What stays: records of tokens and payments without your name, a note of the welcome gift with your ID, so that it is not given twice, if the bot was closed to you, the same kind of note of that, so that it stays closed, and numbers in the logs until newer ones replace them.
privacy-models =
    <b>Your models</b>
    A model is trained only with a consent of its own, from the photos you sent for it. They are erased by themselves 30 days after the training. The model and your face in figures, by which likeness is measured, stay until you delete the model in /models. What lies with those who train and draw is then deleted there too, where they allow it: the receipt tells you.
privacy-consent =
    <b>Consent</b>
    By sending a photo you allow pictures to be made from it for your orders, and nothing else. Only photos that you send for a model are trained on. Changed your mind? /delete_me withdraws the consent.

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
erasure-training-photos =
    • { $count ->
        [one] { $count } photo for your models
       *[other] { $count } photos for your models
    }
erasure-models =
    • { $count ->
        [one] { $count } model with its trainings, and its copies at those who train and draw
       *[other] { $count } models with their trainings, and their copies at those who train and draw
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
erasure-stays-ban = • a note that the bot is closed to you: it stays closed if you come again;
erasure-stays-chat = • the messages in this chat, which only you can delete, in Telegram.
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
erased-training-photos = • photos for models: { $count }
erased-models = • models with all their trainings: { $count }
erased-tokens = • tokens given up: { $count }
erasure-receipt-end =
    Keep the reference: it confirms the deletion, and nothing connects it with you any more.

    If you would like to come back, press /start and we will meet anew.
