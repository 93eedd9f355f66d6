-- What a comment said when it was last looked at; none where nobody had, or where that was before this
-- column.
ALTER TABLE comment_news ADD COLUMN was TEXT;
