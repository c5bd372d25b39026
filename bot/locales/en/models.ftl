error-model_keeps_training = The model is being trained again and again and cannot be deleted right now. Please try in a minute.
error-bad_model_name = The name has to be 1 to { $limit } characters long, and there has to be something to see. Another one?
error-model_receipt_not_found = I know of no deletion of a model with this reference. Please check the letters.

button-models = 🧬 My models
command-models = My models

models =
    🧬 <b>My models</b>

    A model knows how you look and shows you in any style. ⭐ is the one that is used when you choose none.
models-empty =
    🧬 <b>My models</b>

    There are none yet. Send 10–20 photos of yourself, and I will train a model that knows how you look: then pictures in any style really show you.
models-row-ready = ✅ { $name }
models-row-default = ⭐ { $name }
models-row-training = ⏳ { $name } · { $percent } %
models-row-failed = 😔 { $name }
button-newest-models = ◀ Newest
button-new-model = ➕ Train a new model
button-back-to-models = ‹ My models
button-back-to-model = ‹ To the model

button-model-make = 📸 Make photos with it
button-model-refresh = 🔄 How far is it?
button-model-stop = ✋ Stop
button-model-retrain = 🔁 Train again with more photos
button-model-train-again = 🔁 Train again
button-model-rename = ✏️ Rename
button-model-default = ⭐ Use always
button-model-delete = 🗑 Delete the model
button-model-keep = ‹ No, keep it
button-model-delete-really = 🗑 Yes, delete for good
button-model-check = 🔄 How far is it?

model = 🧬 <b>{ $name }</b>
model-trained =
    Trained on { DATETIME($date, dateStyle: "long") } with { $photos ->
        [one] { $photos } photo
       *[other] { $photos } photos
    }
model-pictures =
    { $count ->
        [0] No pictures made with it yet
        [one] { $count } picture made with it
       *[other] { $count } pictures made with it
    }
model-likeness = Likeness: <b>{ $percent } %</b> on average
model-faceless = No face found on { $percent } % of the pictures
model-all-faceless = No face found on the pictures, so likeness can’t be measured
model-default = ⭐ Used when you choose no other
model-versions = <b>Trainings</b>
model-version =
    { $number }. { $photos ->
        [one] { $photos } photo
       *[other] { $photos } photos
    }
model-version-training = { $number }. in training
model-version-failed = { $number }. did not work out
model-version-likeness = likeness { $percent } %
model-version-in-use = in use
model-waiting = ⏳ The training waits for its turn and begins by itself.
model-training = ⏳ <b>In training: { $percent } %</b>. I will write to you when it is ready.
model-training-again = ⏳ <b>Being trained again: { $percent } %</b>. Until then the model works as before.
model-stopping = ✋ The training is being stopped.
model-failed = 😔 The last training did not work out: something failed on our side. I’m sorry!
model-failed-stopped = ✋ You stopped the last training.
model-failed-expired = ⌛️ The last training did not get its turn: there were too many orders. I’m sorry!
model-failed-deadline = ⌛️ The last training took too long, so I stopped it. I’m sorry!
model-failed-unavailable = 😔 The last training did not work out: those who train could not be reached. I’m sorry!
model-failed-photos = 😔 The last training did not work out: some photos could not be used. Please try others.
model-returned =
    { $count ->
        [one] { $count } token came back.
       *[other] { $count } tokens came back.
    }
model-failed-stays = The model from before works as ever.
model-name =
    ✏️ <b>What shall “{ $name }” be called?</b>

    Send the new name, up to 64 characters. Only you see it.
model-default-now = This model is used from now on when you choose no other.

model-delete =
    🗑 <b>Delete the model “{ $name }”?</b>

    This goes for good:
model-goes-training =
    • { $count ->
        [one] the model itself and the figures of your face that belong to it
       *[other] the model itself with all { $count } trainings and the figures of your face that belong to them
    }
model-goes-photos =
    • { $count ->
        [one] { $count } photo it was trained with
       *[other] { $count } photos it was trained with
    }
model-goes-copies =
    • { $count ->
        [one] { $count } copy at a company that trains or draws for us: I ask it to delete it
       *[other] { $count } copies at companies that train or draw for us: I ask them to delete them
    }
model-goes-open-training = • the training under way is stopped. If it has already begun, { $percent } % of its price is charged and the rest comes back; else everything does
model-goes-open-orders =
    • { $count ->
        [one] { $count } order that is being made with it stops
       *[other] { $count } orders that are being made with it stop
    }; what is not ready is not charged
model-stays = <b>This stays:</b>
model-stays-pictures =
    • { $count ->
        [one] { $count } picture made with it, in “My pictures”
       *[other] { $count } pictures made with it, in “My pictures”
    }
model-stays-books = • records of tokens
model-delete-end = Nobody can bring the model back. A new one would have to be trained and paid for.

model-receipt =
    ✅ <b>The model is deleted</b>

    Reference: <code>{ $reference }</code>
    Date: { DATETIME($date, dateStyle: "long") }
model-erased = <b>Erased here</b>
model-erased-trainings = • trainings with their weights and face figures: { $count }
model-erased-photos = • photos it was trained with: { $count }
model-erased-orders = • orders stopped: { $count }
model-copies = <b>At the companies that train and draw</b>
model-copy-photos = photos
model-copy-model = the model
model-copy-deleted = ✅ { $vendor }: { $what } – deleted
model-copy-doomed = ⏳ { $vendor }: { $what } – being deleted; I ask until it is done
model-copy-stays = ⚠️ { $vendor }: { $what } – stays there under a number, without your name: { $vendor } offers no way to delete it
model-receipt-pictures =
    { $count ->
        [one] { $count } picture made with it stays in “My pictures”.
       *[other] { $count } pictures made with it stay in “My pictures”.
    }
model-receipt-end = Keep the reference: nothing but it leads to this receipt. To look again: <code>/models { $reference }</code>

admin-models =
    🧬 <b>Models</b>

    Ready: { $ready } · in training: { $training } · failed: { $failed }
admin-models-week = Last 7 days: { $asked } trainings, { $ready } ready, { $failed } failed, success { $share }
admin-models-took = Typical training: { $minutes } min
admin-models-likeness = Mean likeness: { $percent } % of { $pictures ->
        [one] { $pictures } picture
       *[other] { $pictures } pictures
    }
admin-models-copies = Copies at vendors: { $kept } in use, { $doomed } being deleted, { $deleted } deleted, { $stays } cannot be deleted there
admin-models-newest = <b>Newest trainings</b>
admin-models-line = { $sign } { DATETIME($date, dateStyle: "short", timeStyle: "short") } · { $person } · no. { $number } · 📷 { $photos } · { $likeness }
