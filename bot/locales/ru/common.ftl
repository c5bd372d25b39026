button-menu = ‹ Меню
button-make = 📸 Сделать картинку
button-history = 🖼 Мои картинки
button-favorites = ❤️ Избранное
button-balance = 🪙 Баланс
button-buy = ⭐ Купить токены
button-buy-short = ⭐ Купить
button-payments = 🧾 Мои платежи
button-settings = ⚙️ Настройки
button-help = ❓ Помощь
button-packs = 📦 Фотонаборы
button-privacy = 🔒 Приватность
button-erasure = 🗑 Удалить мои данные

command-start = Главное меню
command-generate = Сделать картинку
command-pack = Фотонабор: много фото на одну тему
command-history = Мои картинки
command-favorites = Избранное
command-balance = Сколько у меня токенов
command-buy = Купить токены
command-history-payments = Мои платежи
command-settings = Язык и мои данные
command-help = Как это работает
command-cancel = Отменить текущий шаг
command-paysupport = Поддержка по токенам и платежам
command-terms = Условия
command-privacy = Приватность
command-delete-me = Удалить мои данные
command-admin-report = Админу: отчёт за день
command-admin-payments = Админу: все платежи таблицей
command-admin-cases = Админу: возвраты, которые ждут решения
command-admin-models = Админу: обучения и модели
command-admin-promo = Админу: создать промокод
command-admin-unfreeze = Админу: разморозить баланс
command-admin-clear-referrals = Админу: снять подозрение с приглашающего

somebody = друг

welcome =
    👋 <b>Здравствуйте, { $name }!</b>

    Я превращаю обычные фото в портреты в разных стилях. А если прислать 10–20 снимков, обучу вашу личную модель — и на любой картинке будете именно вы.

    { $tokens ->
        [0] Рад знакомству!
        [one] 🎁 Дарю вам <b>{ $tokens } токен</b> на первые картинки.
        [few] 🎁 Дарю вам <b>{ $tokens } токена</b> на первые картинки.
       *[many] 🎁 Дарю вам <b>{ $tokens } токенов</b> на первые картинки.
    }

    Просто пришлите фото или нажмите кнопку ниже.
menu =
    ✨ <b>Dream Photo</b>

    Пришлите фото — или выберите, с чего начать.

    🪙 У вас { $tokens ->
        [one] { $tokens } токен
        [few] { $tokens } токена
       *[many] { $tokens } токенов
    }

balance =
    🪙 <b>Ваш баланс</b>

    Доступно: <b>{ $left ->
        [one] { $left } токен
        [few] { $left } токена
       *[many] { $left } токенов
    }</b>
balance-held =
    Отложено на заказы в работе: { $held ->
        [one] { $held } токен
        [few] { $held } токена
       *[many] { $held } токенов
    }
balance-spent =
    Потрачено за всё время: { $spent ->
        [one] { $spent } токен
        [few] { $spent } токена
       *[many] { $spent } токенов
    }
balance-pictures =
    { $pictures ->
        [0] На картинку пока не хватает: она стоит { $price ->
            [one] { $price } токен
            [few] { $price } токена
           *[many] { $price } токенов
        }.
        [one] Ваших токенов хватит на { $pictures } картинку.
        [few] Ваших токенов хватит на { $pictures } картинки.
       *[many] Ваших токенов хватит на { $pictures } картинок.
    }

balance-prices = <b>Цены</b>

settings =
    ⚙️ <b>Настройки</b>

    На каком языке нам разговаривать? Ниже — условия, приватность, согласие на фото для модели и удаление данных.
settings-locale-ru = 🇷🇺 Русский
settings-locale-en = 🇬🇧 English
settings-locale-saved = Готово, говорю по-русски

cancel-nothing =
    Отменять нечего: вы в главном меню.
cancel-done =
    Шаг отменён, вы снова в главном меню. Токены на месте.
cancel-running =
    { $tasks ->
        [one] Ваш заказ всё ещё в работе. Остановить его можно кнопкой под сообщением о нём.
       *[other] Ваши заказы всё ещё в работе ({ $tasks }). Остановить каждый можно кнопкой под сообщением о нём.
    }

unknown-content =
    Такое я пока не понимаю: мне подходят фото и слова 🙂

    Пришлите фото или напишите, что хотите увидеть на картинке.
unknown-voice =
    🎧 Слушать я пока не умею. Напишите словами, что хотите увидеть, или пришлите фото.
unknown-video =
    🎬 Из видео картинку сделать не смогу. Пришлите обычное фото — подойдёт и стоп-кадр.
unknown-sticker =
    😊 Спасибо! А теперь пришлите фото или напишите, что хотите увидеть на картинке.
unknown-document =
    Это не картинка, и открыть её я не смогу. Подойдёт JPEG, PNG, WebP или HEIC — просто фото или файлом.
unknown-command =
    Такой команды я не знаю. Всё, что я умею, есть в меню и в /help.
unknown-button = Эта кнопка устарела. Открываю меню.
unknown-words =
    💬 Вы написали:
    <blockquote>{ $words }</blockquote>
    Сделать картинку по этому описанию?
button-make-of-words = ✨ Да, сделать
button-back-to-draft = ↩️ Вернуться к картинке

price-picture =
    • Картинка — { $price ->
        [one] { $price } токен
        [few] { $price } токена
       *[many] { $price } токенов
    }
price-train =
    • Личная модель — { $price ->
        [one] { $price } токен
        [few] { $price } токена
       *[many] { $price } токенов
    }
price-pack =
    • Фото в наборе — { $price ->
        [one] { $price } токен
        [few] { $price } токена
       *[many] { $price } токенов
    }
