picture-date = 🖼 <b>{ DATETIME($date, dateStyle: "long") }</b> · { $size }
picture-enlarged = 🔍 Enlarged
picture-style = { $emoji } { $title }
picture-words =
    <blockquote>{ $words }</blockquote>
picture-tags = 🏷 { $tags }
picture-note = 📝 { $note }
picture-gone =
    The picture itself could not be opened, sorry, but everything known about it is still here.
error-picture_not_found = This picture is gone: it was deleted.

button-vary = 🎲 Variations
button-restyle = 🖌 Start from this
button-favorite-off = 🤍 Favourite
button-favorite-on = ❤️ Favourite
button-enlarge = 🔍 Enlarge
button-enlarge-again = 🔍 Try again
button-as-file = 📎 As a file
button-more = ⋯ More
button-tags = 🏷 Tags
button-note = 📝 Note
button-delete = 🗑 Delete
button-to-result = ‹ To the result
button-to-picture = ‹ To the picture

favorite-added = ❤️ Added to favourites
favorite-removed = Removed from favourites

file-sending = Sending the full-size file…
file-on-its-way = This file is already sent: it is at the end of the chat.
file-too-large = This file is larger than 50 MB, and Telegram does not take such files.

sizes =
    🔍 <b>Enlarge the picture</b>

    It is { $size } now. How many times larger?
sizes-seconds =
    ⏱ Takes about { $seconds ->
        [one] { $seconds } second
       *[other] { $seconds } seconds
    }
sizes-minutes =
    ⏱ Takes about { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }
sizes-balance =
    🪙 You have { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    }
sizes-missing =
    ⚠️ You need { $missing ->
        [one] { $missing } more token
       *[other] { $missing } more tokens
    }.
button-size =
    ×{ $factor } · { $size } · { $price ->
        [one] { $price } token
       *[other] { $price } tokens
    }
enlarge-missing =
    You need { $missing ->
        [one] { $missing } more token
       *[other] { $missing } more tokens
    }.
already-enlarged = This picture is enlarged already: it is further up in the chat.

progress-enlarging = 🔍 <b>Enlarging…</b>
ending-enlarged =
    🔍 <b>Enlarged to { $size }</b>

    Telegram makes photos smaller. “As a file” brings this one in full size.
ending-not-enlarged =
    😔 <b>It could not be enlarged</b>

    Something failed on our side, sorry. Please try again.
ending-source-gone =
    😔 <b>Nothing to enlarge</b>

    The picture itself is gone: it seems you deleted it.

tags =
    🏷 <b>Tags</b>

    Write them in one message, with spaces or commas between them, for example: <i>sea, summer, for my profile</i>. The ones in use can be added and removed with the buttons.
tags-now = Now: { $tags }
tags-not-found = ⚠️ I see no tags here. Words will do, for example: <i>sea summer</i>
marking-problem = ⚠️ { $problem }
marking-not-text = ⚠️ I need words here: please write them in one message.
tag-given = Tag “{ $tag }” added
tag-taken = Tag “{ $tag }” removed

note =
    📝 <b>Note</b>

    Write anything about this picture in one message. Only you can see it.
note-now =
    Now:
    <blockquote>{ $note }</blockquote>
note-too-long =
    ⚠️ That is a little long: { $length ->
        [one] { $length } character
       *[other] { $length } characters
    }, and { $limit } fit. Please shorten it and send it again.
button-drop-note = 🗑 Remove the note
note-dropped = Note removed

delete-ask =
    🗑 <b>Delete this picture?</b>

    It cannot be brought back. Its tokens are not returned: the picture was made.
button-delete-really = 🗑 Yes, delete
button-keep = ‹ Keep it
picture-deleted = Picture deleted
