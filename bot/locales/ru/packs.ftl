error-pack_not_found = Этого набора больше нет. Выберите, пожалуйста, другой.
error-dataset_not_found = Этот набор я уже не нахожу. Готовые картинки лежат в /history
error-dataset_empty = В этом наборе пока нет картинок.

packs =
    📦 <b>Фотонаборы</b>

    Много фото на одну тему из одного вашего снимка, каждое в своём образе. Какую тему возьмём?
packs-empty =
    📦 Тем для наборов сейчас нет. Загляните, пожалуйста, позже.
packs-photo-taken = 📷 Фото есть. Осталось выбрать тему.
button-my-packs = 🗂 Мои наборы
button-themes = ‹ Темы
button-pack-size = { $pixels } × { $pixels }
button-pack-photo = 📷 Показать фото

pack-card = { $emoji } <b>{ $title }</b>
pack-card-looks = Образы чередуются: { $looks }.
pack-card-photo = 📷 Из вашего последнего фото. Хотите другое? Просто пришлите его сюда.
pack-card-no-photo = 📷 Пришлите сюда фото, из него и сделаю набор: лицо крупно, свет хороший, в кадре вы одни.
pack-photo =
    📷 Набор будет из этого фото.

    Хотите другое? Просто пришлите его сюда.
pack-price =
    За { $photos } фото: <b>{ $price ->
        [one] { $price } токен
        [few] { $price } токена
       *[many] { $price } токенов
    }</b> · у вас { $tokens }
pack-missing =
    ⚠️ Не хватает { $missing ->
        [one] { $missing } токена
       *[many] { $missing } токенов
    }. Попробуйте взять меньше фото.
pack-missing-for-smallest =
    ⚠️ Не хватает { $missing ->
        [one] { $missing } токена
       *[many] { $missing } токенов
    } — пока даже на { $photos } фото.
pack-already-made = Этот набор уже готов. Вот новая карточка с теми же настройками.
pack-ending-more = Это первые { $shown } фото из { $made }. Все вместе — в ZIP-архиве и в «Моих картинках».

button-zip = 📥 Скачать ZIP
button-zip-again = 🔁 Прислать ещё раз
button-see-all = 🖼 Смотреть все
zip-begun =
    { $parts ->
        [one] Собираю архив, сейчас пришлю.
        [few] Набор большой: пришлю { $parts } архива один за другим.
       *[many] Набор большой: пришлю { $parts } архивов один за другим.
    }
zip-under-way = Архив уже в пути, подождите немного.
zip-part = 📥 Архив { $part } из { $parts }
zip-not-sent =
    😔 Архив отправить не удалось. Фото на месте: нажмите кнопку — попробую ещё раз.

my-packs =
    🗂 <b>Мои наборы</b>

    Откройте любой, чтобы посмотреть фото или забрать их одним архивом.
my-packs-empty =
    🗂 <b>Мои наборы</b>

    Здесь пока пусто. Выберите тему — и сделаем первый!
my-packs-row = { $title } · { $photos } · { DATETIME($date, dateStyle: "medium") }
button-newest-packs = ◀ К новым
button-back-to-my-packs = ‹ Мои наборы
my-pack =
    <b>{ $title }</b>
    { DATETIME($date, dateStyle: "long") }
my-pack-photos = Готово { $made } из { $asked } фото · { $pixels } × { $pixels }
my-pack-open = ⏳ Набор ещё готовится: фото придут сюда сами.
my-pack-nothing = Фото в этом наборе нет. Если что-то не получилось, токены за это не списаны.
