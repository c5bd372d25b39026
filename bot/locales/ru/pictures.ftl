picture-date = 🖼 <b>{ DATETIME($date, dateStyle: "long") }</b> · { $size }
picture-enlarged = 🔍 Увеличенная
picture-style = { $emoji } { $title }
picture-words =
    <blockquote>{ $words }</blockquote>
picture-tags = 🏷 { $tags }
picture-note = 📝 { $note }
picture-gone =
    Саму картинку, к сожалению, открыть не удалось, но всё, что о ней известно, сохранилось.
error-picture_not_found = Этой картинки больше нет: она удалена.

button-vary = 🎲 Похожие
button-restyle = 🖌 Взять за основу
button-favorite-off = 🤍 В избранное
button-favorite-on = ❤️ В избранном
button-enlarge = 🔍 Увеличить
button-enlarge-again = 🔍 Попробовать ещё раз
button-as-file = 📎 Файлом
button-more = ⋯ Ещё
button-tags = 🏷 Метки
button-note = 📝 Заметка
button-delete = 🗑 Удалить
button-to-result = ‹ К результату
button-to-picture = ‹ К картинке

favorite-added = ❤️ Теперь в избранном
favorite-removed = Убрано из избранного

file-sending = Отправляю файл в полном размере…
file-on-its-way = Этот файл уже отправлен: он в конце чата.
file-too-large = Этот файл больше 50 МБ, а Telegram такие не принимает.

sizes =
    🔍 <b>Увеличить картинку</b>

    Сейчас она { $size }. Во сколько раз увеличить?
sizes-seconds =
    ⏱ Займёт примерно { $seconds ->
        [one] { $seconds } секунду
        [few] { $seconds } секунды
       *[many] { $seconds } секунд
    }
sizes-minutes =
    ⏱ Займёт примерно { $minutes ->
        [one] { $minutes } минуту
        [few] { $minutes } минуты
       *[many] { $minutes } минут
    }
sizes-balance =
    🪙 У вас { $tokens ->
        [one] { $tokens } токен
        [few] { $tokens } токена
       *[many] { $tokens } токенов
    }
sizes-missing =
    ⚠️ Не хватает { $missing ->
        [one] { $missing } токена
       *[many] { $missing } токенов
    }.
button-size =
    ×{ $factor } · { $size } · { $price ->
        [one] { $price } токен
        [few] { $price } токена
       *[many] { $price } токенов
    }
enlarge-missing =
    Не хватает { $missing ->
        [one] { $missing } токена
       *[many] { $missing } токенов
    }.
already-enlarged = Эта картинка уже увеличена: она выше, в чате.

progress-enlarging = 🔍 <b>Увеличиваю…</b>
ending-enlarged =
    🔍 <b>Увеличено до { $size }</b>

    Telegram показывает фото уменьшенными. Картинка в полном размере придёт по кнопке «Файлом».
ending-not-enlarged =
    😔 <b>Увеличить не получилось</b>

    Это сбой на нашей стороне, простите. Попробуйте, пожалуйста, ещё раз.
ending-source-gone =
    😔 <b>Увеличивать нечего</b>

    Исходной картинки больше нет: похоже, вы её удалили.

tags =
    🏷 <b>Метки</b>

    Напишите их одним сообщением через пробел или запятую, например: <i>море, лето, для аватарки</i>. Готовые можно поставить и снять кнопками.
tags-now = Сейчас: { $tags }
tags-not-found = ⚠️ Не вижу здесь меток. Подойдут слова, например: <i>море лето</i>
marking-problem = ⚠️ { $problem }
marking-not-text = ⚠️ Здесь мне нужны слова: напишите их одним сообщением.
tag-given = Метка «{ $tag }» поставлена
tag-taken = Метка «{ $tag }» снята

note =
    📝 <b>Заметка</b>

    Напишите одним сообщением что угодно об этой картинке. Заметку видите только вы.
note-now =
    Сейчас:
    <blockquote>{ $note }</blockquote>
note-too-long =
    ⚠️ Получилось длинновато: { $length ->
        [one] { $length } знак
        [few] { $length } знака
       *[many] { $length } знаков
    }, а поместится { $limit }. Сократите, пожалуйста, и пришлите ещё раз.
button-drop-note = 🗑 Убрать заметку
note-dropped = Заметка убрана

delete-ask =
    🗑 <b>Удалить эту картинку?</b>

    Вернуть её будет нельзя. Токены за неё не возвращаются: картинка была сделана.
button-delete-really = 🗑 Да, удалить
button-keep = ‹ Оставить
picture-deleted = Картинка удалена
