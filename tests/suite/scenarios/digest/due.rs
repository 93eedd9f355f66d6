//! When digests come: once for each channel and time, whatever the clocks do.

use chrono::TimeDelta;

use super::{MONDAYS, Scene, at, planned, posting};

impl Scene {
    /// At each of these moments a digest comes, on time, and none before it or after it.
    async fn comes_just_at(&self, moments: &[&str]) {
        for moment in moments {
            let due = at(moment);
            self.comes_to(due - TimeDelta::minutes(20)).await;
            self.is_quiet(&format!("before {moment}"));
            self.comes_to(due).await;
            let words = self.digest().await.words();
            assert!(!words.contains("comes late"), "{moment}: {words}");
            // In autumn, the clocks have shown it once more by then.
            self.comes_to(due + TimeDelta::minutes(65)).await;
            self.is_quiet(&format!("after {moment}"));
        }
    }

    /// Another plan from now on, which the bot reads when it starts.
    fn plans(&mut self, from: &str, to: &str) {
        let settings = self.settings.replace(from, to);
        assert_ne!(settings, self.settings);
        self.settings = settings;
    }
}

/// The day on which the clocks change, and the one after.
async fn clocks_change(zone: &str, changes: [(&str, [&str; 2]); 2]) {
    for (hour, moments) in changes {
        let plan = format!(r#"schedule = "30 {hour} * * *", timezone = "{zone}""#);
        let before = at(moments[0]) - TimeDelta::hours(2);
        let scene = posting(&before.format("%Y-%m-%dT%H:%M").to_string(), &plan).await;
        scene.comes_just_at(&moments).await;
        scene.end().await;
    }
}

#[tokio::test]
async fn the_clocks_of_los_angeles_change() {
    let autumn = ["2026-11-01T08:30", "2026-11-02T09:30"];
    let spring = ["2027-03-14T10:00", "2027-03-15T09:30"];
    clocks_change("America/Los_Angeles", [("1", autumn), ("2", spring)]).await;
}

#[tokio::test]
async fn the_clocks_of_berlin_change() {
    let autumn = ["2026-10-25T00:30", "2026-10-26T01:30"];
    let spring = ["2027-03-28T01:00", "2027-03-29T00:30"];
    clocks_change("Europe/Berlin", [("2", autumn), ("2", spring)]).await;
}

#[tokio::test]
async fn the_clocks_of_sydney_change() {
    let spring = ["2026-10-03T16:00", "2026-10-04T15:30"];
    let autumn = ["2027-04-03T15:30", "2027-04-04T16:30"];
    clocks_change("Australia/Sydney", [("2", spring), ("2", autumn)]).await;
}

#[tokio::test]
async fn a_leap_day_comes_every_four_years() {
    let plan = r#"schedule = "0 8 29 2 *", timezone = "UTC""#;
    let scene = posting("2027-02-27T12:00", plan).await;
    for quiet in ["2027-02-28T08:00", "2027-03-01T08:00"] {
        scene.it_is(quiet).await;
        scene.is_quiet(quiet);
    }
    scene.comes_just_at(&["2028-02-29T08:00"]).await;
    scene.it_is("2029-03-01T08:00").await;
    scene.end().await;
}

#[tokio::test]
async fn a_first_start_posts_nothing_that_was_due_before() {
    // At noon of a Monday.
    let mut scene = posting("2026-07-06T12:00", MONDAYS).await;
    scene.is_quiet("the first start");
    scene.is_back("2026-07-06T13:00").await;
    scene.it_is("2026-07-07T08:00").await;
    scene.is_quiet("before the first Monday");
    scene
        .comes_just_at(&["2026-07-13T08:00", "2026-07-20T08:00"])
        .await;
    scene.end().await;
}

#[tokio::test]
async fn what_was_due_while_it_was_away_comes_late_and_once() {
    let mut scene = posting("2026-07-06T12:00", MONDAYS).await;
    scene.comes_just_at(&["2026-07-13T08:00"]).await;
    scene.stop().await;
    // It tells what is so when it comes, not what was known when it went away.
    scene.pushes("stage: alpha", "stage: beta");
    scene.is_back("2026-07-21T10:00").await;
    let words = scene.digest().await.words();
    let late = "It comes late: it was due on Mon 20 Jul 2026, 08:00 (UTC).";
    assert!(words.contains(late), "{words}");
    assert!(words.contains("stage alpha → beta"), "{words}");
    scene.is_back("2026-07-21T11:00").await;
    scene.it_is("2026-07-22T08:00").await;
    scene.is_quiet("it came");
    scene.comes_just_at(&["2026-07-27T08:00"]).await;
    scene.end().await;
}

#[tokio::test]
async fn of_many_that_it_missed_the_last_one_comes() {
    let plan = r#"schedule = "0 */2 * * *", timezone = "UTC""#;
    let mut scene = posting("2026-07-06T12:30", plan).await;
    scene.comes_just_at(&["2026-07-06T14:00"]).await;
    scene.is_back("2026-09-06T14:45").await;
    let words = scene.digest().await.words();
    // Less than an hour is nothing to speak of.
    assert!(!words.contains("comes late"), "{words}");
    scene.is_back("2026-09-06T14:55").await;
    scene.is_quiet("older ones never come");
    scene
        .comes_just_at(&["2026-09-06T16:00", "2026-09-06T18:00"])
        .await;
    scene.end().await;
}

#[tokio::test]
async fn a_clock_that_steps_back_brings_none_again() {
    let mut scene = posting("2026-07-06T12:00", MONDAYS).await;
    scene.it_is("2026-07-13T08:00").await;
    scene.digest().await;
    scene.hook();
    scene.deliver().await;
    scene.pause().await;
    scene.clock.set(at("2026-07-13T07:01"));
    // News makes it look at the clock.
    scene.pushes("stage: alpha", "stage: beta");
    let mut known = scene.bot().known();
    known.mark_unchanged();
    scene.deliver().await;
    let is_new = || known.has_changed().expect("the bot runs");
    scene.until("the news is known", is_new).await;
    scene.rest().await;
    scene.is_quiet("an hour before, again");
    scene.clock.set(at("2026-07-13T08:11"));
    scene.knows(at("2026-07-13T08:11")).await;
    scene.is_quiet("at that time, again");
    // Another one goes back while the bot is away.
    scene.is_back("2026-07-13T07:10").await;
    scene.comes_to(at("2026-07-13T07:30")).await;
    scene.comes_to(at("2026-07-13T08:00")).await;
    scene.comes_to(at("2026-07-13T08:30")).await;
    scene.is_quiet("at that time, a third time");
    scene.comes_just_at(&["2026-07-20T08:00"]).await;
    scene.end().await;
}

#[tokio::test]
async fn a_clock_that_was_far_ahead_keeps_none_back() {
    let mut scene = posting("2030-01-01T12:00", MONDAYS).await;
    scene.is_back("2026-07-14T12:00").await;
    scene.is_quiet("a first start");
    scene
        .comes_just_at(&["2026-07-20T08:00", "2026-07-27T08:00"])
        .await;
    scene.end().await;
}

#[tokio::test]
async fn another_plan_makes_nothing_due_that_was_before_it() {
    let mut scene = posting("2026-07-06T12:00", MONDAYS).await;
    scene.comes_just_at(&["2026-07-13T08:00"]).await;
    // At nine of a Tuesday, so one would have been due by the new plan.
    scene.plans("* * Mon", "* * Tue");
    scene.is_back("2026-07-14T09:00").await;
    scene.it_is("2026-07-20T08:00").await;
    scene.is_quiet("Mondays are over");
    scene.comes_just_at(&["2026-07-21T08:00"]).await;
    // It was away at that time, and is to come by another zone's clocks.
    scene.plans("\"UTC\"", "\"Europe/Berlin\"");
    scene.is_back("2026-07-28T12:00").await;
    scene.is_quiet("by these clocks it was due before");
    scene.comes_just_at(&["2026-08-04T06:00"]).await;
    scene.end().await;
}

#[tokio::test]
async fn a_channel_without_a_digest_gets_one_from_then_on() {
    let mut scene = planned(MONDAYS).await;
    let with = scene.settings.clone();
    let digest = format!("digest = {{ {MONDAYS} }}");
    scene.plans(&digest, "");
    scene.begins().await;
    scene.it_is("2026-07-13T08:00").await;
    scene.is_quiet("there is no plan");
    scene.settings = with;
    scene.is_back("2026-07-13T09:00").await;
    scene.comes_just_at(&["2026-07-20T08:00"]).await;
    scene.end().await;
}

#[tokio::test]
async fn two_channels_get_one_each() {
    let mut scene = planned(MONDAYS).await;
    let other = scene.workspace.channel("containerd-dev");
    scene.sam.joins(&other).await;
    scene.sam.invites_bot(&other).await;
    let section = format!(
        "[[channels]]\nid = \"{}\"\ndigest = {{ schedule = \"0 8 * * Mon\", timezone = \"Asia/Tokyo\" }}\n",
        other.id()
    );
    scene.settings.push_str(&section);
    scene.begins().await;
    // Tokyo's eight o'clock comes nine hours before that of UTC.
    scene.it_is("2026-07-12T23:00").await;
    scene
        .until("a digest", || !scene.workspace.unseen().is_empty())
        .await;
    scene.rest().await;
    assert!(
        scene
            .workspace
            .unseen()
            .iter()
            .all(|said| said.channel == other.id())
    );
    other.look_at_all();
    scene.comes_just_at(&["2026-07-13T08:00"]).await;
    scene.end().await;
}

#[tokio::test]
async fn a_channel_may_hear_of_two_runtimes() {
    let mut scene = planned(MONDAYS).await;
    let page = [("RELEASES.md", "# Releases\n")];
    scene.github.repository("cri-o/cri-o").push(&page);
    scene.plans("digest = {", "runtime = \"containerd\"\ndigest = {");
    let section = format!(
        r#"
        [[channels]]
        id = "{}"
        runtime = "crio"
        digest = {{ {MONDAYS} }}
        [[runtimes]]
        name = "containerd"
        [[runtimes]]
        name = "crio"
        repository = "cri-o/cri-o"
        "#,
        scene.sig_node.id()
    );
    scene.settings.push_str(&section);
    scene.begins().await;
    let hears_both = async || {
        let are_there = || {
            let said = scene.workspace.unseen();
            said.iter().filter(|said| said.thread.is_none()).count() > 1
        };
        scene.until("two digests", are_there).await;
        scene.rest().await;
        let said = scene.all_said().await.into_iter();
        let roots = said.filter(|said| said.thread.is_none());
        let mut roots: Vec<String> = roots.map(|root| root.words()).collect();
        roots.sort_unstable();
        let [containerd, crio] = &roots[..] else {
            panic!("{roots:#?}");
        };
        assert!(containerd.starts_with("containerd, "), "{containerd}");
        assert!(crio.starts_with("crio, "), "{crio}");
    };
    scene.it_is("2026-07-13T08:00").await;
    hears_both().await;
    scene.it_is("2026-07-14T08:00").await;
    scene.is_quiet("both came");
    let liaison = scene.workspace.person("liaison");
    liaison.types(&scene.sig_node, "/kep digest now").await;
    hears_both().await;
    scene.end().await;
}
