intake =
    📸 <b>Пришлите фото</b>

    Лучше всего — где лицо видно крупно и хорошо освещено. Подойдёт JPEG, PNG или WebP до { $limit_mb } МБ.

    Нет подходящего фото? Можно сделать картинку просто по описанию.
button-words-only = ✍️ Без фото, по описанию

gallery =
    🎨 <b>Выберите стиль</b>

    Или просто напишите, что хотите увидеть.
gallery-page = Страница { $page } из { $pages }
gallery-empty =
    🎨 Готовых стилей сейчас нет. Напишите, что хотите увидеть, — сделаю по описанию.
gallery-album = 📷 В альбоме несколько фото. Беру первое; остальные можно прислать потом по одному.
button-newer-styles = ◀
button-more-styles = ▶
button-own-words = ✍️ Своими словами
button-no-style = Без стиля
button-to-card = ‹ Назад

words =
    ✍️ <b>Опишите картинку</b>

    Напишите одним сообщением, что должно быть на ней. Например:
    <i>портрет в осеннем парке, мягкий вечерний свет</i>
words-before =
    Сейчас:
    <blockquote>{ $words }</blockquote>
words-too-long =
    ⚠️ Получилось длинновато: { $length ->
        [one] { $length } знак
        [few] { $length } знака
       *[many] { $length } знаков
    }, а поместится { $limit }. Сократите, пожалуйста, и пришлите ещё раз.
words-not-found =
    ⚠️ Не вижу здесь слов. Напишите, пожалуйста, что должно быть на картинке.
words-not-text =
    ⚠️ Здесь мне нужны слова: опишите картинку одним сообщением.

card = <b>Ваша картинка</b>
card-from-photo = 📷 По вашему фото
card-from-words = ✍️ Без фото, по описанию
card-style = Стиль: { $emoji } { $title }
card-style-gone = Стиль: его больше нет, выберите другой
card-words =
    <blockquote>{ $words }</blockquote>
card-price =
    { $price ->
        [one] Цена: <b>{ $price } токен</b>
        [few] Цена: <b>{ $price } токена</b>
       *[many] Цена: <b>{ $price } токенов</b>
    } · у вас { $tokens }
card-missing =
    ⚠️ Не хватает { $missing ->
        [one] { $missing } токена
       *[many] { $missing } токенов
    }. Попробуйте взять меньше картинок.
card-missing-for-one =
    ⚠️ Не хватает { $missing ->
        [one] { $missing } токена
       *[many] { $missing } токенов
    } — пока даже на одну картинку.
card-preview = <i>Это пробный режим: картинки собираются простыми эффектами, без ИИ.</i>
button-chosen = ✅ { $choice }
button-format-square = ⬜️ Квадрат
button-format-portrait = 📱 Портрет
button-format-landscape = 🌄 Пейзаж
button-style = 🎨 Стиль
button-add-words = ✍️ Добавить слова
button-change-words = ✍️ Изменить слова
button-drop-words = 🗑 Убрать слова
button-make-for =
    ✨ Сделать · { $price ->
        [one] { $price } токен
        [few] { $price } токена
       *[many] { $price } токенов
    }

already-made = Эта картинка уже готова. Вот новая карточка с теми же настройками.

progress-queued =
    ⏳ <b>Заказ принят</b>

    Ваша очередь скоро подойдёт. Можно закрыть чат: картинка придёт сама.
progress-running = 🎨 <b>Рисую…</b>
progress-bar = { $bar } { $percent } %
progress-seconds =
    Осталось примерно { $seconds ->
        [one] { $seconds } секунда
        [few] { $seconds } секунды
       *[many] { $seconds } секунд
    }
progress-minutes =
    Осталось примерно { $minutes ->
        [one] { $minutes } минута
        [few] { $minutes } минуты
       *[many] { $minutes } минут
    }
progress-almost = Почти готово
button-stop = ✋ Остановить
stopped-waiting =
    Остановлено. { $tokens ->
        [0] Токены не списаны.
        [one] { $tokens } токен вернулся на баланс.
        [few] { $tokens } токена вернулись на баланс.
       *[many] { $tokens } токенов вернулись на баланс.
    }
stopped-running = Останавливаю. Токены спишутся только за то, что уже готово; остальные вернутся.
stopped-too-late = Останавливать уже нечего: всё закончилось.

button-again = 🔁 Ещё раз
button-other-style = 🎨 Другой стиль

photo-not-fetched = Не получилось получить фото от Telegram. Пришлите его, пожалуйста, ещё раз.
