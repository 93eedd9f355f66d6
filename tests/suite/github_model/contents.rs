//! Trees, blobs, commits, contents and archives.

use std::io::Read as _;

use flate2::read::GzDecoder;
use kep_liaison::sandbox::github::{Fault, On, Right};
use serde_json::json;

use super::{CONTAINERD, World, world};

async fn with_files() -> World {
    let world = world().await;
    world.containerd.push(&[
        ("README.md", "# containerd\n"),
        ("docs/a.md", "a\n"),
        ("docs-old.md", "old\n"),
    ]);
    world
}

#[tokio::test]
async fn objects_have_the_names_git_gives_them() {
    let world = with_files().await;
    let tree = world
        .anonymous()
        .get(&format!("{CONTAINERD}/git/trees/main"))
        .await;
    // By git hash-object and git mktree.
    assert_eq!(
        tree.json()["sha"],
        "b06542b3466bd53fa72b5952a22ed66971d3c687"
    );
    assert_eq!(
        tree.each_entry("path"),
        ["README.md", "docs-old.md", "docs"]
    );
    assert_eq!(
        tree.json()["tree"][0]["sha"],
        "4eb1845e59f5c711b5cf14f7d8946ee09ddf5ce0"
    );
    assert_eq!(tree.json()["tree"][0]["size"], 13);
    assert_eq!(tree.json()["tree"][2]["type"], "tree");
}

#[tokio::test]
async fn a_tree_is_recursive_whatever_the_parameter_says() {
    let world = with_files().await;
    let http = world.anonymous();
    let all = ["README.md", "docs-old.md", "docs", "docs/a.md"];
    for query in ["recursive=1", "recursive=0", "recursive=false"] {
        let tree = http
            .get(&format!("{CONTAINERD}/git/trees/HEAD?{query}"))
            .await;
        assert_eq!(tree.each_entry("path"), all, "{query}");
        assert_eq!(tree.json()["truncated"], false);
    }
    let tree = http.get(&format!("{CONTAINERD}/git/trees/nowhere")).await;
    assert_eq!(tree.refusal(), (404, "Not Found".into()));
}

#[tokio::test]
async fn a_large_tree_is_truncated_and_says_so() {
    let world = with_files().await;
    world.github.set_tree_limit(2);
    let tree = world
        .anonymous()
        .get(&format!("{CONTAINERD}/git/trees/main?recursive=1"))
        .await;
    assert_eq!(tree.each_entry("path"), ["README.md", "docs-old.md"]);
    assert_eq!(tree.json()["truncated"], true);
}

#[tokio::test]
async fn an_empty_repository_has_no_tree() {
    let world = world().await;
    let http = world.anonymous();
    let tree = http.get(&format!("{CONTAINERD}/git/trees/main")).await;
    assert_eq!(tree.refusal(), (409, "Git Repository is empty.".into()));
    let content = http.get(&format!("{CONTAINERD}/contents/README.md")).await;
    assert_eq!(content.refusal(), (404, "This repository is empty.".into()));
}

#[tokio::test]
async fn a_blob_is_wrapped_base64_or_raw() {
    let world = world().await;
    let text = "0123456789".repeat(10);
    world.containerd.push(&[("long.txt", &text)]);
    let http = world.anonymous();
    let tree = http
        .get(&format!("{CONTAINERD}/git/trees/main"))
        .await
        .json();
    let sha = tree["tree"][0]["sha"].as_str().expect("a sha");
    let path = format!("{CONTAINERD}/git/blobs/{sha}");

    let blob = http.get(&path).await.json();
    let content = blob["content"].as_str().expect("a content");
    assert_eq!(
        content.lines().map(str::len).collect::<Vec<_>>(),
        [60, 60, 16]
    );
    assert!(content.ends_with('\n'));
    assert_eq!(
        (&blob["encoding"], &blob["size"]),
        (&json!("base64"), &json!(100))
    );

    let raw = world
        .anonymous()
        .with("accept", "application/vnd.github.raw+json");
    assert_eq!(raw.get(&path).await.body, text);
    let missing = format!("{CONTAINERD}/git/blobs/{}", "0".repeat(40));
    assert_eq!(http.get(&missing).await.status, 404);
}

#[tokio::test]
async fn branches_and_commits_are_found_by_name() {
    let world = with_files().await;
    let first = world.containerd.push(&[("new.md", "new\n")]);
    let second = world.containerd.remove("new.md");
    let http = world.anonymous();
    let branch = http
        .get(&format!("{CONTAINERD}/git/ref/heads/main"))
        .await
        .json();
    assert_eq!(branch["object"]["sha"], second.as_str());
    let missing = http
        .get(&format!("{CONTAINERD}/git/ref/heads/nowhere"))
        .await;
    assert_eq!(missing.status, 404);

    for reference in ["main", "heads/main", "HEAD", &second, &second[..8]] {
        let commit = http
            .get(&format!("{CONTAINERD}/commits/{reference}"))
            .await
            .json();
        assert_eq!(commit["sha"], second.as_str(), "{reference}");
        assert_eq!(commit["parents"][0]["sha"], first.as_str());
    }
    let missing = http.get(&format!("{CONTAINERD}/commits/nowhere")).await;
    assert_eq!(
        missing.refusal(),
        (422, "No commit found for SHA: nowhere".into())
    );
    let sha = world
        .anonymous()
        .with("accept", "application/vnd.github.sha");
    assert_eq!(
        sha.get(&format!("{CONTAINERD}/commits/main")).await.body,
        second
    );
}

#[tokio::test]
async fn commits_are_listed_newest_first_by_time_and_path() {
    let world = world().await;
    let http = world.anonymous();
    let commits = format!("{CONTAINERD}/commits");
    let empty = http.get(&commits).await;
    assert_eq!(empty.refusal(), (409, "Git Repository is empty.".into()));
    let first = world.containerd.push(&[("README.md", "# containerd\n")]);
    world.advance(3_600);
    let second = world.containerd.push(&[("docs/a.md", "a\n")]);
    let third = world.containerd.push(&[("README.md", "# containerd!\n")]);
    world.advance(3_600);
    let fourth = world.containerd.remove("docs/a.md");
    let listed = async |query: &str| {
        let listed = http.get(&format!("{commits}?{query}")).await;
        let listed = listed.json();
        let all = listed.as_array().expect("a list").iter();
        let shas = all.map(|commit| commit["sha"].as_str().expect("a hash").to_owned());
        shas.collect::<Vec<_>>()
    };
    let all = [&*fourth, &*third, &*second, &*first];
    assert_eq!(listed("").await, all);
    assert_eq!(listed("sha=main").await, all);
    assert_eq!(listed(&format!("sha={third}")).await, all[1..]);
    assert_eq!(listed("per_page=1&page=2").await, all[1..2]);
    assert_eq!(listed("until=2026-03-02T10:00:00Z").await, all[1..]);
    assert_eq!(listed("until=2026-03-02T09:59:59Z").await, all[3..]);
    assert_eq!(listed("until=2026-03-02T08:59:59Z").await, all[4..]);
    assert_eq!(listed("since=2026-03-02T10:00:01Z").await, all[..1]);
    assert_eq!(listed("path=docs").await, [all[0], all[2]]);
    assert_eq!(listed("path=docs/a.md").await, [all[0], all[2]]);
    assert_eq!(listed("path=nowhere").await, all[4..]);
    let wrong = http.get(&format!("{commits}?sha=nowhere")).await;
    assert_eq!(wrong.status, 404);
    let wrong = http.get(&format!("{commits}?until=yesterday")).await;
    assert_eq!(wrong.status, 422);
}

#[tokio::test]
async fn contents_show_a_file_or_list_a_directory() {
    let world = with_files().await;
    let http = world.anonymous();
    let file = http
        .get(&format!("{CONTAINERD}/contents/docs/a.md?ref=main"))
        .await
        .json();
    assert_eq!(
        (&file["type"], &file["content"]),
        (&json!("file"), &json!("YQo=\n"))
    );
    let raw = world
        .anonymous()
        .with("accept", "application/vnd.github.raw+json");
    assert_eq!(
        raw.get(&format!("{CONTAINERD}/contents/docs/a.md"))
            .await
            .body,
        "a\n"
    );

    let directory = http.get(&format!("{CONTAINERD}/contents/docs")).await;
    assert_eq!(directory.each("path"), ["docs/a.md"]);
    let root = http.get(&format!("{CONTAINERD}/contents/")).await;
    assert_eq!(root.each("type"), ["file", "file", "dir"]);

    let missing = http.get(&format!("{CONTAINERD}/contents/docs/b.md")).await;
    assert_eq!(missing.status, 404);
    let missing = http
        .get(&format!("{CONTAINERD}/contents/docs/a.md?ref=gone"))
        .await;
    assert_eq!(
        missing.refusal(),
        (404, "No commit found for the ref gone".into())
    );
}

#[tokio::test]
async fn contents_leave_out_what_is_larger_than_a_megabyte() {
    let world = world().await;
    world
        .containerd
        .push(&[("big.txt", &"x".repeat((1 << 20) + 1))]);
    let file = world
        .anonymous()
        .get(&format!("{CONTAINERD}/contents/big.txt"))
        .await
        .json();
    assert_eq!(
        (&file["encoding"], &file["content"]),
        (&json!("none"), &json!(""))
    );
}

#[tokio::test]
async fn an_archive_lives_elsewhere_and_is_a_tarball() {
    let world = with_files().await;
    let http = world.anonymous();
    let redirect = http.get(&format!("{CONTAINERD}/tarball/main")).await;
    assert_eq!(redirect.status, 302);
    let archive = http.get(redirect.header("location")).await;
    assert_eq!(archive.header("content-type"), "application/x-gzip");
    assert_eq!(archive.header("x-ratelimit-limit"), "");

    let mut tar = tar::Archive::new(GzDecoder::new(&archive.body[..]));
    let mut files = Vec::new();
    for entry in tar.entries().expect("a tarball") {
        let mut entry = entry.expect("an entry");
        let path = entry.path().expect("a path").display().to_string();
        let mut text = String::new();
        entry.read_to_string(&mut text).expect("text");
        files.push((path, text));
    }
    let head = http
        .get(&format!("{CONTAINERD}/git/ref/heads/main"))
        .await
        .json();
    let head = head["object"]["sha"].as_str().expect("a sha");
    let top = format!("containerd-containerd-{}", &head[..7]);
    assert_eq!(
        files[0],
        ("pax_global_header".into(), format!("52 comment={head}\n"))
    );
    assert!(
        files.contains(&(format!("{top}/docs/a.md"), "a\n".into())),
        "{files:?}"
    );

    let missing = http.get(&format!("{CONTAINERD}/tarball/nowhere")).await;
    assert_eq!(missing.status, 404);
}

#[tokio::test]
async fn an_archives_download_is_logged_and_can_go_wrong() {
    let world = with_files().await;
    let http = world.anonymous();
    let redirect = http.get(&format!("{CONTAINERD}/tarball/main")).await;
    let to = redirect.header("location");
    for (fault, status) in [(Fault::Status(503), Some(503)), (Fault::Cut, None)] {
        world.github.fault(On::get("/codeload/"), fault);
        let reply = world
            .anonymous()
            .try_send(http::Method::GET, to, None)
            .await;
        assert_eq!(reply.ok().map(|reply| reply.status), status);
    }
    world.github.reset_log();
    let archive = http.get(to).await;
    let log = world.github.requests();
    assert!(
        log[0].path.starts_with("/codeload/containerd/containerd/"),
        "{log:?}"
    );
    assert_eq!(log[0].bytes, archive.body.len() as u64);
}

#[tokio::test]
async fn an_archive_of_a_private_repository_needs_a_fresh_link() {
    let world = with_files().await;
    world.containerd.set_private(true);
    let token = world
        .github
        .token("reader", &[("containerd/containerd", Right::Read)]);
    let redirect = world
        .bearing(&token)
        .get(&format!("{CONTAINERD}/tarball"))
        .await;
    let to = redirect.header("location");
    let (bare, _) = to.split_once('?').expect("a pass");
    let http = world.anonymous();
    assert_eq!(http.get(to).await.status, 200);
    assert_eq!(http.get(bare).await.status, 404);
    world.advance(5 * 60);
    assert_eq!(http.get(to).await.status, 404);
}

impl super::http::Reply {
    fn each_entry(&self, member: &str) -> Vec<serde_json::Value> {
        let tree = self.json();
        let entries = tree["tree"]
            .as_array()
            .unwrap_or_else(|| panic!("no tree: {tree}"));
        entries.iter().map(|entry| entry[member].clone()).collect()
    }
}
