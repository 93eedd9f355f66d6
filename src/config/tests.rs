//! What settings may say, and what is answered where they may not.

mod damage;
mod example;

use std::{fs, path::Path, time::Duration};

use super::*;

fn no_env(_: &str) -> Option<String> {
    None
}

/// Each problem as it is printed.
fn problems(text: &str) -> Vec<String> {
    match Config::parse(text, "k.toml") {
        Ok(config) => panic!("read {text:?} as {config:?}"),
        Err(error) => error.problems().iter().map(ToString::to_string).collect(),
    }
}

fn only_problem(text: &str) -> String {
    let found = problems(text);
    assert_eq!(found.len(), 1, "{text:?} gives {found:#?}");
    found.concat()
}

fn config(text: &str) -> Config {
    Config::parse(text, "k.toml").unwrap_or_else(|error| panic!("{text}\n{error}"))
}

#[test]
fn a_wrong_value_is_told_with_its_line_path_and_wish() {
    let text = "[[runtimes]]\nname = \"containerd\"\n\nstale_after = \"21\"\n";
    assert_eq!(
        only_problem(text),
        "k.toml:4: runtimes[0].stale_after: read \"21\", \
         want a duration such as \"21d\", \"12h\" or \"30m\""
    );
}

#[test]
fn words_are_kept_for_a_day_at_least() {
    assert_eq!(
        only_problem("[store]\nkeep_text = \"12h\""),
        "k.toml:2: store.keep_text: that is too short to know what was done already; want a day or \
         more, such as \"30d\""
    );
    let config = Config::parse("[store]\nkeep_text = \"1d\"", "k.toml").expect("settings");
    assert_eq!(config.store.keep_text, Duration::from_hours(24));
}

#[test]
fn an_unknown_key_is_told_with_the_nearest() {
    assert_eq!(
        only_problem("[kubernetes]\nsig = []"),
        "k.toml:2: kubernetes.sig: no such key; did you mean \"sigs\"?"
    );
    assert_eq!(
        only_problem("[http]\ncolour = 1"),
        "k.toml:2: http.colour: no such key; the keys here are listen, admin_listen and public_url"
    );
    assert!(only_problem("[github]\n\"poll-interval\" = '2m'").contains("\"poll_interval\"?"));
    assert!(only_problem("[runtime]").contains("did you mean \"runtimes\"?"));
}

#[test]
fn every_problem_is_told_in_the_order_of_the_file() {
    let text = r#"
[http]
listen = 8080
admin_listen = "localhost"
[kubernetes]
current_release = 1.38
sigs = ["sig-node", "SIG Node", 3]
[[channels]]
workspace = "kubernets"
id = "general"
runtime = "crio"
bridge = true
digest = { schedule = "8 Mon", timezone = "PST8" }
[[channels]]
bridge = "to-slak"
"#;
    let found = problems(text);
    let places: Vec<String> = found
        .iter()
        .map(|line| line.split(": ").take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        places,
        [
            "k.toml:3 http.listen",
            "k.toml:4 http.admin_listen",
            "k.toml:6 kubernetes.current_release",
            "k.toml:7 kubernetes.sigs[1]",
            "k.toml:7 kubernetes.sigs[2]",
            "k.toml:9 channels[0].workspace",
            "k.toml:10 channels[0].id",
            "k.toml:11 channels[0].runtime",
            "k.toml:12 channels[0].bridge",
            "k.toml:13 channels[0].digest.schedule",
            "k.toml:13 channels[0].digest.timezone",
            "k.toml:14 channels[1].workspace",
            "k.toml:14 channels[1].id",
            "k.toml:15 channels[1].bridge",
        ],
        "{found:#?}"
    );
    assert!(
        found[0].contains("read the number 8080, want an address and port"),
        "{}",
        found[0]
    );
    assert!(
        found[2].contains("read the number 1.38, want \"auto\""),
        "{}",
        found[2]
    );
    assert!(found[11].contains("missing, want a name"), "{}", found[11]);
}

#[test]
fn wrong_shapes_are_told() {
    assert!(only_problem("http = 1").contains("http: read the number 1, want a table [http]"));
    assert!(only_problem("[runtimes]").contains("read a table, want tables [[runtimes]]"));
    assert!(only_problem("runtimes = []").contains("read an empty list, want at least one"));
    assert!(only_problem("runtimes = [1]").contains("runtimes[0]: read the number 1"));
    assert!(only_problem("[kubernetes]\nsigs = []").contains("want at least one"));
    assert!(only_problem("[kubernetes]\nsigs = 'sig-node'").contains("want a list in [ ]"));
    assert!(only_problem("[[people]]\ngithub='a'\nslack='U1'").contains("want a table such as"));
    assert!(only_problem("[[runtimes]]").starts_with("k.toml:1: runtimes[0].name: missing"));
    assert!(only_problem("[[runtimes]]\nname='crio'").contains("runtimes[0].repository: missing"));
}

#[test]
fn text_that_is_no_toml_is_told_with_line_and_column() {
    assert!(
        only_problem("[http]\nlisten = 'x").starts_with("k.toml:2:"),
        "{:?}",
        problems("[http]\nlisten = 'x")
    );
    assert!(only_problem("a = 1\na = 2").starts_with("k.toml:2:1: this is not TOML: "));
    let shown = problems("é = 1\n[github]\ntoken = ghp_0123456789\n[store\n").join("\n");
    assert!(
        shown.contains("k.toml:1:1") && shown.contains("k.toml:3:"),
        "{shown}"
    );
    assert!(!shown.contains("ghp_"), "{shown}");
}

#[test]
fn a_literal_secret_is_refused_and_never_shown() {
    let literals = [
        "xoxb-hush",
        "hush",
        "ENV:hush",
        "env:",
        "env:hush!",
        "env:xoxb_hush",
        "file:",
        "file: ",
        "",
    ];
    for (section, key) in [
        ("[[workspaces]]\nname='k'", "bot_token"),
        ("[[workspaces]]\nname='k'", "app_token"),
        ("[[workspaces]]\nname='k'", "signing_secret"),
        ("[github]", "token"),
        ("[github]", "webhook_secret"),
        ("[github]\napp_id=1\ninstallation_id=2", "private_key"),
        (
            "[[runtimes]]\nname='containerd'\n[runtimes.github]",
            "token",
        ),
    ] {
        for literal in literals {
            let shown = only_problem(&format!("{section}\n{key} = \"{literal}\""));
            assert!(
                shown.contains(key) && shown.contains("\"env:NAME\""),
                "{shown}"
            );
            assert!(!shown.contains("hush"), "{shown}");
        }
        assert!(!only_problem(&format!("{section}\n{key} = 4711")).contains("4711"));
    }
    // Nor where it is misplaced.
    for text in [
        "[slack]\napi_url = 'xoxb-hush'",
        "[slack]\napi_url = 'https://me:hush@slack.com'",
    ] {
        let shown = only_problem(text);
        assert!(
            !shown.contains("hush") && shown.contains("secret"),
            "{shown}"
        );
    }
    for url in [
        "postgres://bot:hush@db/kep",
        "postgres://db/kep?user=bot&password=hush",
    ] {
        let shown = only_problem(&format!("[store]\nurl = '{url}'"));
        assert!(
            !shown.contains("hush") && shown.contains("DATABASE_URL"),
            "{shown}"
        );
        assert!(!format!("{:?}", StoreUrl::parse(url)).contains("hush"));
    }
}

#[test]
fn parts_must_fit_together() {
    for (text, wanted) in [
        (
            "[[workspaces]]\nname='a'\n[[workspaces]]\nname='a'\nbot_token='env:B'",
            "workspaces[1].name: a is already that of workspaces[0].name",
        ),
        (
            "[[workspaces]]\nname='a'\n[[workspaces]]\nname='b'",
            "workspaces[1].bot_token: env:SLACK_BOT_TOKEN is already that of workspaces[0]",
        ),
        (
            "[[workspaces]]\nname='a'\nmode='http'",
            "workspaces[0].signing_secret: missing, and mode \"http\" needs it",
        ),
        (
            "[[runtimes]]\nname='containerd'\n[[runtimes]]\nname='containerd'",
            "runtimes[1].name: containerd is already",
        ),
        (
            "[[people]]\ngithub='mona'\n[[people]]\ngithub='@Mona'",
            "people[1].github: Mona is already that of people[0].github",
        ),
        (
            "[[channels]]\nid='C1'\nworkspace='k'",
            "no such workspace \"k\"; none is configured, add [[workspaces]]",
        ),
        (
            "[[workspaces]]\nname='kubernetes'\n[[channels]]\nid='C1'\nworkspace='kubernets'",
            "did you mean \"kubernetes\"?",
        ),
        (
            "[[workspaces]]\nname='k'\n[[channels]]\nid='C1'\nruntime='crio'",
            "no such runtime \"crio\"; configured: containerd",
        ),
        (
            "[[workspaces]]\nname='k'\n[[channels]]\nid='C1'\n[[channels]]\nid='C1'",
            "channels[1].id: C1 of k for containerd is already",
        ),
        (
            "[[workspaces]]\nname='kubernetes'\n[[people]]\ngithub='m'\nslack={kubernets='U1'}",
            "people[0].slack.kubernets: no such workspace",
        ),
        (
            "[github]\ntoken='env:T'\napp_id=1\ninstallation_id=2\nprivate_key='file:k'",
            "github.token: app_id is there too",
        ),
        (
            "[github]\napp_id=1\nprivate_key='file:k'",
            "github.installation_id: missing",
        ),
        (
            "[github]\napp_id=1\ninstallation_id=2",
            "github.private_key: missing",
        ),
        (
            "[github]\ninstallation_id=2\nprivate_key='file:k'",
            "github.app_id: missing",
        ),
        (
            "[[runtimes]]\nname='containerd'\n[runtimes.github]",
            "runtimes[0].github: there is nothing in it",
        ),
        (
            "[http]\nadmin_listen='127.0.0.1:8080'",
            "http.admin_listen: 127.0.0.1:8080 is already",
        ),
    ] {
        let shown = only_problem(text);
        assert!(shown.contains(wanted), "{shown}");
    }
}

#[test]
fn values_hold_what_they_should_and_nothing_else() {
    use super::value::FromText;

    for (text, seconds) in [
        ("45s", 45),
        ("2m", 120),
        ("12h", 43_200),
        ("21d", 1_814_400),
        ("3w", 1_814_400),
    ] {
        assert_eq!(
            Duration::from_text(text),
            Some(Duration::from_secs(seconds)),
            "{text}"
        );
    }
    for text in [
        "",
        "21",
        "d",
        "0s",
        "-1d",
        "+1d",
        "1.5h",
        "1 d",
        "1y",
        "1é",
        "٣d",
        "99999999999999999999w",
        "9999w",
    ] {
        assert_eq!(Duration::from_text(text), None, "{text}");
    }
    for text in [
        "https://api.github.com",
        "http://localhost:8080/api/v3",
        "http://[::1]:80",
        "https://ghe.corp/",
    ] {
        assert!(HttpUrl::parse(text).is_some(), "{text}");
    }
    assert_eq!(
        HttpUrl::parse("https://ghe.corp/").unwrap().as_str(),
        "https://ghe.corp"
    );
    for text in [
        "",
        "api.github.com",
        "ftp://a",
        "https://",
        "https:///x",
        "https://a b",
        "http://a:0",
        "http://a:x",
        "https://u@h",
        "https://h?q",
        "https://h//",
        "http://[::1",
    ] {
        assert!(HttpUrl::parse(text).is_none(), "{text}");
    }
    assert!(Repository::parse("kubernetes/.github").is_some());
    for text in [
        "",
        "containerd",
        "a/b/c",
        "/b",
        "a/",
        "a/..",
        "a b/c",
        "https://github.com/a/b",
    ] {
        assert!(Repository::parse(text).is_none(), "{text}");
    }
    for text in ["C0BP8PW9G", "G012", "D1"] {
        assert!(ChannelId::parse(text).is_some(), "{text}");
    }
    for text in ["", "C", "c0bp", "#general", "U012AB3CD", "C0BP8pW9G"] {
        assert!(ChannelId::parse(text).is_none(), "{text}");
    }
    assert!(SlackUserId::parse("W012").is_some() && SlackUserId::parse("C012").is_none());
    for text in ["0 8 * * Mon", "*/5 8-17 1,15 Jan-Jun ?"] {
        assert!(Schedule::parse(text).is_some(), "{text}");
    }
    for text in ["", "0 8 * *", "0 0 8 * * Mon", "@daily", "a\nb c d e"] {
        assert!(Schedule::parse(text).is_none(), "{text}");
    }
    for text in [
        "",
        "KEP",
        "{title}",
        "{number",
        "{number} {nmber}",
        "{number}}",
        "}{number}",
    ] {
        assert!(TitleForm::parse(text).is_none(), "{text}");
    }
    assert!(LabelForm::parse("k8s/{release}").is_some() && LabelForm::parse("v{number}").is_none());
    for text in [
        "sqlite::memory:",
        "sqlite://kep.db",
        "postgresql://db/kep",
        "postgres:///kep",
    ] {
        assert!(StoreUrl::parse(text).is_some(), "{text}");
    }
    for text in ["", "sqlite:", "postgres://", "mysql://db", "kep.db"] {
        assert!(StoreUrl::parse(text).is_none(), "{text}");
    }
    let server = config("[github]\napi_url = 'https://ghe.corp/api/v3/'").github;
    assert_eq!(server.web_url.as_str(), "https://ghe.corp");
}

#[test]
fn a_file_that_is_named_must_be_readable() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("k.toml");
    let load = |env: fn(&str) -> Option<String>| Config::load(Some(&file), env);

    let shown = load(no_env).unwrap_err().to_string();
    assert!(
        shown.contains("k.toml: cannot read it, want a settings file: "),
        "{shown}"
    );
    assert!(Config::load(Some(folder.path()), no_env).is_err());

    fs::write(&file, b"[http]\n# \xff").unwrap();
    assert!(
        load(no_env)
            .unwrap_err()
            .to_string()
            .ends_with("k.toml:2: not UTF-8 text")
    );

    fs::write(&file, "\u{feff}[store]\r\nurl = 'sqlite:a.db'\r\n").unwrap();
    let loaded = load(no_env).unwrap();
    assert_eq!(loaded.config.store.url.expose(), "sqlite:a.db");
    assert_eq!(loaded.file.as_deref(), Some(file.as_path()));

    let url = |name: &str| (name == DATABASE_URL).then(|| "postgres://u:p@db/kep".to_owned());
    assert_eq!(
        load(url).unwrap().config.store.url.expose(),
        "postgres://u:p@db/kep"
    );

    let foreign = |name: &str| (name == DATABASE_URL).then(|| "mysql://u:hush@db/kep".to_owned());
    let loaded = load(foreign).unwrap();
    assert_eq!(loaded.config.store.url.expose(), "sqlite:a.db");
    let note = loaded.note.unwrap();
    assert!(
        note.starts_with("DATABASE_URL is none of ours and is left out") && !note.contains("hush"),
        "{note}"
    );
    assert_eq!(load(url).unwrap().note, None);

    fs::write(&file, "[http]\nlisten = 1").unwrap();
    let bad_url = |name: &str| (name == DATABASE_URL).then(|| "sqlite:hush\n".to_owned());
    let error = load(bad_url).unwrap_err();
    assert_eq!(error.problems().len(), 2);
    let shown = error.to_string();
    assert!(
        shown.contains("\nDATABASE_URL: want ") && !shown.contains("hush"),
        "{shown}"
    );
}

#[test]
fn without_any_file_the_defaults_serve() {
    // Tests run in the package's folder, which has no settings of its own.
    assert!(!Path::new(DEFAULT_FILE).exists());
    let loaded = Config::load(None, no_env).unwrap();
    assert_eq!(
        loaded,
        Loaded {
            config: Config::default(),
            file: None,
            note: None
        }
    );
}

#[test]
fn a_secret_is_fetched_late_and_cannot_be_printed() {
    let env = |name: &str| match name {
        "TOKEN" => Some("hush\n".to_owned()),
        "BLANK" => Some("  ".to_owned()),
        _ => None,
    };
    let resolve = |text: &str| SecretRef::parse(text).unwrap().resolve(env);

    let secret = resolve("env:TOKEN").unwrap();
    assert_eq!(secret.expose(), "hush");
    assert!(!format!("{secret} {secret:?}").contains("hush"));
    assert!(
        resolve("env:GONE")
            .unwrap_err()
            .to_string()
            .contains("GONE is not set")
    );
    assert!(
        resolve("env:BLANK")
            .unwrap_err()
            .to_string()
            .contains("env:BLANK is empty")
    );
    assert!(
        resolve("file:/no/such")
            .unwrap_err()
            .to_string()
            .contains("from /no/such: ")
    );

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key.pem");
    fs::write(&file, "line 1\nline 2\r\n\n").unwrap();
    let place = format!("file:{}", file.display());
    assert_eq!(resolve(&place).unwrap().expose(), "line 1\nline 2");
    assert_eq!(SecretRef::parse(&place).unwrap().to_string(), place);
}
