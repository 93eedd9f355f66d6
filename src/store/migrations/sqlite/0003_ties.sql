-- Threads that grew by themselves and were tied to a KEP, by their roots.
CREATE TABLE ties (
    workspace TEXT NOT NULL,
    channel TEXT NOT NULL,
    root TEXT NOT NULL,
    kep BIGINT NOT NULL,
    PRIMARY KEY (workspace, channel, root)
);
