button-referral = 🎁 Пригласить друзей
button-share-invitation = 📨 Отправить другу
button-copy-invitation = 📋 Скопировать ссылку

command-referral = Пригласить друзей

referral =
    🎁 <b>Пригласите друзей</b>

    Ваша ссылка: <a href="{ $link }">{ $label }</a>

    Отправьте её другу или дайте навести камеру на код.
referral-friend-gets =
    • Другу сразу — { $tokens ->
        [one] <b>{ $tokens } токен</b>
        [few] <b>{ $tokens } токена</b>
       *[many] <b>{ $tokens } токенов</b>
    } сверх приветственных.
referral-you-get =
    • Вам за его первую покупку — { $tokens ->
        [one] <b>{ $tokens } токен</b>
        [few] <b>{ $tokens } токена</b>
       *[many] <b>{ $tokens } токенов</b>
    }.
referral-share =
    • И ещё { $percent } % от токенов каждой его покупки.
referral-window =
    Ваши токены приходят через { $days ->
        [one] { $days } день
        [few] { $days } дня
       *[many] { $days } дней
    } после покупки: до этого за неё можно вернуть деньги.
referral-counts =
    👥 По вашей ссылке: { $invited }, из них купили токены: { $paying }
referral-earned =
    🪙 Вы заработали: { $tokens ->
        [one] { $tokens } токен
        [few] { $tokens } токена
       *[many] { $tokens } токенов
    }
referral-waiting = ⏳ <b>Скоро станут вашими</b>
referral-waiting-day =
    • { DATETIME($date, dateStyle: "long") } — { $tokens ->
        [one] { $tokens } токен
        [few] { $tokens } токена
       *[many] { $tokens } токенов
    }
referral-waiting-later =
    • позже — ещё { $tokens ->
        [one] { $tokens } токен
        [few] { $tokens } токена
       *[many] { $tokens } токенов
    }
referral-looked-at =
    🔎 На проверке: { $tokens ->
        [one] { $tokens } токен
        [few] { $tokens } токена
       *[many] { $tokens } токенов
    }
referral-share-words =
    { $tokens ->
        [0] Здесь из обычных фото получаются портреты в разных стилях. Попробуйте!
        [one] Здесь из обычных фото получаются портреты в разных стилях. По этой ссылке дарят ещё { $tokens } токен.
        [few] Здесь из обычных фото получаются портреты в разных стилях. По этой ссылке дарят ещё { $tokens } токена.
       *[many] Здесь из обычных фото получаются портреты в разных стилях. По этой ссылке дарят ещё { $tokens } токенов.
    }
welcome-invited =
    🤝 Вас пригласили, поэтому в подарке на { $tokens ->
        [one] { $tokens } токен
        [few] { $tokens } токена
       *[many] { $tokens } токенов
    } больше.

admin-clear-referrals-usage = /admin_clear_referrals СЧЁТ — номер из сообщения, например 42.
admin-clear-referrals-done =
    { $invitations ->
        [0] На этом счёте нечего было снимать с проверки.
       *[other] Снято с проверки приглашений: { $invitations }.
    }
