
button-support = 🛟 Support
button-refund = ↩️ { $price } · 🪙 { $tokens }
button-refund-not = ‹ No, keep the tokens
button-refund-yes = ↩️ Yes, refund it
button-refund-case = 📨 Send the request

support =
    🛟 <b>Support and refunds</b>

    If tokens were charged for something you did not get, or the bot reported an error, we will look into it.
support-write = Write here:
support-owner = the owner of the bot
support-nobody = Please write to the owner of the bot: the contact is where you found this bot, or in its profile.
support-number =
    Tell what happened, and add the code from the error message if there was one. Your ID: <code>{ $number }</code>
refunds-how =
    <b>Refunds.</b> { $days ->
        [one] For one day
       *[other] For { $days } days
    } after paying in Stars you can have a purchase back by yourself, as long as its tokens are unspent: the tokens leave your balance, and Telegram returns the Stars. Anything else is looked at by a person.
refunds-list = <b>Your latest purchases.</b> Press one below to have it back:
refund-payment =
    • { DATETIME($date, dateStyle: "medium") }: { $price } for { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    }
refund-is-case = {" "}– your request is being looked at
refund-is-sending = {" "}– the refund is on its way
refund-is-done = {" "}– refunded
refund-is-declined = {" "}– a refund was declined
refund-is-failed = {" "}– Telegram did not accept the refund, so the tokens are yours again

refund-really =
    ↩️ <b>Have this purchase back?</b>

    { DATETIME($date, dateStyle: "long") }: { $price } for { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    }
refund-at-once =
    { $tokens ->
        [one] { $tokens } token leaves
       *[other] { $tokens } tokens leave
    } your balance at once, and { $rest } will be left. Telegram returns { $price } to you, usually within minutes. Pictures you have stay yours.
refund-why-spent = This cannot go back by itself: the purchase brought { $tokens } tokens, and only { $left } are left. The others are spent.
refund-why-too-old =
    This cannot go back by itself: more than { $days ->
        [one] one day has
       *[other] { $days } days have
    } passed since.
refund-why-card = This cannot go back by itself: it was not paid in Stars.
refund-why-frozen = This cannot go back by itself: your account is being checked just now.
refund-why-refused = This cannot go back by itself: Telegram did not accept the refund before.
refund-becomes-case =
    You can send a request, and a person will look at it. Until then nothing happens to your tokens.

    If the answer is yes, { $price } will be returned whole. Of the { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } those you still have are taken, and what is already spent becomes a debt that your next purchases pay off. If the answer is no, everything stays as it is.
refund-on-its-way =
    ✅ <b>The refund is on its way</b>

    { $tokens ->
        [one] { $tokens } token has
       *[other] { $tokens } tokens have
    } left your balance. Telegram returns { $price } to you, usually within minutes. I will write as soon as that is done.
refund-case-opened =
    📨 <b>Your request is being looked at</b>

    A person reads it and decides. Until then your tokens stay with you. I will write when there is an answer.

erasure-refund-cases =
    • { $count ->
        [one] { $count } refund request that is not decided yet: the money can no longer be returned
       *[other] { $count } refund requests that are not decided yet: the money can no longer be returned
    }

cases = 📨 <b>Refund requests</b>
cases-none = 📨 No refund requests are open.
cases-more = There are more: they show as these are decided.
case =
    <b>No. { $number }</b> · { DATETIME($date, dateStyle: "medium") } · { $price } for { $tokens } tokens
    { $name } (<code>{ $person }</code>), has { $left } tokens, owes { $owed }
case-card = Not paid in Stars: return the money at the payment provider first, then press Refund.
case-frozen = The account is frozen: its books do not add up.
case-too-old = The days for an automatic refund are over.
case-spent = Tokens that are spent: { $missing }. They become a debt.
case-plain = Telegram refused it before, or the reason is gone by now.
button-case-refund = ↩️ Refund no. { $number }
button-case-decline = ✖️ Decline no. { $number }
case-approved = No. { $number } goes back
case-declined = No. { $number } is declined
case-decided-before = No. { $number } is decided already
