//! Webhooks: what GitHub would send, kept until a test lets it go.
//!
//! <https://docs.github.com/en/webhooks/webhook-events-and-payloads>

use bytes::Bytes;
use serde_json::{Value, json};

use super::{acts::By, repository::Repository, show, state::State};

#[derive(Debug)]
pub(super) struct Hook {
    pub(super) id: u64,
    pub(super) repository: u64,
    pub(super) url: String,
    pub(super) secret: String,
}

/// One message to one hook.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// What `X-GitHub-Delivery` says; the same again when it is redelivered.
    pub id: String,
    /// What `X-GitHub-Event` says.
    pub event: String,
    /// The payload's `action`, where the event has some.
    pub action: Option<String>,
    /// The exact bytes that are signed and sent.
    pub payload: Bytes,
    pub(super) hook: u64,
    pub(super) repository: u64,
    pub(super) url: String,
    pub(super) secret: String,
}

impl State {
    /// Queues a delivery for each of a repository's hooks. The payload is made only when there are
    /// some.
    pub(super) fn notify(
        &mut self,
        repository: u64,
        by: By,
        event: &str,
        action: Option<&str>,
        payload: impl FnOnce(&Self, &Repository) -> Value,
    ) {
        if !self.hooks.iter().any(|hook| hook.repository == repository) {
            return;
        }
        let here = self.at(repository);
        let mut payload = payload(self, here);
        if let Some(action) = action {
            payload["action"] = action.into();
        }
        payload["repository"] = self.show_repository(here, None);
        payload["sender"] = self.show_user(by.user);
        let payload = Bytes::from(payload.to_string());
        let hooks = self.hooks.iter().enumerate();
        let hooks = hooks.filter(|(_, hook)| hook.repository == repository);
        let hooks: Vec<usize> = hooks.map(|(place, _)| place).collect();
        for place in hooks {
            self.queue(place, event, action, payload.clone());
        }
    }

    /// Installs a hook, which is greeted with a ping.
    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#ping>
    pub(super) fn add_hook(&mut self, repository: u64, url: &str, secret: &str) {
        let id = self.new_id();
        self.hooks.push(Hook {
            id,
            repository,
            url: url.to_owned(),
            secret: secret.to_owned(),
        });
        let here = self.at(repository);
        let payload = json!({
            "zen": "Keep it logically awesome.",
            "hook_id": id,
            "hook": {
                "id": id,
                "type": "Repository",
                "name": "web",
                "active": true,
                "events": ["*"],
                "created_at": show::time(self.now()),
                "updated_at": show::time(self.now()),
                "config": {"content_type": "json", "insecure_ssl": "0", "url": url},
            },
            "repository": self.show_repository(here, None),
            "sender": self.show_user(here.owner),
        });
        self.queue(
            self.hooks.len() - 1,
            "ping",
            None,
            payload.to_string().into(),
        );
    }

    fn queue(&mut self, hook: usize, event: &str, action: Option<&str>, payload: Bytes) {
        let number = self.new_id();
        let hook = &self.hooks[hook];
        self.deliveries.push(Delivery {
            id: format!("{number:08x}-c0de-11f1-8000-{:012x}", hook.id),
            event: event.to_owned(),
            action: action.map(str::to_owned),
            payload,
            hook: hook.id,
            repository: hook.repository,
            url: hook.url.clone(),
            secret: hook.secret.clone(),
        });
        self.log.touch();
    }
}
