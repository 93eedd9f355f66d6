-- Which KEPs a member of a workspace follows, or a channel: `who` is the id of either.
CREATE TABLE followers (
    workspace TEXT NOT NULL,
    who TEXT NOT NULL,
    is_channel BIGINT NOT NULL,
    kep BIGINT NOT NULL,
    PRIMARY KEY (workspace, who, kep)
);
