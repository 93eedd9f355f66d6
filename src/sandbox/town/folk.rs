//! Who lives in the town, where they talk, and the settings that tell the bot about them.

use std::fmt::Write as _;

use super::WORKSPACE;
use crate::{
    config::WorkspaceMode,
    sandbox::{
        github::{GitHub, Repository, Right},
        slack::{ChannelKind, Person, Slack, Workspace},
    },
};

/// Somebody one can be in the town.
#[derive(Debug, Clone)]
pub struct Resident {
    /// Them.
    pub person: Person,
    /// What they are to the bot.
    pub about: &'static str,
    /// Their lines in the settings, below who they are; `None` for whom the settings do not name.
    roles: Option<&'static str>,
}

/// People whom the sample names. Who is a maintainer is as it is; who is liaison is an example.
const FOLK: &[(&str, &str, Option<&str>)] = &[
    (
        "samuelkarp",
        "containerd maintainer, liaison, looks after the bot",
        Some(
            "roles = [\"maintainer\", \"liaison\", \"admin\"]\nliaison_for = [\"1.37\", \"1.38\"]",
        ),
    ),
    (
        "mikebrow",
        "containerd maintainer, shepherds KEP-5607",
        Some("roles = [\"maintainer\"]"),
    ),
    (
        "fuweid",
        "containerd maintainer, shepherds KEP-5474",
        Some("roles = [\"maintainer\"]"),
    ),
    ("bitoku", "KEP author", Some("")),
    ("HirazawaUi", "GitHub account not known to the bot", None),
];

/// The channels, in the order in which the page lists them. The settings name the first two, and the
/// first has a bridge and a digest.
const NODE_CHANNEL: &str = "C0BP8PW9A";
const CONTAINERD_CHANNEL: &str = "C0BP8PW9G";
const MAINTAINERS_CHANNEL: &str = "C0BP8PW9M";

/// Somebody whom nobody in the town knows, on GitHub alone.
pub(super) const STRANGER: &str = "stranger";

/// Lets everybody in, and gives them channels, and the maintainers rights to their repository.
pub(super) fn settle(workspace: &Workspace, runtime: &Repository) -> Vec<Resident> {
    let residents: Vec<Resident> = FOLK
        .iter()
        .map(|&(name, about, roles)| Resident {
            person: workspace.person(name),
            about,
            roles,
        })
        .collect();
    let all: Vec<&Person> = residents.iter().map(|resident| &resident.person).collect();
    let maintainers: Vec<&Person> = residents
        .iter()
        .filter(|resident| resident.about.contains("maintainer"))
        .map(|resident| &resident.person)
        .collect();
    let (public, private) = (ChannelKind::Public, ChannelKind::Private);
    let channel = |id, name, kind| workspace.channel_with_id(id, name, kind);
    let channels = [
        (channel(NODE_CHANNEL, "sig-node", public), &all),
        (
            channel(CONTAINERD_CHANNEL, "sig-node-containerd", public),
            &all,
        ),
        (
            channel(MAINTAINERS_CHANNEL, "containerd-maintainers", private),
            &maintainers,
        ),
    ];
    for person in &maintainers {
        runtime.grant(&person.name(), Right::Triage);
    }
    for (channel, people) in channels {
        let _ = channel.with(people);
    }
    residents
}

/// The settings of the bot, as one would write them. Secrets are in the variables that are the
/// defaults.
pub(super) fn settings(
    mode: WorkspaceMode,
    slack: &Slack,
    github: &GitHub,
    residents: &[Resident],
) -> String {
    let mode = match mode {
        WorkspaceMode::Socket => "mode = \"socket\"",
        WorkspaceMode::Http => "mode = \"http\"\nsigning_secret = \"env:SLACK_SIGNING_SECRET\"",
    };
    let client_id = github.oauth_app();
    let (slack, github) = (slack.api_url(), github.url());
    let mut settings = format!(
        r#"
[http]
listen = "127.0.0.1:0"
admin_listen = "127.0.0.1:0"

[store]
url = "sqlite::memory:"

[slack]
api_url = "{slack}"

[github]
api_url = "{github}"
web_url = "{github}"
oauth_client_id = "{client_id}"

[[workspaces]]
name = "{WORKSPACE}"
{mode}

[[channels]]
id = "{NODE_CHANNEL}"
bridge = "both"
digest = {{ schedule = "0 8 * * Mon", timezone = "America/Los_Angeles" }}

[[channels]]
id = "{CONTAINERD_CHANNEL}"
"#
    );
    for Resident { person, roles, .. } in residents {
        let Some(roles) = roles else { continue };
        let (name, id) = (person.name(), person.id());
        // Writing to a String cannot fail.
        let _ = write!(
            settings,
            "\n[[people]]\ngithub = \"{name}\"\nslack = {{ {WORKSPACE} = \"{id}\" }}\n{roles}\n"
        );
    }
    settings
}
