-- Which effect made what was written what it is, by its number: one that was queued before that comes
-- too late. None where that was before this column.
ALTER TABLE written ADD COLUMN made_by BIGINT;
