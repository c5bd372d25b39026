card-model = 👤 Model: { $name }
card-model-gone = 👤 Model: no longer there, please choose another
card-models =
    👤 <b>Whose face will be in the picture?</b>

    Choose your personal model. With it no photo is needed: a style or a description is enough.
button-with-model = 👤 With my model
button-model = 👤 Model: { $name }
button-no-model-yet = 👤 Add a model
button-no-model = No model
button-pack-from-photo = 📷 From a photo, no model

picture-likeness = 👤 Likeness { $percent } %
picture-no-face = 👤 No face can be seen here, so likeness can’t be measured
album-likeness = 👤 Likeness: best { $best } %, { $mean } % on average. The closest come first.
album-no-face =
    { $pictures ->
        [one] In { $pictures } picture no face can be seen, so likeness can’t be measured.
       *[other] In { $pictures } pictures no face can be seen, so likeness can’t be measured.
    }
album-remade =
    🔁 { $pictures ->
        [one] { $pictures } picture did not look enough like you at first. I made it again for free and kept the better one.
       *[other] { $pictures } pictures did not look enough like you at first. I made them again for free and kept the better ones.
    }

error-model_not_ready = The model “{ $name }” is not ready yet. Please wait until it is trained, or choose another.
