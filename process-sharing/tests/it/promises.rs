//! What every type of this topic promises, whatever it is for: `Debug` blocks on nothing, a
//! thread's end and a panic leave it usable, a limit may be any duration, and threads share it only
//! where they may.

use std::cell::Cell;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Barrier;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use checks::while_thread_locals_are_destroyed;
use process_sharing::child::TalkingChild;
use process_sharing::manager::{Client, Dict, List, Locked};
use process_sharing::named_semaphore::Semaphore;
use process_sharing::names::Names;
use process_sharing::pipe::Pipe;
use process_sharing::queue::{Receiver, Sender, bounded};
use process_sharing::shared_memory::patience::Patience;
use process_sharing::shared_memory::positions::Position;
use process_sharing::shared_memory::ring::{Consumer, Message, Producer, Ring, Slot};
use process_sharing::shared_memory::robust_lock::{Acquired, RawRobustLock};
use process_sharing::shared_memory::word::Word;
use process_sharing::shared_memory::{
    Guard, MapMode, Mapping, OwnerDied, ProcessId, PthreadMutex, RobustMutex, Shared,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{again, both_ends, program, pthread, server};

/// Runs what has to panic, without a message on standard error.
fn panics<R>(run: impl FnOnce() -> R) {
    assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
}

fn panic<R>() -> R {
    resume_unwind(Box::new("as it must"))
}

/// A value whose encoding, and decoding, may panic.
struct Panics(bool);

impl Serialize for Panics {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        // A byte that makes the decoder panic, or does not.
        let Self(encoding) = self;
        if *encoding { panic() } else { to.serialize_u8(1) }
    }
}

impl<'de> Deserialize<'de> for Panics {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if u8::deserialize(from)? == 1 { panic() } else { Ok(Self(true)) }
    }
}

checks::within_a_minute! {
    #[test]
    fn what_a_lock_guards_is_not_read_by_debug_and_nobody_is_waited_for() {
        let robust = Shared::<RobustMutex<[u64; 2]>>::new().expect("there is memory");
        let mut guard = robust.lock().expect("no process died with it");
        // So long that no address and no PID has it in it.
        *guard = [4_711_471_147_114_711; 2];
        let said = format!("{robust:?} {:?} {guard:?}", *robust);
        assert!(!said.contains("4711471147114711"), "{said}");
        drop(guard);

        let mutex = pthread(true);
        mutex.with(None, |_| format!("{mutex:?} {:?}", *mutex)).expect("it is free");

        let (here, there) = Pipe::<u32, u32>::pair().expect("there is room for a pipe");
        let server = server();
        let client = Client::connect(&server.path).expect("it is there");
        let begun = Barrier::new(2);
        std::thread::scope(|scope| {
            // Whether it waits already or not, nothing of this waits for it.
            let receives = scope.spawn(|| {
                begun.wait();
                there.receive()
            });
            begun.wait();
            for _ in 0..100 {
                assert!(format!("{there:?} {here:?} {client:?}").contains("Pipe"));
            }
            here.send(&7).expect("there is room");
            assert_eq!(receives.join().expect("it does not panic").expect("it was sent"), 7);
        });
    }

    #[test]
    fn all_of_it_works_while_the_thread_locals_of_a_thread_are_destroyed() {
        let robust = Shared::<RobustMutex<u32>>::new().expect("there is memory");
        let (mutex, word) = (pthread(true), Shared::<Word>::new().expect("there is memory"));
        let (mut producer, mut consumer) = both_ends(1);
        let (sender, receiver) = bounded(1).expect("there is room for a queue");
        let (here, there) = Pipe::<u32, u32>::pair().expect("there is room for a pipe");
        let mut names = Names::new(program()).expect("the sweeper starts");
        let semaphore = names.semaphore(1).expect("it is new");
        let used = while_thread_locals_are_destroyed(
            || drop(std::thread::current()),
            move || {
                *robust.lock().expect("no process died with it") += 1;
                assert!(!mutex.with(None, |told| told).expect("it is free"));
                assert!(!word.wait(0, Some(Duration::ZERO)));
                assert!(ProcessId::me().is_alive());
                producer.send(b"7").expect("there is room");
                assert_eq!(*consumer.receive().expect("it was sent"), *b"7");
                sender.send(&7_u32).expect("there is room");
                assert_eq!(receiver.receive().expect("it was sent"), 7);
                here.send(&7).expect("there is room");
                assert_eq!(there.receive().expect("it was sent"), 7);
                assert!(semaphore.try_wait().expect("it is open"));
                drop((producer, consumer, Shared::<Word>::new().expect("there is memory")));
                *robust.lock().expect("no process died with it")
            },
        );
        assert_eq!(used.expect("nothing panics"), 1);
    }

    #[test]
    fn a_word_wakes_a_sleeper_at_another_address_whatever_the_limit() {
        let word = Shared::<Word>::new().expect("there is memory");
        assert!(!word.wait(0, Some(Duration::ZERO)));
        let elsewhere = Shared::<Word>::open(again(&word), MapMode::Shared).expect("it is a word");
        assert_ne!(std::ptr::from_ref(&*word), std::ptr::from_ref(&*elsewhere));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while elsewhere.load(Relaxed) == 0 {
                    elsewhere.wait(0, Some(Duration::MAX));
                }
            });
            word.store(1, Relaxed);
            word.wake();
        });
    }

    #[test]
    fn a_panic_in_what_is_called_leaves_it_whole() {
        let robust = Shared::<RobustMutex<u32>>::new().expect("there is memory");
        panics(|| {
            let _guard = robust.lock().expect("no process died with it");
            panic::<()>();
        });
        panics(|| robust.lock().expect_err("a panic is told").repair(|_| panic()));
        *robust.lock().expect_err("it was not repaired").repair(|value| *value = 1) += 1;
        assert_eq!(*robust.lock().expect("it was repaired"), 2);

        let (sender, receiver) = bounded::<Panics>(1).expect("there is room for a queue");
        let (here, there) = Pipe::<Panics, Panics>::pair().expect("there is room for a pipe");
        for _ in 0..3 {
            panics(|| sender.try_send(&Panics(true)));
            sender.try_send(&Panics(false)).expect("what panicked has taken no room");
            panics(|| receiver.try_receive());
            panics(|| here.send(&Panics(true)));
            here.send(&Panics(false)).expect("the other end is open");
            panics(|| there.receive());
        }

        let (mut producer, mut consumer) = both_ends(1);
        panics(|| {
            producer.reserve(8).expect("there is room").fill(1);
            panic::<()>();
        });
        producer.send(b"sent").expect("there is room");
        panics(|| {
            let _message = consumer.receive().expect("it was sent");
            panic::<()>();
        });
        producer.send(b"again").expect("there is room");
        assert_eq!(*consumer.receive().expect("it was sent"), *b"again");
    }
}

/// Plain data that may go to another thread, and may not be reached by two.
type OneAtATime = PhantomData<Cell<u8>>;

/// Tells whether a type is `Sync`: the inherent constant is there only if it is, and goes before
/// the trait's.
struct Is<T: ?Sized>(PhantomData<T>);

trait IsNot {
    const SYNC: bool = false;
}

impl<T: ?Sized> IsNot for Is<T> {}

impl<T: ?Sized + Sync> Is<T> {
    const SYNC: bool = true;
}

fn is_send<T: ?Sized + Send>() {}

macro_rules! threads {
    ($($Type:ty: $sync:literal),* $(,)?) => {$(
        is_send::<$Type>();
        assert_eq!(Is::<$Type>::SYNC, $sync, "is {} Sync?", stringify!($Type));
    )*};
}

#[test]
fn threads_have_and_share_what_they_may_and_nothing_else() {
    threads! {
        Mapping: true,
        Shared<Word>: true,
        Word: true,
        Position: true,
        Patience: true,
        ProcessId: true,
        RawRobustLock: true,
        Acquired: true,
        RobustMutex<u32>: true,
        RobustMutex<OneAtATime>: true,
        Guard<'_, u32>: true,
        Guard<'_, OneAtATime>: false,
        OwnerDied<'_, OneAtATime>: false,
        PthreadMutex: true,
        Ring: true,
        Producer: true,
        Consumer: true,
        Slot<'_>: true,
        Message<'_>: true,
        Sender<Cell<u8>>: true,
        Receiver<Cell<u8>>: true,
        Pipe<Cell<u8>, Cell<u8>>: true,
        Semaphore: true,
        Client: true,
        Dict<'_>: true,
        List<'_>: true,
        Locked<'_>: true,
        Names: false,
        TalkingChild: false,
    }
    #[cfg(target_os = "linux")]
    threads!(process_sharing::message_queue::MessageQueue: true);
}

#[test]
fn a_word_is_made_in_a_constant_like_the_atomic_that_it_is() {
    static WORD: Word = Word::new(7);
    assert_eq!(WORD.load(Relaxed), 7);
}
