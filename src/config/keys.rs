//! `[keys]`: the signing keys and the key that seals them.

use std::{path::PathBuf, time::Duration};

use super::{
    reader::Reader,
    setting::{Setting, days, hours, print_word, word},
    source::Value,
};
use crate::protocol::jwa::SigningAlgorithm;

impl Setting for SigningAlgorithm {
    fn parse(value: &Value) -> Result<Self, String> {
        word(&Self::ALL.map(|algorithm| (algorithm.as_str(), algorithm)), value)
    }

    fn print(&self) -> String {
        print_word(&Self::ALL.map(|algorithm| (algorithm.as_str(), algorithm)), *self)
    }
}

/// The signing keys and the key that seals them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// Where `master.key` is made on first start, unless `master_key_file` names another.
    pub dir: PathBuf,
    /// The master key's file, when it does not lie in `dir`.
    pub master_key_file: Option<PathBuf>,
    /// What tokens can be signed with: RS256 and perhaps others.
    pub algorithms: Vec<SigningAlgorithm>,
    /// How long a signing key is published before it signs.
    pub publish_ahead: Duration,
    /// How long a signing key signs; longer than `publish_ahead`.
    pub rotate_every: Duration,
}

impl Keys {
    pub(super) fn read(r: &mut Reader<'_>) -> Self {
        let dir = r.option(
            "dir",
            PathBuf::from("keys"),
            "The directory of the master key, relative to the working directory. Others must not be able to write there.",
        );
        let master_key_file = r.option(
            "master_key_file",
            None,
            "The file of the master key, which seals every secret in the store. Empty: master.key in \"dir\", made on \
             first start.",
        );
        let algorithms = r.checked(
            "algorithms",
            vec![SigningAlgorithm::Rs256],
            "What tokens can be signed with: \"RS256\", and \"PS256\", \"ES256\" or \"EdDSA\" for the ID tokens of clients that \
             ask for it. One that is added later signs once its first key has been published for \"publish_ahead\"; do not \
             remove one that a client still asks for.",
            |algorithms: &Vec<SigningAlgorithm>| {
                if algorithms.contains(&SigningAlgorithm::Rs256) {
                    Ok(())
                } else {
                    Err("expected \"RS256\" among the algorithms: every OpenID Connect client relies on it".to_owned())
                }
            },
        );
        let publish_ahead = r.ranged(
            "publish_ahead",
            hours(24),
            hours(1)..=days(30),
            "How long a signing key is published before it signs. Backends cache keys for an hour and longer, and do not \
             always look again when they meet an unknown one.",
        );
        let rotate_every = r.ranged(
            "rotate_every",
            days(90),
            hours(2)..=days(3650),
            "How long a signing key signs before the next one takes over. Longer than \"publish_ahead\".",
        );
        if rotate_every <= publish_ahead {
            let key = if r.is_set("rotate_every") {
                "rotate_every"
            } else {
                "publish_ahead"
            };
            let [rotate, publish] = [rotate_every, publish_ahead].map(|duration| duration.print().replace('"', ""));
            r.refuse(
                key,
                format!("expected rotate_every to be longer than publish_ahead, found {rotate} and {publish}"),
            );
        }
        Self {
            dir,
            master_key_file,
            algorithms,
            publish_ahead,
            rotate_every,
        }
    }
}
