intake =
    📸 <b>Send a photo</b>

    Best is one where the face is close up and well lit. JPEG, PNG, WebP or HEIC, up to { $limit_mb } MB.

    No suitable photo? A picture can be made from words alone.
button-words-only = ✍️ No photo, just words

gallery =
    🎨 <b>Choose a style</b>

    Open a section you like, or simply write what you would like to see.
gallery-shelf =
    { $emoji } <b>{ $title }</b>

    Choose a style by its button, or simply write what you would like to see.
gallery-shelf-part = Part { $part } of { $parts }
gallery-empty =
    🎨 There are no styles to choose from right now. Write what you would like to see, and I will make it from your words.
gallery-album = 📷 There are several photos in the album. I am using the first one; send the others one at a time if you like.
photo-replaced = 📷 Using the new photo. Everything else is as you chose.
button-shelf = { $emoji } { $title } · { $styles }
button-surprise = 🎲 Surprise me
button-previous-shelf = ◀ { $emoji } { $title }
button-next-shelf = { $emoji } { $title } ▶
button-to-shelves = ‹ All styles
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

ideas =
    💡 <b>Ideas</b>

    Press an example and it becomes your description; you can change it afterwards.
idea-example = <b>{ $number }.</b> { $words }
ideas-tips =
    <b>How to describe it well</b>
    • The main thing first: who or what is in the picture.
    • Then where, when, and in what mood.
    • Name the light and the colours: “soft evening light”, “pastel tones”.
    • Two or three details are enough: too many quarrel with each other.
button-ideas = 💡 Ideas
button-to-words = ‹ To the description
theme-portrait = 🧑 Portrait
idea-park-title = Autumn park
idea-park = a head and shoulders portrait in an autumn park, golden leaves, a warm scarf, soft evening light
idea-window-title = By the window
idea-window = a portrait by the window on a rainy day, a thoughtful look, drops on the glass, muted tones
idea-stage-title = On stage
idea-stage = a performer on stage, a spotlight beam, haze, bright highlights, seen from below
theme-travel = 🧭 Travel
idea-paris-title = A Paris café
idea-paris = at a table of a street café in Paris, morning, coffee and a croissant, a blurred street behind
idea-mountains-title = A summit
idea-mountains = on a mountain top at dawn, a bright jacket, wind, a sea of clouds below
idea-desert-title = The desert
idea-desert = among dunes at sunset, light pale clothes, long shadows, a caravan far away
theme-scenery = 🏞 Scenery
idea-lighthouse-title = A lighthouse
idea-lighthouse = a lighthouse on a rock in a storm, huge waves, dark clouds, a warm beam of light
idea-village-title = A mountain village
idea-village = a small mountain village on a winter night, lit windows, a starry sky, seen from above
idea-field-title = A lavender field
idea-field = a lavender field at dawn, a lonely tree, light mist, pastel colours
theme-animals = 🐾 Animals
idea-fox-title = A fox in the snow
idea-fox = a red fox in a winter forest, snowflakes on its fur, a close-up, soft light
idea-cat-title = A cat detective
idea-cat = a grey cat in a raincoat and a hat, an old study, a desk lamp, a film of the forties
idea-whale-title = A flying whale
idea-whale = a blue whale flying over a city at night, stars, glowing windows, a fairy-tale illustration
theme-story = 🏰 Fairy tale
idea-knight-title = A knight
idea-knight = a knight in silver armour at the gate of an old castle, sunset, a scarlet cloak in the wind
idea-forest-title = A magic forest
idea-forest = a keeper of a magic forest, fireflies, giant trees, moonlight, a thin crown of twigs
idea-captain-title = A captain
idea-captain = the captain of an airship at the helm, clouds, brass instruments, morning sun
theme-holiday = 🎉 Holidays
idea-newyear-title = New Year
idea-newyear = New Year’s Eve by a decorated tree, strings of lights, a cosy sweater, warm candlelight
idea-birthday-title = A birthday
idea-birthday = a birthday in the garden, balloons, a cake with candles, confetti, a joyful mood
idea-carnival-title = A carnival
idea-carnival = a carnival in Venice, a painted mask, velvet and gold, evening lights on the water

card = <b>Your picture</b>
card-from-photo = 📷 From your photo
card-from-words = ✍️ No photo, from words
card-style = Style: { $emoji } { $title }
card-style-gone = Style: no longer there, please choose another
card-extra-loras =
    🪄 { $count ->
        [one] Effect
       *[other] Effects
    }: { $names }
card-words =
    <blockquote>{ $words }</blockquote>
card-unwanted = 🚫 Without: { $words }
card-strength-close = 📷 Closer to the photo
card-strength-balanced = ⚖️ Photo and style balanced
card-variation = 🔢 Variation no. { $number }
card-price =
    { $pictures ->
        [one] Price of { $pictures } picture
       *[other] Price of { $pictures } pictures
    }: <b>{ $price ->
        [one] { $price } token
       *[other] { $price } tokens
    }</b> · you have { $tokens }
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
button-format-tall = 📲 Story
button-style = 🎨 Style
button-add-words = ✍️ Add words
button-change-words = ✍️ Change words
button-drop-words = 🗑 Remove the words
button-fine-tuning = 🎛 Fine tuning
button-make-for =
    ✨ Make · { $price ->
        [one] { $price } token
       *[other] { $price } tokens
    }

more =
    🎛 <b>Fine tuning</b>

    All of it is optional: the picture turns out well without.
more-strength =
    📷 <b>Likeness to the photo</b>
    Closer keeps the face and the pose nearly as they are. Bolder lets the style unfold.
more-unwanted =
    🚫 <b>What should not be there</b>
    { $words }
more-unwanted-nothing =
    🚫 <b>What should not be there</b>
    Nothing in particular.
more-variation =
    🔢 <b>Variation number:</b> { $number }
    With this number and the same choices you get the same picture.
more-variation-any =
    🔢 <b>Variation number:</b> a new one each time
    So making it again gives another picture.
more-extra-loras =
    🪄 <b>Effects:</b> { $names }
    They are laid over the style and over everything else.
more-extra-loras-nothing =
    🪄 <b>Effects</b>
    None chosen.
button-extra-loras = 🪄 Effects
extra-loras =
    🪄 <b>Effects</b>

    Each is laid over the style and over everything else. Press one to add it, and once more to take it away; up to { $limit } fit.
extra-loras-page = Page { $page } of { $pages }
button-extra-loras-before = ◀ Previous
button-extra-loras-after = Next ▶
extra-loras-dropped =
    ⚠️ { $count ->
        [one] The effect “{ $names }” is not available for this picture any more: it is taken out.
       *[other] These effects are not available for this picture any more and are taken out: { $names }.
    }
button-strength-close = Closer
button-strength-balanced = Balanced
button-strength-bold = Bolder
button-unwanted = 🚫 What should not be there
button-drop-unwanted = 🗑 Remove
button-variation = 🔢 Variation number
button-drop-variation = 🎲 Any
unwanted =
    🚫 <b>What should not be in the picture?</b>

    List it in one message. For example:
    <i>glasses, lettering, people in the background</i>
unwanted-before =
    Now:
    <blockquote>{ $words }</blockquote>
variation =
    🔢 <b>Variation number</b>

    The same number and the same choices give the same picture; another number gives another one. Send any whole number, for example <i>42</i>.
variation-before = Now: <b>{ $number }</b>
variation-not-a-number =
    ⚠️ I need a whole number from 0 to { $limit } and nothing else. Please send it once more.

already-making = This is already being made.
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
