-- Which effect edited last what was written, by its number: one that comes before that in its lane, and
-- is tried again, comes too late. None where none did, or where that was before this column.
ALTER TABLE written ADD COLUMN edited_by BIGINT;
