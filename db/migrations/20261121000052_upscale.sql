-- migrate:up
INSERT INTO "Price" (kind, tokens) VALUES ('upscale', 3);

-- migrate:down
DELETE FROM "Price" WHERE kind = 'upscale';
