history-empty =
    🖼 <b>My pictures</b>

    Nothing here yet. Shall we make the first one?
history-date = 🖼 <b>{ DATETIME($date, dateStyle: "long") }</b>
history-style = { $emoji } { $title }
history-words =
    <blockquote>{ $words }</blockquote>
history-place = Picture { $place } of { $count }
history-gone =
    The picture itself could not be opened, sorry, but its choices are still here.
button-newer = ◀ Newer
button-older = Older ▶
