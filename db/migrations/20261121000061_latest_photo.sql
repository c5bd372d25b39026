-- migrate:up

-- A pack starts from the photo that a person sent last.
CREATE INDEX photo_of_user ON "File" (user_id, created_at DESC) WHERE kind = 'photo';

-- migrate:down
DROP INDEX photo_of_user;
