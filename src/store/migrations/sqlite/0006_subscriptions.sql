-- Who asked for a digest of their own KEPs, and how often they get it.
CREATE TABLE subscriptions (
    workspace TEXT NOT NULL,
    member TEXT NOT NULL,
    often TEXT NOT NULL,
    PRIMARY KEY (workspace, member)
);
