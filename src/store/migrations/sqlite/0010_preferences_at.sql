-- A person's wishes stand under each name that they have: the newest count.
ALTER TABLE preferences ADD COLUMN at_ms BIGINT NOT NULL DEFAULT 0;
INSERT INTO preferences (who, doc)
    SELECT 'slack/' || links.workspace || '/' || links.member, preferences.doc
    FROM links JOIN preferences ON preferences.who = 'github/' || lower(links.login)
    WHERE true
    ON CONFLICT (who) DO NOTHING;
