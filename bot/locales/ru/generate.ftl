intake =
    📸 <b>Пришлите фото</b>

    Лучше всего — где лицо видно крупно и хорошо освещено. Подойдёт JPEG, PNG, WebP или HEIC до { $limit_mb } МБ.

    Нет подходящего фото? Можно сделать картинку просто по описанию.
button-words-only = ✍️ Без фото, по описанию

gallery =
    🎨 <b>Выберите стиль</b>

    Откройте раздел по душе или просто напишите, что хотите увидеть.
gallery-shelf =
    { $emoji } <b>{ $title }</b>

    Выберите стиль кнопкой. Можно и просто написать, что хотите увидеть.
gallery-shelf-part = Часть { $part } из { $parts }
gallery-empty =
    🎨 Готовых стилей сейчас нет. Напишите, что хотите увидеть, — сделаю по описанию.
gallery-album = 📷 В альбоме несколько фото. Беру первое; остальные можно прислать потом по одному.
photo-replaced = 📷 Беру новое фото. Остальное — как вы выбрали.
button-shelf = { $emoji } { $title } · { $styles }
button-surprise = 🎲 Удивите меня
button-previous-shelf = ◀ { $emoji } { $title }
button-next-shelf = { $emoji } { $title } ▶
button-to-shelves = ‹ Все стили
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

ideas =
    💡 <b>Идеи</b>

    Нажмите на пример — он станет вашим описанием, и его можно будет изменить.
idea-example = <b>{ $number }.</b> { $words }
ideas-tips =
    <b>Как описать, чтобы получилось</b>
    • Сначала главное: кто или что на картинке.
    • Потом — где, когда и какое настроение.
    • Назовите свет и цвета: «мягкий вечерний свет», «пастельные тона».
    • Хватит двух-трёх деталей: лишнее спорит между собой.
button-ideas = 💡 Идеи
button-to-words = ‹ К описанию
theme-portrait = 🧑 Портрет
idea-park-title = Осенний парк
idea-park = портрет по плечи в осеннем парке, золотые листья, тёплый шарф, мягкий вечерний свет
idea-window-title = У окна
idea-window = портрет у окна в дождливый день, задумчивый взгляд, капли на стекле, приглушённые тона
idea-stage-title = На сцене
idea-stage = артист на сцене, луч прожектора, дым, яркие блики, ракурс снизу
theme-travel = 🧭 Путешествия
idea-paris-title = Кафе в Париже
idea-paris = за столиком уличного кафе в Париже, утро, кофе и круассан, размытая улица на фоне
idea-mountains-title = Вершина
idea-mountains = на вершине горы на рассвете, яркая куртка, ветер, море облаков внизу
idea-desert-title = Пустыня
idea-desert = среди дюн на закате, лёгкая светлая одежда, длинные тени, караван вдали
theme-scenery = 🏞 Пейзаж
idea-lighthouse-title = Маяк в шторм
idea-lighthouse = маяк на скале в шторм, огромные волны, тёмные тучи, тёплый луч света
idea-village-title = Горная деревня
idea-village = маленькая деревня в горах зимней ночью, свет в окнах, звёздное небо, вид сверху
idea-field-title = Лавандовое поле
idea-field = лавандовое поле на рассвете, одинокое дерево, лёгкий туман, пастельные цвета
theme-animals = 🐾 Животные
idea-fox-title = Лиса в снегу
idea-fox = рыжая лиса в зимнем лесу, снежинки на шерсти, крупный план, мягкий свет
idea-cat-title = Кот-детектив
idea-cat = серый кот в плаще и шляпе, старый кабинет, настольная лампа, фильм сороковых годов
idea-whale-title = Летающий кит
idea-whale = синий кит летит над ночным городом, звёзды, светящиеся окна, сказочная иллюстрация
theme-story = 🏰 Сказка
idea-knight-title = Рыцарь
idea-knight = рыцарь в серебряных доспехах у ворот старого замка, закат, развевается алый плащ
idea-forest-title = Волшебный лес
idea-forest = хранитель волшебного леса, светлячки, огромные деревья, лунный свет, тонкая корона из ветвей
idea-captain-title = Капитан
idea-captain = капитан воздушного корабля за штурвалом, облака, медные приборы, утреннее солнце
theme-holiday = 🎉 Праздник
idea-newyear-title = Новый год
idea-newyear = новогодний вечер у нарядной ёлки, гирлянды, уютный свитер, тёплый свет свечей
idea-birthday-title = День рождения
idea-birthday = день рождения в саду, воздушные шары, торт со свечами, конфетти, радостное настроение
idea-carnival-title = Карнавал
idea-carnival = карнавал в Венеции, расписная маска, бархат и золото, вечерние огни на воде

card = <b>Ваша картинка</b>
card-from-photo = 📷 По вашему фото
card-from-words = ✍️ Без фото, по описанию
card-style = Стиль: { $emoji } { $title }
card-style-gone = Стиль: его больше нет, выберите другой
card-extra-loras =
    🪄 { $count ->
        [1] Эффект
       *[other] Эффекты
    }: { $names }
card-words =
    <blockquote>{ $words }</blockquote>
card-unwanted = 🚫 Без: { $words }
card-strength-close = 📷 Ближе к фото
card-strength-balanced = ⚖️ Фото и стиль поровну
card-variation = 🔢 Вариант № { $number }
card-price =
    { $pictures ->
        [one] За { $pictures } картинку
        [few] За { $pictures } картинки
       *[many] За { $pictures } картинок
    }: <b>{ $price ->
        [one] { $price } токен
        [few] { $price } токена
       *[many] { $price } токенов
    }</b> · у вас { $tokens }
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
button-format-portrait = 📱 Вертикально
button-format-landscape = 🌄 Горизонтально
button-format-tall = 📲 Сторис
button-style = 🎨 Стиль
button-add-words = ✍️ Добавить слова
button-change-words = ✍️ Изменить слова
button-drop-words = 🗑 Убрать слова
button-fine-tuning = 🎛 Тонкая настройка
button-make-for =
    ✨ Сделать · { $price ->
        [one] { $price } токен
        [few] { $price } токена
       *[many] { $price } токенов
    }

more =
    🎛 <b>Тонкая настройка</b>

    Здесь всё по желанию: картинка получится и так.
more-strength =
    📷 <b>Сходство с фото</b>
    Ближе к фото — лицо и поза почти не меняются. Смелее — стиль раскрывается целиком.
more-unwanted =
    🚫 <b>Чего не должно быть</b>
    { $words }
more-unwanted-nothing =
    🚫 <b>Чего не должно быть</b>
    Ничего особенного.
more-variation =
    🔢 <b>Номер варианта:</b> { $number }
    С этим номером и теми же настройками получится та же картинка.
more-variation-any =
    🔢 <b>Номер варианта:</b> каждый раз новый
    Поэтому повтор даёт другую картинку.
more-extra-loras =
    🪄 <b>Эффекты:</b> { $names }
    Накладываются поверх стиля и всего остального.
more-extra-loras-nothing =
    🪄 <b>Эффекты</b>
    Ничего не выбрано.
button-extra-loras = 🪄 Эффекты
extra-loras =
    🪄 <b>Эффекты</b>

    Они накладываются поверх стиля и всего остального. Нажмите, чтобы добавить, и ещё раз, чтобы убрать; поместится до { $limit ->
        [one] { $limit } эффекта
       *[many] { $limit } эффектов
    }.
extra-loras-page = Страница { $page } из { $pages }
button-extra-loras-before = ◀ Предыдущие
button-extra-loras-after = Следующие ▶
extra-loras-dropped =
    ⚠️ { $count ->
        [1] Эффект «{ $names }» для этой картинки больше недоступен: он убран.
       *[other] Эти эффекты для этой картинки больше недоступны и убраны: { $names }.
    }
button-strength-close = Ближе
button-strength-balanced = Поровну
button-strength-bold = Смелее
button-unwanted = 🚫 Чего не должно быть
button-drop-unwanted = 🗑 Убрать
button-variation = 🔢 Номер варианта
button-drop-variation = 🎲 Любой
unwanted =
    🚫 <b>Чего не должно быть на картинке?</b>

    Перечислите одним сообщением. Например:
    <i>очки, надписи, люди на фоне</i>
unwanted-before =
    Сейчас:
    <blockquote>{ $words }</blockquote>
variation =
    🔢 <b>Номер варианта</b>

    С тем же номером и теми же настройками получится та же картинка, с другим — другая. Пришлите любое целое число, например <i>42</i>.
variation-before = Сейчас: <b>{ $number }</b>
variation-not-a-number =
    ⚠️ Нужно целое число от 0 до { $limit }, и больше ничего. Пришлите его, пожалуйста, ещё раз.

already-making = Этот заказ уже в работе.
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
