button-promo = 🎟 Промокод
command-promo = Ввести промокод

promo-ask =
    🎟 <b>Промокод</b>

    Напишите код одним сообщением, и я начислю токены.
promo-done =
    ✅ <b>Промокод принят</b>

    Начислено: <b>{ $tokens ->
        [one] { $tokens } токен
        [few] { $tokens } токена
       *[many] { $tokens } токенов
    }</b>. Теперь у вас { $left ->
        [one] { $left } токен
        [few] { $left } токена
       *[many] { $left } токенов
    }.
promo-debt =
    Из них { $tokens ->
        [one] { $tokens } токен ушёл
        [few] { $tokens } токена ушли
       *[many] { $tokens } токенов ушли
    } в счёт долга.
promo-refused = 🎟 { $why }
promo-again = Проверьте, пожалуйста, буквы и напишите код ещё раз.

admin-promo-usage =
    /admin_promo КОД ТОКЕНЫ [СКОЛЬКО РАЗ] [ДНЕЙ]

    В коде от 3 до 32 знаков: латинские буквы, цифры, дефис и подчёркивание. Без последних двух чисел ограничений нет.
admin-promo-done =
    { $tokens ->
        [one] Промокод { $code } создан: { $tokens } токен.
        [few] Промокод { $code } создан: { $tokens } токена.
       *[many] Промокод { $code } создан: { $tokens } токенов.
    }

error-promo_code_unknown = Такого промокода нет.
error-promo_code_used = Этот промокод вы уже использовали: токены начислены тогда же.
error-promo_code_early = Этот промокод ещё не начал действовать. Попробуйте позже.
error-promo_code_over = Этот промокод больше не действует.
error-promo_code_spent = Этот промокод уже разобрали: все активации закончились.
error-promo_code_tries =
    Слишком много попыток. Попробуйте снова через { $minutes ->
        [one] { $minutes } минуту
        [few] { $minutes } минуты
       *[many] { $minutes } минут
    }.
error-promo_code_not_for_web = Промокоды действуют только в Telegram. Свяжите с ним свой аккаунт.
error-promo_code_wrong = Такой промокод не создать: проверьте код, токены, число активаций и даты.
error-promo_code_exists = Промокод с таким именем уже есть.
