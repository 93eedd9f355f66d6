//! The example file: it says what the defaults are, and shows every key.

use std::{collections::BTreeSet, time::Duration};

use super::{config, problems};
use crate::config::*;

pub(super) const EXAMPLE: &str = include_str!("../../../deploy/kep-liaison.example.toml");

/// The keys of which a section takes only one kind.
const TOKEN: [&str; 1] = ["token"];
pub(super) const APP: [&str; 3] = ["app_id", "installation_id", "private_key"];

/// The example with every `#key = value` in force, without the keys named.
pub(super) fn uncommented(without: &[&str]) -> String {
    let key = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
    let lines = EXAMPLE
        .lines()
        .filter_map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.is_empty() && !rest.starts_with(' ') => Some(rest),
            _ => (!line.starts_with('#')).then_some(line),
        });
    lines
        .filter(|line| !without.contains(&key(line).as_str()))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_example_and_an_empty_file_are_the_defaults() {
    assert_eq!(config(EXAMPLE), Config::default());
    assert_eq!(config(""), Config::default());

    let config = Config::default();
    assert_eq!(config.http.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.store.url.expose(), "sqlite:kep-liaison.db");
    assert_eq!(config.github.web_url.as_str(), "https://github.com");
    assert_eq!(config.store.keep_text, Duration::from_hours(30 * 24));
    assert_eq!(config.github.poll_interval, Duration::from_mins(2));
    assert_eq!(config.kubernetes.sigs, [Sig("sig-node".into())]);
    assert_eq!(config.kubernetes.current_release, CurrentRelease::Auto);
    let [containerd] = &config.runtimes[..] else {
        panic!("{:?}", config.runtimes)
    };
    assert_eq!(containerd.repository.to_string(), "containerd/containerd");
    assert_eq!(containerd.maintainers.len(), 3);
    assert_eq!(containerd.stale_after, Duration::from_hours(21 * 24));
    assert!(config.workspaces.is_empty() && config.channels.is_empty());
}

/// What the example shows as a default is the default, so the built-in values fit their types too.
#[test]
fn the_uncommented_example_says_what_the_defaults_are() {
    let shown = config(&uncommented(&APP));
    let default = Config::default();
    let public_url = None;
    assert_eq!(
        Http {
            public_url,
            ..shown.http
        },
        default.http
    );
    assert_eq!(shown.store, default.store);
    assert_eq!(shown.slack, default.slack);
    assert_eq!(shown.kubernetes, default.kubernetes);
    let oauth_client_id = None;
    assert_eq!(
        Github {
            oauth_client_id,
            ..shown.github
        },
        default.github
    );
    assert_eq!(
        Runtime {
            github: None,
            ..shown.runtimes[0].clone()
        },
        default.runtimes[0]
    );
    assert_eq!(shown.channels[0].bridge, Bridge::Both);
    assert_eq!(shown.people[0].roles, [Role::Liaison, Role::Maintainer]);
    assert_eq!(shown.people[0].liaison_for, [Release::new(1, 38)]);

    let with_app = config(&uncommented(&TOKEN));
    assert!(matches!(
        with_app.github.credentials,
        Credentials::App {
            app_id: 123_456,
            ..
        }
    ));
    assert!(matches!(
        with_app.runtimes[0].github,
        Some(Credentials::App { .. })
    ));

    // A short workspace and `digest = {}` mean what the example shows as defaults.
    let short =
        config("[[workspaces]]\nname='kubernetes'\n[[channels]]\nid='C0BP8PW9G'\ndigest={}");
    let Workspace {
        mode,
        bot_token,
        app_token,
        ..
    } = shown.workspaces[0].clone();
    let signing_secret = None;
    let name = Name("kubernetes".into());
    assert_eq!(
        short.workspaces,
        [Workspace {
            name,
            mode,
            bot_token,
            app_token,
            signing_secret
        }]
    );
    assert_eq!(
        short.channels,
        [Channel {
            bridge: Bridge::Off,
            ..shown.channels[0].clone()
        }]
    );
}

/// Each table gets a key that nobody knows; the answers then list every key there is.
#[test]
fn the_example_shows_every_key() {
    let nonsense = "zzzzzzzz = 1";
    let mut text = format!("{nonsense}\n");
    for line in uncommented(&[]).lines() {
        text.push_str(&line.replace("digest = {", &format!("digest = {{ {nonsense}, ")));
        text.push('\n');
        if line.starts_with('[') {
            text.push_str(nonsense);
            text.push('\n');
        }
    }
    let shown = shown_keys();
    let mut tables = 0;
    let mut missing = Vec::new();
    for problem in problems(&text) {
        let Some((place, keys)) = problem.split_once(": no such key; the keys here are ") else {
            // The one other thing that is wrong when all is in force.
            assert!(problem.contains("want only one of them"), "{problem}");
            continue;
        };
        tables += 1;
        let path = place.rsplit(": ").next().unwrap().replace("[0]", "");
        let table = path.strip_suffix("zzzzzzzz").unwrap();
        let keys = keys.replace(" and ", ", ");
        let keys = keys.split(", ").map(|key| format!("{table}{key}"));
        missing.extend(keys.filter(|key| !shown.contains(key)));
    }
    // The root, [http], [store], [slack], [[workspaces]], [github], [kubernetes], [[runtimes]] and
    // its github, [[channels]] and its digest, [[people]].
    assert_eq!((tables, missing), (12, Vec::new()));
}

/// The paths of all keys that the example shows, without indices: `channels.digest.schedule`.
fn shown_keys() -> BTreeSet<String> {
    fn walk(path: &str, value: &toml::Value, found: &mut BTreeSet<String>) {
        found.insert(path.to_owned());
        match value {
            toml::Value::Table(table) => {
                for (key, value) in table {
                    walk(
                        format!("{path}.{key}").trim_start_matches('.'),
                        value,
                        found,
                    );
                }
            }
            toml::Value::Array(list) => list.iter().for_each(|item| walk(path, item, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    walk(
        "",
        &toml::Value::Table(uncommented(&[]).parse().unwrap()),
        &mut found,
    );
    found
}
