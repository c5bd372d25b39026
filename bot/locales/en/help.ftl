button-help-short = ❓
button-help-topics = ‹ All topics

help-title-photos = 📸 Photos
help-title-styles = 🎨 Styles
help-title-words = ✍️ Words
help-title-models = 🧬 Personal model
help-title-tokens = 🪙 Tokens
help-title-packs = 📦 Photo packs
help-title-privacy = 🔒 Privacy
help-title-problems = 🛟 When something is wrong

help =
    ❓ <b>How it works</b>

    1. Send a photo: face close up, good light.
    2. Choose a style, or describe the picture in your own words.
    3. Press “Make”, and the finished picture comes here by itself.

    What would you like to know more about?

help-photos =
    📸 <b>Which photo works best</b>

    The best pictures come from photos where:
    • the face is close up and whole, without sunglasses or a mask;
    • the light is soft and even, by a window in the daytime for instance;
    • nobody else is in the frame, and the background is calm;
    • the shot is sharp and has no filters.

    JPEG, PNG, WebP or HEIC, up to { $limit_mb } MB. Sending it as a photo is easiest; send it as a file if every detail matters.

    Of an album I take the first photo. Please send only photos of your own, or those whose people agreed.

help-styles =
    🎨 <b>Styles</b>

    A style decides how the picture will look: light, colours, mood. Choose one from the gallery once you have sent a photo.

    You can add words to a style: it sets the look, and your words the details. Don’t like the result? “Another style” under the finished picture keeps your photo and words.

help-words =
    ✍️ <b>How to describe a picture</b>

    Write as simply as you would tell a friend: who or what is in the picture, where, in which light and mood. For example:
    <i>a portrait in an autumn park, soft evening light</i>

    One clear idea is better than a long list: up to 1,000 characters fit. Words can be added to a photo and a style, or do without a photo at all.

help-models =
    🧬 <b>Personal model</b>

    A model remembers how you look: with it any picture, in a style or from a description, really shows you, and no new photo is needed each time.

    1. /train: send 10–20 photos of yourself. I check each one at once and say what is wrong with it and what is missing.
    2. Answer a few questions and pay{ $price ->
        [0] {""}
        [one] {" "}({ $price } token)
       *[other] {" "}({ $price } tokens)
    }. If training fails, all of it comes back.
    3. Wait: usually less than half an hour. The first portraits are a gift.

    <b>Likeness</b> is measured by me: I compare the face in a picture with your photos. A portrait that came out too little like you is made again once, for free. It is a machine’s estimate: with glasses, from the side or in a fairy-tale style it may be too low.

    Not like you? In the first { $hours ->
        [one] { $hours } hour
       *[other] { $hours } hours
    } a model can be trained anew once for free in /models: the photos of last time are there already, and you can add new ones.
    The photos are erased { $days ->
        [one] { $days } day
       *[other] { $days } days
    } after the training, or earlier in /settings or together with the model.

help-tokens =
    🪙 <b>Tokens</b>

    Tokens pay for pictures and for training models. You see the price before you order, on the button.
help-tokens-more =
    An order sets its tokens aside, and you are charged only for what is ready. If something fails or you stop the order, the rest comes back by itself. Only a training that is under way costs a part of its price when you stop it: I tell you how much before.

    The first tokens are a gift when we meet. You can buy more for Telegram Stars: /buy. What you bought is in /history_payments.

help-packs =
    📦 <b>Photo packs</b>

    A pack is many photos on one theme at once: from one photo of yours, in different looks.

    Choose a theme, how many photos and their size, check the photo, and press “Make”. While the pack is being made the bot shows how long it still takes; you can stop it at any time and keep what is ready.

    The first photos come at once, and you can get all of them as one ZIP file. Your earlier packs wait in “My packs”.

help-privacy =
    🔒 <b>Privacy</b>

    Only you see your photos and pictures: the bot shows them to nobody else and looks nobody up by them.

    What is kept where, and who makes the pictures, stands in /privacy. To delete everything at once: /delete_me

help-problems =
    🛟 <b>When something is wrong</b>

    • <b>A picture takes long.</b> No order gets lost: it comes by itself, and if it cannot be made, your tokens come back.
    • <b>A button does nothing or is out of date.</b> Open the menu anew: /start
    • <b>The wrong step.</b> Leave it with /cancel
    • <b>You don’t like the result.</b> Try a brighter photo with the face closer, or another style.
    • <b>The bot reported an error.</b> Send the code from the message to support: /paysupport
