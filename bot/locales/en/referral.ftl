button-referral = 🎁 Invite friends
button-share-invitation = 📨 Send to a friend
button-copy-invitation = 📋 Copy the link

command-referral = Invite friends

referral =
    🎁 <b>Invite your friends</b>

    Your link: <a href="{ $link }">{ $label }</a>

    Send it to a friend, or let them point a camera at the code.
referral-friend-gets =
    • Your friend gets { $tokens ->
        [one] <b>{ $tokens } token</b>
       *[other] <b>{ $tokens } tokens</b>
    } at once, on top of the welcome gift.
referral-you-get =
    • You get { $tokens ->
        [one] <b>{ $tokens } token</b>
       *[other] <b>{ $tokens } tokens</b>
    } for their first purchase.
referral-share =
    • And { $percent }% of the tokens of every purchase they make.
referral-window =
    Your tokens come { $days ->
        [one] { $days } day
       *[other] { $days } days
    } after the purchase: until then it can be refunded.
referral-counts =
    👥 Came by your link: { $invited }, bought tokens: { $paying }
referral-earned =
    🪙 You have earned { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    }
referral-waiting = ⏳ <b>Yours soon</b>
referral-waiting-day =
    • { DATETIME($date, dateStyle: "long") } — { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    }
referral-waiting-later =
    • later — { $tokens ->
        [one] { $tokens } more token
       *[other] { $tokens } more tokens
    }
referral-looked-at =
    🔎 Being checked: { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    }
referral-share-words =
    { $tokens ->
        [0] This bot turns ordinary photos into portraits in many styles. Have a try!
        [one] This bot turns ordinary photos into portraits in many styles. This link brings { $tokens } more token as a gift.
       *[other] This bot turns ordinary photos into portraits in many styles. This link brings { $tokens } more tokens as a gift.
    }
welcome-invited =
    🤝 You were invited, so your gift is { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } larger.

admin-clear-referrals-usage = /admin_clear_referrals ACCOUNT — the number in the message, such as 42.
admin-clear-referrals-done =
    { $invitations ->
        [0] Nothing of this account was being checked.
        [one] { $invitations } invitation is good again.
       *[other] { $invitations } invitations are good again.
    }
