//! What lies in `deploy/` fits the program and itself: settings that are read, secrets that are
//! where the settings look for them, ports and paths that are the same on both sides.

use std::{collections::BTreeSet, fs, path::Path};

use kep_liaison::config::{Config, Credentials, SecretRef};
use serde_json::Value;

use crate::formats::from_yaml;

fn file(path: &str) -> String {
    let deploy = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/deploy"));
    let path = deploy.join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn yaml(path: &str) -> Value {
    from_yaml(&file(path))
}

/// A settings file, as it is and with what it offers for HTTP in force.
fn settings(path: &str) -> [Config; 2] {
    let text = file(path);
    let http = text
        .replace("#mode = ", "mode = ")
        .replace("#signing_secret = ", "signing_secret = ");
    assert_ne!(text, http, "{path} says nothing of HTTP");
    [&text, &http].map(|text| Config::parse(text, path).unwrap_or_else(|error| panic!("{error}")))
}

/// A settings file with the GitHub App that it offers in the place of the token.
fn with_app(path: &str) -> Config {
    let text = file(path);
    let text = text.replace("\ntoken = ", "\n#token = ");
    let text = ["app_id", "installation_id", "private_key"]
        .iter()
        .fold(text, |text, key| {
            text.replace(&format!("#{key} = "), &format!("{key} = "))
        });
    Config::parse(&text, path).unwrap_or_else(|error| panic!("{error}"))
}

/// The files below `folder` in which the settings look for secrets.
fn secrets(configs: &[Config], folder: &str) -> BTreeSet<String> {
    let mut all = Vec::new();
    for config in configs {
        for workspace in &config.workspaces {
            all.push(&workspace.bot_token);
            all.extend(&workspace.app_token);
            all.extend(&workspace.signing_secret);
        }
        all.push(match &config.github.credentials {
            Credentials::Token(token) => token,
            Credentials::App { private_key, .. } => private_key,
        });
        all.push(&config.github.webhook_secret);
    }
    let name = |secret: &SecretRef| {
        let SecretRef::File(path) = secret else {
            panic!("{secret} is no file")
        };
        let name = path.strip_prefix(folder);
        let name = name.unwrap_or_else(|_| panic!("{secret} is not in {folder}"));
        name.display().to_string()
    };
    all.into_iter().map(name).collect()
}

/// The values of a key in a unit file, also of those that are commented out.
fn values<'a>(unit: &'a str, key: &str) -> Vec<&'a str> {
    let lines = unit.lines().map(|line| line.trim_start_matches('#'));
    lines
        .filter_map(|line| line.strip_prefix(key)?.strip_prefix('='))
        .collect()
}

#[test]
fn the_unit_gives_the_settings_what_they_look_for() {
    let unit = file("systemd/kep-liaison.service");
    let mut configs = settings("systemd/kep-liaison.toml").to_vec();
    configs.push(with_app("systemd/kep-liaison.toml"));
    let given: BTreeSet<String> = values(&unit, "LoadCredential")
        .iter()
        .filter_map(|value| value.split_once(':'))
        .inspect(|(name, from)| assert!(from.ends_with(&format!("/{name}")), "{name} {from}"))
        .map(|(name, _)| name.to_owned())
        .collect();
    let wanted = secrets(&configs, "/run/credentials/kep-liaison.service");
    assert_eq!(given, wanted);
    let [state] = values(&unit, "WorkingDirectory")[..] else {
        panic!("one WorkingDirectory in {unit}")
    };
    let url = configs[0].store.url.to_string();
    assert_eq!(url, format!("sqlite:{state}/kep-liaison.db"));
    let [start] = values(&unit, "ExecStart")[..] else {
        panic!("one ExecStart in {unit}")
    };
    assert!(
        start.contains(" run --config /etc/kep-liaison/kep-liaison.toml"),
        "{start}"
    );
}

#[test]
fn the_cluster_gives_the_settings_what_they_look_for() {
    let configs = settings("kubernetes/kep-liaison.toml");
    let deployment = yaml("kubernetes/deployment.yaml");
    let pod = &deployment["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    let mounted = |name: &str| {
        let mounts = container["volumeMounts"].as_array().expect("mounts");
        let mount = mounts.iter().find(|mount| mount["name"] == name);
        let path = mount.and_then(|mount| mount["mountPath"].as_str());
        path.unwrap_or_else(|| panic!("{name} is not mounted"))
    };

    // The generator's comments offer what a workspace served by HTTP needs.
    let kustomization = file("kubernetes/kustomization.yaml");
    let given: BTreeSet<String> = kustomization
        .lines()
        .filter_map(|line| {
            line.trim()
                .trim_start_matches('#')
                .strip_prefix("- secrets/")
        })
        .map(str::to_owned)
        .collect();
    assert_eq!(given, secrets(&configs, mounted("secrets")));
    let store = format!("sqlite:{}/kep-liaison.db", mounted("state"));
    assert_eq!(configs[0].store.url.to_string(), store);
    let settings = format!("{}/kep-liaison.toml", mounted("settings"));
    let args: Vec<&str> = container["args"]
        .as_array()
        .expect("arguments")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(args[..3], ["run", "--config", settings.as_str()]);

    let port = |name: &str| {
        let ports = container["ports"].as_array().expect("ports");
        let port = ports.iter().find(|port| port["name"] == name);
        port.and_then(|port| port["containerPort"].as_u64())
    };
    let http = &configs[0].http;
    assert_eq!(port("http"), Some(http.listen.port().into()));
    assert_eq!(port("admin"), Some(http.admin_listen.port().into()));
    for address in [http.listen, http.admin_listen] {
        assert!(
            address.ip().is_unspecified(),
            "{address} is not reached from outside the pod"
        );
    }
    for (probe, path) in [
        ("startupProbe", "/healthz"),
        ("livenessProbe", "/healthz"),
        ("readinessProbe", "/readyz"),
    ] {
        let asks = &container[probe]["httpGet"];
        assert_eq!(
            (&asks["path"], &asks["port"]),
            (&path.into(), &"admin".into()),
            "{probe}"
        );
    }
    // One writer at a time.
    let spec = &deployment["spec"];
    assert_eq!(spec["replicas"], 1);
    assert_eq!(spec["strategy"]["type"], "Recreate");
}

#[test]
fn the_image_runs_what_the_cluster_runs_and_as_the_same_user() {
    let dockerfile = file("Dockerfile");
    let deployment = yaml("kubernetes/deployment.yaml");
    let pod = &deployment["spec"]["template"]["spec"];
    let command = dockerfile
        .lines()
        .find_map(|line| line.strip_prefix("CMD "));
    let command: Value = serde_json::from_str(command.expect("a CMD")).expect("JSON");
    assert_eq!(command, pod["containers"][0]["args"]);
    let user = &pod["securityContext"]["runAsUser"];
    assert!(
        dockerfile.contains(&format!("\nUSER {user}:{user}\n")),
        "{user}"
    );
}

/// Each command of the guide that puts a file somewhere takes one that is there, and puts it where the
/// unit looks for it.
#[test]
fn the_guide_puts_files_where_the_unit_looks() {
    let guide = file("README.md");
    let unit = file("systemd/kep-liaison.service");
    let commands: Vec<&str> = guide.lines().map(str::trim).collect();
    for (name, from) in values(&unit, "LoadCredential")
        .iter()
        .filter_map(|value| value.split_once(':'))
    {
        let makes = |line: &&str| {
            let is_command = line.starts_with("(umask 077; ") || line.starts_with("install ");
            is_command && line.trim_end_matches(')').ends_with(from)
        };
        assert!(
            commands.iter().any(makes),
            "no command makes {from} ({name})"
        );
    }
    for line in &commands {
        let Some(rest) = line.strip_prefix("install -m ") else {
            continue;
        };
        let [_mode, from, to] = rest.split_whitespace().collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        if let Some(from) = from.strip_prefix("deploy/") {
            assert!(!file(from).is_empty(), "{line}");
        }
        assert!(unit.contains(to), "{line}");
    }
    let leaks = |line: &&&str| line.starts_with("cd ") || line.starts_with("umask ");
    assert_eq!(commands.iter().find(leaks), None);
}
