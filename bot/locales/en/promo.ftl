button-promo = 🎟 Promo code
command-promo = Enter a promo code

promo-ask =
    🎟 <b>Promo code</b>

    Write the code in one message, and the tokens are yours.
promo-done =
    ✅ <b>The promo code works</b>

    You got <b>{ $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    }</b>. Now you have { $left ->
        [one] { $left } token
       *[other] { $left } tokens
    }.
promo-debt =
    { $tokens ->
        [one] { $tokens } token of these paid
       *[other] { $tokens } tokens of these paid
    } what you owed.
promo-refused = 🎟 { $why }
promo-again = Please check the letters and write the code once more.

admin-promo-usage =
    /admin_promo CODE TOKENS [USES] [DAYS]

    A code has 3 to 32 characters: Latin letters, digits, hyphen and underscore. Without the last two numbers there is no limit.
admin-promo-done =
    { $tokens ->
        [one] Promo code { $code } is made: { $tokens } token.
       *[other] Promo code { $code } is made: { $tokens } tokens.
    }

error-promo_code_unknown = There is no such promo code.
error-promo_code_used = You have used this promo code already: its tokens were added then.
error-promo_code_early = This promo code has not begun yet. Please try later.
error-promo_code_over = This promo code is over.
error-promo_code_spent = All uses of this promo code are gone.
error-promo_code_tries =
    Too many tries. Please try again in { $minutes ->
        [one] { $minutes } minute
       *[other] { $minutes } minutes
    }.
error-promo_code_not_for_web = Promo codes work only in Telegram. Please join your account to it.
error-promo_code_wrong = Such a promo code can’t be made: check its name, tokens, uses and dates.
error-promo_code_exists = There is a promo code of this name already.
