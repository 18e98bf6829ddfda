//! Tasks that use a static. Each process has its own copy of it: a worker's is as it was when the
//! program began, and as the tasks of that worker have left it.

use std::hint::black_box;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use kit::real::lane::lock;
use serde::{Deserialize, Serialize};

use crate::report::pass_gate;

static TOTAL: AtomicU64 = AtomicU64::new(0);
static TABLE: OnceLock<Vec<u64>> = OnceLock::new();
static LEAKED: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());
static GLOBAL: Mutex<()> = Mutex::new(());

/// What a task does with a static.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StaticTask {
    /// Adds the task's number, after 2 ms, to a total. Returns the total.
    Tally,
    /// Uses a table, and makes it if the process has none. Returns 1 if it had to make it.
    LookUp,
    /// Leaks a MiB. Returns how many MiB this worker's tasks have leaked.
    Leak,
    /// Acquires a lock of the whole process, as an interpreter's, and waits at the gate with it.
    /// Returns the task's number.
    WithGlobalLock,
}

impl StaticTask {
    pub(crate) fn run(self, number: u64) -> u64 {
        match self {
            Self::Tally => {
                thread::sleep(Duration::from_millis(2));
                // Relaxed: no other memory depends on it.
                TOTAL.fetch_add(number, Relaxed) + number
            }
            Self::LookUp => u64::from(prepare()),
            Self::Leak => {
                let mut leaked = lock(&LEAKED);
                leaked.push(black_box(vec![1; 1 << 20]));
                leaked.len() as u64
            }
            Self::WithGlobalLock => {
                let _guard = lock(&GLOBAL);
                pass_gate(number);
                number
            }
        }
    }
}

/// Makes the table if this process has none; returns whether it had to.
pub(crate) fn prepare() -> bool {
    let mut made = false;
    TABLE.get_or_init(|| {
        made = true;
        (0..1000).map(|number| number * number).collect()
    });
    made
}

/// Returns the total in this process's own memory.
pub(crate) fn total_here() -> u64 {
    TOTAL.load(Relaxed)
}
