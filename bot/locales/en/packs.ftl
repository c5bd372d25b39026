error-pack_not_found = This pack is gone. Please choose another.
error-dataset_not_found = I can’t find this pack any more. Finished pictures are in /history
error-dataset_empty = There are no pictures in this pack yet.

packs =
    📦 <b>Photo packs</b>

    Many photos on one theme from one photo of yours, each in a look of its own. Which theme shall it be?
packs-empty =
    📦 There are no themes for packs right now. Please look in later.
packs-photo-taken = 📷 I have the photo. Now choose a theme.
button-my-packs = 🗂 My packs
button-themes = ‹ Themes
button-pack-size = { $pixels } × { $pixels }
button-pack-photo = 📷 Show the photo

pack-card = { $emoji } <b>{ $title }</b>
pack-card-looks = The looks take turns: { $looks }.
pack-card-photo = 📷 From your latest photo. Want another one? Just send it here.
pack-card-no-photo = 📷 Send a photo here, and the pack will be made from it: face close up, good light, nobody else in the frame.
pack-photo =
    📷 The pack will be made from this photo.

    Want another one? Just send it here.
pack-price =
    { $photos ->
        [one] Price of { $photos } photo
       *[other] Price of { $photos } photos
    }: <b>{ $price ->
        [one] { $price } token
       *[other] { $price } tokens
    }</b> · you have { $tokens }
pack-missing =
    ⚠️ You need { $missing ->
        [one] { $missing } more token
       *[other] { $missing } more tokens
    }. Try fewer photos.
pack-missing-for-smallest =
    ⚠️ You need { $missing ->
        [one] { $missing } more token
       *[other] { $missing } more tokens
    }, even for { $photos ->
        [one] { $photos } photo
       *[other] { $photos } photos
    }.
pack-already-made = This pack is already made. Here is a new card with the same choices.
pack-ending-more = These are the first { $shown } of { $made } photos. All of them are in the ZIP file and in “My pictures”.

button-zip = 📥 Get the ZIP
button-zip-again = 🔁 Send it again
button-see-all = 🖼 See all
zip-begun =
    { $parts ->
        [one] Packing the ZIP file, it comes in a moment.
       *[other] The pack is large: { $parts } ZIP files come one after another.
    }
zip-under-way = The ZIP file is on its way already, please wait a moment.
zip-part = 📥 ZIP file { $part } of { $parts }
zip-not-sent =
    😔 The ZIP file did not come through. Your photos are safe: press the button and I will try again.

my-packs =
    🗂 <b>My packs</b>

    Open one to see its photos, or to get them all as one ZIP file.
my-packs-empty =
    🗂 <b>My packs</b>

    Nothing here yet. Choose a theme, and let’s make the first one!
my-packs-row = { $title } · { $photos } · { DATETIME($date, dateStyle: "medium") }
button-newest-packs = ◀ Newest
button-back-to-my-packs = ‹ My packs
my-pack =
    <b>{ $title }</b>
    { DATETIME($date, dateStyle: "long") }
my-pack-photos =
    { $asked ->
        [one] { $made } of { $asked } photo made
       *[other] { $made } of { $asked } photos made
    } · { $pixels } × { $pixels }
my-pack-open = ⏳ The pack is still being made: the photos come here by themselves.
my-pack-nothing = There are no photos in this pack. What did not work out was not charged.
