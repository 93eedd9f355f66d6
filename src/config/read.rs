//! The schema: which keys there are, what each defaults to, and what must fit together.

use std::{fmt::Display, net::SocketAddr, time::Duration};

use super::{
    Bridge, Channel, Comments, Config, Credentials, CurrentRelease, Digest, Emoji, Github, Http,
    HttpUrl, Kubernetes, LabelForm, Length, Name, Person, Replies, Role, Runtime, Schedule,
    SecretRef, Section, Sig, Slack, Store, StoreUrl, TitleForm, Workspace, WorkspaceMode,
    error::{listed, nearest, quoted},
    value::{ChannelId, SlackUserId},
    walk::{Place, Table},
};
use crate::domain::{Login, Release, Repository, Zone};

const APP_KEYS: [&str; 3] = ["app_id", "installation_id", "private_key"];
const EITHER: &str = "token, or app_id with installation_id and private_key";

/// Reads the whole file. An empty one gives the defaults, with nothing to complain about.
pub(super) fn config(root: &mut Table<'_>) -> Config {
    let mut workspace_names = Seen::default();
    let mut bot_tokens = Seen::default();
    let mut runtime_names = Seen::default();
    let mut channels_seen = Seen::default();
    let mut logins = Seen::default();
    Config {
        http: root.section("http", http),
        store: root.section("store", store),
        slack: root.section("slack", |table| Slack {
            api_url: table.or("api_url", HttpUrl("https://slack.com/api".into())),
            relay_reaction: table.or("relay_reaction", Emoji("satellite_antenna".into())),
            commands_per_minute: table.or("commands_per_minute", 60),
        }),
        workspaces: root
            .sections("workspaces", |table| {
                workspace(table, &mut workspace_names, &mut bot_tokens)
            })
            .unwrap_or_default(),
        github: root.section("github", github),
        kubernetes: root.section("kubernetes", kubernetes),
        runtimes: runtimes(root, &mut runtime_names),
        channels: root
            .sections("channels", |table| {
                channel(table, &workspace_names, &runtime_names, &mut channels_seen)
            })
            .unwrap_or_default(),
        people: root
            .sections("people", |table| {
                person(table, &workspace_names, &mut logins)
            })
            .unwrap_or_default(),
    }
}

fn http(table: &mut Table<'_>) -> Http {
    let http = Http {
        listen: table.or("listen", SocketAddr::from(([127, 0, 0, 1], 8080))),
        admin_listen: table.or("admin_listen", SocketAddr::from(([127, 0, 0, 1], 9090))),
        public_url: table.get("public_url"),
    };
    // Port 0 is any free port.
    if http.listen == http.admin_listen && http.listen.port() != 0 {
        let text = format!(
            "{} is already that of listen, want another port",
            http.listen
        );
        table.at("admin_listen").refuse(text);
    }
    http
}

fn store(table: &mut Table<'_>) -> Store {
    let url = table.or("url", StoreUrl("sqlite:kep-liaison.db".into()));
    if url.has_password() {
        let text = "it has a password in it (not shown); want the whole address in the environment \
                    variable DATABASE_URL instead";
        table.at("url").refuse(text);
    }
    let keep_text = table.or("keep_text", Duration::from_hours(30 * 24));
    // What comes again within a day is known by what is kept.
    if keep_text < Duration::from_hours(24) {
        let text =
            "that is too short to know what was done already; want a day or more, such as \"30d\"";
        table.at("keep_text").refuse(text);
    }
    Store { url, keep_text }
}

fn workspace(
    table: &mut Table<'_>,
    names: &mut Seen<Name>,
    bot_tokens: &mut Seen<SecretRef>,
) -> Option<Workspace> {
    let name = table.need("name");
    if let Some(name) = &name {
        names.add(&table.at("name"), name);
    }
    let mode = table.or("mode", WorkspaceMode::Socket);
    let bot_token = table.or("bot_token", SecretRef::Env("SLACK_BOT_TOKEN".to_owned()));
    bot_tokens.add(&table.at("bot_token"), &bot_token);
    let app_token = table.get("app_token");
    let signing_secret = table.get("signing_secret");
    if mode == WorkspaceMode::Http && !table.has("signing_secret") {
        let text = "missing, and mode \"http\" needs it; want \"env:NAME\" or \"file:PATH\"";
        table.at("signing_secret").refuse(text);
    }
    let socket = mode == WorkspaceMode::Socket;
    Some(Workspace {
        name: name?,
        mode,
        bot_token,
        app_token: app_token
            .or_else(|| socket.then(|| SecretRef::Env("SLACK_APP_TOKEN".to_owned()))),
        signing_secret,
    })
}

fn github(table: &mut Table<'_>) -> Github {
    let api_url = table.or("api_url", HttpUrl("https://api.github.com".into()));
    let server = api_url
        .as_str()
        .strip_suffix("/api/v3")
        .unwrap_or("https://github.com");
    Github {
        web_url: table.or("web_url", HttpUrl(server.into())),
        api_url,
        credentials: credentials(table)
            .unwrap_or_else(|| Credentials::Token(SecretRef::Env("GITHUB_TOKEN".to_owned()))),
        webhook_secret: table.or(
            "webhook_secret",
            SecretRef::Env("GITHUB_WEBHOOK_SECRET".to_owned()),
        ),
        oauth_client_id: table.get("oauth_client_id"),
        poll_interval: table.or("poll_interval", Duration::from_mins(2)),
    }
}

/// A token or an App; `None` where neither is written, or it is wrong.
fn credentials(table: &mut Table<'_>) -> Option<Credentials> {
    let token = table.get("token").map(Credentials::Token);
    table.allow(&APP_KEYS);
    let Some(app_key) = APP_KEYS.into_iter().find(|key| table.has(key)) else {
        return token;
    };
    if table.has("token") {
        let text = format!("{app_key} is there too; want only one of them: {EITHER}");
        table.at("token").refuse(text);
    }
    let app_id = table.need("app_id");
    let installation_id = table.need("installation_id");
    let private_key = table.need("private_key");
    Some(Credentials::App {
        app_id: app_id?,
        installation_id: installation_id?,
        private_key: private_key?,
    })
}

fn kubernetes(table: &mut Table<'_>) -> Kubernetes {
    let repository = |name| Repository::builtin("kubernetes", name);
    Kubernetes {
        enhancements_repository: table.or("enhancements_repository", repository("enhancements")),
        release_repository: table.or("release_repository", repository("sig-release")),
        sigs: table.filled_or("sigs", vec![Sig("sig-node".into())]),
        current_release: table.or("current_release", CurrentRelease::Auto),
    }
}

fn runtimes(root: &mut Table<'_>, names: &mut Seen<Name>) -> Vec<Runtime> {
    root.refuse_empty(
        "runtimes",
        "at least one, or nothing at all for containerd alone",
    );
    root.sections("runtimes", |table| runtime(table, names))
        .unwrap_or_else(|| {
            let containerd = containerd();
            names.add(&root.at("runtimes"), &containerd.name);
            vec![containerd]
        })
}

/// containerd, whose issue form and process are where this program's defaults come from.
fn containerd() -> Runtime {
    let logins = |names: [&str; 3]| names.into_iter().filter_map(Login::parse).collect();
    Runtime {
        name: Name("containerd".into()),
        repository: Repository::builtin("containerd", "containerd"),
        title: TitleForm("[SIG-Node]: KEP-{number} - {title}".into()),
        release_label: LabelForm("target/kubernetes/v{release}".into()),
        maintainers: logins(["mikebrow", "samuelkarp", "fuweid"]),
        form_assignees: logins(["mikebrow", "fuweid", "samuelkarp"]),
        stale_after: Duration::from_hours(21 * 24),
        github: None,
    }
}

fn runtime(table: &mut Table<'_>, names: &mut Seen<Name>) -> Option<Runtime> {
    let name: Option<Name> = table.need("name");
    if let Some(name) = &name {
        names.add(&table.at("name"), name);
    }
    let default = containerd();
    let is_containerd = name.as_ref() == Some(&default.name);
    let (repository, maintainers, form_assignees) = if is_containerd || name.is_none() {
        (
            table.get("repository").or(Some(default.repository)),
            default.maintainers,
            default.form_assignees,
        )
    } else {
        (table.need("repository"), Vec::new(), Vec::new())
    };
    let title = table.or("title", default.title);
    let release_label = table.or("release_label", default.release_label);
    let maintainers = table.or("maintainers", maintainers);
    let form_assignees = table.or("form_assignees", form_assignees);
    let stale_after = table.or("stale_after", default.stale_after);
    let github = table.section_if_any("github", |table| {
        if !table.has("token") && !APP_KEYS.iter().any(|key| table.has(key)) {
            table
                .place()
                .refuse(format!("there is nothing in it, want {EITHER}"));
        }
        credentials(table)
    });
    Some(Runtime {
        name: name?,
        repository: repository?,
        title,
        release_label,
        maintainers,
        form_assignees,
        stale_after,
        github,
    })
}

fn channel(
    table: &mut Table<'_>,
    workspaces: &Seen<Name>,
    runtimes: &Seen<Name>,
    seen: &mut Seen<String>,
) -> Option<Channel> {
    let workspace = one_of(table, "workspace", workspaces);
    let id: Option<ChannelId> = table.need("id");
    let runtime = one_of(table, "runtime", runtimes);
    let bridge = table.or("bridge", Bridge::Off);
    let comments = table.or("comments", Comments::default());
    let replies = table.or("replies", Replies::default());
    let broadcast = table.or("broadcast", false);
    let digest = table.section_if_any("digest", |table| {
        Some(Digest {
            schedule: table.or("schedule", Schedule::default()),
            timezone: table.or("timezone", Zone::default()),
            sigs: table.or("sigs", Vec::new()),
            sections: table.filled_or("sections", Section::ALL.to_vec()),
            length: table.or("length", Length::default()),
        })
    });
    let (workspace, id, runtime) = (workspace?, id?, runtime?);
    seen.add(
        &table.at("id"),
        &format!("{id} of {workspace} for {runtime}"),
    );
    Some(Channel {
        workspace,
        id,
        runtime,
        bridge,
        comments,
        replies,
        broadcast,
        digest,
    })
}

/// A key that names a configured workspace or runtime; it may be left out where there is only one.
fn one_of(table: &mut Table<'_>, key: &'static str, names: &Seen<Name>) -> Option<Name> {
    if let ([(only, _)], false) = (&names.0[..], table.has(key)) {
        table.allow(&[key]);
        return Some(only.clone());
    }
    let name = table.need(key)?;
    names.must_have(&table.at(key), key, &name).then_some(name)
}

fn person(
    table: &mut Table<'_>,
    workspaces: &Seen<Name>,
    logins: &mut Seen<Login>,
) -> Option<Person> {
    let github: Option<Login> = table.need("github");
    if let Some(login) = &github {
        logins.add(&table.at("github"), login);
    }
    let slack = table
        .map::<SlackUserId>("slack")
        .into_iter()
        .filter_map(|(key, (place, id))| {
            let Some(name) = Name::parse(&key) else {
                place.refuse("want a workspace's name as the key");
                return None;
            };
            // On the command line nobody needs workspaces, and people can have been named already.
            let known = workspaces.0.is_empty() || workspaces.must_have(&place, "workspace", &name);
            known.then_some((name, id))
        });
    let slack = slack.collect();
    let mut roles: Vec<Role> = table.or("roles", Vec::new());
    roles.sort_unstable();
    roles.dedup();
    let liaison_for: Vec<Release> = table.or("liaison_for", Vec::new());
    Some(Person {
        github: github?,
        slack,
        roles,
        liaison_for,
    })
}

/// Values of which each may be there once, with the path where each was.
struct Seen<T>(Vec<(T, String)>);

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Clone + PartialEq + Display> Seen<T> {
    /// Notes a problem if the value was there already.
    fn add(&mut self, place: &Place<'_>, value: &T) {
        match self.0.iter().find(|(seen, _)| seen == value) {
            Some((_, first)) => {
                place.refuse(format!(
                    "{value} is already that of {first}; each needs its own"
                ));
            }
            None => self.0.push((value.clone(), place.path().to_owned())),
        }
    }
}

impl Seen<Name> {
    /// Notes a problem if no `what` has this name.
    fn must_have(&self, place: &Place<'_>, what: &str, name: &Name) -> bool {
        if self.0.iter().any(|(seen, _)| seen == name) {
            return true;
        }
        let names = || self.0.iter().map(|(name, _)| name.as_str());
        let mend = match nearest(name.as_str(), names()) {
            Some(near) => format!("did you mean \"{near}\"?"),
            None if self.0.is_empty() => format!("none is configured, add [[{what}s]]"),
            None => format!("configured: {}", listed(names())),
        };
        place.refuse(format!("no such {what} {}; {mend}", quoted(name.as_str())));
        false
    }
}
