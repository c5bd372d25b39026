history-empty =
    🖼 <b>Мои картинки</b>

    Здесь пока пусто. Сделаем первую?
history-date = 🖼 <b>{ DATETIME($date, dateStyle: "long") }</b>
history-style = { $emoji } { $title }
history-words =
    <blockquote>{ $words }</blockquote>
history-place = Картинка { $place } из { $count }
history-gone =
    Саму картинку, к сожалению, открыть не удалось, но настройки её сохранились.
button-newer = ◀ Новее
button-older = Старше ▶
