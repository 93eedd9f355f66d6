-- How people want to be told of what concerns them, by who they are.
CREATE TABLE preferences (
    who TEXT PRIMARY KEY NOT NULL,
    doc TEXT NOT NULL
);
