buy =
    ⭐ <b>Купить токены</b>
buy-balance =
    Сейчас у вас { $tokens ->
        [one] <b>{ $tokens } токен</b>
        [few] <b>{ $tokens } токена</b>
       *[many] <b>{ $tokens } токенов</b>
    }.
buy-balance-pictures =
    Сейчас у вас { $tokens ->
        [one] <b>{ $tokens } токен</b>
        [few] <b>{ $tokens } токена</b>
       *[many] <b>{ $tokens } токенов</b>
    }{ $pictures ->
        [0] {" — на фото пока не хватает."}
       *[many] {" — хватит на "}{ $pictures } фото.
    }
buy-how =
    Выберите, сколько взять. Telegram покажет счёт, а токены придут сразу после оплаты.
buy-best =
    🔥 Выгоднее всего — { $tokens ->
        [one] <b>{ NUMBER($tokens, useGrouping: 0) } токен</b>
        [few] <b>{ NUMBER($tokens, useGrouping: 0) } токена</b>
       *[many] <b>{ NUMBER($tokens, useGrouping: 0) } токенов</b>
    }.
buy-by-card =
    💳 — оплата картой.
buy-nothing =
    Сейчас токены не продаются. Загляните, пожалуйста, позже.
buy-card-closed = Картой сейчас заплатить не получится. Выберите, пожалуйста, оплату звёздами.
owed =
    ⚠️ За вами долг: { $owed ->
        [one] { $owed } токен
        [few] { $owed } токена
       *[many] { $owed } токенов
    }. Он погасится со следующей покупки.

price-in-stars = { NUMBER($stars, useGrouping: 0) } ⭐
offer =
    { $tokens ->
        [one] { NUMBER($tokens, useGrouping: 0) } токен
        [few] { NUMBER($tokens, useGrouping: 0) } токена
       *[many] { NUMBER($tokens, useGrouping: 0) } токенов
    } · { $price }
offer-with-pictures =
    { $tokens ->
        [one] { NUMBER($tokens, useGrouping: 0) } токен
        [few] { NUMBER($tokens, useGrouping: 0) } токена
       *[many] { NUMBER($tokens, useGrouping: 0) } токенов
    } · { $pictures } фото · { $price }
offer-by-card = 💳 { NUMBER($tokens, useGrouping: 0) } · { $price }

invoice-title =
    { $tokens ->
        [one] { $tokens } токен
        [few] { $tokens } токена
       *[many] { $tokens } токенов
    }
invoice-description = Хватит на { $pictures } фото. Токены придут сразу после оплаты.
invoice-description-tokens = Токены придут сразу после оплаты.
checkout-later = Не получилось проверить счёт. Деньги не списаны: попробуйте, пожалуйста, ещё раз через минуту.

button-payment = 🧾 Платёж
button-all-payments = ‹ Все платежи
button-newest-payments = « Новые
button-ask-refund = ↩️ Вернуть деньги

payments =
    🧾 <b>Мои платежи</b>

    Нажмите на платёж, чтобы увидеть подробности.
payments-none =
    🧾 <b>Мои платежи</b>

    Здесь пока пусто: вы ещё ничего не покупали.
payment-row = { DATETIME($date, dateStyle: "medium") } · { $price } · 🪙 { $tokens }
payment-row-refunded = ↩️ { DATETIME($date, dateStyle: "medium") } · { $price } · 🪙 { $tokens }
payment =
    🧾 <b>Платёж № { $number }</b>

    { DATETIME($date, dateStyle: "long") }
    Сумма: <b>{ $price }</b>
    Начислено: { $tokens ->
        [one] { $tokens } токен
        [few] { $tokens } токена
       *[many] { $tokens } токенов
    }
payment-mismatch =
    Этот платёж не совпал со счётом, поэтому токены начислены по сумме. Вопросы — /paysupport
payment-refunded =
    ↩️ Деньги возвращены { DATETIME($date, dateStyle: "long") }.

news-credited =
    ✅ <b>Спасибо за покупку!</b>

    Платёж на { $price } получен, начислено { $tokens ->
        [one] <b>{ $tokens } токен</b>
        [few] <b>{ $tokens } токена</b>
       *[many] <b>{ $tokens } токенов</b>
    }.
    Теперь у вас { $left ->
        [one] { $left } токен
        [few] { $left } токена
       *[many] { $left } токенов
    } — самое время для новых фото.
news-debt-paid =
    Из них на погашение долга { $tokens ->
        [one] ушёл { $tokens } токен
        [few] ушли { $tokens } токена
       *[many] ушло { $tokens } токенов
    }.
news-paid-for-nothing =
    🧾 <b>Платёж получен</b>

    Мы получили { $price }, но пока не знаем, за что: токены не начислены. Мы уже разбираемся, ничего не пропадёт. Вопросы — /paysupport
news-refunded =
    ↩️ <b>Деньги возвращены</b>

    Мы вернули { $price } тем же способом, каким вы платили.
news-tokens-taken =
    { $tokens ->
        [one] Вместе с ними списан { $tokens } токен.
        [few] Вместе с ними списаны { $tokens } токена.
       *[many] Вместе с ними списано { $tokens } токенов.
    }
news-refund-declined =
    🧾 <b>Ответ о возврате</b>

    Мы посмотрели ваш платёж на { $price }: вернуть его, к сожалению, не можем. Если что-то осталось неясным, напишите нам — /paysupport
news-reward =
    🎁 <b>Спасибо, что рассказали о нас!</b>

    За приглашение начислено { $tokens ->
        [one] <b>{ $tokens } токен</b>
        [few] <b>{ $tokens } токена</b>
       *[many] <b>{ $tokens } токенов</b>
    }. Теперь у вас { $left ->
        [one] { $left } токен
        [few] { $left } токена
       *[many] { $left } токенов
    }.
