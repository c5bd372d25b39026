-- migrate:up

-- The shelves on which the styles stand in a gallery.
CREATE TABLE "StyleGroup" (
    code TEXT PRIMARY KEY CHECK (code ~ '^[a-z0-9_]{1,40}$'),
    title_ru TEXT NOT NULL,
    title_en TEXT NOT NULL,
    emoji TEXT NOT NULL,
    position INTEGER NOT NULL
);
INSERT INTO "StyleGroup" (code, title_ru, title_en, emoji, position) VALUES
('portrait', 'Портрет', 'Portrait', '📸', 10),
('cinema', 'Кино и плёнка', 'Cinema and film', '🎬', 20),
('art', 'Живопись', 'Painting', '🎨', 30),
('graphic', 'Графика', 'Graphic', '🖨', 40),
('fantasy', 'Фантазия', 'Fantasy', '✨', 50),
('seasons', 'Времена года', 'Seasons', '🍃', 60);

UPDATE "Style" SET style_group = 'graphic' WHERE code IN ('pop_art', 'comic', 'poster');
UPDATE "Style" SET style_group = 'seasons' WHERE code = 'winter';
-- An owner's own groups of before get a shelf at the end.
INSERT INTO "StyleGroup" (code, title_ru, title_en, emoji, position)
SELECT DISTINCT style_group, style_group, style_group, '🎞', 100 FROM "Style"
ON CONFLICT (code) DO NOTHING;
ALTER TABLE "Style" ADD CONSTRAINT style_has_a_group FOREIGN KEY (style_group) REFERENCES "StyleGroup" (code);
CREATE INDEX style_of_group ON "Style" (style_group, position, code) WHERE is_active;

INSERT INTO "Style" (code, title_ru, title_en, emoji, style_group, prompt, position) VALUES
('high_key', 'Светлый ключ', 'High key', '🤍', 'portrait',
 'high key studio portrait, white seamless background, bright soft light, gentle shadows, airy pastel mood', 45),
('blockbuster', 'Блокбастер', 'Blockbuster', '🍿', 'cinema',
 'blockbuster movie still, teal and orange grade, burning horizon, smoke and embers, anamorphic flare', 85),
('stained_glass', 'Витраж', 'Stained glass', '⛪', 'art',
 'stained glass window portrait, bold lead lines, jewel coloured panes, radiant rose window behind the head', 115),
('engraving', 'Гравюра', 'Engraving', '💵', 'graphic',
 'banknote engraving portrait, fine swelling lines, cross hatching, guilloche background, single ink', 142),
('glitch', 'Глитч', 'Glitch', '📺', 'graphic',
 'glitch art portrait, split colour channels, scan lines, torn bands of a broken video signal', 144),
('underwater', 'Под водой', 'Underwater', '🫧', 'fantasy',
 'underwater portrait, shafts of sunlight from the surface, rippling caustics, floating bubbles, calm face', 152),
('enchanted', 'Волшебный лес', 'Enchanted forest', '🧚', 'fantasy',
 'portrait in an enchanted forest at night, glowing fireflies, moonlit mist between old trees', 154),
('sakura', 'Сакура', 'Cherry blossom', '🌸', 'seasons',
 'spring portrait under cherry blossom, soft pink boughs in the background, petals in the wind', 156),
('autumn', 'Осень', 'Autumn', '🍁', 'seasons',
 'autumn portrait in a park, golden maple leaves falling, low warm sun, shallow depth of field', 158);

-- migrate:down
-- Orders that were made in these styles stay; they lose the name of their style.
UPDATE "Generation" SET style = NULL WHERE style IN
    ('high_key', 'blockbuster', 'stained_glass', 'engraving', 'glitch', 'underwater', 'enchanted', 'sakura', 'autumn');
DELETE FROM "Style" WHERE code IN
    ('high_key', 'blockbuster', 'stained_glass', 'engraving', 'glitch', 'underwater', 'enchanted', 'sakura', 'autumn');
DROP INDEX style_of_group;
ALTER TABLE "Style" DROP CONSTRAINT style_has_a_group;
UPDATE "Style" SET style_group = 'art' WHERE code IN ('pop_art', 'comic', 'poster');
UPDATE "Style" SET style_group = 'fantasy' WHERE code = 'winter';
DROP TABLE "StyleGroup";
