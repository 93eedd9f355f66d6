//! Sending what the webhooks have to say, when somebody says so.

use bytes::Bytes;
use http::{Request, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use ring::hmac;

use super::{GitHub, git::hex, log::Delivered, webhook::Delivery};

impl GitHub {
    /// Installs a webhook on a repository, for all events. The first delivery is a ping.
    /// <https://docs.github.com/en/webhooks/using-webhooks/creating-webhooks>
    pub fn webhook(&self, repository: &str, url: &str, secret: &str) {
        let mut state = self.lock();
        let repository = state.repository(repository);
        state.add_hook(repository, url, secret);
    }

    /// What waits to be delivered, oldest first.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.lock().deliveries.clone()
    }

    /// Takes what waits out of the queue, to be delivered in another order, twice, late, or never:
    /// GitHub promises no order, and "does not automatically redeliver failed deliveries".
    /// <https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks>
    pub fn take_deliveries(&self) -> Vec<Delivery> {
        std::mem::take(&mut self.lock().deliveries)
    }

    /// Delivers everything that waits, one after the other, and gives the statuses answered.
    pub async fn deliver_all(&self) -> Vec<Option<u16>> {
        let mut statuses = Vec::new();
        for delivery in self.take_deliveries() {
            statuses.push(self.deliver(&delivery).await);
        }
        statuses
    }

    /// Delivers one message, again if it was delivered before: then it has the same id. Gives the
    /// status answered, or `None` when there was no answer.
    /// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#delivery-headers>
    /// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>
    pub async fn deliver(&self, delivery: &Delivery) -> Option<u16> {
        let at = self.lock().exact_now();
        let status = self.send(delivery).await;
        let mut state = self.lock();
        let delivered = Delivered {
            at,
            event: delivery.event.clone(),
            action: delivery.action.clone(),
            status,
            took: state.exact_now() - at,
            payload: delivery.payload.clone(),
        };
        state.log.deliver(delivered);
        status
    }

    async fn send(&self, delivery: &Delivery) -> Option<u16> {
        let mut request = Request::post(&delivery.url)
            .header(header::USER_AGENT, "GitHub-Hookshot/044aadd")
            .header(header::ACCEPT, "*/*")
            .header(header::CONTENT_TYPE, "application/json")
            .header("X-GitHub-Hook-ID", delivery.hook)
            .header("X-GitHub-Hook-Installation-Target-ID", delivery.repository)
            .header("X-GitHub-Hook-Installation-Target-Type", "repository")
            .header("X-GitHub-Event", &delivery.event)
            .header("X-GitHub-Delivery", &delivery.id);
        if !delivery.secret.is_empty() {
            let key = hmac::Key::new(hmac::HMAC_SHA256, delivery.secret.as_bytes());
            let signature = hex(hmac::sign(&key, &delivery.payload).as_ref());
            request = request.header("X-Hub-Signature-256", format!("sha256={signature}"));
        }
        let request = request.body(Full::new(delivery.payload.clone())).ok()?;
        let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
        let (head, body) = client.request(request).await.ok()?.into_parts();
        body.collect().await.ok()?;
        Some(head.status.as_u16())
    }
}
