error-bad_cursor = This page is out of date. Please open the list anew.
error-bad_tag = A tag may be at most { $limit } characters long.
error-too_many_tags = A picture may have at most { $limit } tags.
error-note_too_long = Notes may be at most { $limit } characters long.
error-picture_too_large = This picture is large already: it would be more than { $limit } pixels a side.
error-erasure_not_found = No erasure has this number.
