error-training_not_offered = Обучить модель сейчас нельзя: это временно выключено. Загляните, пожалуйста, позже.
error-too_few_photos =
    { $missing ->
        [one] Не хватает { $missing } хорошего фото. Пришлите его в /train — и продолжим.
       *[other] Не хватает { $missing } хороших фото. Пришлите их в /train — и продолжим.
    }
error-set_not_described = Скажите сначала, кто на фото и как назвать модель: /train
error-model_in_training = Эта модель уже обучается. Подождите, пожалуйста: я напишу, когда она будет готова.

button-train = 🧬 Обучить модель
command-train = Обучить модель по своим фото

train =
    🧬 <b>Моя модель</b>

    Пришлите 10–20 своих фото — я проверю каждое и обучу по ним вашу личную модель.
    С ней картинки в любом стиле будут похожи именно на вас.
    Обучение идёт само, обычно меньше получаса: я напишу, когда всё будет готово.
train-price =
    Стоит { $tokens ->
        [one] <b>{ $tokens } токен</b>
        [few] <b>{ $tokens } токена</b>
       *[many] <b>{ $tokens } токенов</b>
    }, у вас { $left }. Платить нужно только в конце, когда фото готовы. Если обучение не получится, вернётся всё.
train-consent =
    <b>Нужно ваше согласие</b>
    • фото пойдут только на обучение вашей модели и на сверку картинок с вами;
    • для сверки я запомню, как выглядит ваше лицо, в виде чисел;
    • { $days ->
        [one] через { $days } день
        [few] через { $days } дня
       *[many] через { $days } дней
    } после обучения фото сотрутся сами;
    • передумать можно в любой момент: здесь или в /settings.
train-adults =
    🔞 Присылайте только свои фото и только если вам есть 18. Фото детей и других людей не подойдут.
button-train-agree = ✅ Даю согласие
train-not-offered = 🧬 Обучить модель сейчас нельзя: это временно выключено. Загляните, пожалуйста, позже.

train-card = 🧬 <b>Фото для вашей модели</b>
train-card-again = 🧬 <b>Фото для модели «{ $name }»</b>
train-before =
    🗂 { $count } фото с прошлого раза уже здесь: добавьте новые, лишние уберите. Прошлые фото хранятся до { DATETIME($date, dateStyle: "long") }
train-before-erased = 🗂 Фото прошлого обучения уже стёрты: пришлите, пожалуйста, новые.
train-how =
    Пришлите сюда фото: альбомами, по одному или файлами. Нужно хотя бы { $least } хороших, лучше { $enough } и больше.

    • в кадре только вы, лицо видно хорошо
    • разные дни, одежда, фон и свет
    • прямо, вполоборота и сбоку, крупно и по пояс
    • без фильтров, масок и тёмных очков
train-count =
    📷 { $count ->
        [one] <b>{ $count } фото</b>
       *[other] <b>{ $count } фото</b>
    }
train-count-judged =
    📷 { $count ->
        [one] <b>{ $count } фото</b>: { $parts }
       *[other] <b>{ $count } фото</b>: { $parts }
    }
train-count-good =
    { $count ->
        [one] { $count } подходит
       *[other] { $count } подходят
    }
train-count-bad =
    { $count ->
        [one] { $count } не подойдёт
       *[other] { $count } не подойдут
    }
train-looking =
    👀 Смотрю { $count ->
        [one] { $count } фото
       *[other] { $count } фото
    }…
train-bad-row = № { $numbers } — { $reason }
train-bad-more =
    { $count ->
        [one] …и ещё { $count } фото: смотрите «Все фото».
       *[other] …и ещё { $count } фото: смотрите «Все фото».
    }
verdict-not-looked-at = посмотреть не получилось: пришлите ещё раз или возьмите другое
verdict-nude = откровенное фото: пришлите, пожалуйста, одетым
verdict-too-small = мелкий снимок ({ $size }): пришлите покрупнее, от { $least } точек по короткой стороне, можно файлом
verdict-no-face = лица не видно: пришлите, где лицо открыто и хорошо видно
verdict-several-faces =
    { $faces ->
        [one] в кадре { $faces } человек
        [few] в кадре { $faces } человека
       *[many] в кадре { $faces } человек
    }: пришлите, где вы одни
verdict-on-its-side = лежит на боку или вверх ногами: поверните и пришлите снова
verdict-face-cut = лицо обрезано краем кадра (примерно { $percent }%): пришлите, где оно целиком
verdict-face-too-small = лицо слишком мелкое ({ $side } точек, нужно { $least }): пришлите, где вы ближе
verdict-too-dark = слишком темно (яркость лица { $percent }%): пришлите при хорошем свете
verdict-too-bright = слишком светло (яркость лица { $percent }%): пришлите без пересвета
verdict-blurred = нерезко: пришлите чёткий снимок
verdict-another-person = кажется, это другой человек: нужны фото только одного
verdict-duplicate = почти как № { $number }: пришлите другой снимок
train-needs =
    ➕ Нужно ещё { $count ->
        [one] <b>{ $count } хорошее фото</b>.
       *[other] <b>{ $count } хороших фото</b>.
    }
train-needs-views =
    ➕ Нужно ещё { $count ->
        [one] <b>{ $count } хорошее фото</b>. Больше всего не хватает: { $views }.
       *[other] <b>{ $count } хороших фото</b>. Больше всего не хватает: { $views }.
    }
train-enough-looking = ✅ Хороших фото уже хватает. Досмотрю остальные — и можно продолжать.
train-enough-views = ✅ Фото хватает, можно продолжать. Станет ещё лучше, если добавить: { $views }.
train-enough-more =
    ✅ Фото хватает, можно продолжать. { $count ->
        [one] Ещё { $count } хорошее — и сходство будет лучше.
       *[other] Ещё { $count } хороших — и сходство будет лучше.
    }
train-enough = ✅ Отличный набор! Можно продолжать.
train-view-front = прямо в камеру
train-view-left = с поворотом влево
train-view-right = с поворотом вправо
train-view-close-up = лицо крупно
train-view-half-length = по пояс

train-under-way =
    ⏳ Модель уже обучается: я напишу, когда она будет готова. Сколько осталось — в /models

    А здесь можно собрать фото для ещё одной.
train-no-photo = ☝️ Сейчас я собираю фото для вашей модели. Пришлите фото или нажмите кнопку; выйти — «Меню» или /cancel.
train-closed =
    🧬 Эти фото уже не собираются: модель по ним обучается или вы начали заново. Собрать новые?

button-train-go-back = 🧬 Продолжить с моделью
button-train-continue = ✅ Продолжить
button-train-remove-bad =
    { $count ->
        [one] 🧹 Убрать { $count } неподходящее
       *[other] 🧹 Убрать { $count } неподходящих
    }
button-train-photos = 🖼 Все фото
button-train-anew = 🗑 Заново
button-train-new = ➕ Новая модель
button-train-photo-good = ✅ { $number }
button-train-photo-bad = ❌ { $number }
button-train-photo-waiting = 👀 { $number }
button-train-before = ◀
button-train-after = ▶
button-train-remove = 🗑 Убрать это фото
button-train-all = 🖼 Все фото
button-train-card = ‹ К фото
button-train-keep = ‹ Нет, оставить
button-train-discard = 🗑 Да, стереть и начать заново
train-photos =
    🖼 <b>Ваши фото</b> · лист { $page } из { $pages }

    Нажмите номер, чтобы рассмотреть фото или убрать его.
train-photo = <b>Фото № { $number }</b>
train-photo-good = ✅ Подходит.
train-photo-waiting = 👀 Ещё смотрю на это фото.
train-removed =
    { $count ->
        [0] Убирать нечего.
        [one] Убрано { $count } фото.
       *[other] Убрано { $count } фото.
    }
train-discard =
    🗑 <b>Начать заново?</b>

    { $count ->
        [one] Присланное фото сотрётся насовсем.
       *[other] Все { $count } фото сотрутся насовсем.
    }
train-discard-before = Из них с прошлого раза: { $count }.
train-another-set =
    🧬 Вы уже собираете фото для другой модели: их { $count }.

    Стереть их и начать с этой?
train-another-set-before = Фото с прошлого раза останутся у своей модели.
train-discarded = Фото стёрты. Начинаем заново.

train-subject =
    🧬 <b>Кто на фото?</b>

    Это поможет модели учиться.
train-subject-woman = Женщина
train-subject-man = Мужчина
train-subject-other = Другое
train-traits =
    🧬 <b>Что на всех фото одинаково?</b>

    Отметьте, что есть почти на каждом снимке: волосы, глаза, очки… Так модель поймёт, что из этого — вы. Можно пропустить.
train-hair-bald = ✂️ без волос
train-hair-short = ✂️ короткие
train-hair-medium = ✂️ до плеч
train-hair-long = ✂️ длинные
train-hair-black = 💇 чёрные
train-hair-brown = 💇 каштановые
train-hair-fair = 💇 светлые
train-hair-red = 💇 рыжие
train-hair-grey = 💇 седые
train-hair-dyed = 💇 яркие
train-eyes-brown = 👁 карие
train-eyes-blue = 👁 голубые
train-eyes-green = 👁 зелёные
train-eyes-grey = 👁 серые
train-beard-stubble = 🧔 щетина
train-beard-mustache = 🥸 усы
train-beard-beard = 🧔 борода
train-glasses = 👓 очки
train-freckles = ✨ веснушки
train-piercing = 💎 пирсинг
train-tattoo = 🖋 тату
button-train-next = Дальше ›
button-train-skip = Пропустить ›
button-train-back = ‹ Назад
train-name =
    🧬 <b>Как назовём модель?</b>

    Напишите имя или нажмите кнопку. Его увидите только вы.
train-name-default = Моя модель
train-name-empty = ⚠️ Нужна хотя бы одна буква или цифра.
train-name-long = ⚠️ Слишком длинно: { $length } знаков, а можно { $limit }.
button-train-name = «{ $name }»

train-summary = 🧬 <b>Всё готово к обучению</b>
train-summary-name = Модель: <b>{ $name }</b>
train-summary-again = Модель: <b>{ $name }</b>, обучится заново
train-summary-subject = На фото: { $subject }
train-summary-traits = Приметы: { $traits }
train-summary-photos =
    Фото: { $count ->
        [one] { $count } подходит
       *[other] { $count } подходят
    }
train-summary-photos-before =
    Фото: { $count ->
        [one] { $count } подходит
       *[other] { $count } подходят
    }, из них с прошлого раза — { $before }
train-summary-price =
    Цена: <b>{ $tokens ->
        [one] { $tokens } токен
        [few] { $tokens } токена
       *[many] { $tokens } токенов
    }</b> · у вас { $left }
train-summary-free = Цена: <b>бесплатно</b> — второй раз за мой счёт.
train-summary-missing =
    ⚠️ Не хватает { $missing ->
        [one] { $missing } токена
       *[many] { $missing } токенов
    }. Фото подождут: купите токены и возвращайтесь в /train
train-summary-promise = 🛟 Не получится — вернётся всё до последнего токена.
train-summary-stop =
    ✋ Остановить можно в любой момент. { $charged ->
        [0] Это ничего не стоит.
        [one] Когда обучение уже идёт, остановка стоит { $charged } токен.
        [few] Когда обучение уже идёт, остановка стоит { $charged } токена.
       *[many] Когда обучение уже идёт, остановка стоит { $charged } токенов.
    }
train-summary-stop-free = ✋ Остановить можно в любой момент, но если обучение уже идёт, бесплатная попытка будет потрачена.
button-train-order =
    🧬 Обучить за { $tokens ->
        [one] { $tokens } токен
        [few] { $tokens } токена
       *[many] { $tokens } токенов
    }
button-train-order-free = 🧬 Обучить бесплатно
button-train-change = ✏️ Приметы
button-train-rename = 🏷 Имя
train-already = По этим фото модель уже обучалась. Новые фото — в /train

progress-training-photos = 🧬 <b>Готовлю фото…</b>
progress-training = 🧬 <b>Обучаю модель…</b>
progress-training-registering = 🧬 <b>Почти готово: проверяю и подключаю модель…</b>
progress-training-queued =
    ⏳ <b>Обучение заказано</b>

    Скоро начну. Чат можно закрыть: я напишу сам, когда модель будет готова.
train-stop-question =
    ✋ <b>Остановить обучение?</b>

    { $charged ->
        [0] За него ничего не спишется, вернётся всё.
        [one] Оно уже идёт: спишется { $charged } токен, вернётся { $returned }.
        [few] Оно уже идёт: спишется { $charged } токена, вернётся { $returned }.
       *[many] Оно уже идёт: спишется { $charged } токенов, вернётся { $returned }.
    }
train-stop-question-free-waiting =
    ✋ <b>Остановить обучение?</b>

    Оно бесплатное и ещё не началось: попытка останется за вами до конца своего срока.
train-stop-question-free-begun =
    ✋ <b>Остановить обучение?</b>

    Оно бесплатное и уже идёт: если остановить, бесплатная попытка будет потрачена.
train-stopping = Останавливаю. Что вернулось, напишу через минуту.
button-train-go-on = ‹ Нет, пусть учится
button-train-stop = ✋ Да, остановить

button-train-consent = 🧬 Фото для модели
train-consent-given =
    🧬 <b>Фото для модели</b>

    ✅ Вы разрешили обучать по вашим фото вашу личную модель. Фото стираются через { $days ->
        [one] { $days } день
        [few] { $days } дня
       *[many] { $days } дней
    } после обучения.

    Разрешение можно забрать прямо сейчас.
train-consent-none =
    🧬 <b>Фото для модели</b>

    Вы не разрешали обучать модель по вашим фото. Спрошу, когда вы начнёте в /train
button-train-withdraw = 🗑 Забрать разрешение
train-withdraw =
    🗑 <b>Забрать разрешение?</b>

    Сразу и насовсем сотрутся:
    • все фото, присланные для модели;
    • всё, что я о них узнал, и числа, по которым я узнаю ваше лицо;
    • набор, который вы сейчас собираете.

    Готовые модели и картинки останутся: модели удаляются в /models, всё вместе — в /delete_me
train-withdraw-trainings =
    ⏳ { $count ->
        [one] Обучение, которое сейчас идёт, остановится
       *[other] Обучения, которые сейчас идут, остановятся
    }: { $charged ->
        [0] все токены за него вернутся.
        [one] спишется { $charged } токен, остальные вернутся.
        [few] спишется { $charged } токена, остальные вернутся.
       *[many] спишется { $charged } токенов, остальные вернутся.
    }
button-train-withdraw-not = ‹ Нет, оставить
button-train-withdraw-really = 🗑 Да, стереть
train-withdrawn = ✅ <b>Разрешение снято</b>

    Стёрто:
train-erased-photos =
    • { $count ->
        [one] { $count } фото для модели
       *[other] { $count } фото для модели
    }
train-erased-analyses =
    • { $count ->
        [one] { $count } проверка фото
        [few] { $count } проверки фото
       *[many] { $count } проверок фото
    }
train-erased-faces =
    • { $count ->
        [one] { $count } запись о вашем лице
        [few] { $count } записи о вашем лице
       *[many] { $count } записей о вашем лице
    }
train-erased-trainings =
    • { $count ->
        [one] { $count } обучение — останавливаю, об оплате напишу отдельно
        [few] { $count } обучения — останавливаю, об оплате напишу отдельно
       *[many] { $count } обучений — останавливаю, об оплате напишу отдельно
    }
train-withdrawn-end = Передумаете — начните снова в /train
train-withdrawn-nothing =
    ✅ <b>Разрешение снято</b>

    Стирать было нечего: фото для модели у меня нет.
