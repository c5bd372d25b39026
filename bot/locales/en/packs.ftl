error-pack_not_found = This pack is gone. Please choose another.
error-dataset_not_found = I can’t find this pack any more. Finished pictures are in /history
error-dataset_empty = There are no pictures in this pack yet.
