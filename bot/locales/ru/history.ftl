history-empty =
    🖼 <b>Мои картинки</b>

    Здесь пока пусто. Сделаем первую?
favorites-empty =
    ❤️ <b>Избранное</b>

    Здесь пока пусто. Нажмите 🤍 под картинкой — и она появится тут.
history-nothing-found =
    🔎 <b>Таких картинок нет</b>
history-no-further = Дальше картинок нет
button-newer = ◀ Новее
button-older = Старше ▶
button-overview = 🔢 Обзор
button-filter = 🔎 Фильтр
button-clear-filter = ✖️ Сбросить
button-show-all = 🖼 Показать все
button-change-filter = 🔎 Изменить фильтр

overview =
    🔢 <b>Мои картинки</b>

    Нажмите номер, чтобы открыть картинку.

filter =
    🔎 <b>Какие картинки показать?</b>
filter-everything = Сейчас: все
filter-line = 🔎 { $parts }
filter-nothing = Таких картинок нет. Уберите что-нибудь из выбранного.
filter-cleared = Фильтр сброшен
filter-favorites = ❤️ Избранное
filter-kind-words = ✍️ Без фото
filter-kind-photo = 📷 Из фото
filter-kind-enlarged = 🔍 Увеличенные
filter-kind-packs = 📦 Из наборов
filter-tag = 🏷 { $tag }
filter-words = «{ $words }»
filter-month =
    { $month ->
        [1] Январь
        [2] Февраль
        [3] Март
        [4] Апрель
        [5] Май
        [6] Июнь
        [7] Июль
        [8] Август
        [9] Сентябрь
        [10] Октябрь
        [11] Ноябрь
       *[12] Декабрь
    } { $year }
filter-no-tags = Меток пока нет. Поставить их можно под любой картинкой.
filter-ask-tag =
    🏷 <b>С какой меткой?</b>
filter-ask-month =
    📅 <b>За какой месяц?</b>
button-only-favorites = ❤️ Только избранное
button-by-tag = 🏷 По метке
button-by-month = 📅 По месяцу
button-by-words = 🔤 Найти по словам
button-any = ✖️ Не важно
button-to-filter = ‹ К фильтру
button-show =
    { $count ->
        [one] Показать { $count } картинку
        [few] Показать { $count } картинки
       *[many] Показать { $count } картинок
    }
button-show-many = Показать больше { $limit } картинок
search =
    🔤 <b>Что было в описании?</b>

    Напишите одно-два слова. Хватит и начала: по <i>осен</i> найдётся и «осень», и «осенний парк».
search-not-found = ⚠️ Не вижу здесь слов. Напишите, пожалуйста, что было в описании картинки.
search-too-long = ⚠️ Это слишком длинно для поиска: хватит нескольких слов, до { $limit } знаков.
search-not-text = ⚠️ Здесь мне нужны слова: напишите, что было в описании картинки.
