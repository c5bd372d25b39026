admin-news-urgent = 🚨 <b>Please have a look</b>
admin-news = 📬 <b>News</b>
admin-news-more =
    { $kinds ->
        [one] …and { $kinds } more kind of event.
       *[other] …and { $kinds } more kinds of events.
    }
admin-news-over = ({ $count } over by now)

admin-news-payment =
    { $count ->
        [one] { $count } payment
       *[other] { $count } payments
    }, { $amount }
admin-news-payment-recovered =
    { $count ->
        [one] { $count } payment
       *[other] { $count } payments
    } that Telegram's list alone told of: booked, { $amount }
admin-news-payment-mismatch =
    { $count ->
        [one] { $count } payment does
       *[other] { $count } payments do
    } not fit the invoice, credited for what it is worth: { $amount } ({ $subjects })
admin-news-ledger-gap =
    The books of { $count ->
        [one] { $count } person
       *[other] { $count } people
    } do not add up, { $tokens ->
        [one] { $tokens } token
       *[other] { $tokens } tokens
    } apart. Frozen until /admin_unfreeze: { $subjects }
admin-news-star-gap =
    Stars that only one side knows of, Telegram or our books: { $count ->
        [one] { $count } entry
       *[other] { $count } entries
    }, { $amount } ({ $subjects })
admin-news-task-gap =
    { $count ->
        [one] { $count } ended order does
       *[other] { $count } ended orders do
    } not fit what was charged, called or made: { $subjects }
admin-news-backend-down =
    { $count ->
        [one] A vendor takes no calls
       *[other] Vendors took no calls { $count } times
    }: { $subjects }
admin-news-spending-cap = The day's spending on vendors has reached its cap: { $subjects }
admin-news-refund-case =
    { $count ->
        [one] { $count } refund waits
       *[other] { $count } refunds wait
    } for your decision, { $amount }: /admin_cases
admin-news-refund-failed =
    { $count ->
        [one] { $count } refund
       *[other] { $count } refunds
    } that Telegram did not take, { $amount } ({ $subjects })
admin-news-refund =
    { $count ->
        [one] { $count } refund
       *[other] { $count } refunds
    }, { $amount }
admin-news-referral-flood =
    { $count ->
        [one] An unusual number of people came by one invitation
       *[other] Unusual numbers of people came by { $count } invitations
    }, their bonuses wait for you (/admin_clear_referrals): { $subjects }
admin-news-referral-ring =
    { $count ->
        [one] { $count } ring of invitations
       *[other] { $count } rings of invitations
    }: people who invited one another in a circle; the bonuses wait for you (/admin_clear_referrals): { $subjects }
admin-news-referral-refunds =
    { $count ->
        [one] Several people whom { $count } person invited had all their payments back
       *[other] Several people whom { $count } people invited had all their payments back
    }: { $subjects }
admin-news-other = { $kind }: { $count } ({ $subjects })

admin-report = 📊 <b>{ $day }</b> (UTC)
admin-report-people =
    👥 New people: <b>{ $new }</b>
    Ordered or paid: <b>{ $active }</b>
admin-report-orders =
    🖼 Orders made: <b>{ $completed }</b>, failed: { $failed }, stopped: { $cancelled }
    Pictures: <b>{ $pictures }</b>
admin-report-money =
    ⭐ Payments: <b>{ $payments }</b>, { $received }
    Refunds: { $refunds }, { $returned }
admin-report-tokens = 🪙 Tokens sold: { $sold }, spent: { $spent }, given: { $given }, taken back: { $taken }
admin-report-vendors = 🏭 Vendors: { $cost }, margin: <b>{ $margin }</b>
admin-report-queue =
    ⏳ Orders waited { $usual } s as a rule, one in twenty over { $longest } s
    Waiting now: { $waiting }, the oldest for { $oldest } s
admin-report-books = 📚 Gaps in the books: { $gaps }, frozen people: { $frozen }, refund cases: { $cases }
admin-report-usage = Like this: /admin_report 2026-11-20
admin-report-none = There is no report for { $day }.

admin-payments =
    { $parts ->
        [one] Payments and refunds
       *[other] Payments and refunds, part { $part } of { $parts }
    }
admin-payments-none = No payments in this time.
admin-payments-usage = Like this: /admin_payments 2026-11

admin-unfreeze-usage = Like this: /admin_unfreeze 123456789
admin-unfreeze-done = Done: the person can order and buy again.
admin-unfreeze-gap = The books of this person still do not add up, so they stay frozen.
admin-unfreeze-not-frozen = This person is not frozen.
admin-unfreeze-unknown = I do not know anybody with this id.
