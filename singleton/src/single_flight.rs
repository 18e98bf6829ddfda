//! A cache that loads a value when a thread first asks for its key: is it loaded once, do threads
//! wait for it that want another key, and what if the load fails?
//!
//! A burst of loads of one key is a *cache stampede*; one load that all threads with that key wait
//! for is a *single flight*.

use std::collections::BTreeMap;

use kit::sync_point::SyncPoint;
use tracing::{info, info_span};

use super::lane::{lock, two, wait_while};
use super::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use super::sync::{Arc, Condvar, Mutex};

type Key = char;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    /// A thread loads it now.
    Loading,
    Loaded(usize),
}

#[derive(Debug, Default)]
struct Cache {
    entries: Mutex<BTreeMap<Key, Entry>>,
    /// Where threads wait until a key is no longer being loaded.
    changed: Condvar,
}

/// The source did not answer.
#[derive(Debug)]
struct Failed;

/// The slow source behind the cache.
#[derive(Debug)]
struct Source {
    /// How many loads there were.
    loads: AtomicUsize,
    loading: AtomicUsize,
    /// The most loads at once.
    at_once: AtomicUsize,
    first_fails: bool,
    /// Widens the window: each load takes until there is another one, or for a moment.
    window: SyncPoint,
}

impl Source {
    fn load(&self, key: Key) -> Result<usize, Failed> {
        let number = self.loads.fetch_add(1, SeqCst) + 1;
        let _runs = info_span!("runs", what = format!("loads {key}"));
        if self.window.is_real() {
            self.at_once.fetch_max(self.loading.fetch_add(1, SeqCst) + 1, SeqCst);
            self.window.meet();
            self.loading.fetch_sub(1, SeqCst);
        }
        if self.first_fails && number == 1 {
            info!("the load fails");
            return Err(Failed);
        }
        Ok(number)
    }
}

/// What came of two threads that asked at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The number of loads.
    pub loads: usize,
    /// The most loads at once; 0 in a model, where nothing takes time.
    pub at_once: usize,
    /// How many of the two threads got a value.
    pub got: usize,
}

/// What t1 and t2 ask for, and how long a load takes.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The key of each thread.
    pub keys: [char; 2],
    /// Whether the first load fails.
    pub first_fails: bool,
    /// Where a load stays.
    pub window: SyncPoint,
}

type Get = fn(&Cache, Key, &Source) -> Result<usize, Failed>;

fn ask(asking: Asking, get: Get) -> Asked {
    let Asking { keys: [one, other], first_fails, window } = asking;
    let [loads, loading, at_once] = [0; 3].map(AtomicUsize::new);
    let source = Source { loads, loading, at_once, first_fails, window };
    let shared = Arc::new((Cache::default(), source));
    let body = move |key| {
        move |(cache, source): &(Cache, Source)| usize::from(get(cache, key, source).is_ok())
    };
    let got = two(&shared, body(one), body(other)).into_iter().sum();
    let (_, source) = &*shared;
    Asked { loads: source.loads.load(SeqCst), at_once: source.at_once.load(SeqCst), got }
}

/// Checks under the lock, and loads without it: a thread that comes meanwhile finds nothing, too.
pub fn checked_first(asking: Asking) -> Asked {
    ask(asking, |cache, key, source| {
        let seen = lock(&cache.entries).get(&key).copied();
        if let Some(Entry::Loaded(value)) = seen {
            return Ok(value);
        }
        let value = source.load(key)?;
        lock(&cache.entries).insert(key, Entry::Loaded(value));
        Ok(value)
    })
}

/// Loads under the lock of the whole cache: a thread that wants another key waits as well.
pub fn one_lock(asking: Asking) -> Asked {
    ask(asking, |cache, key, source| {
        let _waits = info_span!("waits", what = "the cache");
        let mut entries = lock(&cache.entries);
        if let Some(Entry::Loaded(value)) = entries.get(&key) {
            return Ok(*value);
        }
        let value = source.load(key)?;
        entries.insert(key, Entry::Loaded(value));
        Ok(value)
    })
}

impl Cache {
    /// Waits while another thread loads the key. `None` says that it is for this thread to load.
    fn begin(&self, key: Key) -> Option<usize> {
        let _waits = info_span!("waits", what = key.to_string());
        let is_loading = |entries: &mut BTreeMap<_, _>| entries.get(&key) == Some(&Entry::Loading);
        let mut entries = wait_while(&self.changed, lock(&self.entries), is_loading);
        if let Some(Entry::Loaded(value)) = entries.get(&key) {
            return Some(*value);
        }
        entries.insert(key, Entry::Loading);
        None
    }

    /// Puts what was loaded, or nothing, and wakes the threads that wait.
    fn end(&self, key: Key, loaded: Option<usize>) {
        let mut entries = lock(&self.entries);
        match loaded {
            Some(value) => entries.insert(key, Entry::Loaded(value)),
            None => entries.remove(&key),
        };
        self.changed.notify_all();
    }
}

/// Marks the key as being loaded, so that the others wait. If the load fails, this returns early,
/// and the mark stays.
///
/// # Blocking
/// For ever, if a load of the key has failed.
pub fn left_loading(asking: Asking) -> Asked {
    ask(asking, |cache, key, source| {
        if let Some(value) = cache.begin(key) {
            return Ok(value);
        }
        let value = source.load(key)?;
        cache.end(key, Some(value));
        Ok(value)
    })
}

/// A load that is under way. However it ends, by a value, an error or a panic, the mark is removed.
struct Flight<'a> {
    cache: &'a Cache,
    key: Key,
    loaded: Option<usize>,
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.cache.end(self.key, self.loaded);
    }
}

/// Marks the key as being loaded; a guard removes the mark. If the load has failed, a thread that
/// waited loads.
pub fn single_flight(asking: Asking) -> Asked {
    ask(asking, |cache, key, source| {
        if let Some(value) = cache.begin(key) {
            return Ok(value);
        }
        let mut flight = Flight { cache, key, loaded: None };
        let value = source.load(key)?;
        flight.loaded = Some(value);
        Ok(value)
    })
}
