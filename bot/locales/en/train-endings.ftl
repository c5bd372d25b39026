train-ending-ready =
    🧬 <b>“{ $name }” is ready!</b>

    I am making the first portraits with it, for free: they come in a moment. Now you can order photos of yourself in any style.
train-ending-ready-anew =
    🧬 <b>“{ $name }” is trained anew!</b>

    From now on your photos are made with the new training. The first portraits come in a moment, for free.
train-ending-samples =
    🧬 <b>The first portraits with “{ $name }”</b>

    They cost nothing. Do they look like you?
train-ending-gone =
    🧬 <b>The training is over</b>

    Its model is deleted by now.
train-ending-stopped = ✋ <b>Training stopped</b>
train-ending-stopped-begun =
    ✋ <b>Training stopped</b>

    It had begun already, so a part of its price is charged, as I said before you stopped it.
train-ending-kept = Your model stays as it was: the earlier training is still in use.
train-ending-expired =
    ⌛️ <b>The queue was too long</b>

    Too much is being trained right now, and your training did not get its turn. I’m sorry! Your photos are kept: please try again a little later.
train-ending-deadline =
    ⌛️ <b>Too long</b>

    The training took longer than anybody should wait, so I ended it. I’m sorry! Your photos are kept: please try again.
train-ending-photo-gone =
    😔 <b>The photos are gone</b>

    Some of the photos were erased before the training could use them. Please send them again.
train-ending-refused =
    🙈 <b>The photos were not accepted</b>

    Whoever trains the models could not take these photos. Please look them through and replace those that may be the reason.
train-ending-spoilt =
    😔 <b>The model came out broken</b>

    What came back from the training cannot be used, so I am not giving it to you. I’m sorry! Your photos are kept: please try again.
train-ending-not-served =
    😔 <b>Nobody can draw with it right now</b>

    The model was trained, but those who draw with models did not take it. I’m sorry! Your photos are kept: please try again a little later.
train-ending-unavailable =
    😔 <b>Not possible right now</b>

    Whoever trains the models cannot be reached, or has no room left for today. I’m sorry! Your photos are kept: please try again a little later.
train-ending-failed =
    😔 <b>The training did not work out</b>

    That is a fault on our side, I’m sorry. Your photos are kept: please try again.
button-train-again = 🔁 Try again
button-train-model = 🧬 The model
