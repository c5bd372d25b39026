error-model_keeps_training = Модель снова и снова обучается, и удалить её прямо сейчас нельзя. Попробуйте, пожалуйста, через минуту.
error-bad_model_name = В названии должно быть от 1 до { $limit } знаков, и хоть что-то должно быть видно. Пришлите другое.
error-model_receipt_not_found = Удаления модели с таким номером я не знаю. Проверьте, пожалуйста, буквы.

button-models = 🧬 Мои модели
command-models = Мои модели

models =
    🧬 <b>Мои модели</b>

    Модель знает, как вы выглядите, и показывает вас в любом стиле. ⭐ — та, с которой я рисую, если вы не выбрали другую.
models-empty =
    🧬 <b>Мои модели</b>

    Пока ни одной. Пришлите 10–20 своих фото, и я обучу модель, которая знает, как вы выглядите: картинки в любом стиле будут похожи именно на вас.
models-row-ready = ✅ { $name }
models-row-default = ⭐ { $name }
models-row-training = ⏳ { $name } · { $percent } %
models-row-failed = 😔 { $name }
button-newest-models = ◀ Новые
button-new-model = ➕ Обучить новую
button-back-to-models = ‹ Мои модели
button-back-to-model = ‹ К модели

button-model-make = 📸 Сделать фото с ней
button-model-refresh = 🔄 Сколько готово?
button-model-stop = ✋ Остановить
button-model-retrain = 🔁 Дообучить, добавив фото
button-model-train-again = 🔁 Обучить заново
button-model-rename = ✏️ Переименовать
button-model-default = ⭐ Сделать основной
button-model-delete = 🗑 Удалить модель
button-model-keep = ‹ Нет, оставить
button-model-delete-really = 🗑 Да, удалить навсегда
button-model-check = 🔄 Проверить

model = 🧬 <b>{ $name }</b>
model-trained =
    Обучена { DATETIME($date, dateStyle: "long") } по { $photos ->
        [one] { $photos } фото
       *[other] { $photos } фото
    }
model-pictures =
    { $count ->
        [0] Картинок с ней пока нет
        [one] С ней сделана { $count } картинка
        [few] С ней сделано { $count } картинки
       *[many] С ней сделано { $count } картинок
    }
model-likeness = Сходство: <b>{ $percent } %</b> в среднем
model-faceless = На { $percent } % картинок лица не видно
model-all-faceless = Лиц на картинках не видно, поэтому сходство не измерить
model-default = ⭐ Основная: с ней я рисую, если не выбрана другая
model-versions = <b>Обучения</b>
model-version = { $number }. { $photos } фото
model-version-training = { $number }. идёт
model-version-failed = { $number }. не получилось
model-version-likeness = сходство { $percent } %
model-version-in-use = в работе
model-waiting = ⏳ Обучение ждёт очереди и начнётся само.
model-training = ⏳ <b>Обучается: { $percent } %</b>. Напишу, когда будет готово.
model-training-again = ⏳ <b>Обучается заново: { $percent } %</b>. Пока модель работает как раньше.
model-stopping = ✋ Обучение останавливается.
model-failed = 😔 Последнее обучение не получилось: что-то сломалось у нас. Простите!
model-failed-stopped = ✋ Последнее обучение вы остановили.
model-failed-expired = ⌛️ Очередь до последнего обучения не дошла: слишком много заказов. Простите!
model-failed-deadline = ⌛️ Последнее обучение шло слишком долго, и я его остановил. Простите!
model-failed-unavailable = 😔 Последнее обучение не получилось: до тех, кто обучает, не достучаться. Простите!
model-failed-photos = 😔 Последнее обучение не получилось: часть фото не подошла. Попробуйте, пожалуйста, другие.
model-returned =
    { $count ->
        [one] Вернулся { $count } токен.
        [few] Вернулись { $count } токена.
       *[many] Вернулось { $count } токенов.
    }
model-failed-stays = Прежняя модель работает как раньше.
model-name =
    ✏️ <b>Как назвать модель «{ $name }»?</b>

    Пришлите новое название, до 64 знаков. Его видите только вы.
model-default-now = Теперь эта модель основная.

model-delete =
    🗑 <b>Удалить модель «{ $name }»?</b>

    Удалится насовсем:
model-goes-training =
    • { $count ->
        [one] сама модель и цифры вашего лица, которые к ней относятся
       *[many] сама модель со всеми обучениями (их { $count }) и цифры вашего лица, которые к ним относятся
    }
model-goes-photos =
    • { $count ->
        [one] { $count } фото, по которому она обучалась
       *[many] { $count } фото, по которым она обучалась
    }
model-goes-copies =
    • { $count ->
        [one] { $count } копия у компании, которая обучает или рисует для нас: я попрошу её удалить
        [few] { $count } копии у компаний, которые обучают или рисуют для нас: я попрошу их удалить
       *[many] { $count } копий у компаний, которые обучают или рисуют для нас: я попрошу их удалить
    }
model-goes-open-training = • обучение, которое идёт, остановится. Если оно уже началось, спишется { $percent } % цены, остальное вернётся; если нет — вернётся всё
model-goes-open-orders =
    • { $count ->
        [one] { $count } заказ с ней в работе — он остановится
        [few] { $count } заказа с ней в работе — они остановятся
       *[many] { $count } заказов с ней в работе — они остановятся
    }; за неготовое токены не списываются
model-stays = <b>Останется:</b>
model-stays-pictures =
    • { $count ->
        [one] { $count } картинка с ней — в «Моих картинках»
        [few] { $count } картинки с ней — в «Моих картинках»
       *[many] { $count } картинок с ней — в «Моих картинках»
    }
model-stays-books = • записи о движении токенов
model-delete-end = Вернуть модель не сможет никто. Новую придётся обучать и оплачивать.

model-receipt =
    ✅ <b>Модель удалена</b>

    Номер: <code>{ $reference }</code>
    Дата: { DATETIME($date, dateStyle: "long") }
model-erased = <b>Стёрто здесь</b>
model-erased-trainings = • обучений с весами и цифрами лица: { $count }
model-erased-photos = • фото, по которым она обучалась: { $count }
model-erased-orders = • остановлено заказов: { $count }
model-copies = <b>У компаний, которые обучают и рисуют</b>
model-copy-photos = фото
model-copy-model = модель
model-copy-deleted = ✅ { $vendor }: { $what } — удалено
model-copy-doomed = ⏳ { $vendor }: { $what } — удаляется; я прошу об этом, пока не получится
model-copy-stays = ⚠️ { $vendor }: { $what } — остаётся там под номером, без вашего имени: удалять такое { $vendor } не умеет
model-receipt-pictures =
    { $count ->
        [one] { $count } картинка с ней осталась в «Моих картинках».
        [few] { $count } картинки с ней остались в «Моих картинках».
       *[many] { $count } картинок с ней осталось в «Моих картинках».
    }
model-receipt-end = Сохраните номер: только он ведёт к этой справке. Посмотреть снова: <code>/models { $reference }</code>

admin-models =
    🧬 <b>Модели</b>

    Готовы: { $ready } · обучаются: { $training } · не получились: { $failed }
admin-models-week = За 7 дней: обучений { $asked }, готово { $ready }, не получилось { $failed }, успех { $share }
admin-models-took = Обычное обучение: { $minutes } мин
admin-models-likeness = Среднее сходство: { $percent } % по { $pictures ->
        [one] { $pictures } картинке
       *[many] { $pictures } картинкам
    }
admin-models-copies = Копии у поставщиков: в работе { $kept }, удаляются { $doomed }, удалены { $deleted }, удалить нельзя { $stays }
admin-models-newest = <b>Последние обучения</b>
admin-models-line = { $sign } { DATETIME($date, dateStyle: "short", timeStyle: "short") } · { $person } · № { $number } · 📷 { $photos } · { $likeness }
