intake =
    📸 <b>Send a photo</b>

    Best of all one where the face is close up and well lit. JPEG, PNG or WebP, up to { $limit_mb } MB.

    No suitable photo? A picture can be made from words alone.
button-words-only = ✍️ No photo, just words

gallery =
    🎨 <b>Choose a style</b>

    Or simply write what you would like to see.
gallery-page = Page { $page } of { $pages }
gallery-empty =
    🎨 There are no styles to choose from right now. Write what you would like to see, and I will make it from your words.
gallery-album = 📷 There are several photos in the album. I am using the first one; send the others one at a time if you like.
button-newer-styles = ◀
button-more-styles = ▶
button-own-words = ✍️ My own words
button-no-style = No style
button-to-card = ‹ Back

words =
    ✍️ <b>Describe the picture</b>

    Write in one message what should be in it. For example:
    <i>a portrait in an autumn park, soft evening light</i>
words-before =
    Now:
    <blockquote>{ $words }</blockquote>
words-too-long =
    ⚠️ That is a little long: { $length ->
        [one] { $length } character
       *[other] { $length } characters
    }, and { $limit } fit. Please shorten it and send it again.
words-not-found =
    ⚠️ I see no words here. Please write what should be in the picture.
words-not-text =
    ⚠️ I need words here: please describe the picture in one message.

card = <b>Your picture</b>
card-from-photo = 📷 From your photo
card-from-words = ✍️ No photo, from words
card-style = Style: { $emoji } { $title }
card-style-gone = Style: no longer there, please choose another
card-words =
    <blockquote>{ $words }</blockquote>
card-price =
    { $price ->
        [one] Price: <b>{ $price } token</b>
       *[other] Price: <b>{ $price } tokens</b>
    } · you have { $tokens }
card-missing =
    ⚠️ You need { $missing ->
        [one] { $missing } more token
       *[other] { $missing } more tokens
    }. Try fewer pictures.
card-missing-for-one =
    ⚠️ You need { $missing ->
        [one] { $missing } more token
       *[other] { $missing } more tokens
    }, even for a single picture.
card-preview = <i>This is a trial mode: pictures are put together with simple effects, without AI.</i>
button-chosen = ✅ { $choice }
button-format-square = ⬜️ Square
button-format-portrait = 📱 Portrait
button-format-landscape = 🌄 Landscape
button-style = 🎨 Style
button-add-words = ✍️ Add words
button-change-words = ✍️ Change words
button-drop-words = 🗑 Remove the words
button-make-for =
    ✨ Make · { $price ->
        [one] { $price } token
       *[other] { $price } tokens
    }

already-made = This picture is already made. Here is a new card with the same choices.

progress-queued =
    ⏳ <b>Order received</b>

    Your turn comes soon. You can close the chat: the picture will come by itself.
progress-running = 🎨 <b>Making it…</b>
progress-bar = { $bar } { $percent }%
progress-seconds =
    About { $seconds ->
        [one] { $seconds } second
       *[other] { $seconds } seconds
    } left
progress-minutes =
    About { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    } left
progress-almost = Almost done
button-stop = ✋ Stop
stopped-waiting =
    Stopped. { $tokens ->
        [0] No tokens were charged.
        [one] { $tokens } token is back on your balance.
       *[other] { $tokens } tokens are back on your balance.
    }
stopped-running = Stopping. You pay only for what is already made; the rest comes back.
stopped-too-late = Nothing left to stop: it is all done.

button-again = 🔁 Again
button-other-style = 🎨 Another style

photo-not-fetched = I could not get the photo from Telegram. Please send it once more.
