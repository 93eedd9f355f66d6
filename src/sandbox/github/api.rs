//! The endpoints: which request is answered by what.

mod apps;
mod contents;
mod issues;
mod milestones;
mod tarball;
mod teams;
mod write;

use http::Method;

use super::{
    answer::{Answer, Outcome, Refusal},
    people::{Caller, Token},
    request::Call,
    state::State,
};

pub(super) use tarball::codeload;

impl State {
    /// Answers what needs no more than the caller's name.
    pub(super) fn answer(&mut self, call: &mut Call, token: &Token) -> Outcome {
        let segments = call.segments.clone();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (&call.method, segments.as_slice()) {
            (&Method::GET, ["rate_limit"]) => {
                let now = self.now();
                Ok(Answer::ok(&self.limits.show(token.caller, now)))
            }
            (&Method::GET, ["user"]) => self.own_account(token),
            (&Method::GET, ["users", login]) => {
                let user = self.find_user(login).ok_or_else(Refusal::not_found)?;
                Ok(Answer::ok(&self.show_profile(user)))
            }
            (&Method::GET, ["orgs", organisation, "teams", team, "members"]) => {
                self.team_members(call, token, organisation, team)
            }
            (&Method::GET, ["user", number]) => self.account(token, number),
            (_, ["app", rest @ ..]) => self.as_app(call, token, rest),
            (&Method::GET, ["installation", "repositories"]) => {
                self.installation_repositories(call, token)
            }
            (_, ["repos", owner, name, rest @ ..]) => {
                let repository = self.named(owner, name, call, token)?;
                self.in_repository(call, token, repository, rest)
            }
            (_, ["repositories", number, rest @ ..]) => {
                let number = number.parse().map_err(|_| Refusal::not_found())?;
                let repository = self.numbered(number, token)?;
                self.in_repository(call, token, repository, rest)
            }
            _ => Err(Refusal::not_found()),
        }
    }

    /// <https://docs.github.com/en/rest/users/users#get-the-authenticated-user>: "This endpoint does
    /// not work with GitHub App installation access tokens".
    fn own_account(&self, token: &Token) -> Outcome {
        match token.caller {
            Caller::User(user) => Ok(Answer::ok(&self.show_profile(user))),
            Caller::Anonymous => Err(Refusal::unauthorized("Requires authentication")),
            Caller::App(_) | Caller::Installation(_) => Err(not_for_apps()),
        }
    }

    /// <https://docs.github.com/en/rest/users/users#get-a-user-using-their-id>: works with installation
    /// access tokens and without any, but an App itself has none. Whatever is no number of an account
    /// is not found.
    fn account(&self, token: &Token, number: &str) -> Outcome {
        if matches!(token.caller, Caller::App(_)) {
            return Err(not_for_apps());
        }
        let id: u64 = number.parse().map_err(|_| Refusal::not_found())?;
        let login = self.users.get(&id).map(|user| &user.login);
        // One that was deleted has no login.
        match login.filter(|login| self.find_user(login) == Some(id)) {
            Some(_) => Ok(Answer::ok(&self.show_profile(id))),
            None => Err(Refusal::not_found()),
        }
    }

    fn in_repository(
        &mut self,
        call: &mut Call,
        token: &Token,
        repository: u64,
        rest: &[&str],
    ) -> Outcome {
        call.link_path = format!("/repositories/{repository}/{}", rest.join("/"));
        if call.method == Method::GET {
            self.read(call, token, repository, rest)
        } else {
            self.write(call, token, repository, rest)
        }
    }

    fn read(&mut self, call: &Call, token: &Token, id: u64, rest: &[&str]) -> Outcome {
        if matches!(token.caller, Caller::App(_)) && rest != ["installation"] {
            return Err(not_for_apps());
        }
        match rest {
            ["installation"] => self.installation_on(token, id),
            [] => {
                let right = (token.caller != Caller::Anonymous).then(|| self.right(token, id));
                Ok(Answer::ok(
                    &self.show_repository(self.at(id), right.flatten()),
                ))
            }
            ["git", "trees", reference @ ..] => self.tree(call, id, &reference.join("/")),
            ["git", "blobs", sha] => self.blob(call, id, sha),
            ["git", "ref", "heads", branch @ ..] => self.branch(id, &branch.join("/")),
            ["commits"] => self.commits(call, id),
            ["commits", reference @ ..] => self.commit(call, id, &reference.join("/")),
            ["contents", path @ ..] => self.content(call, id, &path.join("/")),
            ["tarball", reference @ ..] => self.tarball(id, &reference.join("/")),
            ["issues"] => self.issues(call, id),
            ["issues", "comments"] => self.all_comments(call, id),
            ["issues", "comments", number] => self.comment(id, number),
            ["issues", number] => self.one_issue(token, id, number),
            ["issues", number, "events"] => self.events_of(call, token, id, number),
            ["issues", number, "comments"] => self.comments_of(call, token, id, number),
            ["issues", number, "labels"] => self.labels_of(call, token, id, number),
            ["pulls"] => Ok(self.pulls(call, id)),
            ["pulls", "comments"] => self.all_review_comments(call, id),
            ["pulls", "comments", number] => self.review_comment(id, number),
            ["pulls", number] => self.pull(id, number),
            ["pulls", number, "comments"] => self.review_comments_of(call, id, number),
            ["pulls", number, "reviews"] => self.reviews(call, id, number),
            ["milestones"] => Ok(self.milestones(call, id)),
            ["milestones", number] => self.milestone(id, number),
            ["labels"] => Ok(self.labels(call, id)),
            ["labels", name @ ..] => self.label(id, &name.join("/")),
            ["assignees"] => Ok(self.assignees(call, id)),
            ["assignees", login] => self.is_assignable(id, login),
            _ => Err(Refusal::not_found()),
        }
    }
}

/// <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#resource-not-accessible>
pub(super) fn not_for_apps() -> Refusal {
    Refusal::forbidden("Resource not accessible by integration")
}
