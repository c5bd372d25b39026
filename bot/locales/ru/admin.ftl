admin-news-urgent = 🚨 <b>Посмотрите, пожалуйста</b>
admin-news = 📬 <b>Новости</b>
admin-news-more =
    { $kinds ->
        [one] …и ещё { $kinds } вид событий.
        [few] …и ещё { $kinds } вида событий.
       *[other] …и ещё { $kinds } видов событий.
    }
admin-news-over = (уже прошло: { $count })

admin-news-payment =
    { $count ->
        [one] { $count } платёж
        [few] { $count } платежа
       *[other] { $count } платежей
    }, { $amount }
admin-news-payment-recovered =
    { $count ->
        [one] { $count } платёж, о котором
        [few] { $count } платежа, о которых
       *[other] { $count } платежей, о которых
    } сообщил только список Telegram: учтено, { $amount }
admin-news-payment-mismatch =
    { $count ->
        [one] { $count } платёж не совпал
        [few] { $count } платежа не совпали
       *[other] { $count } платежей не совпали
    } со счётом, зачислено по стоимости: { $amount } ({ $subjects })
admin-news-ledger-gap =
    Не сходятся книги у { $count ->
        [one] { $count } человека
       *[other] { $count } человек
    }, разница { $tokens ->
        [one] { $tokens } токен
        [few] { $tokens } токена
       *[other] { $tokens } токенов
    }. Заморожено до /admin_unfreeze: { $subjects }
admin-news-star-gap =
    Звёзды, о которых знает только одна сторона, Telegram или наши книги: { $count ->
        [one] { $count } запись
        [few] { $count } записи
       *[other] { $count } записей
    }, { $amount } ({ $subjects })
admin-news-task-gap =
    { $count ->
        [one] { $count } завершённый заказ не сходится
        [few] { $count } завершённых заказа не сходятся
       *[other] { $count } завершённых заказов не сходятся
    } с тем, что списано, вызвано или сделано: { $subjects }
admin-news-backend-down =
    { $count ->
        [one] Поставщик не принимает заказы
        [few] Поставщики не принимали заказы { $count } раза
       *[other] Поставщики не принимали заказы { $count } раз
    }: { $subjects }
admin-news-spending-cap = Расходы на поставщиков за день достигли предела: { $subjects }
admin-news-refund-case =
    { $count ->
        [one] { $count } возврат ждёт
        [few] { $count } возврата ждут
       *[other] { $count } возвратов ждут
    } вашего решения, { $amount }: /admin_cases
admin-news-refund-failed =
    { $count ->
        [one] { $count } возврат, который
        [few] { $count } возврата, которые
       *[other] { $count } возвратов, которые
    } Telegram не принял, { $amount } ({ $subjects })
admin-news-refund =
    { $count ->
        [one] { $count } возврат
        [few] { $count } возврата
       *[other] { $count } возвратов
    }, { $amount }
admin-news-referral-flood =
    { $count ->
        [one] По одному приглашению пришло необычно много людей
        [few] По { $count } приглашениям пришло необычно много людей
       *[other] По { $count } приглашениям пришло необычно много людей
    }, их бонусы ждут вашего решения (/admin_clear_referrals): { $subjects }
admin-news-referral-ring =
    { $count ->
        [one] { $count } кольцо приглашений
        [few] { $count } кольца приглашений
       *[other] { $count } колец приглашений
    }: люди пригласили друг друга по кругу; бонусы ждут вашего решения (/admin_clear_referrals): { $subjects }
admin-news-referral-refunds =
    { $count ->
        [one] Несколько человек, которых пригласил { $count } пользователь, вернули все свои платежи
        [few] Несколько человек, которых пригласили { $count } пользователя, вернули все свои платежи
       *[other] Несколько человек, которых пригласили { $count } пользователей, вернули все свои платежи
    }: { $subjects }
admin-news-other = { $kind }: { $count } ({ $subjects })

admin-report = 📊 <b>{ $day }</b> (UTC)
admin-report-people =
    👥 Новых людей: <b>{ $new }</b>
    Заказывали или платили: <b>{ $active }</b>
admin-report-orders =
    🖼 Заказов готово: <b>{ $completed }</b>, не удалось: { $failed }, остановлено: { $cancelled }
    Картинок: <b>{ $pictures }</b>
admin-report-money =
    ⭐ Платежей: <b>{ $payments }</b>, { $received }
    Возвратов: { $refunds }, { $returned }
admin-report-tokens = 🪙 Токенов продано: { $sold }, потрачено: { $spent }, подарено: { $given }, забрано: { $taken }
admin-report-vendors = 🏭 Поставщики: { $cost }, маржа: <b>{ $margin }</b>
admin-report-queue =
    ⏳ Заказы ждали обычно { $usual } с, каждый двадцатый дольше { $longest } с
    Ждут сейчас: { $waiting }, самый давний { $oldest } с
admin-report-books = 📚 Расхождений в книгах: { $gaps }, заморожено людей: { $frozen }, возвратов на решении: { $cases }
admin-report-usage = Например: /admin_report 2026-11-20
admin-report-none = Отчёта за { $day } нет.

admin-payments =
    { $parts ->
        [one] Платежи и возвраты
       *[other] Платежи и возвраты, часть { $part } из { $parts }
    }
admin-payments-none = За это время платежей нет.
admin-payments-usage = Например: /admin_payments 2026-11

admin-unfreeze-usage = Например: /admin_unfreeze 123456789
admin-unfreeze-done = Готово: человек снова может заказывать и покупать.
admin-unfreeze-gap = Книги этого человека всё ещё не сходятся, поэтому он остаётся замороженным.
admin-unfreeze-not-frozen = Этот человек не заморожен.
admin-unfreeze-unknown = Человека с таким номером мы не знаем.
