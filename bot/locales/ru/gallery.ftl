error-bad_cursor = Эта страница устарела. Откройте, пожалуйста, список заново.
error-bad_tag = Метка может быть не длиннее { $limit } символов.
error-too_many_tags = У картинки может быть не больше { $limit } меток.
error-note_too_long = Заметка может быть не длиннее { $limit } символов.
error-picture_too_large = Эта картинка уже большая: её сторона стала бы больше { $limit } пикселей.
error-erasure_not_found = Удаления с таким номером нет.
