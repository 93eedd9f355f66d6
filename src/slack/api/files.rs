//! Uploading a picture, in three steps: <https://docs.slack.dev/messaging/working-with-files#uploading_files>

use serde::{Deserialize, Serialize};
use slack_morphism::{SlackClientApiCallContext, SlackClientHttpConnector as _};
use url::Url;

use super::{Api, ApiError, Nothing};
use crate::{ports::chat::Picture, slack::kit::fit};

/// The longest description that a file takes; an image block takes a longer one.
/// <https://docs.slack.dev/reference/methods/files.getUploadURLExternal#errors>
const ALT: usize = 1000;

/// Where the bytes go, and what they are then.
#[derive(Deserialize)]
struct Place {
    upload_url: Box<str>,
    file_id: Box<str>,
}

#[derive(Serialize)]
struct Complete<'a> {
    files: [File<'a>; 1],
}

#[derive(Serialize)]
struct File<'a> {
    id: &'a str,
    title: &'a str,
}

impl Api {
    /// Uploads a picture and shares it with nobody; its file's id. What comes of it by halves shows
    /// nowhere.
    pub(in crate::slack) async fn upload(
        &self,
        picture: &Picture<'_>,
    ) -> Result<Box<str>, ApiError> {
        let (length, alt) = (
            picture.bytes.len().to_string(),
            fit(picture.alt.to_owned(), ALT),
        );
        let query = vec![
            ("filename", Some(picture.name)),
            ("length", Some(&*length)),
            ("alt_txt", Some(&*alt)),
        ];
        let place: Place = self.ask("files.getUploadURLExternal", &query).await?;
        let url = self.upload_url(&place.upload_url)?;
        // The address is a secret and enough by itself: the token goes to nobody but the API.
        let span = tracing::debug_span!("upload");
        let context = SlackClientApiCallContext {
            rate_control_params: None,
            token: None,
            tracing_span: &span,
            is_sensitive_url: true,
        };
        let connector = &self.client.http_api.connector;
        let send = || {
            let (url, kind) = (url.clone(), "image/png".to_owned());
            connector.http_post_uri_binary(url, kind, picture.bytes, context.clone())
        };
        let Nothing {} = self.sent("upload", send).await?;
        let (id, title) = (&*place.file_id, picture.title);
        let files = [File { id, title }];
        let complete = Complete { files };
        self.done("files.completeUploadExternal", &complete).await?;
        Ok(place.file_id)
    }

    /// Slack names no host that it is bound to. What is encrypted is good; in the clear only a
    /// stand-in is spoken to, at the address where it is asked.
    fn upload_url(&self, url: &str) -> Result<Url, ApiError> {
        let url = Url::parse(url).map_err(|_| ApiError::NotSlack)?;
        if url.scheme() == "https" || self.is_stand_in(&url) {
            Ok(url)
        } else {
            Err(ApiError::NotSlack)
        }
    }
}
