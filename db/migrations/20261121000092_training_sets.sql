-- migrate:up
-- A person's analyses page by page, newest first: two of the same moment have an order too.
CREATE INDEX photo_analysis_page ON "PhotoAnalysis" (user_id, requested_at, analysis_id);
DROP INDEX photo_analysis_user;
-- Training photos are few beside a person's pictures, and are erased by themselves.
CREATE INDEX training_photo_of_user ON "File" (user_id) WHERE kind = 'training';

-- migrate:down
DROP INDEX training_photo_of_user;
CREATE INDEX photo_analysis_user ON "PhotoAnalysis" (user_id, requested_at);
DROP INDEX photo_analysis_page;
