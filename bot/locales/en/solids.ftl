button-solid = 🧊 3D
button-as-solid = 🧊 3D figure

solid-card =
    🧊 <b>A 3D figure</b>

    A .glb file comes: a figure to turn around in any 3D viewer or to print on a 3D printer. And a moving picture that shows it from all sides.
solid-from-picture = 🖼 It is made from this picture. One clear subject on a calm background turns out best.
solid-from-words = ✍️ No photo, from words:
solid-price =
    Price: <b>{ $price ->
        [one] { $price } token
       *[other] { $price } tokens
    }</b> · you have { $tokens }
solid-preview = <i>This is a trial mode: the figure is put together simply, without AI.</i>
solid-already-made = This figure is already made: it is further up in the chat. Here is a new card for the same.

progress-modelling = 🧊 <b>Modelling…</b>
ending-solid =
    🧊 <b>Your 3D figure is ready!</b>

    Its .glb file comes right below: open it in any 3D viewer, or send it to a printer.
ending-solid-too-large =
    🧊 <b>Your 3D figure is ready!</b>

    Its .glb file is { $size } MB, though, and Telegram takes no more than 50 MB from me. The figure is kept in your history.
ending-solid-not-sent =
    🧊 <b>Your 3D figure is ready</b>

    But Telegram did not take it. It is kept for you in the history.
ending-solid-failed =
    😔 <b>The figure did not work out</b>

    Something failed on our side, sorry. Please try again.
ending-solid-deadline =
    ⌛️ <b>It took too long</b>

    The figure took longer than anybody should wait, so I stopped it. I’m sorry! Please try again.
ending-solid-source-gone =
    😔 <b>Nothing to make the figure from</b>

    The picture could not be opened: it seems it was deleted. Please choose another one.
ending-solid-blocked =
    🙈 <b>This figure cannot be shown</b>

    It did not pass our safety check. Please try another picture or other words.
ending-solid-refused =
    🙈 <b>No figure is made of this</b>

    The picture or the words were refused. Please try others.
ending-solid-spoilt =
    😔 <b>The figure came out broken</b>

    The file could not be opened, so I am not sending it. Sorry! Please try again, perhaps with a picture that has one clear subject.

picture-solid = 🧊 3D figure
filter-kind-solids = 🧊 3D

help-title-solids = 🧊 3D
help-solids =
    🧊 <b>3D figures</b>

    Any picture can become a figure: press “3D” under it. Words alone will do too: describe what you would like to see, and press “3D figure” on the card.

    You get a moving picture that shows the figure from all sides, and a .glb file. It opens in any 3D viewer and can be printed on a 3D printer.

    One clear subject on a calm background turns out best: a person, an animal, a thing. The back, which the picture does not show, is made up.
price-solid =
    • A 3D figure: { $price ->
        [one] { $price } token
       *[other] { $price } tokens
    }
