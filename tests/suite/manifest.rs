//! The Slack app's manifest: what is printed for which settings, and that Slack's own schemas take
//! it.

use std::{
    env, fs,
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    formats::from_yaml,
    terminal::{Folder, run},
};

const TWO_WORKSPACES: &str = r#"
[http]
public_url = "https://bot.example.com/liaison/"
[[workspaces]]
name = "kubernetes"
[[workspaces]]
name = "cncf"
mode = "http"
bot_token = "env:CNCF_BOT_TOKEN"
signing_secret = "env:CNCF_SIGNING_SECRET"
"#;

const HTTP: &str = r#"
[[workspaces]]
name = "kubernetes"
mode = "http"
signing_secret = "env:SLACK_SIGNING_SECRET"
"#;

fn with(settings: &str) -> Folder {
    let folder = Folder::new();
    folder.file("kep-liaison.toml", settings);
    folder
}

#[test]
fn the_file_in_the_root_is_what_is_printed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/manifest.yml");
    let file = fs::read_to_string(path).expect("manifest.yml");
    let printed = run(&["manifest"]).answer();
    assert_eq!(
        file, printed,
        "`kep-liaison manifest > manifest.yml` makes it anew"
    );
}

#[test]
fn yaml_and_json_say_the_same() {
    for words in [
        &["manifest"][..],
        &["manifest", "--url", "https://bot.example.com"],
    ] {
        let as_json = run(&[words, &["--format", "json"]].concat()).answer();
        let as_json: Value = serde_json::from_str(&as_json).expect("JSON");
        assert_eq!(from_yaml(&run(words).answer()), as_json);
    }
}

#[test]
fn socket_mode_has_no_request_url_and_http_has_all_of_them() {
    let folder = with(TWO_WORKSPACES);
    let of = |workspace| from_yaml(&folder.run(&["manifest", "--workspace", workspace]).answer());
    let socket = of("kubernetes");
    assert_eq!(socket["settings"]["socket_mode_enabled"], true);
    assert!(!socket.to_string().contains("https://"), "{socket}");

    let http = of("cncf");
    let base = "https://bot.example.com/liaison";
    assert_eq!(http["settings"]["socket_mode_enabled"], false);
    let urls = [
        (&http["features"]["slash_commands"][0]["url"], "commands"),
        (
            &http["settings"]["event_subscriptions"]["request_url"],
            "events",
        ),
        (
            &http["settings"]["interactivity"]["request_url"],
            "interactions",
        ),
    ];
    for (url, route) in urls {
        assert_eq!(*url, format!("{base}/slack/{route}"));
    }
    // Nothing else depends on the way of delivery.
    let mut without = http.clone();
    without["settings"]["socket_mode_enabled"] = json!(true);
    let command = &mut without["features"]["slash_commands"][0];
    command.as_object_mut().expect("an object").remove("url");
    for place in ["event_subscriptions", "interactivity"] {
        let place = without["settings"][place]
            .as_object_mut()
            .expect("an object");
        place.remove("request_url");
    }
    assert_eq!(without, socket);
}

/// Who adds a scope has to say here, too, that it is meant.
#[test]
fn it_asks_for_little_and_says_what_for() {
    let printed = run(&["manifest"]).answer();
    let manifest = from_yaml(&printed);
    let scopes = &manifest["oauth_config"]["scopes"];
    assert_eq!(
        *scopes,
        json!({"bot": [
            "app_mentions:read", "chat:write", "commands", "im:history", "links:read", "links:write"
        ]})
    );
    let domains = &manifest["features"]["unfurl_domains"];
    assert_eq!(*domains, json!(["github.com", "kep.k8s.io"]));
    let lines: Vec<&str> = printed.lines().map(str::trim).collect();
    let items = [
        &scopes["bot"],
        &manifest["settings"]["event_subscriptions"]["bot_events"],
    ];
    for item in items
        .iter()
        .flat_map(|list| list.as_array().expect("a list"))
    {
        let item = item.as_str().expect("a name");
        let at = lines
            .iter()
            .position(|line| line.trim_start_matches("- ").trim_matches('"') == item)
            .unwrap_or_else(|| panic!("no {item} in\n{printed}"));
        assert!(
            lines[at - 1].starts_with("# "),
            "no reason for {item} in\n{printed}"
        );
    }
}

fn names(list: &Value) -> Vec<&str> {
    let list = list.as_array().expect("a list");
    list.iter()
        .map(|item| item.as_str().expect("a name"))
        .collect()
}

/// What is asked for beyond that, where channels are bridged: no more than the ways need.
#[test]
fn a_bridge_asks_for_what_its_ways_need() {
    let settings = |bridge: &str| {
        format!(
            "[[workspaces]]\nname = 'kubernetes'\n[[workspaces]]\nname = 'cncf'\n\
             bot_token = 'env:B'\napp_token = 'env:A'\n\
             [[channels]]\nworkspace = 'cncf'\nid = 'C1'\nbridge = '{bridge}'\n"
        )
    };
    let plain = from_yaml(&run(&["manifest"]).answer());
    let relay = [
        "im:write",
        "reactions:read",
        "reactions:write",
        "users:read",
    ];
    let events = ["message.channels", "reaction_added", "reaction_removed"];
    for (bridge, flags, scopes, told) in [
        ("off", &[][..], &[][..], &[][..]),
        ("to-slack", &[], &["channels:history", "im:write"], &[]),
        (
            "to-slack",
            &["--private-channels"],
            &["channels:history", "groups:history", "im:write"],
            &[],
        ),
        (
            "to-github",
            &[],
            &[&["channels:history"][..], &relay].concat(),
            &events,
        ),
        (
            "both",
            &["--private-channels"],
            &[&["channels:history", "groups:history"][..], &relay].concat(),
            &[&events[..], &["message.groups"]].concat(),
        ),
    ] {
        let folder = with(&settings(bridge));
        let words = [&["manifest", "--workspace", "cncf"], flags].concat();
        let manifest = from_yaml(&folder.run(&words).answer());
        let more = |pointer: &str| -> Vec<String> {
            let list = |of: &Value| of.pointer(pointer).cloned().expect("a list");
            let (all, before) = (list(&manifest), list(&plain));
            let mut more = names(&all);
            more.retain(|name| !names(&before).contains(name));
            more.sort_unstable();
            more.into_iter().map(str::to_owned).collect()
        };
        let sorted = |list: &[&str]| {
            let mut list: Vec<String> = list.iter().map(|name| (*name).to_owned()).collect();
            list.sort_unstable();
            list
        };
        assert_eq!(more("/oauth_config/scopes/bot"), sorted(scopes), "{bridge}");
        let events = more("/settings/event_subscriptions/bot_events");
        assert_eq!(events, sorted(told), "{bridge}");
        let shortcut = manifest.pointer("/features/shortcuts/0/callback_id");
        let is_wanted = ["both", "to-github"].contains(&bridge);
        assert_eq!(shortcut, is_wanted.then_some(&json!("relay")), "{bridge}");
        // The other workspace has no such channel.
        let other = folder.run(&["manifest", "--workspace", "kubernetes"]);
        assert_eq!(from_yaml(&other.answer()), plain);
    }
}

/// A digest needs to find its own words again, and to show its chart.
#[test]
fn a_digest_asks_for_what_it_needs() {
    let folder =
        with("[[workspaces]]\nname = 'kubernetes'\n[[channels]]\nid = 'C1'\ndigest = {}\n");
    let printed = folder.run(&["manifest"]).answer();
    let wanted = json!([
        "app_mentions:read",
        "channels:history",
        "chat:write",
        "commands",
        "files:write",
        "im:history",
        "im:write",
        "links:read",
        "links:write"
    ]);
    let manifest = from_yaml(&printed);
    assert_eq!(manifest["oauth_config"]["scopes"]["bot"], wanted);
    let why = "    # shows the chart of a digest\n    - files:write\n";
    assert!(printed.contains(why), "{printed}");
    let plain = from_yaml(&run(&["manifest"]).answer());
    assert_eq!(manifest["settings"], plain["settings"]);
    let private = folder.run(&["manifest", "--private-channels"]).answer();
    assert!(private.contains("- groups:history\n"), "{private}");
}

#[test]
fn what_does_not_fit_together_is_wrong_usage() {
    let two = with(TWO_WORKSPACES);
    let http = with(HTTP);
    let plain = with(
        "[http]\npublic_url = 'http://bot.example.com'\n"
            .to_owned()
            .as_str(),
    );
    let insecure = with(&format!(
        "[http]\npublic_url = 'http://bot.example.com'\n{HTTP}"
    ));
    for (folder, words, said) in [
        (&two, &[][..], "--workspace with one of kubernetes, cncf"),
        (
            &two,
            &["--workspace", "cnfc"],
            "want one of the settings': kubernetes, cncf",
        ),
        (
            &two,
            &["--workspace", "kubernetes", "--url", "https://a.b"],
            "has mode \"socket\"",
        ),
        (
            &http,
            &[],
            "add --url https://bot.example.com, or http.public_url",
        ),
        (&http, &["--url", "http://a.b"], "want an https address"),
        (
            &insecure,
            &[],
            "http.public_url: read \"http://bot.example.com\"",
        ),
        (
            &plain,
            &["--workspace", "x"],
            "the settings have no workspace",
        ),
        (
            &plain,
            &["--private-channels"],
            "no channel is bridged or has a digest",
        ),
    ] {
        let complaint = folder.run(&[&["manifest"], words].concat()).complaint(2);
        assert!(complaint.contains(said), "{words:?}: {complaint}");
    }
    assert_eq!(
        plain.run(&["manifest"]).answer(),
        run(&["manifest"]).answer()
    );
}

/// What a test is left out for. Not eprintln!, whose words cargo swallows when a test passes.
fn left_out(why: &str) {
    let what = "LEFT OUT: the manifest held against Slack's own schemas";
    let _ = writeln!(std::io::stderr(), "{what}: {why}");
}

/// Slack's schemas, which lie beside the project where somebody put them.
fn schemas() -> Option<[PathBuf; 2]> {
    let folder = env::var_os("KEP_LIAISON_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")),
        PathBuf::from,
    );
    if !folder.is_dir() {
        let place = folder.display();
        left_out(&format!(
            "none at {place}; KEP_LIAISON_DATA names another place"
        ));
        return None;
    }
    Some(["v1", "v2"].map(|version| folder.join(format!("slack-manifest-{version}.schema.json"))))
}

/// A Python with which JSON can be held against a schema.
fn python() -> Option<String> {
    let python = env::var("KEP_LIAISON_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(&python);
    let asked = command
        .args(["-c", "import jsonschema"])
        .stderr(Stdio::null());
    if asked.status().is_ok_and(|status| status.success()) {
        return Some(python);
    }
    left_out(&format!(
        "{python} cannot import jsonschema; KEP_LIAISON_PYTHON names another interpreter"
    ));
    None
}

/// What the schemas do not allow in a manifest.
fn breaches(python: &str, schemas: &[PathBuf], manifests: &[Value]) -> String {
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/manifest_check.py"
    );
    let mut checking = Command::new(python)
        .arg(script)
        .args(schemas)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python runs");
    let mut stdin = checking.stdin.take().expect("a pipe");
    serde_json::to_writer(&mut stdin, manifests).expect("it reads");
    drop(stdin);
    let output = checking.wait_with_output().expect("an end");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn slacks_own_schemas_take_it() {
    let Some((schemas, python)) = schemas().zip(python()) else {
        return;
    };
    let http = &["manifest", "--url", "https://bot.example.com"];
    let mut manifests = [&["manifest"][..], http]
        .map(|words| from_yaml(&run(words).answer()))
        .to_vec();
    let bridged =
        with("[[workspaces]]\nname = 'a'\n[[channels]]\nid = 'C1'\nbridge = 'both'\ndigest = {}\n");
    let bridged = bridged.run(&["manifest", "--private-channels"]);
    manifests.push(from_yaml(&bridged.answer()));
    assert_eq!(breaches(&python, &schemas, &manifests), "");
    // A schema that takes anything would say nothing.
    let mut spoilt = manifests[0].clone();
    spoilt["settings"]["interactivity"] = json!({"request_url": 1});
    let said = breaches(&python, &schemas, &[spoilt]);
    assert!(
        said.contains("v1.") && said.contains("v2.") && said.contains("request_url"),
        "{said}"
    );
}
