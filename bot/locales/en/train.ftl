error-training_not_offered = No model can be trained right now: it is switched off for a while. Please come back later.
error-too_few_photos =
    { $missing ->
        [one] { $missing } more good photo is needed. Send it in /train, and we can go on.
       *[other] { $missing } more good photos are needed. Send them in /train, and we can go on.
    }
error-set_not_described = Say first who is in the photos and what the model is called: /train
error-model_in_training = This model is being trained already. Please wait: I will write when it is ready.

button-train = 🧬 Train a model
command-train = Train a model on my photos

train =
    🧬 <b>My model</b>

    Send 10–20 photos of yourself. I check each one and train a model of your own on them.
    With it, pictures in any style look like you.
    Training runs by itself, usually for less than half an hour: I will write when it is done.
train-price =
    It costs { $tokens ->
        [one] <b>{ $tokens } token</b>
       *[other] <b>{ $tokens } tokens</b>
    }; you have { $left }. You pay at the very end, once the photos are fine. If training fails, all of it comes back.
train-consent =
    <b>Your consent is needed</b>
    • the photos are used to train your model, and to compare pictures with you, for nothing else;
    • for the comparison I remember your face as a row of numbers;
    • { $days ->
        [one] { $days } day
       *[other] { $days } days
    } after the training the photos are erased by themselves;
    • you can change your mind at any time, here or in /settings.
train-adults =
    🔞 Send only photos of yourself, and only if you are 18 or older. Photos of children or of other people will not do.
button-train-agree = ✅ I agree
train-not-offered = 🧬 No model can be trained right now: it is switched off for a while. Please come back later.

train-card = 🧬 <b>Photos for your model</b>
train-card-again = 🧬 <b>Photos for “{ $name }”</b>
train-before =
    🗂 { $count ->
        [one] { $count } photo from last time is here already
       *[other] { $count } photos from last time are here already
    }: add new ones, remove what you like. Those of last time are kept until { DATETIME($date, dateStyle: "long") }.
train-before-erased = 🗂 The photos of the last training are already erased: please send new ones.
train-how =
    Send photos here: as albums, one by one, or as files. At least { $least } good ones are needed, { $enough } or more are better.

    • you alone, with your face clearly visible
    • different days, clothes, backgrounds and light
    • straight on, half turned and from the side, close up and to the waist
    • no filters, masks or dark glasses
train-count =
    📷 { $count ->
        [one] <b>{ $count } photo</b>
       *[other] <b>{ $count } photos</b>
    }
train-count-judged =
    📷 { $count ->
        [one] <b>{ $count } photo</b>: { $parts }
       *[other] <b>{ $count } photos</b>: { $parts }
    }
train-count-good =
    { $count ->
        [one] { $count } good
       *[other] { $count } good
    }
train-count-bad =
    { $count ->
        [one] { $count } will not do
       *[other] { $count } will not do
    }
train-looking =
    👀 Looking at { $count ->
        [one] { $count } photo
       *[other] { $count } photos
    }…
train-bad-row = № { $numbers }: { $reason }
train-bad-more =
    { $count ->
        [one] …and { $count } more: see “All photos”.
       *[other] …and { $count } more: see “All photos”.
    }
verdict-not-looked-at = I could not look at it; send it again, or another one
verdict-nude = too revealing; please send one with clothes on
verdict-too-small = a small picture ({ $size }); send a larger one, { $least } pixels or more on its shorter side, as a file if you like
verdict-no-face = no face to be seen; send one where your face is clearly visible
verdict-several-faces =
    { $faces ->
        [one] { $faces } person
       *[other] { $faces } people
    } in the picture; send one where you are alone
verdict-on-its-side = it lies on its side or upside down; turn it upright and send it again
verdict-face-cut = the edge cuts your face off (about { $percent }%); send one with all of it
verdict-face-too-small = your face is too small ({ $side } pixels, { $least } are needed); send one from closer up
verdict-too-dark = too dark (your face is at { $percent }% brightness); send one in good light
verdict-too-bright = too bright (your face is at { $percent }% brightness); send one that is not washed out
verdict-blurred = not sharp; send a clear one
verdict-another-person = this seems to be somebody else; all photos should show one person
verdict-duplicate = nearly the same as № { $number }; send a different one
train-needs =
    ➕ { $count ->
        [one] <b>{ $count } more good photo</b> is needed.
       *[other] <b>{ $count } more good photos</b> are needed.
    }
train-needs-views =
    ➕ { $count ->
        [one] <b>{ $count } more good photo</b> is needed. Missing most: { $views }.
       *[other] <b>{ $count } more good photos</b> are needed. Missing most: { $views }.
    }
train-enough-looking = ✅ There are enough good photos. I will look at the rest, and then you can go on.
train-enough-views = ✅ That is enough, you can go on. Even better with one more of these: { $views }.
train-enough-more =
    ✅ That is enough, you can go on. { $count ->
        [one] With { $count } more good one the likeness gets better.
       *[other] With { $count } more good ones the likeness gets better.
    }
train-enough = ✅ A great set! You can go on.
train-view-front = straight into the camera
train-view-left = turned to the left
train-view-right = turned to the right
train-view-close-up = your face close up
train-view-half-length = to the waist

train-under-way =
    ⏳ A model is being trained already: I will write when it is ready. How far it is: /models

    Here you can collect photos for another one.
train-no-photo = ☝️ I am collecting photos for your model. Send photos or press a button; “Menu” or /cancel leads out.
train-closed =
    🧬 These photos are not being collected any more: your model is being trained on them, or you began anew. Collect new ones?

button-train-go-back = 🧬 Go on with the model
button-train-continue = ✅ Continue
button-train-remove-bad =
    { $count ->
        [one] 🧹 Remove { $count } that will not do
       *[other] 🧹 Remove { $count } that will not do
    }
button-train-photos = 🖼 All photos
button-train-anew = 🗑 Start anew
button-train-new = ➕ New model
button-train-photo-good = ✅ { $number }
button-train-photo-bad = ❌ { $number }
button-train-photo-waiting = 👀 { $number }
button-train-before = ◀
button-train-after = ▶
button-train-remove = 🗑 Remove this photo
button-train-all = 🖼 All photos
button-train-card = ‹ Photos
button-train-keep = ‹ No, keep them
button-train-discard = 🗑 Yes, erase and start anew
train-photos =
    🖼 <b>Your photos</b> · sheet { $page } of { $pages }

    Press a number to see that photo closely or to remove it.
train-photo = <b>Photo № { $number }</b>
train-photo-good = ✅ Good.
train-photo-waiting = 👀 I am still looking at this one.
train-removed =
    { $count ->
        [0] Nothing to remove.
        [one] { $count } photo removed.
       *[other] { $count } photos removed.
    }
train-discard =
    🗑 <b>Start anew?</b>

    { $count ->
        [one] The photo you sent is erased for good.
       *[other] All { $count } photos are erased for good.
    }
train-discard-before =
    { $count ->
        [one] { $count } of them is from last time.
       *[other] { $count } of them are from last time.
    }
train-another-set =
    🧬 You are already collecting photos for another model: { $count } so far.

    Erase them and begin with this one?
train-another-set-before = The photos from last time stay with their model.
train-discarded = The photos are erased. Starting anew.

train-subject =
    🧬 <b>Who is in the photos?</b>

    This helps the model to learn.
train-subject-woman = A woman
train-subject-man = A man
train-subject-other = Other
train-traits =
    🧬 <b>What is the same in all photos?</b>

    Mark what nearly every photo shows: hair, eyes, glasses… So the model learns which of it is you. You can skip this.
train-hair-bald = ✂️ no hair
train-hair-short = ✂️ short
train-hair-medium = ✂️ medium
train-hair-long = ✂️ long
train-hair-black = 💇 black
train-hair-brown = 💇 brown
train-hair-fair = 💇 fair
train-hair-red = 💇 red
train-hair-grey = 💇 grey
train-hair-dyed = 💇 bright
train-eyes-brown = 👁 brown
train-eyes-blue = 👁 blue
train-eyes-green = 👁 green
train-eyes-grey = 👁 grey
train-beard-stubble = 🧔 stubble
train-beard-mustache = 🥸 moustache
train-beard-beard = 🧔 beard
train-glasses = 👓 glasses
train-freckles = ✨ freckles
train-piercing = 💎 piercing
train-tattoo = 🖋 tattoo
button-train-next = Next ›
button-train-skip = Skip ›
button-train-back = ‹ Back
train-name =
    🧬 <b>What shall we call the model?</b>

    Write a name or press the button. Only you will see it.
train-name-default = My model
train-name-empty = ⚠️ At least one letter or digit is needed.
train-name-long = ⚠️ Too long: { $length } characters, and { $limit } are allowed.
button-train-name = “{ $name }”

train-summary = 🧬 <b>Ready to train</b>
train-summary-name = Model: <b>{ $name }</b>
train-summary-again = Model: <b>{ $name }</b>, trained again
train-summary-subject = In the photos: { $subject }
train-summary-traits = Traits: { $traits }
train-summary-photos =
    Photos: { $count ->
        [one] { $count } good
       *[other] { $count } good
    }
train-summary-photos-before =
    Photos: { $count ->
        [one] { $count } good
       *[other] { $count } good
    }, { $before } of them from last time
train-summary-price =
    Price: <b>{ $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    }</b> · you have { $left }
train-summary-free = Price: <b>free</b>, the second time is on me.
train-summary-missing =
    ⚠️ { $missing ->
        [one] { $missing } more token is
       *[other] { $missing } more tokens are
    } needed. The photos will wait: buy tokens and come back to /train
train-summary-promise = 🛟 If it fails, every token comes back.
train-summary-stop =
    ✋ You can stop it at any time. { $charged ->
        [0] That costs nothing.
        [one] Once it has begun, that costs { $charged } token.
       *[other] Once it has begun, that costs { $charged } tokens.
    }
train-summary-stop-free = ✋ You can stop it at any time. Once it has begun, that uses up the free one.
button-train-order =
    🧬 Train for { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    }
button-train-order-free = 🧬 Train for free
button-train-change = ✏️ Traits
button-train-rename = 🏷 Name
train-already = A model was already trained on these photos. New photos: /train

progress-training-photos = 🧬 <b>Preparing the photos…</b>
progress-training = 🧬 <b>Training your model…</b>
progress-training-registering = 🧬 <b>Nearly there: checking the model and connecting it…</b>
progress-training-queued =
    ⏳ <b>Training ordered</b>

    It begins soon. You can close the chat: I will write when the model is ready.
train-stop-question =
    ✋ <b>Stop the training?</b>

    { $charged ->
        [0] Nothing is charged for it, all of it comes back.
        [one] It is under way: { $charged } token is charged, { $returned } come back.
       *[other] It is under way: { $charged } tokens are charged, { $returned } come back.
    }
train-stop-question-free-waiting =
    ✋ <b>Stop the training?</b>

    It is your free one and has not begun: it stays yours until its time is up.
train-stop-question-free-begun =
    ✋ <b>Stop the training?</b>

    It is your free one and under way: stopped now, it counts as used.
train-stopping = Stopping. I will write what came back in a minute.
button-train-go-on = ‹ No, go on training
button-train-stop = ✋ Yes, stop

button-train-consent = 🧬 Photos for a model
train-consent-given =
    🧬 <b>Photos for a model</b>

    ✅ You agreed that a model of your own is trained on your photos. They are erased { $days ->
        [one] { $days } day
       *[other] { $days } days
    } after a training.

    You can take that back right now.
train-consent-none =
    🧬 <b>Photos for a model</b>

    You have not agreed to have a model trained on your photos. I will ask when you begin in /train
button-train-withdraw = 🗑 Take it back
train-withdraw =
    🗑 <b>Take it back?</b>

    Erased at once and for good:
    • all photos sent for a model;
    • everything I learnt about them, and the numbers I know your face by;
    • the set you are collecting now.

    Finished models and pictures stay: models are deleted in /models, everything together in /delete_me
train-withdraw-trainings =
    ⏳ { $count ->
        [one] The training that is under way stops
       *[other] The trainings that are under way stop
    }: { $charged ->
        [0] all its tokens come back.
        [one] { $charged } token is charged, the others come back.
       *[other] { $charged } tokens are charged, the others come back.
    }
button-train-withdraw-not = ‹ No, keep it
button-train-withdraw-really = 🗑 Yes, erase
train-withdrawn = ✅ <b>Taken back</b>

    Erased:
train-erased-photos =
    • { $count ->
        [one] { $count } photo for a model
       *[other] { $count } photos for a model
    }
train-erased-analyses =
    • { $count ->
        [one] { $count } photo check
       *[other] { $count } photo checks
    }
train-erased-faces =
    • { $count ->
        [one] { $count } record of your face
       *[other] { $count } records of your face
    }
train-erased-trainings =
    • { $count ->
        [one] { $count } training: I am stopping it, and will write what it came to
       *[other] { $count } trainings: I am stopping them, and will write what they came to
    }
train-withdrawn-end = If you change your mind, begin again in /train
train-withdrawn-nothing =
    ✅ <b>Taken back</b>

    There was nothing to erase: I have no photos for a model.
