-- Who proved who they are on GitHub. `github_id` stays when the account gets another login.
CREATE TABLE links (
    workspace TEXT NOT NULL,
    member TEXT NOT NULL,
    login TEXT NOT NULL,
    github_id BIGINT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (workspace, member)
);
