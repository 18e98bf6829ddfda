//! What every hand-made type of the topic promises, whichever it is.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use checks::while_thread_locals_are_destroyed;
use singleton::real::compare_exchange::FirstWins;
use singleton::real::double_checked::DoubleChecked;
use singleton::real::mutex::Locked;
use singleton::real::naive::Naive;
use singleton::real::once::WithOnce;
use singleton::real::once_cell::OnceCell;
use singleton::real::outside_the_lock::OutsideTheLock;
use singleton::real::race::{Constructor, RaceResult, race};
use singleton::{Built, Config, Singleton};

// Each can stand in a static: `new` is a constant.
static BUILT: Built = Built::new();
static LOCKED: Locked = Locked::new();
static DOUBLE_CHECKED: DoubleChecked = DoubleChecked::new();
static FIRST_WINS: FirstWins = FirstWins::new();
static WITH_ONCE: WithOnce = WithOnce::new();
static ONCE_CELL: OnceCell<String> = OnceCell::new();

#[test]
fn each_approach_can_stand_in_a_static_and_later_calls_do_not_build() {
    fn asked(singleton: &'static impl Singleton) -> &'static Config {
        let first = singleton.instance(|| Config::build(&BUILT));
        assert!(std::ptr::eq(first, singleton.instance(|| unreachable!("it is built"))));
        first
    }
    let numbers = [asked(&LOCKED), asked(&DOUBLE_CHECKED), asked(&FIRST_WINS), asked(&WITH_ONCE)];
    assert_eq!(numbers.map(Config::number), [1, 2, 3, 4]);
    assert_eq!(ONCE_CELL.get_or_init(|| "made".to_owned()), "made");
}

#[test]
fn every_config_is_counted_whichever_thread_builds_it() {
    let built = Built::new();
    let build = || (0..100).map(|_| Config::build(&built).number()).collect::<Vec<_>>();
    let mut numbers = std::thread::scope(|scope| {
        let threads = [scope.spawn(build), scope.spawn(build)];
        threads.map(|thread| thread.join().expect("it does not panic")).concat()
    });
    numbers.sort_unstable();
    assert_eq!((numbers, built.count()), ((1..=200).collect(), 200));
}

#[test]
fn a_poisoned_once_runs_again_if_it_is_asked_by_call_once_force() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    assert!(catch_unwind(|| ONCE.call_once(|| panic!("no such file"))).is_err());
    assert!(catch_unwind(|| ONCE.call_once(|| ())).is_err());
    ONCE.call_once_force(|state| assert!(state.is_poisoned()));
    ONCE.call_once(|| unreachable!("it has run"));
}

checks::within_a_minute! {
    #[test]
    fn where_no_thread_waits_in_the_constructor_one_is_built_all_the_same() {
        fn holds<S: Singleton>() {
            for _ in 0..100 {
                let result = race::<S>(2, &Constructor::instant());
                assert_eq!(result, RaceResult { built: 1, got: vec![1, 1] });
            }
        }
        holds::<Locked>();
        holds::<DoubleChecked>();
        holds::<WithOnce>();
        holds::<OnceCell<Config>>();
        holds::<std::sync::OnceLock<Config>>();
    }

    #[test]
    fn debug_waits_for_no_initialiser_and_shows_no_value_that_is_not_there_yet() {
        fn during<S: Singleton + std::fmt::Debug>() -> String {
            let singleton = S::fresh();
            let mut shown = String::new();
            singleton.instance(|| {
                shown = format!("{singleton:?}");
                Config::build(&Built::new())
            });
            shown
        }
        let shown = [
            during::<Naive>(),
            during::<OutsideTheLock>(),
            during::<Locked>(),
            during::<DoubleChecked>(),
            during::<FirstWins>(),
            during::<WithOnce>(),
            during::<OnceCell<Config>>(),
        ];
        for shown in &shown {
            assert!(!shown.is_empty() && !shown.contains("number"), "{shown}");
        }
        let cell = OnceCell::new();
        assert_eq!(format!("{cell:?}"), "OnceCell(<uninit>)");
        cell.get_or_init(|| 7);
        assert_eq!(format!("{cell:?}"), "OnceCell(7)");
    }

    #[test]
    fn each_approach_serves_a_thread_whose_locals_are_destroyed() {
        fn at_the_end<S: Singleton>() -> usize {
            let ask = || S::fresh().instance(|| Config::build(&Built::new())).number();
            // It was used before, as by any thread: what it keeps for a thread is destroyed.
            let before = move || assert_eq!(ask(), 1);
            while_thread_locals_are_destroyed(before, ask).expect("it does not panic")
        }
        assert_eq!(at_the_end::<Naive>(), 1);
        assert_eq!(at_the_end::<OutsideTheLock>(), 1);
        assert_eq!(at_the_end::<Locked>(), 1);
        assert_eq!(at_the_end::<DoubleChecked>(), 1);
        assert_eq!(at_the_end::<FirstWins>(), 1);
        assert_eq!(at_the_end::<WithOnce>(), 1);
        assert_eq!(at_the_end::<OnceCell<Config>>(), 1);
    }

    #[test]
    fn a_once_cell_that_asks_for_itself_says_so_while_thread_locals_are_destroyed() {
        let said = while_thread_locals_are_destroyed(|| (), || {
            let cell = OnceCell::new();
            cell.get_or_init(|| *cell.get_or_init(|| 1) + 1);
        });
        let said = said.expect_err("it asks for itself");
        assert_eq!(said.downcast_ref(), Some(&"the initialiser asks for the value that it is to make"));
    }

    #[test]
    fn a_panic_of_an_initialiser_and_of_a_value_s_drop_leaves_a_once_cell_whole() {
        struct Loud;
        impl Drop for Loud {
            fn drop(&mut self) {
                std::panic::resume_unwind(Box::new("loud"));
            }
        }
        let cell = OnceCell::new();
        for _ in 0..2 {
            let panics = || std::panic::resume_unwind(Box::new("no such file"));
            assert!(catch_unwind(AssertUnwindSafe(|| _ = cell.get_or_init(panics))).is_err());
            assert!(cell.get().is_none());
        }
        cell.get_or_init(|| Loud);
        assert!(catch_unwind(AssertUnwindSafe(|| drop(cell))).is_err(), "its value is dropped with it");
    }

    #[test]
    fn no_time_is_over_at_once() {
        let ended = singleton::after_fork::while_building(Duration::ZERO, singleton::after_fork::ALARM);
        assert!(!ended.expect("there is room for a child"));
    }

    // The child waits for ever, and is ended by its alarm, after 1 s.
    #[test]
    fn a_time_without_an_end_is_no_limit_and_a_child_ends_by_its_alarm_where_that_is_ignored_too() {
        const INSIDE: &str = "SINGLETON_ALARM_IS_IGNORED";
        if std::env::var_os(INSIDE).is_some() {
            let ended = singleton::after_fork::while_building(Duration::MAX, 1);
            assert!(ended.expect("there is room for a child"));
            return;
        }
        let again = std::process::Command::new("sh")
            .args(["-c", "trap '' ALRM; exec \"$0\" a_time_without_an_end"])
            .arg(std::env::current_exe().expect("this test runs out of it"))
            .env(INSIDE, "yes")
            .output()
            .expect("there is a shell");
        assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stdout));
        assert!(String::from_utf8_lossy(&again.stdout).contains("1 passed"), "the same test was run");
    }
}

#[test]
fn what_may_be_sent_and_shared_can_be() {
    fn both<T: Send + Sync>() {}
    both::<OnceCell<Config>>();
    both::<WithOnce>();
    both::<DoubleChecked>();
    both::<FirstWins>();
    both::<Locked>();
    both::<Constructor>();
    fn sent<T: Send>() {}
    sent::<OnceCell<std::cell::Cell<u8>>>();
}
