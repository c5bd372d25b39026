button-erase = 🗑 Удалить всё
button-erase-not = ‹ Нет, оставить
button-erase-really = 🗑 Да, удалить навсегда
button-erase-check = 🔄 Проверить

erasure =
    🗑 <b>Удаление данных</b>

    Удалится насовсем:
erasure-photos =
    • { $count ->
        [one] { $count } ваше фото
       *[many] { $count } ваших фото
    }
erasure-pictures =
    • { $count ->
        [one] { $count } готовая картинка
        [few] { $count } готовые картинки
       *[many] { $count } готовых картинок
    }
erasure-packs =
    • { $count ->
        [one] { $count } фотонабор
        [few] { $count } фотонабора
       *[many] { $count } фотонаборов
    }
erasure-rest = • описания, избранное, черновики, настройки и ваше имя
erasure-open-orders =
    • { $count ->
        [one] { $count } заказ в работе — он остановится
        [few] { $count } заказа в работе — они остановятся
       *[many] { $count } заказов в работе — они остановятся
    }
erasure-tokens =
    • { $count ->
        [one] { $count } токен на балансе
        [few] { $count } токена на балансе
       *[many] { $count } токенов на балансе
    } — они сгорят
erasure-stays =
    <b>Останется:</b>
    • записи о движении токенов и платежах — без вашего имени и фото: их обязана хранить бухгалтерия;
    • отметка, что приветственный подарок уже вручён: второй раз он не даётся;
    • переписка в этом чате — её можете удалить только вы сами, в Telegram.
erasure-really =
    ⚠️ <b>Точно удалить всё?</b>

    Вернуть фото, картинки и токены потом не сможет никто, даже поддержка. Если нужно, сначала сохраните картинки себе.
erasure-unfinished =
    ⏳ <b>Удаление началось</b>

    Номер: <code>{ $reference }</code>

    Оно закончится само в ближайшие минуты, делать ничего не нужно.
erasure-receipt =
    ✅ <b>Ваши данные удалены</b>

    Номер: <code>{ $reference }</code>
    Дата: { DATETIME($date, dateStyle: "long") }
erased-photos = • фото: { $count }
erased-pictures = • картинок: { $count }
erased-orders = • заказов: { $count }
erased-tokens = • сгорело токенов: { $count }
erasure-receipt-end =
    Сохраните номер: по нему можно узнать об удалении, а самого номера с вами ничто больше не связывает.

    Захотите вернуться — нажмите /start, и мы познакомимся заново.
