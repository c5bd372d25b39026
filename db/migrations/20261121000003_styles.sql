-- migrate:up

INSERT INTO "Style" (code, title_ru, title_en, emoji, style_group, prompt, position) VALUES
('studio', 'Студия', 'Studio', '📸', 'portrait',
 'professional studio portrait, seamless grey backdrop, soft key light, catchlights in the eyes, 85mm lens', 10),
('business', 'Деловой', 'Business', '💼', 'portrait',
 'confident business portrait, modern office in soft focus behind, natural window light, tailored suit', 20),
('golden_hour', 'Золотой час', 'Golden hour', '🌅', 'portrait',
 'outdoor portrait at golden hour, warm backlight, sun flare, glowing hair, shallow depth of field', 30),
('magazine', 'Обложка', 'Magazine', '📰', 'portrait',
 'fashion magazine cover portrait, editorial lighting, bold styling, clean background, high-end retouching', 40),
('noir', 'Нуар', 'Noir', '🎞', 'cinema',
 'film noir portrait, black and white, hard light through blinds, deep shadows, fine film grain', 50),
('neon', 'Неон', 'Neon', '🌃', 'cinema',
 'cyberpunk night portrait, neon pink and cyan light, wet street reflections, glowing haze', 60),
('vintage', 'Винтаж', 'Vintage', '📷', 'cinema',
 'faded analogue photograph from the seventies, warm tones, soft contrast, light leaks, film grain', 70),
('double_exposure', 'Двойная экспозиция', 'Double exposure', '🏔', 'cinema',
 'double exposure portrait, silhouette filled with misty mountains and forest, airy, minimal', 80),
('sketch', 'Карандаш', 'Pencil', '✏️', 'art',
 'detailed graphite pencil portrait on textured paper, fine hatching, expressive lines', 90),
('watercolor', 'Акварель', 'Watercolour', '🎨', 'art',
 'loose watercolour portrait, flowing washes, paper texture, delicate edges, splashes of colour', 100),
('oil', 'Масло', 'Oil', '🖼', 'art',
 'classical oil painting portrait, visible brush strokes, rich colours, chiaroscuro, canvas texture', 110),
('pop_art', 'Поп-арт', 'Pop art', '🟡', 'art',
 'pop art portrait, flat bold colours, halftone dots, thick outlines, screen print look', 120),
('comic', 'Комикс', 'Comic', '💥', 'art',
 'comic book portrait, ink outlines, dynamic shading, bright flat colours, halftone shadows', 130),
('poster', 'Постер', 'Poster', '🎭', 'art',
 'bold graphic poster portrait, limited palette, strong shapes, posterised light and shadow', 140),
('cosmos', 'Космос', 'Cosmos', '🌌', 'fantasy',
 'portrait among stars and nebulae, cosmic light on the face, planets behind, dreamlike glow', 150),
('winter', 'Зима', 'Winter', '❄️', 'fantasy',
 'portrait in a winter wonderland, falling snow, frosty light, soft pine forest in the distance', 160);

-- migrate:down
DELETE FROM "Style";
