//! Names to addresses. What was looked at is what the connection uses, so that a name has no second chance (DNS rebinding).

use std::{
    future::Future,
    io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::is_public;

/// The addresses of a name.
pub(super) type Addresses = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Looks a name up; the machine's own way, but for tests.
pub(super) type Lookup = Arc<dyn Fn(String) -> Addresses + Send + Sync>;

/// The machine's resolver.
pub(super) fn of_the_machine() -> Lookup {
    Arc::new(|name| {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    })
}

/// Resolves names for connections, and those of strangers to public addresses only.
pub(super) struct Resolver {
    pub lookup: Lookup,
    /// Whether private addresses are as good as public ones.
    pub trusting: bool,
}

/// Why a name has no addresses for us.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("the name has no address")]
    Nothing,
    /// One such address spoils the others: an honest name has none.
    #[error("the name resolves to {0}, which is not public")]
    NotPublic(IpAddr),
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let found = (self.lookup)(name.as_str().to_owned());
        let trusting = self.trusting;
        Box::pin(async move {
            let found = found.await?;
            if found.is_empty() {
                return Err(Refusal::Nothing.into());
            }
            let private = found.iter().find(|address| !trusting && !is_public(**address));
            if let Some(address) = private {
                return Err(Refusal::NotPublic(*address).into());
            }
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn resolve(found: &[&str], trusting: bool) -> Result<Vec<SocketAddr>, String> {
        let found: Vec<IpAddr> = found.iter().map(|address| address.parse().unwrap()).collect();
        let resolver = Resolver {
            lookup: Arc::new(move |_| {
                let found = found.clone();
                Box::pin(async move { Ok(found) })
            }),
            trusting,
        };
        let addresses = resolver.resolve("app.example".parse().unwrap()).await;
        addresses.map(Iterator::collect).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn public_addresses_are_handed_on_as_they_were_found() {
        let found = resolve(&["1.1.1.1", "2606:4700:4700::1111"], false).await.unwrap();
        assert_eq!(
            found.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["1.1.1.1:0", "[2606:4700:4700::1111]:0"]
        );
    }

    #[tokio::test]
    async fn one_private_address_spoils_the_public_ones() {
        for found in [&["10.0.0.1"][..], &["1.1.1.1", "10.0.0.1"], &["10.0.0.1", "1.1.1.1"]] {
            let refused = resolve(found, false).await.unwrap_err();
            assert_eq!(refused, "the name resolves to 10.0.0.1, which is not public");
        }
        assert!(resolve(&[], false).await.is_err());
    }

    #[tokio::test]
    async fn a_host_that_the_operator_allowed_may_be_private() {
        assert_eq!(resolve(&["10.0.0.1"], true).await.unwrap().len(), 1);
        assert!(resolve(&[], true).await.is_err());
    }
}
