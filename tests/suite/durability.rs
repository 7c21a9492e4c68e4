//! `kill -9` at any moment, under load: what was acknowledged is kept, and what was spent stays spent.

mod commands;
mod load;
mod verdict;

use std::{env, time::Duration};

use tokio::task::JoinSet;

use self::{load::Worker, verdict::Verifier};
use crate::{
    store::ledger::Chance,
    support::{App, Daemon},
};

const WORKERS: usize = 4;
/// The daemon lives at most so long under load.
const LONGEST_LIFE: u64 = 400;
/// Everything that was ever acknowledged is looked at so often; what is new after each kill.
const ROUNDS_BETWEEN_LOOKS: u64 = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_and_nothing_spent_works_again_over_many_kills() {
    let kills: u64 = env::var("AVOUCH_TEST_KILLS").map_or(50, |kills| kills.parse().unwrap());
    let mut chance = Chance(0x00DE_AD00 ^ u64::from(std::process::id()));
    let mut daemon = Daemon::builder()
        .set("tokens.refresh_reuse_window", "0s")
        // A code whose answer was lost is redeemed after the restart.
        .set("tokens.code_lifetime", "10m")
        .start();
    daemon.add_user("alice", "correct horse", &[]);
    let app = App::confidential(&daemon);
    let mut verifier = Verifier::new(app.clone());
    for round in 1..=kills {
        let mut workers = JoinSet::new();
        for _ in 0..WORKERS {
            let worker = Worker::begin(app.clone(), Chance(1 + chance.below(u64::MAX))).await;
            workers.spawn(worker.work_until_the_daemon_dies());
        }
        // A kill at a random moment is the test: there is no event to wait for.
        tokio::time::sleep(Duration::from_millis(chance.below(LONGEST_LIFE))).await;
        assert!(
            workers.try_join_next().is_none(),
            "a worker gave up while the daemon lived"
        );
        daemon.kill();
        let ledgers = workers.join_all().await;
        daemon.start_again();
        verifier.examine(ledgers).await;
        if round % ROUNDS_BETWEEN_LOOKS == 0 || round == kills {
            verifier.look_at_everything().await;
        }
    }
    println!("{kills} kills: {}", verifier.seen);
    assert!(kills < 10 || verifier.seen.is_telling(), "{}", verifier.seen);
}
