history-empty =
    🖼 <b>My pictures</b>

    Nothing here yet. Shall we make the first one?
favorites-empty =
    ❤️ <b>Favourites</b>

    Nothing here yet. Press 🤍 under a picture, and it will appear here.
history-nothing-found =
    🔎 <b>There are no such pictures</b>
history-no-further = No more pictures this way
button-newer = ◀ Newer
button-older = Older ▶
button-overview = 🔢 Overview
button-filter = 🔎 Filter
button-clear-filter = ✖️ Clear
button-show-all = 🖼 Show all
button-change-filter = 🔎 Change the filter

overview =
    🔢 <b>My pictures</b>

    Press a number to open the picture.

filter =
    🔎 <b>Which pictures shall I show?</b>
filter-everything = Now: all of them
filter-line = 🔎 { $parts }
filter-nothing = There are no such pictures. Leave something out.
filter-cleared = Filter cleared
filter-favorites = ❤️ Favourites
filter-kind-words = ✍️ No photo
filter-kind-photo = 📷 From a photo
filter-kind-enlarged = 🔍 Enlarged
filter-kind-packs = 📦 From packs
filter-tag = 🏷 { $tag }
filter-words = “{ $words }”
filter-month =
    { $month ->
        [1] January
        [2] February
        [3] March
        [4] April
        [5] May
        [6] June
        [7] July
        [8] August
        [9] September
        [10] October
        [11] November
       *[12] December
    } { $year }
filter-no-tags = No tags yet. You can add them under any picture.
filter-ask-tag =
    🏷 <b>With which tag?</b>
filter-ask-month =
    📅 <b>From which month?</b>
button-only-favorites = ❤️ Only favourites
button-by-tag = 🏷 By tag
button-by-month = 📅 By month
button-by-words = 🔤 Find words
button-any = ✖️ Any
button-to-filter = ‹ To the filter
button-show =
    { $count ->
        [one] Show { $count } picture
       *[other] Show { $count } pictures
    }
button-show-many = Show more than { $limit } pictures
search =
    🔤 <b>What did the description say?</b>

    Write a word or two. The beginning is enough: <i>autu</i> finds “autumn park” too.
search-not-found = ⚠️ I see no words here. Please write what the description said.
search-too-long = ⚠️ That is too long for a search: a few words will do, up to { $limit } characters.
search-not-text = ⚠️ I need words here: please write what the description said.
