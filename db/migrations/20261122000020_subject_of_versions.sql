-- migrate:up

-- Whom the photos of a training were said to show: a prompt calls them as its captions did. The model's own is what
-- is said of it now, which a later training may change before it is in use.
ALTER TABLE "ModelVersion" ADD subject_class TEXT NOT NULL DEFAULT 'other'
    CHECK (subject_class IN ('woman', 'man', 'other'));

UPDATE "ModelVersion" v SET subject_class = coalesce(s.subject_class, m.subject_class)
FROM "ModelVersion" w JOIN "Model" m USING (model_id) LEFT JOIN "TrainingSet" s USING (set_id)
WHERE w.version_id = v.version_id;

-- migrate:down

ALTER TABLE "ModelVersion" DROP subject_class;
