ending-completed =
    ✨ <b>Here you are!</b>
ending-charged =
    { $charged ->
        [0] No tokens charged
        [one] { $charged } token charged
       *[other] { $charged } tokens charged
    } · { $left } left
ending-returned =
    { $returned ->
        [one] { $returned } token is back
       *[other] { $returned } tokens are back
    } · you have { $left } now
ending-partly =
    ✨ <b>{ $made } of { $asked } made</b>

    The others, sadly, did not work out.
ending-stopped-partly =
    ✋ <b>Stopped</b>

    { $made } of { $asked } were ready in time, here you are.
ending-both =
    { $charged ->
        [one] { $charged } token charged
       *[other] { $charged } tokens charged
    }, { $returned ->
        [one] { $returned } is back
       *[other] { $returned } are back
    } · you have { $left } now
ending-cancelled =
    ✋ <b>Stopped</b>
ending-expired =
    ⌛️ <b>Your turn did not come</b>

    There are too many orders right now, and I did not get to yours. I’m sorry! Please try again a little later.
ending-failed =
    😔 <b>It did not work out</b>

    Something failed on our side, sorry. Try again, or choose another style.
ending-failed-partly =
    😔 <b>Not everything worked out</b>

    { $made } of { $asked } were made, here you are. Sorry about the rest.
ending-deadline =
    ⌛️ <b>It took too long</b>

    The picture took longer than anybody should wait, so I stopped it. I’m sorry! Please try again.
ending-photo =
    😔 <b>The photo could not be opened</b>

    Please send this photo once more, or choose another one.
ending-unsupported =
    😔 <b>Such a picture can’t be made right now</b>

    Please try another style or other words.
ending-not-sent =
    ✨ <b>Your pictures are made</b>

    But Telegram did not take them. They are kept for you in the history.
ending-unavailable =
    😔 <b>Not right now</b>

    Those who make this cannot be reached, or have no room today. I’m sorry! Please try again a little later.
ending-blocked =
    🙈 <b>{ $asked ->
        [1] The picture cannot be shown
       *[other] The pictures cannot be shown
    }</b>

    { $asked ->
        [1] It did not pass our safety check, and its tokens are back.
       *[other] They did not pass our safety check, and their tokens are back.
    } Please try other words or another photo.
ending-partly-blocked =
    ✨ <b>{ $made } of { $asked } made</b>

    One or more pictures did not pass our safety check and are not shown; their tokens are back.
ending-prompt-blocked =
    🙈 <b>Such pictures are not made here</b>

    The wish was refused by those who make the pictures. Please put it in other words.
ending-refused =
    🙈 <b>The order was refused</b>

    Those who make the pictures could not take this photo or these words. Please try others.
ending-spoilt =
    😔 <b>It came out broken</b>

    The picture that came could not be opened, so I am not sending it. Sorry! Please try again.
