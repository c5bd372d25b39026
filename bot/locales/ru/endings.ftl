ending-completed =
    ✨ <b>Готово!</b>
ending-charged =
    { $charged ->
        [0] Токены не списаны
        [one] Списан { $charged } токен
        [few] Списано { $charged } токена
       *[many] Списано { $charged } токенов
    } · осталось { $left }
ending-returned =
    { $returned ->
        [one] Вернулся { $returned } токен
        [few] Вернулись { $returned } токена
       *[many] Вернулись { $returned } токенов
    } · теперь у вас { $left }
ending-partly =
    ✨ <b>Готово { $made } из { $asked }</b>

    Остальные, к сожалению, не получились.
ending-stopped-partly =
    ✋ <b>Остановлено</b>

    Успели сделать { $made } из { $asked } — держите.
ending-both =
    { $charged ->
        [one] Списан { $charged } токен
        [few] Списано { $charged } токена
       *[many] Списано { $charged } токенов
    }, { $returned ->
        [one] вернулся { $returned } токен
        [few] вернулись { $returned } токена
       *[many] вернулись { $returned } токенов
    } · теперь у вас { $left }
ending-cancelled =
    ✋ <b>Остановлено</b>
ending-expired =
    ⌛️ <b>Не дождались очереди</b>

    Сейчас слишком много заказов, и до вашего руки не дошли. Простите! Попробуйте, пожалуйста, чуть позже.
ending-failed =
    😔 <b>Не получилось</b>

    Это сбой на нашей стороне, простите. Попробуйте ещё раз или выберите другой стиль.
ending-failed-partly =
    😔 <b>Получилось не всё</b>

    Успели сделать { $made } из { $asked } — держите. За остальные простите.
