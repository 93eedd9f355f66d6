//! How connections are made: HTTP/1.1, kept alive, TLS by rustls with the system's certificates.

use std::time::Duration;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use octocrab::OctoBody;
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use crate::ports::ForgeError;

/// How long a connection that nobody uses is kept; longer than the pause between two polls.
const IDLE: Duration = Duration::from_mins(3);

pub(super) type Connections = Client<HttpsConnector<HttpConnector>, OctoBody>;

/// Connections for an API at an address. One in the clear, on this machine, needs no certificates.
pub(super) fn connector(base: &Url) -> Result<Connections, ForgeError> {
    let builder = HttpsConnectorBuilder::new();
    let builder = if base.scheme() == "https" {
        builder.with_native_roots().map_err(|error| {
            ForgeError::Unavailable(format!(
                "no certificates to check GitHub's with ({error}); install ca-certificates"
            ))
        })?
    } else {
        let none = ClientConfig::builder()
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth();
        builder.with_tls_config(none)
    };
    let https = builder.https_or_http().enable_http1().build();
    Ok(Client::builder(TokioExecutor::new())
        .pool_idle_timeout(IDLE)
        .pool_timer(TokioTimer::new())
        .build(https))
}
