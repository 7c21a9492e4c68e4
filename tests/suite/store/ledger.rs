//! The work whose survival is tested: a child process writes batches and says which ones were acknowledged.
//!
//! Batch `n` of lane `l` inserts a slip of its own and turns the lane's two pages to `n`. So every acknowledged batch,
//! and whether each batch is there in whole, can be read from what is left.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use avouch::{
    model::Record,
    protocol::Timestamp,
    store::{Changes, Error, OpenError, Options, Store},
};
use serde::{Deserialize, Serialize};

pub const NOW: Timestamp = Timestamp::from_unix(1_800_000_000);
pub const LANES: usize = 4;
const STORE: &str = "AVOUCH_TEST_STORE";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Slip {
    pub lane: usize,
    pub number: u64,
    pub text: String,
}

impl Record for Slip {
    const KIND: &'static str = "slip";

    fn id(&self) -> String {
        format!("{}-{:012}", self.lane, self.number)
    }

    fn unique(&self) -> Vec<(&'static str, String)> {
        vec![("name", format!("{} of {}", self.number, self.lane))]
    }

    fn index(&self) -> Vec<(&'static str, String)> {
        vec![("lane", self.lane.to_string())]
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Page {
    pub name: String,
    pub number: u64,
    pub text: String,
}

impl Record for Page {
    const KIND: &'static str = "page";

    fn id(&self) -> String {
        self.name.clone()
    }
}

/// Text whose length differs from batch to batch; some needs several rows.
fn text(number: u64) -> String {
    "text ".repeat(usize::try_from(number * 37 % 211).unwrap() * if number.is_multiple_of(16) { 12 } else { 1 })
}

pub async fn open(path: &Path) -> Result<Store, OpenError> {
    Store::open(&format!("sled:{}", path.display()), Options { cache_bytes: 8 << 20 }).await
}

async fn batch(store: &Store, lane: usize, number: u64) -> Result<Changes, Error> {
    let mut changes = Changes::default();
    changes.insert(&Slip {
        lane,
        number,
        text: text(number),
    })?;
    for half in ["left", "right"] {
        let page = Page {
            name: format!("{lane}-{half}"),
            number,
            text: text(number + 1),
        };
        match store.get::<Page>(&page.name, NOW).await? {
            None => changes.insert(&page)?,
            Some(old) => changes.update(&old, &page)?,
        }
    }
    // Something leaves as well, so that segments empty and are used again.
    if let Some(old) = number.checked_sub(200)
        && let Some(old) = store
            .get::<Slip>(
                &Slip {
                    lane,
                    number: old,
                    text: String::new(),
                }
                .id(),
                NOW,
            )
            .await?
    {
        changes.delete(&old)?;
    }
    Ok(changes)
}

/// Writes until it is killed or the store fails. Acknowledged batches are lines `ack LANE NUMBER` on stdout.
pub async fn write_until_killed() {
    let Some(path) = env::var_os(STORE) else { return };
    let store = open(Path::new(&path)).await.unwrap();
    let from = highest(&store).await + 1;
    println!("opened");
    let lanes = (0..LANES).map(|lane| {
        let store = store.clone();
        tokio::spawn(async move {
            for number in from.. {
                // A store that has failed answers no reads either, and which of the two a lane meets first is chance.
                let committed = match batch(&store, lane, number).await {
                    Ok(changes) => store.commit(changes).await,
                    Err(error) => Err(error.into()),
                };
                if let Err(error) = committed {
                    println!("failed {error}");
                    return;
                }
                println!("ack {lane} {number}");
            }
        })
    });
    for lane in lanes.collect::<Vec<_>>() {
        lane.await.unwrap();
    }
    println!("healthy {}", store.is_healthy());
}

/// This test binary again, running only the test `entry`, which calls [`write_until_killed`].
pub fn child(entry: &str, path: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", entry, "--nocapture", "--test-threads=1"]);
    command.env(STORE, path).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// Lane and number of an acknowledgement.
pub fn ack(line: &str) -> Option<(usize, u64)> {
    // The harness may have left a half line before it.
    let mut words = line.split_once("ack ")?.1.split_whitespace();
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

/// The last acknowledged number of each lane; 0 = none.
pub type Acknowledged = [u64; LANES];

pub fn note(acknowledged: &mut Acknowledged, line: &str) -> bool {
    let found = ack(line);
    if let Some((lane, number)) = found {
        acknowledged[lane] = acknowledged[lane].max(number);
    }
    found.is_some()
}

/// What is wrong with a store after `acknowledged`, if anything: a lost batch, half a batch, keys that do not agree.
pub async fn fault(store: &Store, acknowledged: &Acknowledged) -> Result<Option<String>, Error> {
    for (lane, last) in acknowledged.iter().enumerate() {
        let mut numbers = Vec::new();
        for half in ["left", "right"] {
            let page = store.get::<Page>(&format!("{lane}-{half}"), NOW).await?;
            if page.as_ref().is_some_and(|page| page.text != text(page.number + 1)) {
                return Ok(Some(format!("page {half} of lane {lane} has a wrong text")));
            }
            numbers.push(page.map_or(0, |page| page.number));
        }
        if numbers[0] != numbers[1] {
            return Ok(Some(format!("half a batch in lane {lane}: {numbers:?}")));
        }
        let slips = store
            .list_by::<Slip>("lane", &lane.to_string(), "", usize::MAX, NOW)
            .await?;
        let newest = slips.last().map_or(0, |slip| slip.number);
        if newest != numbers[0] {
            return Ok(Some(format!("lane {lane} turned to {} and wrote {newest}", numbers[0])));
        }
        if newest < *last {
            return Ok(Some(format!("lane {lane} lost {} to {last}", newest + 1)));
        }
        for slip in slips {
            let name = format!("{} of {lane}", slip.number);
            if slip.text != text(slip.number) || store.find::<Slip>("name", &name, NOW).await?.is_none() {
                return Ok(Some(format!(
                    "slip {} of lane {lane} is not what was written",
                    slip.number
                )));
            }
        }
    }
    Ok(None)
}

/// The highest number that any lane may have used, acknowledged or not.
async fn highest(store: &Store) -> u64 {
    let pages = store.list::<Page>("", usize::MAX, NOW).await.unwrap();
    pages.iter().map(|page| page.number).max().unwrap_or(0)
}

/// A store with some content, closed.
pub async fn written(path: &Path, batches: u64) -> PathBuf {
    let store = open(path).await.unwrap();
    for number in 1..=batches {
        for lane in 0..LANES {
            let changes = batch(&store, lane, number).await.unwrap();
            store.commit(changes).await.unwrap();
        }
    }
    store.close().await.unwrap();
    path.join("db")
}

/// Copies the files of a store.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to.join("blobs")).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, to.join(path.file_name().unwrap_or(OsStr::new("?")))).unwrap();
        }
    }
}

/// A small generator of repeatable chance (xorshift64*), whose seed is printed by failing tests.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound.max(1)
    }
}
