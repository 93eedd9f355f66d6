-- Since when a thread is tied: what was said in it before is none of the KEP's. Of those tied before
-- this column it is when the column came.
ALTER TABLE ties ADD COLUMN since_ms BIGINT NOT NULL DEFAULT 0;
UPDATE ties SET since_ms = CAST(strftime('%s', 'now') AS INTEGER) * 1000;
