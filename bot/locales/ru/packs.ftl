error-pack_not_found = Этого набора больше нет. Выберите, пожалуйста, другой.
error-dataset_not_found = Этот набор я уже не нахожу. Готовые картинки лежат в /history
error-dataset_empty = В этом наборе пока нет картинок.
